//! What was acknowledged is there: after kills, after power cuts, on a full disk, on one that takes
//! nothing more, with bits flipped. The real binary is under load over HTTP each time, and what it
//! acknowledged is kept here, outside the tested file system.
//!
//! Each fault has a negative control: the same check of something without the protection fails.
//! `IZIN_SOAK=1` runs the long loops. Power cuts and full disks need root and loop devices.

#[cfg(test)]
mod client;
#[cfg(test)]
mod disk;
#[cfg(test)]
mod flips;
#[cfg(test)]
mod house;
#[cfg(test)]
mod kills;
#[cfg(test)]
mod load;
#[cfg(test)]
mod power;
#[cfg(test)]
mod race;

//! The binary as people and programs use it: real processes, real folders, no sleeps.

#[cfg(test)]
mod gate;
#[cfg(test)]
mod log;
#[cfg(test)]
mod served;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod staff;
#[cfg(test)]
mod usage;

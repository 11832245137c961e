//! Bytes that nobody meant to send. `IZIN_SOAK=1` tries a million, best in a release build, and
//! then asks that none takes long.

#[cfg(test)]
mod mutated;
#[cfg(test)]
mod seeds;

//! What the log promises, tried from outside. The store below keeps what `izin-store` keeps: leaf
//! hashes in rows and full tiles.

#[cfg(test)]
mod export;
#[cfg(test)]
mod growth;
#[cfg(test)]
mod notes;
#[cfg(test)]
mod proofs;
#[cfg(test)]
mod python;
#[cfg(test)]
mod store;
#[cfg(test)]
mod tampering;
#[cfg(test)]
mod tiles;
#[cfg(test)]
mod vectors;
#[cfg(test)]
mod vectors_growth;

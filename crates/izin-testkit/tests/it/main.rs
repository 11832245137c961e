//! What the testkit promises to the tests that use it.

#[cfg(test)]
mod cluster;
#[cfg(test)]
mod proxy;
#[cfg(test)]
mod server;

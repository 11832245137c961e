//! What the testkit promises to the tests that use it.

#[cfg(test)]
mod server;

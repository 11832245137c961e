//! One process owns a store; this is how the others reach it: a local socket in the data
//! directory, over which a whole command is sent and done.
//!
//! Nothing here decides who owns: the store's lock does. The socket belongs to the owner's user
//! alone. Start at [`OwnerSocket::bind`] for the owner, [`ask`] for the others; [`frame`] is what
//! goes over the wire.

mod asking;
mod doing;
mod frame;
mod place;
mod streams;

pub(crate) use asking::ask;
pub(crate) use doing::OwnerSocket;

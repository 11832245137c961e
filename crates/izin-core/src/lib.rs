//! The words and the rules: who may be contacted, about what, how personally, and why.
//!
//! Everything here is a function of values. Nothing reads a clock, a random source, a file or a
//! socket; those belong to `izin-app` and `izin-store`. Start reading at [`decide`], then
//! [`standing::Standing`] (what the ledger says about one person) and [`act::Act`] (what the
//! ledger holds).
#![warn(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::float_cmp
)]

pub mod act;
pub mod channel;
pub mod consent;
pub mod country;
pub mod decision;
pub mod hex;
pub mod id;
pub mod identifier;
pub mod language;
pub mod law;
pub mod level;
pub mod money;
pub mod number;
pub mod policy;
pub mod promotion;
pub mod quiet;
pub mod reason;
pub mod receipt;
pub mod refusal;
pub mod relation;
pub mod signal;
pub mod standing;
mod text;
pub mod time;
pub mod window;
pub mod zone;

pub use act::{Act, Entry};
pub use channel::Channel;
pub use consent::{Consent, ConsentState};
pub use country::{Country, Region};
pub use decision::{Decision, Request, Usage, Verdict, decide, strictest};
pub use hex::{hex, unhex};
pub use id::{IdentifierId, Seq, SubjectId};
pub use identifier::{Identifier, IdentifierKind};
pub use language::{Language, Sentences};
pub use level::Level;
pub use money::Money;
pub use policy::{Policy, PurposeId, TopicId};
pub use reason::{Reason, ReasonSet};
pub use refusal::{Origin, Refusal, RefusalKind, Scope};
pub use signal::Signal;
pub use standing::Standing;
pub use time::Timestamp;
pub use zone::Zone;

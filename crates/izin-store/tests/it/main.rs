//! What the store promises, tried from outside: what it acknowledged is there, a refusal reaches
//! everybody it concerns, nothing personal lies open, and nothing damaged is taken for whole.

#[cfg(test)]
mod backing_up;
#[cfg(test)]
mod code;
#[cfg(test)]
mod correction;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod detaching;
#[cfg(test)]
mod folder;
#[cfg(test)]
mod holding;
#[cfg(test)]
mod journal;
#[cfg(test)]
mod kept;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod merged_consents;
#[cfg(test)]
mod merging;
#[cfg(test)]
mod narrowing;
#[cfg(test)]
mod older;
#[cfg(test)]
mod once;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod policy;
#[cfg(test)]
mod queue;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod rehashing;
#[cfg(test)]
mod replay;
#[cfg(test)]
mod reservation;
#[cfg(test)]
mod rotating;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod shared_room;

//! The promises of the store once more, with the data on a PostgreSQL server.

#[cfg(test)]
#[path = "../it/code.rs"]
mod code;
#[cfg(test)]
#[path = "../it/correction.rs"]
mod correction;
#[cfg(test)]
#[path = "../it/crash.rs"]
mod crash;
#[cfg(test)]
#[path = "../it/detaching.rs"]
mod detaching;
#[cfg(test)]
mod durability;
#[cfg(test)]
mod failover;
#[cfg(test)]
#[path = "../it/folder.rs"]
mod folder;
#[cfg(test)]
#[path = "../it/holding.rs"]
mod holding;
#[cfg(test)]
#[path = "../it/journal.rs"]
mod journal;
#[cfg(test)]
#[path = "../it/kept.rs"]
mod kept;
#[cfg(test)]
#[path = "../it/ledger.rs"]
mod ledger;
#[cfg(test)]
#[path = "../it/merged_consents.rs"]
mod merged_consents;
#[cfg(test)]
#[path = "../it/merging.rs"]
mod merging;
#[cfg(test)]
mod moving;
#[cfg(test)]
#[path = "../it/narrowing.rs"]
mod narrowing;
#[cfg(test)]
mod nodes;
#[cfg(test)]
#[path = "../it/once.rs"]
mod once;
#[cfg(test)]
#[path = "../it/policy.rs"]
mod policy;
#[cfg(test)]
#[path = "../it/queue.rs"]
mod queue;
#[cfg(test)]
#[path = "../it/refusals.rs"]
mod refusals;
#[cfg(test)]
#[path = "../it/rehashing.rs"]
mod rehashing;
#[cfg(test)]
#[path = "../it/replay.rs"]
mod replay;
#[cfg(test)]
#[path = "../it/reservation.rs"]
mod reservation;
#[cfg(test)]
mod schema;
#[cfg(test)]
#[path = "../it/shared_room.rs"]
mod shared_room;

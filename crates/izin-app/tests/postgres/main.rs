//! The promises of the application once more, with the data on a PostgreSQL server.

#[cfg(test)]
#[path = "../it/acts.rs"]
mod acts;
#[cfg(test)]
#[path = "../it/announce.rs"]
mod announce;
#[cfg(test)]
#[path = "../it/audit.rs"]
mod audit;
#[cfg(test)]
#[path = "../it/breaking_off.rs"]
mod breaking_off;
#[cfg(test)]
#[path = "../it/clock_jumps.rs"]
mod clock_jumps;
#[cfg(test)]
mod clocks_apart;
#[cfg(test)]
#[path = "../it/collecting.rs"]
mod collecting;
#[cfg(test)]
#[path = "../it/consents.rs"]
mod consents;
#[cfg(test)]
#[path = "../it/corrections.rs"]
mod corrections;
#[cfg(test)]
#[path = "../it/deceiving.rs"]
mod deceiving;
#[cfg(test)]
#[path = "../it/deferring.rs"]
mod deferring;
#[cfg(test)]
#[path = "../it/disclosing.rs"]
mod disclosing;
#[cfg(test)]
#[path = "../it/erasing.rs"]
mod erasing;
#[cfg(test)]
#[path = "../it/explaining.rs"]
mod explaining;
#[cfg(test)]
#[path = "../it/faults.rs"]
mod faults;
#[cfg(test)]
#[path = "../it/holds.rs"]
mod holds;
#[cfg(test)]
#[path = "../it/imports.rs"]
mod imports;
#[cfg(test)]
#[path = "../it/lawful.rs"]
mod lawful;
#[cfg(test)]
#[path = "../it/leaving.rs"]
mod leaving;
#[cfg(test)]
#[path = "../it/levels.rs"]
mod levels;
#[cfg(test)]
#[path = "../it/lifting.rs"]
mod lifting;
#[cfg(test)]
#[path = "../it/losing.rs"]
mod losing;
#[cfg(test)]
#[path = "../it/mailing_in.rs"]
mod mailing_in;
#[cfg(test)]
#[path = "../it/opening.rs"]
mod opening;
#[cfg(test)]
#[path = "../it/owing.rs"]
mod owing;
#[cfg(test)]
#[path = "../it/queue.rs"]
mod queue;
#[cfg(test)]
#[path = "../it/receipts.rs"]
mod receipts;
#[cfg(test)]
#[path = "../it/refused_rows.rs"]
mod refused_rows;
#[cfg(test)]
#[path = "../it/reserving.rs"]
mod reserving;
#[cfg(test)]
#[path = "../it/restarting.rs"]
mod restarting;
#[cfg(test)]
#[path = "../it/retaining.rs"]
mod retaining;
#[cfg(test)]
#[path = "../it/rotating.rs"]
mod rotating;
#[cfg(test)]
#[path = "../it/sending.rs"]
mod sending;
#[cfg(test)]
#[path = "../it/settling.rs"]
mod settling;
#[cfg(test)]
#[path = "../it/step_up.rs"]
mod step_up;
#[cfg(test)]
#[path = "../it/story.rs"]
mod story;
#[cfg(test)]
#[path = "../it/stranding.rs"]
mod stranding;
#[cfg(test)]
#[path = "../it/texting.rs"]
mod texting;
#[cfg(test)]
#[path = "../it/withheld.rs"]
mod withheld;

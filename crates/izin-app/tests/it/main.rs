//! What the application promises, told as stories of one shop with a mail server that fails.

#[cfg(test)]
mod acts;
#[cfg(test)]
mod announce;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod breaking_off;
#[cfg(test)]
mod clock_jumps;
#[cfg(test)]
mod collecting;
#[cfg(test)]
mod consents;
#[cfg(test)]
mod corrections;
#[cfg(test)]
mod deceiving;
#[cfg(test)]
mod deferring;
#[cfg(test)]
mod disclosing;
#[cfg(test)]
mod erasing;
#[cfg(test)]
mod explaining;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod holds;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod lawful;
#[cfg(test)]
mod leaving;
#[cfg(test)]
mod leftovers;
#[cfg(test)]
mod levels;
#[cfg(test)]
mod lifting;
#[cfg(test)]
mod losing;
#[cfg(test)]
mod mailing_in;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod owing;
#[cfg(test)]
mod policy;
#[cfg(test)]
mod queue;
#[cfg(test)]
mod receipts;
#[cfg(test)]
mod refused_rows;
#[cfg(test)]
mod reserving;
#[cfg(test)]
mod restarting;
#[cfg(test)]
mod retaining;
#[cfg(test)]
mod rotating;
#[cfg(test)]
mod sending;
#[cfg(test)]
mod settling;
#[cfg(test)]
mod signing_mail;
#[cfg(test)]
mod step_up;
#[cfg(test)]
mod story;
#[cfg(test)]
mod stranding;
#[cfg(test)]
mod texting;
#[cfg(test)]
mod withheld;
#[cfg(test)]
mod wording;

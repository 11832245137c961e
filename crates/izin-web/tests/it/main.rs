//! The doors as a stranger meets them: real router, real store, a clock that stands still.

#[cfg(test)]
mod acts;
#[cfg(test)]
mod decisions;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod events;
#[cfg(test)]
mod hooks;
#[cfg(test)]
mod log;
#[cfg(test)]
mod mail_in;
#[cfg(test)]
mod opt_out;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod preferences;
#[cfg(test)]
mod problems;
#[cfg(test)]
mod providers;
#[cfg(test)]
mod receipts;
#[cfg(test)]
mod repeats;
#[cfg(test)]
mod roles;
#[cfg(test)]
mod sends;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod shopify;
#[cfg(test)]
mod step_ups;
#[cfg(test)]
mod stopping;
#[cfg(test)]
mod subjects;
#[cfg(test)]
mod telling;

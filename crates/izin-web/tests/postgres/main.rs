//! The promises of the doors once more, with the data on a PostgreSQL server.

#[cfg(test)]
#[path = "../it/acts.rs"]
mod acts;
#[cfg(test)]
#[path = "../it/decisions.rs"]
mod decisions;
#[cfg(test)]
#[path = "../it/demo.rs"]
mod demo;
#[cfg(test)]
#[path = "../it/events.rs"]
mod events;
#[cfg(test)]
#[path = "../it/hooks.rs"]
mod hooks;
#[cfg(test)]
#[path = "../it/log.rs"]
mod log;
#[cfg(test)]
#[path = "../it/mail_in.rs"]
mod mail_in;
#[cfg(test)]
#[path = "../it/opt_out.rs"]
mod opt_out;
#[cfg(test)]
#[path = "../it/pages.rs"]
mod pages;
#[cfg(test)]
#[path = "../it/preferences.rs"]
mod preferences;
#[cfg(test)]
#[path = "../it/problems.rs"]
mod problems;
#[cfg(test)]
#[path = "../it/providers.rs"]
mod providers;
#[cfg(test)]
#[path = "../it/receipts.rs"]
mod receipts;
#[cfg(test)]
#[path = "../it/repeats.rs"]
mod repeats;
#[cfg(test)]
#[path = "../it/roles.rs"]
mod roles;
#[cfg(test)]
#[path = "../it/sends.rs"]
mod sends;
#[cfg(test)]
#[path = "../it/shop.rs"]
mod shop;
#[cfg(test)]
#[path = "../it/shopify.rs"]
mod shopify;
#[cfg(test)]
#[path = "../it/step_ups.rs"]
mod step_ups;
#[cfg(test)]
#[path = "../it/stopping.rs"]
mod stopping;
#[cfg(test)]
#[path = "../it/subjects.rs"]
mod subjects;
#[cfg(test)]
#[path = "../it/telling.rs"]
mod telling;

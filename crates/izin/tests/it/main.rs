//! The binary as people and programs use it: real processes, real folders, no sleeps.

#[cfg(test)]
mod book;
#[cfg(test)]
mod decide;
#[cfg(test)]
mod demo;
mod doctor;
#[cfg(test)]
mod export;
#[cfg(test)]
mod failing;
#[cfg(test)]
mod folders;
#[cfg(test)]
mod forking;
#[cfg(test)]
mod gate;
#[cfg(test)]
mod inspect;
#[cfg(test)]
mod keeping;
#[cfg(test)]
mod law;
mod law_due;
#[cfg(test)]
mod leaving;
#[cfg(test)]
mod log;
#[cfg(test)]
mod looking;
#[cfg(test)]
mod mailing;
#[cfg(test)]
mod nodes;
#[cfg(test)]
mod postgresql;
#[cfg(test)]
mod publish;
#[cfg(test)]
mod queue;
#[cfg(test)]
mod refused_server;
#[cfg(test)]
mod scanning;
#[cfg(test)]
mod served;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod speaking;
#[cfg(test)]
mod staff;
#[cfg(test)]
mod texting;
#[cfg(test)]
mod usage;

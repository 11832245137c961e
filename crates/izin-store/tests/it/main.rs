//! What the store promises, tried from outside: what it acknowledged is there, a refusal reaches
//! everybody it concerns, nothing personal lies open, and nothing damaged is taken for whole.

#[cfg(test)]
mod crash;
#[cfg(test)]
mod kept;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod replay;
#[cfg(test)]
mod secrets;

//! What the rules promise, tried from outside: the golden matrix, a second opinion, properties,
//! and one promise for each sentence of the rules, by subject.

#[cfg(test)]
mod acts;
#[cfg(test)]
mod caps;
#[cfg(test)]
mod classes;
#[cfg(test)]
mod consents;
#[cfg(test)]
mod dpia;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod golden_rest;
#[cfg(test)]
mod identifiers;
#[cfg(test)]
mod implied;
#[cfg(test)]
mod law;
#[cfg(test)]
mod levels;
#[cfg(test)]
mod lifting;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod minors;
#[cfg(test)]
mod opinion;
#[cfg(test)]
mod presumed;
#[cfg(test)]
mod promises;
#[cfg(test)]
mod promotion;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod receipt;
#[cfg(test)]
mod several_laws;
#[cfg(test)]
mod signals;
#[cfg(test)]
mod soft_opt_in;
#[cfg(test)]
mod story;

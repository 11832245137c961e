//! What the rules promise, tried from outside: the golden matrix, a second opinion, properties.

#[cfg(test)]
mod acts;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod opinion;
#[cfg(test)]
mod promises;

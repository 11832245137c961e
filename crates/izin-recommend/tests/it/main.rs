//! The recommender's promises, on small shops and on a real one.

#[cfg(test)]
mod promises;
#[cfg(test)]
mod real_shop;
#[cfg(test)]
mod reasons;
#[cfg(test)]
mod shop;

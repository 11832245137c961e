//! What the application promises, told as stories of one shop with a mail server that fails.

#[cfg(test)]
mod acts;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod levels;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod sending;
#[cfg(test)]
mod story;

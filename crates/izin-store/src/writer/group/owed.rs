//! Noes that the database would not take: remembered, and entered before anything else once it takes writes.

use super::super::News;
use super::Group;
use crate::StoreError;
use crate::journal::Noted;
use crate::recall::Heard;

/// Noes that are remembered while the store takes no writes; further ones are journalled and told all the
/// same, and entered at the next start.
pub(super) const OWED_MAX: usize = 100_000;

impl Group {
    /// Enters what is owed; what the ledger will not have stays owed, loudly, and keeps nothing else out.
    pub(super) fn enter_owed(&mut self, news: &mut News) -> Result<(), StoreError> {
        let (owed, mut left) = (std::mem::take(&mut self.owed), Vec::new());
        let mut heard = Heard::default();
        let entered = owed.iter().try_for_each(|noted| {
            let before = (self.tree.end(), news.lengths());
            self.say("savepoint job")?;
            match self.tx(news).enter_noted(noted, &mut heard) {
                Ok(()) => return self.say("release job"),
                Err(StoreError::Unwritable(why)) => return Err(StoreError::Unwritable(why)),
                Err(error) => tracing::error!(%error, "a journalled refusal cannot be entered"),
            }
            news.cut(before.1);
            left.push(noted.clone());
            self.undo_job()?;
            self.tree.cut(&self.db, before.0)
        });
        self.owed = owed;
        self.left = left;
        entered
    }

    /// Remembers noes that the database would not take; answers those it did not know of.
    pub(super) fn owe(&mut self, noes: Vec<Noted>) -> Vec<Noted> {
        let mut new: Vec<Noted> = Vec::new();
        for mut noted in noes.into_iter().filter(Noted::may_be_owed) {
            noted.place = None;
            let known = self.owed.iter().chain(&new).any(|own| own.repeats(&noted));
            if !known {
                new.push(noted);
            }
        }
        let room = OWED_MAX.saturating_sub(self.owed.len());
        self.unremembered |= new.len() > room;
        self.owed.extend(new.iter().take(room).cloned());
        new
    }
}

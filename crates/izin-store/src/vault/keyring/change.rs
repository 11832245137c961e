//! Keys are created and destroyed in a transaction of their own, which ends with that of the ledger.

use super::Keyring;
use crate::StoreError;

impl Keyring {
    pub(in crate::vault) fn begin(&mut self) -> Result<(), StoreError> {
        if !self.in_transaction {
            self.db.begin()?;
            self.in_transaction = true;
        }
        Ok(())
    }

    /// Makes the keys created since the last commit durable.
    pub(crate) fn commit(&mut self) -> Result<(), StoreError> {
        if !self.in_transaction {
            return Ok(());
        }
        self.in_transaction = false;
        self.fresh.clear();
        self.db.commit().inspect_err(|_| {
            // Without a rollback the next transaction could not begin; that it fails too says
            // nothing new.
            drop(self.db.roll_back());
        })
    }

    /// Takes back what was created and destroyed since the last commit.
    pub(crate) fn roll_back(&mut self) {
        self.fresh.clear();
        if std::mem::take(&mut self.in_transaction)
            && let Err(error) = self.db.roll_back()
        {
            tracing::error!(%error, "changes of the keys could not be taken back");
        }
    }

    /// How much was changed, ever.
    pub(crate) fn changes(&self) -> u64 {
        self.db.changes()
    }
}

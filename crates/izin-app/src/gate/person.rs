//! One person, unpacked: what the ledger says, what was sent, and how their row is kept.

use izin_core::decision::{Said, Sent};
use izin_core::{Act, Entry, IdentifierId, Standing, Timestamp, Usage};
use izin_store::{ReservationId, SENDS_KEPT_DAYS, SendChange};

/// The label of an identifier that has none: its holder stands in the list of crowds.
pub(super) const NO_LABEL: u8 = 63;

/// One person, unpacked.
#[derive(Debug, Clone, Default)]
pub(super) struct Person {
    /// What the ledger says; without consents and refusals when unpacked for one matter.
    pub(super) standing: Standing,
    /// What they come to in that matter.
    pub(super) said: Said,
    /// Accepted sends, then those that room is held for; for one matter, those that may count.
    pub(super) sends: Vec<Sent>,
    /// The names of the room held, one for each of the last sends.
    pub(super) held: Vec<ReservationId>,
    /// The newest sign of the person.
    pub(super) last_active: Option<Timestamp>,
    /// The newest date of the proven consents in the row.
    pub(super) heard: Option<Timestamp>,
    /// Whether an address of theirs may have another holder.
    pub(super) shares: bool,
    /// A number for each identifier, its own among the person's while it is attached.
    pub(super) labels: Vec<(IdentifierId, u8)>,
    /// The word of each consent, as it was read.
    pub(super) words: Vec<u32>,
}

impl Person {
    /// Forgets everything and keeps the memory for the next person.
    pub(super) fn clear(&mut self) {
        self.standing.clear();
        self.said.clear();
        self.sends.clear();
        self.held.clear();
        self.labels.clear();
        self.words.clear();
        self.last_active = None;
        self.heard = None;
        self.shares = false;
    }

    /// What was sent, and when the person was last heard of.
    pub(super) fn usage(&self) -> Usage<'_> {
        Usage {
            sends: &self.sends,
            last_active: self.last_active.max(self.heard),
        }
    }

    /// The label of an identifier that the person has.
    pub(super) fn label(&self, id: IdentifierId) -> Option<u8> {
        let mut labels = self.labels.iter();
        labels.find(|(own, _)| *own == id).map(|(_, label)| *label)
    }

    /// The identifier of that label.
    pub(super) fn labelled(&self, label: u8) -> Option<IdentifierId> {
        let mut labels = self.labels.iter();
        labels.find(|(_, own)| *own == label).map(|(id, _)| *id)
    }

    /// Gives new identifiers labels, then takes those of detached ones; answers whether there were
    /// any. Never gives one in the change that takes it: the address that had it is still found under
    /// it. A label comes from the id, so that one given again rarely means another address to
    /// whoever has just read it.
    pub(super) fn relabel(&mut self) -> bool {
        let identifiers = &self.standing.identifiers;
        for (id, _) in identifiers {
            if self.labels.iter().any(|(own, _)| own == id) {
                continue;
            }
            let [first, ..] = id.as_bytes();
            let is_free = |label: &u8| !self.labels.iter().any(|(_, own)| own == label);
            let mut all = (0..NO_LABEL).map(|step| (first % NO_LABEL + step) % NO_LABEL);
            let label = all.find(is_free).unwrap_or(NO_LABEL);
            self.labels.push((*id, label));
        }
        let labelled = self.labels.len();
        self.labels
            .retain(|(id, _)| identifiers.iter().any(|(own, _)| own == id));
        self.labels.len() < labelled
    }

    /// Folds an entry, unless the row came with it from a snapshot.
    pub(super) fn tell(&mut self, entry: &Entry) {
        if !self.standing.known || self.standing.seq < entry.seq {
            self.standing.apply(entry);
        }
    }

    /// Folds what became of room for a message. Told again, nothing changes.
    pub(super) fn send(&mut self, change: &SendChange) {
        match change {
            SendChange::Held { id, sent, .. } => {
                if !self.held.contains(id) {
                    self.held.push(*id);
                    self.sends.push(*sent);
                }
            }
            SendChange::Accepted { id, sent, .. } => {
                self.release(*id);
                self.accept(*sent);
            }
            SendChange::Released { id, .. } => self.release(*id),
        }
    }

    fn accept(&mut self, sent: Sent) {
        let accepted = self.sends.len() - self.held.len();
        let oldest = sent.at.plus_days(-SENDS_KEPT_DAYS);
        let mut at = 0;
        self.sends.retain(|own| {
            at += 1;
            at > accepted || own.at >= oldest
        });
        let accepted = self.sends.len() - self.held.len();
        if !self.sends.iter().take(accepted).any(|own| *own == sent) {
            self.sends.insert(accepted, sent);
        }
    }

    fn release(&mut self, id: ReservationId) {
        if let Some(at) = self.held.iter().position(|own| *own == id) {
            self.sends.remove(self.sends.len() - self.held.len() + at);
            self.held.remove(at);
        }
    }
}

/// The identifier that an act attaches or detaches.
pub(super) const fn identifier_of(act: &Act) -> Option<IdentifierId> {
    match act {
        Act::IdentifierAttached { identifier, .. } | Act::IdentifierDetached { identifier, .. } => {
            Some(*identifier)
        }
        _ => None,
    }
}

//! Campaigns: who is contacted about what, with which template.

use izin_core::{Channel, PurposeId, Timestamp};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::db::{Row, first, one, params, rows, run};
use crate::{Store, StoreError};

/// Where a campaign stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CampaignState {
    /// Recipients are being decided and queued; nothing was sent.
    Queuing,
    /// Messages are being handed over.
    Sending,
    /// Everybody was reached but people who are decided again later.
    Waiting,
    /// Nothing is left to do.
    Done,
    /// Stopped by staff; what was not sent stays unsent.
    Stopped,
}

impl CampaignState {
    /// The name used in the store, at the command line and in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queuing => "queuing",
            Self::Sending => "sending",
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Stopped => "stopped",
        }
    }
}

/// One campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campaign {
    /// Counted from 1.
    pub id: u64,
    /// What people call it.
    pub name: String,
    /// Why it contacts people.
    pub purpose: PurposeId,
    /// How.
    pub channel: Channel,
    /// The template's source.
    pub template: String,
    /// Where it stands.
    pub state: CampaignState,
    /// When it was started.
    pub created_at: Timestamp,
    /// When nothing was left to do.
    pub finished_at: Option<Timestamp>,
    /// The version of the policy it tells people of; absent for every other campaign.
    pub announces: Option<u32>,
}

impl Store {
    /// Begins a campaign; answers its number, or that of an unfinished one with the same template,
    /// purpose and channel: then nothing was begun.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable.
    pub async fn begin_campaign(&self, campaign: Campaign) -> Result<u64, StoreError> {
        const SAME: &str = "
            select campaign from campaigns
            where template = ?1 and purpose = ?2 and channel = ?3
              and state in ('queuing', 'sending')";
        const KEEP: &str = "
            insert into campaigns (template, purpose, channel, name, state, created_at, announces)
            values (?1, ?2, ?3, ?4, ?5, ?6, ?7) returning campaign";
        self.writer
            .write(move |tx| {
                let template = campaign.template.as_str();
                let (purpose, channel) = (campaign.purpose.as_str(), campaign.channel.as_str());
                let unfinished = first(tx.db, SAME, params![template, purpose, channel], |row| {
                    row.get(0)
                })?;
                if let Some(unfinished) = unfinished {
                    return Ok(unfinished);
                }
                let row = params![
                    template,
                    purpose,
                    channel,
                    campaign.name,
                    word(&campaign.state)?,
                    campaign.created_at.as_micros(),
                    campaign.announces,
                ];
                one(tx.db, KEEP, row, |row| row.get(0))
            })
            .await
    }

    /// Moves a campaign on.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be made durable.
    pub async fn move_campaign(
        &self,
        campaign: u64,
        state: CampaignState,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const MOVE: &str = "
            update campaigns set state = ?2, finished_at = ?3
            where campaign = ?1 and state not in ('done', 'stopped')";
        self.writer
            .write(move |tx| {
                let over = matches!(state, CampaignState::Done | CampaignState::Stopped);
                let finished = over.then_some(now.as_micros());
                run(tx.db, MOVE, params![campaign, word(&state)?, finished]).map(drop)
            })
            .await
    }

    /// Every campaign, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a row is damaged.
    pub async fn campaigns(&self) -> Result<Vec<Campaign>, StoreError> {
        const ALL: &str = "
            select campaign, name, purpose, channel, template, state, created_at, finished_at,
              announces
            from campaigns order by campaign desc";
        self.read(|db| rows(db, ALL, &[], campaign)).await
    }

    /// One campaign.
    ///
    /// # Errors
    /// As [`Store::campaigns`].
    pub async fn campaign(&self, id: u64) -> Result<Option<Campaign>, StoreError> {
        const ONE: &str = "
            select campaign, name, purpose, channel, template, state, created_at, finished_at,
              announces
            from campaigns where campaign = ?1";
        self.read(move |db| first(db, ONE, params![id], campaign))
            .await
    }
}

fn campaign(row: &Row<'_>) -> Result<Campaign, StoreError> {
    let finished: Option<i64> = row.get(7)?;
    Ok(Campaign {
        id: row.get(0)?,
        name: row.get(1)?,
        purpose: value(row.get(2)?)?,
        channel: value(row.get(3)?)?,
        template: row.get(4)?,
        state: value(row.get(5)?)?,
        created_at: Timestamp::from_micros(row.get(6)?),
        finished_at: finished.map(Timestamp::from_micros),
        announces: row.get(8)?,
    })
}

/// A word of the domain as it is kept in a column: its serialised name.
pub(crate) fn word(value: &impl Serialize) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(StoreError::Damaged { what: "word" }),
    }
}

pub(crate) fn value<T: DeserializeOwned>(word: String) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(word))
        .map_err(|_| StoreError::Damaged { what: "word" })
}

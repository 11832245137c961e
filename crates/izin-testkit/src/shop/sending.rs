//! Campaigns of a shop: begun, queued, handed over.

use izin_app::campaign::{self, CampaignError, NewCampaign};
use izin_app::deliver::{self, DeliverError};
use izin_core::decision::Sent;
use izin_core::{Channel, PurposeId};
use izin_store::{Addressee, Message};

use super::{Shop, TEMPLATE};
use crate::policy::purpose_id;

impl Shop {
    /// Begins a marketing campaign; nobody is considered yet.
    ///
    /// # Panics
    /// When it cannot be begun.
    pub async fn begin(&self) -> u64 {
        let begun = self.try_begin(TEMPLATE, purpose_id("marketing"), Channel::Email);
        begun.await.expect("the campaign begins")
    }

    /// Begins a campaign that may not begin.
    ///
    /// # Errors
    /// Why it did not.
    pub async fn try_begin(
        &self,
        source: &str,
        purpose: PurposeId,
        channel: Channel,
    ) -> Result<u64, CampaignError> {
        let campaign = NewCampaign {
            source: source.to_owned(),
            file: "promo.html".to_owned(),
            purpose,
            channel,
        };
        campaign::begin(self, campaign).await
    }

    /// Queues a campaign's messages and hands none over.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn queue(&self, id: u64) {
        let campaign = self.store.campaign(id).await.expect("a working store");
        let campaign = campaign.expect("the campaign");
        let queued = campaign::queue(self, &campaign, &|_, _| {});
        queued.await.expect("the campaign is queued");
    }

    /// Begins to hand over up to `most` messages of a marketing campaign, with room for each, and
    /// goes no further: as a crash would leave them. Answers how many.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn take(&self, id: u64, most: u32) -> usize {
        let now = self.clock.now();
        let room = Sent {
            at: now,
            channel: Channel::Email,
            purpose: purpose_id("marketing"),
            topic: None,
        };
        let judge = move |_: &Message, _: &[Addressee]| Some(room);
        let taken = self.store.hand_messages((id, most), judge, now).await;
        taken.expect("a working store").len()
    }

    /// Hands over what a campaign has queued.
    ///
    /// # Errors
    /// Why the hand-over stopped.
    pub async fn hand_over(&self, id: u64) -> Result<(), DeliverError> {
        deliver::hand_over(self, id, &|_, _| {}).await
    }

    /// Where a campaign stands.
    ///
    /// # Panics
    /// When there is none.
    pub async fn standing(&self, id: u64) -> campaign::Standing {
        campaign::standing(self, id).await.expect("the campaign")
    }

    /// Sends a whole campaign and expects no fault.
    ///
    /// # Panics
    /// When the hand-over stops.
    pub async fn send(&self) -> campaign::Standing {
        let id = self.begin().await;
        self.hand_over(id)
            .await
            .expect("the campaign is handed over");
        self.standing(id).await
    }
}

//! The demo's home: a shop's first day with permissions, told in five steps.

use std::borrow::Borrow;

use askama::Template;

use super::Frame;

/// The shop before anything was sent.
pub struct ShopNumbers {
    /// Customers in all; the next three sum to it.
    pub customers: u64,
    /// Those who said yes to marketing by e-mail.
    pub agreed: u64,
    /// Those who said no.
    pub refused: u64,
    /// Those of whom neither is known.
    pub unknown: u64,
    /// Lines of the purchase file.
    pub purchases: u64,
}

/// Why some customers were left out of a campaign.
pub struct ReasonRow {
    /// The reason's sentence, in the page's language.
    pub sentence: String,
    /// The reason's code, e.g. `opted_out_channel`.
    pub code: String,
    /// How many were left out for it.
    pub count: u64,
    /// How many were left out for it in the campaign before, if there was one.
    pub before: Option<u64>,
    /// A few masked addresses.
    pub examples: Vec<String>,
}

impl ReasonRow {
    fn change(&self) -> String {
        change(self.count, self.before)
    }
}

/// One campaign's outcome.
pub struct CampaignView {
    /// Its name.
    pub name: String,
    /// When it was sent, from [`Texts::date_time`](crate::i18n::Texts::date_time).
    pub sent_at: String,
    /// Customers the gate was asked about: `sent` plus everyone in `left_out`.
    pub considered: u64,
    /// Messages handed over.
    pub sent: u64,
    /// Messages handed over in the campaign before, if there was one.
    pub sent_before: Option<u64>,
    /// Who was left out, most first.
    pub left_out: Vec<ReasonRow>,
}

impl CampaignView {
    fn sent_change(&self) -> String {
        change(self.sent, self.sent_before)
    }

    fn left_out_count(&self) -> u64 {
        self.left_out.iter().map(|row| row.count).sum()
    }

    /// A count as a share of everyone considered, in whole percent; at least 1 when anyone is in it.
    fn percent(&self, count: impl Borrow<u64>) -> u64 {
        let count = *count.borrow();
        match count.saturating_mul(100).checked_div(self.considered) {
            Some(0) if count > 0 => 1,
            Some(percent) => percent,
            None => 0,
        }
    }
}

/// The difference to the campaign before: `+3`, `−2`, `0`; a dash without one.
fn change(now: u64, before: Option<u64>) -> String {
    match before {
        None => "–".to_owned(),
        Some(before) if now < before => format!("−{}", before - now),
        Some(before) if now > before => format!("+{}", now - before),
        Some(_) => "0".to_owned(),
    }
}

/// Pages of one sample message, each a path without query.
pub struct SampleLinks {
    /// The masked address of its recipient.
    pub address: String,
    /// The message in the mailbox.
    pub mail: String,
    /// Its recipient's opt-out page.
    pub opt_out: String,
    /// Its recipient's preference page.
    pub preferences: String,
    /// Why it came.
    pub why: String,
}

/// Where a campaign stands.
pub enum CampaignStage {
    /// Not begun.
    NotYet,
    /// Being decided and sent now; the page reloads itself every two seconds.
    Running {
        /// Customers decided so far.
        done: u64,
        /// Customers to decide.
        total: u64,
    },
    /// Sent.
    Finished(CampaignView),
}

/// A signed state of the record.
pub struct CheckpointView {
    /// Entries it covers.
    pub size: u64,
    /// Its root, base64.
    pub root: String,
    /// When the last of them was made.
    pub last_at: String,
}

/// The ledger, and how to check it without trusting the shop.
pub struct RecordView {
    /// Entries in the ledger.
    pub entries: u64,
    /// The newest checkpoint, once one was signed.
    pub checkpoint: Option<CheckpointView>,
    /// The commands that export and verify the ledger, ready to paste.
    pub verify_command: String,
    /// The command that asks for one decision, ready to paste.
    pub decide_command: String,
}

/// The demo's home page.
#[derive(Template)]
#[template(path = "start.html")]
pub struct StartPage {
    /// Language and shop.
    pub frame: Frame,
    /// Step 1.
    pub numbers: ShopNumbers,
    /// Step 2: the first campaign.
    pub first: CampaignStage,
    /// Step 3; nothing before the first message arrived.
    pub sample: Option<SampleLinks>,
    /// Step 4: the latest campaign after the first; the button is offered once the first is sent
    /// and none is running.
    pub next: CampaignStage,
    /// Where the button of step 4 posts to, a path. Answer with a redirect to `/#next`.
    pub send_path: String,
    /// Step 5.
    pub record: RecordView,
}

impl StartPage {
    fn is_running(&self) -> bool {
        let running = |stage: &CampaignStage| matches!(stage, CampaignStage::Running { .. });
        running(&self.first) || running(&self.next)
    }

    fn first_is_sent(&self) -> bool {
        matches!(self.first, CampaignStage::Finished(_))
    }
}

//! `/`: the shop's first day with permissions, in five steps, with numbers asked for just now.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use izin_app::App;
use izin_app::campaign::Standing;
use izin_app::link::LinkKind;
use izin_app::mailbox::{KeptMail, Query};
use izin_app::overview::{self, Outcome, Record};
use izin_core::{Identifier, Language, Reason};
use izin_store::CampaignState;

use super::{Stage, letter};
use crate::i18n::Texts;
use crate::page::{
    CampaignStage, CampaignView, CheckpointView, ReasonRow, RecordView, SampleLinks, ShopNumbers,
    StartPage,
};
use crate::problem::Problem;
use crate::reader::Reader;
use crate::show::{self, frame, zone};

pub(super) async fn page(
    State(stage): State<Arc<Stage>>,
    reader: Reader,
) -> Result<Response, Problem> {
    let app = &stage.app;
    let language = reader.language(None, app.policy().language());
    let seen = overview::gather(app, &stage.lines).await?;
    let newest = Query {
        limit: 1,
        ..Query::default()
    };
    let newest = stage
        .mail(move |mailbox| mailbox.list(&newest))
        .await?
        .pop();
    let view = View { app, language };
    let page = StartPage {
        frame: frame(app, language),
        numbers: ShopNumbers {
            customers: seen.people.all,
            agreed: seen.people.agreed,
            refused: seen.people.refused,
            unknown: seen.people.unknown,
            purchases: seen.lines,
        },
        first: view.stage(seen.first, None, seen.people.all),
        sample: newest.as_ref().and_then(|mail| view.sample(mail)),
        next: view.stage(seen.latest, seen.before.as_ref(), seen.people.all),
        send_path: "/demo/next".to_owned(),
        record: view.record(&seen.record, newest.as_ref()),
    };
    Ok(show::page(StatusCode::OK, language, &page))
}

/// Turns numbers into what a reader of one language sees.
struct View<'a> {
    app: &'a App,
    language: Language,
}

impl View<'_> {
    fn stage(&self, own: Option<Outcome>, before: Option<&Standing>, people: u64) -> CampaignStage {
        let Some(outcome) = own else {
            return CampaignStage::NotYet;
        };
        let standing = &outcome.standing;
        match standing.state {
            CampaignState::Queuing => CampaignStage::Running {
                done: standing.considered.min(people),
                total: people,
            },
            CampaignState::Sending => CampaignStage::Running {
                done: standing.considered.saturating_sub(standing.waiting),
                total: standing.considered,
            },
            CampaignState::Waiting | CampaignState::Done | CampaignState::Stopped => {
                CampaignStage::Finished(self.campaign(&outcome, before))
            }
        }
    }

    fn campaign(&self, outcome: &Outcome, before: Option<&Standing>) -> CampaignView {
        let standing = &outcome.standing;
        let texts = Texts::of(self.language);
        let row = |(reason, count): (Reason, u64)| ReasonRow {
            sentence: reason.sentence(self.language).to_owned(),
            code: reason.code().to_owned(),
            count,
            before: before.map(|own| count_of(own, reason)),
            examples: outcome.examples.get(&reason).cloned().unwrap_or_default(),
        };
        let mut left_out: Vec<ReasonRow> = left_out(standing).into_iter().map(row).collect();
        left_out.sort_by_key(|own| std::cmp::Reverse(own.count));
        CampaignView {
            name: standing.name.clone(),
            sent_at: texts.date_time(outcome.at, zone(self.app)),
            considered: standing.considered,
            sent: standing.sent,
            sent_before: before.map(|own| own.sent),
            left_out,
        }
    }

    /// The newest message, if its links are ours.
    fn sample(&self, mail: &KeptMail) -> Option<SampleLinks> {
        Some(SampleLinks {
            address: Identifier::email(&mail.recipient).ok()?.masked(),
            mail: format!("/mailbox/{}", mail.id.0),
            opt_out: letter::link(self.app, LinkKind::OptOut, mail)?,
            preferences: letter::link(self.app, LinkKind::Preferences, mail)?,
            why: letter::link(self.app, LinkKind::Why, mail)?,
        })
    }

    fn record(&self, record: &Record, newest: Option<&KeptMail>) -> RecordView {
        let texts = Texts::of(self.language);
        let signed = record.signed;
        RecordView {
            entries: record.entries,
            checkpoint: signed.map(|(head, last)| CheckpointView {
                size: head.size,
                root: head.root.to_string(),
                last_at: texts.date_time(last, zone(self.app)),
            }),
            verify_command: self.verify_command(),
            decide_command: self.decide_command(newest),
        }
    }

    /// Export and check, from the demo's folder: the one that holds the policy's.
    fn verify_command(&self) -> String {
        let folder = self.app.settings.policy.parent();
        let folder = folder.unwrap_or(&self.app.settings.policy).display();
        format!(
            "izin --config {folder}/izin.toml log export izin-log\n\
             izin log verify izin-log --key {folder}/log.vkey"
        )
    }

    /// Asks about whoever got the newest message, where the address can stand in a shell's quotes.
    fn decide_command(&self, newest: Option<&KeptMail>) -> String {
        let plain = |c: char| c.is_ascii_alphanumeric() || "@.+-_".contains(c);
        let address = newest.map(|mail| mail.recipient.as_str());
        let address = address.filter(|own| own.chars().all(plain));
        format!(
            "curl -s {}/v1/decisions \\\n  -H 'Authorization: Bearer KEY' \
             -H 'Content-Type: application/json' \\\n  \
             -d '{{\"subject\":{{\"email\":\"{}\"}},\"channel\":\"email\",\"purpose\":\"{}\"}}'",
            self.app.settings.public_url,
            address.unwrap_or("budi@example.com"),
            overview::DEMO_PURPOSE,
        )
    }
}

/// Who was left out for now is left out for a pause.
fn left_out(standing: &Standing) -> impl IntoIterator<Item = (Reason, u64)> {
    let mut left_out = standing.denied.clone();
    if standing.deferred > 0 {
        *left_out.entry(Reason::Paused).or_default() += standing.deferred;
    }
    left_out
}

fn count_of(standing: &Standing, reason: Reason) -> u64 {
    let counts = left_out(standing).into_iter();
    counts
        .filter(|(own, _)| *own == reason)
        .map(|(_, count)| count)
        .sum()
}

//! `/mailbox`: every message the demo sent, newest first, a page at a time.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use izin_app::mailbox::{KeptMail, LIST_MAX, MailId, Mailbox, MailboxError, Query};
use izin_wire::form::pairs;

use super::Stage;
use crate::i18n::Texts;
use crate::page::{MailRow, MailboxPage};
use crate::problem::Problem;
use crate::reader::Reader;
use crate::show::{self, frame, zone};

/// Messages on one page.
const ROWS: u32 = 25;

/// One page of the list.
struct Found {
    mails: Vec<KeptMail>,
    total: u64,
    page: u64,
}

pub(super) async fn page(
    State(stage): State<Arc<Stage>>,
    RawQuery(query): RawQuery,
    reader: Reader,
) -> Result<Response, Problem> {
    let app = &stage.app;
    let query = query.unwrap_or_default();
    let parameter = |name: &str| {
        let found = pairs(&query).find(|(own, _)| own == name);
        found
            .map(|(_, value)| value.trim().to_owned())
            .unwrap_or_default()
    };
    let (recipient, number) = (parameter("q"), parameter("page").parse().unwrap_or(1));
    let asked = recipient.clone();
    let found = stage
        .mail(move |mailbox| find(mailbox, asked, number))
        .await?;
    let language = reader.language(None, app.policy().language());
    let row = |mail: KeptMail| MailRow {
        path: format!("/mailbox/{}", mail.id.0),
        recipient: mail.recipient,
        subject: mail.subject,
        received: Texts::of(language).date_time(mail.received_at, zone(app)),
    };
    let page = MailboxPage {
        frame: frame(app, language),
        query: recipient,
        rows: found.mails.into_iter().map(row).collect(),
        total: found.total,
        page: found.page,
        pages: pages(found.total),
    };
    Ok(show::page(StatusCode::OK, language, &page))
}

fn pages(total: u64) -> u64 {
    total.div_ceil(u64::from(ROWS)).max(1)
}

/// One page of everything, or of what went to one recipient: of that, the newest [`LIST_MAX`].
fn find(mailbox: &Mailbox, recipient: String, number: u64) -> Result<Found, MailboxError> {
    if recipient.is_empty() {
        return newest(mailbox, number);
    }
    let query = Query {
        recipient: Some(recipient),
        limit: LIST_MAX,
        ..Query::default()
    };
    let all = mailbox.list(&query)?;
    let total = all.len() as u64;
    let page = number.clamp(1, pages(total));
    let before = usize::try_from((page - 1) * u64::from(ROWS)).unwrap_or(usize::MAX);
    let mails = all.into_iter().skip(before).take(ROWS as usize).collect();
    Ok(Found { mails, total, page })
}

/// Numbers are given without gaps, so that the first message of a page is found by its number.
fn newest(mailbox: &Mailbox, number: u64) -> Result<Found, MailboxError> {
    let total = mailbox.count()?;
    let page = number.clamp(1, pages(total));
    let last = mailbox.list(&Query {
        limit: 1,
        ..Query::default()
    })?;
    let before = i64::try_from((page - 1) * u64::from(ROWS)).unwrap_or(i64::MAX);
    let older_than = last.first().map(|own| MailId(own.id.0 + 1 - before));
    let mails = mailbox.list(&Query {
        older_than,
        limit: ROWS,
        ..Query::default()
    })?;
    Ok(Found { mails, total, page })
}

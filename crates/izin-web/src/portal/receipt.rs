//! `/r/{token}`: the receipt of an entry, as a page and as a file (`.json` behind the token).
//!
//! The link says which entry and nothing else; whoever holds it sees what its receipt says. An entry
//! that no checkpoint covers yet is signed now.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use izin_app::App;
use izin_app::audit::{self, AuditError, Proven, ReceiptFile};
use izin_app::link::LinkKind;
use izin_core::{Act, Seq};

use super::{Token, wrong_method};
use crate::i18n::Texts;
use crate::page::{QrCode, ReceiptPage};
use crate::reader::Reader;
use crate::show::{self, failure, frame, not_found, private, zone};

/// What follows the token in the address of the file.
const FILE: &str = ".json";

pub(crate) async fn answer(
    State(app): State<Arc<App>>,
    token: Token,
    reader: Reader,
    request: Request,
) -> Response {
    let asked = token.as_ref().map_or("", |own| own.0.as_str());
    let token = asked.strip_suffix(FILE).unwrap_or(asked);
    let Some(seq) = app.links.open_receipt(token) else {
        return not_found(&app, &reader);
    };
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return wrong_method("GET, HEAD");
    }
    let shown = if asked == token {
        page(&app, (seq, token), &reader).await
    } else {
        audit::receipt(&app, seq).await.map(|own| file(seq, &own))
    };
    match shown {
        Err(AuditError::NoEntry(..)) => not_found(&app, &reader),
        shown => shown.unwrap_or_else(|error| failure(&app, &reader, &error)),
    }
}

async fn page(
    app: &App,
    (seq, token): (Seq, &str),
    reader: &Reader,
) -> Result<Response, AuditError> {
    let receipt = audit::receipt(app, seq).await?;
    let proven = receipt.verify(app.signer().verifier());
    let Proven { entry, checkpoint } = proven.map_err(|why| AuditError::Proof(why.to_string()))?;
    let signed_at = app.store.signed_at(checkpoint.head().size).await?;
    let language = reader.language(None, app.policy().language());
    let texts = Texts::of(language);
    let date = |moment| texts.date(moment, zone(app));
    let url = format!(
        "{}{}{token}",
        app.settings.public_url,
        LinkKind::Receipt.path()
    );
    let page = ReceiptPage {
        frame: frame(app, language),
        what: what(&entry.act, texts),
        recorded: date(entry.recorded_at),
        signed: signed_at.map(date).unwrap_or_default(),
        seq: seq.0,
        size: checkpoint.head().size,
        log: receipt.log,
        code: QrCode::of(&url),
        url,
        file_path: format!("{}{token}{FILE}", LinkKind::Receipt.path()),
        key: app.signer().verifier().to_string(),
    };
    Ok(show::page(StatusCode::OK, language, &page))
}

fn file(seq: Seq, receipt: &ReceiptFile) -> Response {
    let mut response = private(Json(receipt).into_response());
    let named = format!("attachment; filename=\"izin-{seq}.json\"");
    show::set(&mut response, header::CONTENT_DISPOSITION, &named);
    response
}

fn what(act: &Act, texts: &Texts) -> String {
    let what = match act {
        Act::Refused { .. } | Act::IdentifierSuppressed { .. } => texts.get("receipt-act-refused"),
        Act::Consented { .. } => texts.get("receipt-act-consented"),
        Act::DialMoved { .. } => texts.get("receipt-act-dial"),
        Act::Paused { .. } => texts.get("receipt-act-paused"),
        _ => texts.get("receipt-act-other"),
    };
    what.into_owned()
}

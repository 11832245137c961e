//! `POST /hooks/twilio/sms`: answers to our texts, over SMS and WhatsApp, and what became of texts of
//! ours. The answer is TwiML, by which Twilio sends the person one confirmation.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use izin_app::App;
use izin_app::inbound::text::{self, Stopped, Text};
use izin_core::Channel;
use izin_wire::sms::Meaning;
use izin_wire::twilio::{self, Inbound, Keyword, Request};

use super::{fields, header, is_form, unknown, unsigned, words};
use crate::json;
use crate::problem::Problem;

const PROVIDER: &str = "twilio";
/// What stands before a number that writes by WhatsApp.
const WHATSAPP: &str = "whatsapp:";

pub(super) async fn sms(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    uri: Uri,
    body: Body,
) -> Result<Response, Problem> {
    let secret = app.settings.providers.twilio.as_ref().ok_or_else(unknown)?;
    let body = json::bytes(body).await?;
    let params = if is_form(&headers) {
        fields(&body)
    } else {
        Vec::new()
    };
    let request = Request {
        url: &format!("{}{uri}", app.settings.public_url),
        params: &params,
        body: (!is_form(&headers)).then_some(&body),
        signature: header(&headers, "x-twilio-signature"),
    };
    if !twilio::verify(secret.expose(), request) {
        return Err(unsigned());
    }
    let reply = match Inbound::read(&params) {
        Inbound::Text(own) => heard(&app, own).await?,
        Inbound::StoppedBefore { to, id } => {
            stopped(&app, (&to, &id)).await?;
            None
        }
        Inbound::Other => None,
    };
    Ok(words("text/xml", twiml(reply.as_deref())))
}

/// What the person is told; nothing where Twilio tells them itself.
async fn heard(app: &App, own: twilio::Text) -> Result<Option<String>, Problem> {
    let tells_itself = own.keyword.is_some() || twilio::answers_itself(&own.text);
    let (channel, from) = address(&own.from);
    let text = Text {
        meaning: own.keyword.map(|own| match own {
            Keyword::Stop => Meaning::OptOut,
            Keyword::Start => Meaning::OptIn,
            Keyword::Help => Meaning::Help,
        }),
        ..Text::of((PROVIDER, channel), (from.to_owned(), own.text, own.id))
    };
    let heard = text::heard(app, text).await?;
    Ok(heard.reply.filter(|_| !tells_itself))
}

async fn stopped(app: &App, (to, id): (&str, &str)) -> Result<(), Problem> {
    let (channel, number) = address(to);
    let own = Stopped {
        provider: PROVIDER,
        id,
        channel,
        number,
        occurred_at: None,
        what: "error 21610, stopped with the provider before",
        is_certain: true,
    };
    Ok(text::stopped(app, own).await?)
}

fn address(own: &str) -> (Channel, &str) {
    match own.strip_prefix(WHATSAPP) {
        Some(number) => (Channel::Whatsapp, number),
        None => (Channel::Sms, own),
    }
}

/// What Twilio does next: say this, or nothing.
fn twiml(reply: Option<&str>) -> String {
    let message = reply.map(|own| {
        let own = own
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        format!("<Message>{own}</Message>")
    });
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>{}</Response>",
        message.unwrap_or_default()
    )
}

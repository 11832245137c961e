//! `izin inspect`: what we understand of what mail programs and providers send us. It looks at no
//! store and changes nothing.

mod mail;
mod signed;
mod text;

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::io::Io;

/// Bytes of one line: a mail of 25 MiB in base64, and what stands around it.
const LINE_BYTES_MAX: u64 = 36 * 1024 * 1024;

/// Show what is understood of a signal from outside
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  echo '{\"text\": \"STOP\"}' | izin inspect sms
  izin inspect dsn --in bounces.ndjson
  echo '{\"platform\": \"meta\", \"kind\": \"phone\", \"input\": \"0812 0000 0001\"}' | izin inspect identifier

One JSON object a line goes in, one a line comes out, in the same order. A line that is not understood gives
`valid` false and an `error`, and the exit code is 0 all the same. docs/book/inspect.md names the fields.")]
pub(crate) struct Inspect {
    /// What the lines are
    #[arg(value_enum)]
    kind: Kind,
    /// Where they stand; absent: standard input
    #[arg(long = "in", value_name = "FILE")]
    input: Option<PathBuf>,
}

/// What can be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// A request that may be a one-click opt-out (RFC 8058)
    OneClick,
    /// A delivery report (RFC 3464)
    Dsn,
    /// A complaint passed on by a mailbox provider (RFC 5965)
    Arf,
    /// A text message
    Sms,
    /// An e-mail address or telephone number as a platform spells it
    Identifier,
    /// A request signed by Twilio
    Twilio,
    /// A request signed by Vonage
    Vonage,
    /// A request signed after Standard Webhooks
    StandardWebhook,
    /// A request signed by WhatsApp's Cloud API
    Whatsapp,
    /// A request signed by Shopify
    Shopify,
}

impl Kind {
    fn look(self, line: &[u8]) -> Value {
        let found = match self {
            Self::OneClick => read(line).map(text::one_click),
            Self::Dsn => read(line).and_then(mail::bounce),
            Self::Arf => read(line).and_then(mail::complaint),
            Self::Sms => read(line).map(text::sms),
            Self::Identifier => read(line).and_then(text::identifier),
            Self::Twilio => read(line).map(signed::twilio),
            Self::Vonage => read(line).and_then(signed::vonage),
            Self::StandardWebhook => read(line).and_then(signed::standard_webhook),
            Self::Whatsapp => read(line).and_then(signed::whatsapp),
            Self::Shopify => read(line).and_then(signed::shopify),
        };
        found.unwrap_or_else(|why| json!({"valid": false, "error": why}))
    }
}

/// Reads the object of a line. What is wrong with it is told without what stands in it.
fn read<T: DeserializeOwned>(line: &[u8]) -> Result<T, String> {
    let mut own = serde_json::Deserializer::from_slice(line);
    let read: Result<T, _> = serde_path_to_error::deserialize(&mut own);
    let read = read.map_err(
        |why| match (why.inner().classify(), why.path().to_string()) {
            (serde_json::error::Category::Data, path) if path != "." => {
                format!("`{path}` is missing or not of its form")
            }
            (serde_json::error::Category::Data, _) => {
                "a field is missing or not of its form".to_owned()
            }
            _ => "not a JSON object".to_owned(),
        },
    )?;
    own.end()
        .map_err(|_| "more than one JSON object in a line".to_owned())?;
    Ok(read)
}

/// Looks at each line.
pub(crate) fn run(asked: &Inspect, io: &mut Io) -> anyhow::Result<Exit> {
    let input = match &asked.input {
        Some(path) => {
            let file = std::fs::File::open(path);
            Box::new(file.with_context(|| format!("cannot read `{}`", path.display()))?)
        }
        None => io.take_input(),
    };
    let mut lines = BufReader::new(input);
    let mut line = Vec::new();
    loop {
        line.clear();
        lines
            .by_ref()
            .take(LINE_BYTES_MAX)
            .read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(Exit::Fine);
        }
        let whole = line.ends_with(b"\n") || u64::try_from(line.len())? < LINE_BYTES_MAX;
        if whole {
            io.json(&asked.kind.look(&line))?;
        } else {
            lines.skip_until(b'\n')?;
            io.json(
                &json!({"valid": false, "error": format!("longer than {LINE_BYTES_MAX} bytes")}),
            )?;
        }
    }
}

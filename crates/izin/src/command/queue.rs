//! `izin queue`: what waits for a person to settle it.

mod words;

use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};
use izin_app::door::Role;
use izin_app::queue::{self, Item, Settling, Stands};
use izin_app::staff::Staff;
use izin_app::visible::visible;
use izin_app::{act, correction};
use izin_core::Language;
use izin_core::policy::SensitiveCode;
use izin_store::Listed;
use serde_json::{Value, json};

use crate::execute::Shop;
use crate::exit::{Exit, Usage};
use crate::io::Io;
use crate::personal::Personal;
use crate::subject;
pub(crate) use words::said;
use words::{Reader, meaning};

/// What begins red text on a terminal, and what ends it.
const RED: (&str, &str) = ("\u{1b}[31m", "\u{1b}[0m");

/// See and settle what waits for a person: presumed refusals, unresolved opt-outs, complaints
#[derive(Debug, Subcommand)]
pub(crate) enum Queue {
    /// Show what waits, the most urgent first
    #[command(after_help = "\
Examples:
  izin queue list
  izin queue list --all --json

Nothing here waits to take effect: a guessed no denies from the start.")]
    List {
        /// What was settled too
        #[arg(long)]
        all: bool,
    },
    /// Show one thing whole, with its note
    #[command(after_help = "Example:\n  izin queue show 3")]
    Show {
        /// Its number
        id: u64,
    },
    Settle(Settle),
}

/// Settle one thing, with your name and why
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  izin queue settle 3 --outcome clear --as Sari --note \"asked about an order\"
  izin queue settle 4 --outcome person --person customer:10042 --as Sari --note \"same letterhead\"
  izin queue settle 5 --outcome goods --codes S1 --as Rini --note \"medicine\"
  izin queue settle 6 --outcome approve --as Rini --note \"checked the recording\"

clear and uphold settle a presumed refusal, person an unresolved opt-out, goods what nobody has
classified, approve a correction that somebody else proposed, close everything else.")]
pub(crate) struct Settle {
    /// Its number
    id: u64,
    /// How it is settled
    #[arg(long)]
    outcome: Outcome,
    /// Who settles it
    #[arg(long = "as", value_name = "NAME")]
    by: Personal,
    /// Why; kept sealed where it is about a person
    #[arg(long, value_name = "TEXT")]
    note: Personal,
    /// For person: whose the opt-out is
    #[arg(long, value_name = "SUBJECT", required_if_eq("outcome", "person"))]
    person: Option<Personal>,
    /// For goods: what they reveal, as S1,S3; absent: nothing
    #[arg(long, value_delimiter = ',')]
    codes: Vec<SensitiveCode>,
}

/// How something is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Outcome {
    Clear,
    Uphold,
    Person,
    Goods,
    Approve,
    Close,
}

/// Does what was asked.
pub(crate) async fn run(asked: &Queue, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<Exit> {
    match asked {
        Queue::List { all } => list(*all, shop, io).await?,
        Queue::Show { id } => show(*id, shop, io).await?,
        Queue::Settle(asked) => settle(asked, shop, io).await?,
    }
    Ok(Exit::Fine)
}

async fn list(all: bool, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<()> {
    let listed = if all { Listed::All } else { Listed::Open };
    let items = queue::list(shop.app, listed).await?;
    for item in &items {
        if shop.answer.json {
            io.json(&document(item)?)?;
        } else {
            io.line(in_words(item, reader(shop)))?;
        }
    }
    if items.is_empty() && !shop.answer.json {
        io.line(match shop.language() {
            Language::Id => "Tidak ada yang menunggu.",
            Language::En => "Nothing waits.",
        })?;
    }
    let claims = queue::quarantined(shop.app);
    if claims > 0 && !shop.answer.json {
        io.line(match shop.language() {
            Language::Id => format!(
                "{claims} persetujuan tanpa bukti ada di karantina dan tidak mengizinkan apa pun; \
                 `izin export consents` menyebutkannya."
            ),
            Language::En => format!(
                "{claims} consents without evidence are in quarantine and permit nothing; \
                 `izin export consents` names them."
            ),
        })?;
    }
    Ok(())
}

async fn show(id: u64, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<()> {
    let item = queue::show(shop.app, id).await?;
    if shop.answer.json {
        return io.json(&document(&item)?);
    }
    let reader = reader(shop);
    io.line(in_words(&item, reader))?;
    if let Some(note) = note(&item) {
        io.line(format_args!("  {}", visible(&said(&note))))?;
    }
    if item.item.settled.is_none() {
        io.line(format_args!(
            "  {}",
            meaning(item.item.what.kind, reader.language)
        ))?;
    }
    if let Some((at, outcome)) = &item.item.settled {
        io.line(format_args!(
            "  {}  {}: {}  {}",
            reader.zone.show(*at),
            outcome.by,
            outcome.outcome,
            outcome.note.as_deref().unwrap_or_default()
        ))?;
    }
    Ok(())
}

async fn settle(asked: &Settle, shop: &Shop<'_>, io: &mut Io) -> anyhow::Result<()> {
    // Whoever may run commands on the company's machine may settle what waits there.
    let by = Staff::new(&asked.by, Role::Dpo, None).map_err(|why| Usage(why.to_string()))?;
    let done = match settling(asked, shop)? {
        None => (
            Some(correction::approve(shop.app, asked.id, &by).await?),
            None,
        ),
        Some(how) => {
            let done = queue::settle(shop.app, asked.id, how, (&by, &asked.note)).await?;
            (done.recorded, done.policy_lines)
        }
    };
    let (recorded, policy_lines) = done;
    if shop.answer.json {
        return io.json(&json!({
            "id": asked.id,
            "seq": recorded.map(|own| own.seq),
            "policy_lines": policy_lines,
        }));
    }
    let id = asked.id;
    let (settled, entry) = match shop.language() {
        Language::Id => ("selesai", "entri"),
        Language::En => ("settled", "entry"),
    };
    match recorded {
        Some(recorded) => io.line(format_args!("{id} {settled}: {entry} {}", recorded.seq))?,
        None => io.line(format_args!("{id} {settled}"))?,
    }
    if let Some(lines) = policy_lines {
        io.line(match shop.language() {
            Language::Id => "Tambahkan ke policy/sensitive.toml, lalu `izin policy publish`:",
            Language::En => "Add this to policy/sensitive.toml, then `izin policy publish`:",
        })?;
        io.line(lines.trim_end())?;
    }
    Ok(())
}

/// What is asked for; `None`: that a correction be approved.
fn settling(asked: &Settle, shop: &Shop<'_>) -> anyhow::Result<Option<Settling>> {
    Ok(Some(match asked.outcome {
        Outcome::Clear => Settling::Clear,
        Outcome::Uphold => Settling::Uphold,
        Outcome::Close => Settling::Close,
        Outcome::Goods => Settling::Goods(asked.codes.iter().copied().collect()),
        Outcome::Approve => return Ok(None),
        Outcome::Person => {
            let person = asked
                .person
                .as_ref()
                .context("name the person with --person")?;
            let home = shop.app.policy().controller.country;
            let who = subject::parse(person, home.as_str())?;
            Settling::Person(act::one(shop.app, &who)?)
        }
    }))
}

/// What an item's note says.
fn note(item: &Item) -> Option<String> {
    correction::evidence(&item.item).or_else(|| item.item.what.note.clone())
}

fn reader(shop: &Shop<'_>) -> Reader {
    Reader {
        language: shop.language(),
        coloured: shop.answer.coloured,
        zone: shop.app.policy().controller.zone,
    }
}

fn in_words(item: &Item, reader: Reader) -> String {
    let what = &item.item.what;
    let nobody = match reader.language {
        Language::Id => "belum ada pemilik",
        Language::En => "nobody yet",
    };
    format!(
        "{:5}  {:18}  {}  {}  {}",
        item.item.id,
        what.kind.as_str(),
        due(item, reader),
        what.owner.as_deref().unwrap_or(nobody),
        about(item),
    )
}

/// By when it is to be settled; in red, where colours are seen, when that is over.
fn due(item: &Item, reader: Reader) -> String {
    let due = reader.zone.show(item.item.what.due_at);
    let over = match (item.stands, reader.language) {
        (Stands::Open, _) => return due,
        (Stands::Settled, Language::Id) => return "selesai".to_owned(),
        (Stands::Settled, Language::En) => return "settled".to_owned(),
        (Stands::Late, Language::Id) => "terlambat",
        (Stands::Late, Language::En) => "late",
        (Stands::BecameOptOut(_), Language::Id) => "menjadi penolakan",
        (Stands::BecameOptOut(_), Language::En) => "became an opt-out",
    };
    let (begin, end) = if reader.coloured { RED } else { ("", "") };
    format!("{begin}{due} {over}{end}")
}

/// What it is about: a person's random name, an entry, or goods.
fn about(item: &Item) -> String {
    let what = &item.item.what;
    match (&what.subject, what.entry, &what.key) {
        (Some(subject), Some(entry), _) => format!("id:{subject} entry {entry}"),
        (Some(subject), None, _) => format!("id:{subject}"),
        (None, Some(entry), _) => format!("entry {entry}"),
        (None, None, key) => key.clone().unwrap_or_default(),
    }
}

fn document(item: &Item) -> anyhow::Result<Value> {
    let what = &item.item.what;
    let (stands, late) = match item.stands {
        Stands::Open => ("open", false),
        Stands::Late => ("late", true),
        Stands::BecameOptOut(_) => ("became_opt_out", true),
        Stands::Settled => ("settled", false),
    };
    let settled = item.item.settled.as_ref().map(|(at, outcome)| {
        json!({
            "at": at.to_string(),
            "by": outcome.by,
            "outcome": outcome.outcome,
            "note": outcome.note,
        })
    });
    Ok(json!({
        "id": item.item.id,
        "kind": what.kind,
        "stands": stands,
        "late": late,
        "subject": what.subject.map(|own| own.to_string()),
        "entry": what.entry,
        "key": what.key,
        "opened_at": item.item.opened_at.to_string(),
        "opened_by": what.opened_by,
        "due_at": what.due_at.to_string(),
        "owner": what.owner,
        "note": note(item),
        "settled": settled,
    }))
}

#[cfg(test)]
mod tests {
    use izin_core::Timestamp;
    use izin_core::zone::Zone;
    use izin_store::{NewItem, QueueItem, QueueKind};

    use super::*;

    #[test]
    fn what_is_late_is_red_only_for_whoever_sees_colours() {
        let at = Timestamp::from_micros(0);
        let what = NewItem {
            kind: QueueKind::Complaint,
            subject: None,
            entry: None,
            key: None,
            due_at: at,
            opened_by: "izin".to_owned(),
            owner: None,
            note: None,
        };
        let item = QueueItem {
            id: 1,
            what,
            opened_at: at,
            settled: None,
        };
        let stands = Stands::Late;
        let item = Item { item, stands };
        let reader = |coloured| Reader {
            language: Language::En,
            coloured,
            zone: Zone::JAKARTA,
        };
        let shown = |coloured| in_words(&item, reader(coloured));
        assert!(
            shown(false).contains(" late  nobody yet"),
            "{}",
            shown(false)
        );
        assert!(!shown(false).contains('\u{1b}'), "{}", shown(false));
        assert!(shown(true).contains("\u{1b}[31m1970"), "{}", shown(true));
    }
}

//! What changed in the purposes.

use izin_core::law::Basis;
use izin_core::policy::{FieldId, Purpose, RecipientId, Role, Text};
use izin_core::{Channel, Policy};

use super::words::{bases, class, codes, level, list, quoted, recipient, text, titles};
use super::{Change, Kind, added, of};
use crate::explain::words::channel;

use Kind::{Editorial, NotifyBefore, ReConsent};

pub(super) fn changes(old: &Policy, new: &Policy) -> Vec<Change> {
    let mut changes = Vec::new();
    for now in &new.purposes {
        match old.purpose(&now.id) {
            Some(was) => one((old, was), (new, now), &mut changes),
            None => changes.push(of(ReConsent, now.id, fresh(now))),
        }
    }
    let gone = |own: &&Purpose| new.purpose(&own.id).is_none();
    for was in old.purposes.iter().filter(gone) {
        let it = quoted(&was.title);
        let sentence = text(
            &format!("tujuan {} dihentikan", it.id),
            &format!("the purpose {} has ended", it.en),
        );
        changes.push(of(Editorial, was.id, sentence));
    }
    changes
}

fn fresh(now: &Purpose) -> Text {
    let (it, means) = (quoted(&now.title), &now.explanation);
    text(
        &format!("tujuan baru {}: {}", it.id, means.id),
        &format!("a new purpose, {}: {}", it.en, means.en),
    )
}

fn one(
    (old, was): (&Policy, &Purpose),
    (new, now): (&Policy, &Purpose),
    changes: &mut Vec<Change>,
) {
    fields((old, was), (new, now), changes);
    recategorised((old, was), (new, now), changes);
    recipients((old, was), (new, now), changes);
    channels(was, now, changes);
    basis(was, now, changes);
    reach(was, now, changes);
    words(was, now, changes);
}

fn fields(
    (old, was): (&Policy, &Purpose),
    (new, now): (&Policy, &Purpose),
    changes: &mut Vec<Change>,
) {
    let covered = old.coverage(was).categories;
    let known = |id: &FieldId| {
        new.field(id)
            .is_some_and(|own| covered.contains(&own.category))
    };
    let it = quoted(&now.title);
    let before = titles(old.fields_of(was));
    let (same, fresh): (Vec<FieldId>, _) =
        added(&now.fields, &was.fields).into_iter().partition(known);
    for (kind, names) in [(ReConsent, fresh), (NotifyBefore, same)] {
        if !names.is_empty() {
            let data = titles(names.iter().filter_map(|id| new.field(id)));
            let sentence = text(
                &format!(
                    "{} kini juga memakai: {}; sebelumnya hanya: {}",
                    it.id, data.id, before.id
                ),
                &format!(
                    "{} now also uses: {}; before only: {}",
                    it.en, data.en, before.en
                ),
            );
            changes.push(of(kind, now.id, sentence));
        }
    }
    let gone = added(&was.fields, &now.fields);
    if !gone.is_empty() {
        let data = titles(gone.iter().filter_map(|id| old.field(id)));
        let sentence = text(
            &format!("{} tidak lagi memakai: {}", it.id, data.id),
            &format!("{} no longer uses: {}", it.en, data.en),
        );
        changes.push(of(Editorial, now.id, sentence));
    }
}

/// A field may have changed its category under the same name.
fn recategorised(
    (old, was): (&Policy, &Purpose),
    (new, now): (&Policy, &Purpose),
    changes: &mut Vec<Change>,
) {
    let covered = old.coverage(was).categories;
    let it = quoted(&now.title);
    for id in now.fields.iter().filter(|id| was.fields.contains(id)) {
        let Some((before, after)) = old.field(id).zip(new.field(id)) else {
            continue;
        };
        if covered.contains(&after.category) {
            continue;
        }
        let kind = |term: &str| term.trim_start_matches("pd:").to_owned();
        let (data, from, to) = (
            quoted(&after.title),
            kind(&before.category),
            kind(&after.category),
        );
        let sentence = text(
            &format!(
                "bagi {} data {} kini berjenis {to}, sebelumnya {from}",
                it.id, data.id
            ),
            &format!(
                "for {} the data {} is of the kind {to} now, before {from}",
                it.en, data.en
            ),
        );
        changes.push(of(ReConsent, now.id, sentence));
    }
}

fn recipients(
    (old, was): (&Policy, &Purpose),
    (new, now): (&Policy, &Purpose),
    changes: &mut Vec<Change>,
) {
    let covered = old.coverage(was).recipients;
    let it = quoted(&now.title);
    let before = list(old.recipients_of(was).map(recipient));
    for own in new.recipients_of(now) {
        let independent = own.role == Role::Independent;
        let kind = match (
            independent,
            covered.contains(&own.id),
            was.recipients.contains(&own.id),
        ) {
            (true, false, _) => ReConsent,
            (false, _, false) => NotifyBefore,
            _ => continue,
        };
        let role = if independent {
            text("yang bertindak sendiri", "which acts on its own")
        } else {
            text("atas nama kami", "on our behalf")
        };
        let who = recipient(own);
        let sentence = text(
            &format!(
                "data untuk {} kini diterima {}, {}; penerima sebelumnya: {}",
                it.id, who.id, role.id, before.id
            ),
            &format!(
                "data for {} now goes to {}, {}; recipients before: {}",
                it.en, who.en, role.en, before.en
            ),
        );
        changes.push(of(kind, now.id, sentence));
    }
    let gone: Vec<RecipientId> = added(&was.recipients, &now.recipients);
    for own in gone.iter().filter_map(|id| old.recipient(id)) {
        let who = recipient(own);
        let sentence = text(
            &format!("data untuk {} tidak lagi diterima {}", it.id, who.id),
            &format!("data for {} no longer goes to {}", it.en, who.en),
        );
        changes.push(of(Editorial, now.id, sentence));
    }
}

/// A consent is to its channel, so that an older one covers no channel that comes later.
fn channels(was: &Purpose, now: &Purpose, changes: &mut Vec<Change>) {
    let it = quoted(&now.title);
    let named = |own: &[Channel]| list(own.iter().map(|own| channel(*own)));
    let fresh = added(&now.channels, &was.channels);
    if !fresh.is_empty() {
        let (new, before) = (named(&fresh), named(&was.channels));
        let (id, en) = if now.basis.claims(Basis::Consent) {
            (
                " dengan persetujuan tersendiri",
                " with a consent of its own",
            )
        } else {
            ("", "")
        };
        let sentence = text(
            &format!(
                "{} kini juga lewat {}{id}; sebelumnya hanya lewat {}",
                it.id, new.id, before.id
            ),
            &format!(
                "{} now also comes by {}{en}; before only by {}",
                it.en, new.en, before.en
            ),
        );
        changes.push(Change {
            channels: fresh,
            ..of(ReConsent, now.id, sentence)
        });
    }
    let gone = added(&was.channels, &now.channels);
    if !gone.is_empty() {
        let names = named(&gone);
        let sentence = text(
            &format!("{} tidak lagi lewat {}", it.id, names.id),
            &format!("{} no longer comes by {}", it.en, names.en),
        );
        changes.push(of(Editorial, now.id, sentence));
    }
}

fn basis(was: &Purpose, now: &Purpose, changes: &mut Vec<Change>) {
    let asks_now = now.basis.claims(Basis::Consent) && !was.basis.claims(Basis::Consent);
    if was.basis != now.basis {
        let kind = if asks_now { ReConsent } else { NotifyBefore };
        let about = text("dasar hukum", "the legal basis of");
        let facts = (bases(&was.basis), bases(&now.basis));
        changes.push(of(kind, now.id, became(&about, now, &facts)));
    }
    if was.class != now.class {
        let about = text("jenis pemrosesan", "the kind of processing of");
        let facts = (class(was.class), class(now.class));
        changes.push(of(NotifyBefore, now.id, became(&about, now, &facts)));
    }
}

/// What something of a purpose was, and what it is now.
fn became(about: &Text, purpose: &Purpose, (before, after): &(Text, Text)) -> Text {
    let it = quoted(&purpose.title);
    text(
        &format!(
            "{} {} kini: {}; sebelumnya: {}",
            about.id, it.id, after.id, before.id
        ),
        &format!(
            "{} {} is now: {}; before: {}",
            about.en, it.en, after.en, before.en
        ),
    )
}

/// How far, how long and how personally.
fn reach(was: &Purpose, now: &Purpose, changes: &mut Vec<Change>) {
    let it = quoted(&now.title);
    if was.retention_days != now.retention_days {
        let (before, after) = (was.retention_days, now.retention_days);
        let sentence = text(
            &format!(
                "data untuk {} disimpan {after} hari, sebelumnya {before} hari",
                it.id
            ),
            &format!(
                "data for {} is kept for {after} days, before {before} days",
                it.en
            ),
        );
        changes.push(of(NotifyBefore, now.id, sentence));
    }
    if was.highest_level != now.highest_level {
        let more = now.highest_level > was.highest_level;
        let kind = if more { NotifyBefore } else { Editorial };
        let about = text("tingkat personal tertinggi", "the most personal level of");
        let facts = (level(was.highest_level), level(now.highest_level));
        changes.push(of(kind, now.id, became(&about, now, &facts)));
    }
    if !was.sensitive.covers(now.sensitive) {
        let about = text("data sensitif dalam", "the sensitive data in");
        let facts = (codes(was.sensitive), codes(now.sensitive));
        changes.push(of(ReConsent, now.id, became(&about, now, &facts)));
    }
    if was.consent_days != now.consent_days {
        let sentence = text(
            &format!("masa berlaku persetujuan untuk {} berubah", it.id),
            &format!("how long a consent to {} is valid has changed", it.en),
        );
        changes.push(of(Editorial, now.id, sentence));
    }
}

fn words(was: &Purpose, now: &Purpose, changes: &mut Vec<Change>) {
    let it = quoted(&now.title);
    let texts = |own: &Purpose| (own.title.clone(), own.explanation.clone(), own.dpv.clone());
    if texts(was) != texts(now) {
        let sentence = text(
            &format!("kata-kata tentang {} berubah", it.id),
            &format!("the words about {} have changed", it.en),
        );
        changes.push(of(Editorial, now.id, sentence));
    }
    let account = |own: &Purpose| (own.ropa.clone(), own.dpia, own.live);
    if account(was) != account(now) {
        let sentence = text(
            &format!(
                "catatan, penilaian dampak atau masa berlaku {} berubah",
                it.id
            ),
            &format!("the record, assessment or dates of {} have changed", it.en),
        );
        changes.push(of(Editorial, now.id, sentence));
    }
}

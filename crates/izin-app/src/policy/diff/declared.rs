//! What changed besides the purposes.

use std::collections::BTreeSet;

use izin_core::Policy;
use izin_core::policy::{Controller, Field, FormId, PurposeId, Recipient, Text};

use super::words::{codes, law, quoted, recipient, retention, source, text};
use super::{Change, Kind, about};

use Kind::{Editorial, NotifyBefore, ReConsent};

pub(super) fn changes(old: &Policy, new: &Policy) -> Vec<Change> {
    let mut changes = Vec::new();
    controller(&old.controller, &new.controller, &mut changes);
    fields(old, new, &mut changes);
    recipients(old, new, &mut changes);
    forms(old, new, &mut changes);
    rest(old, new, &mut changes);
    changes
}

/// What something was and what it is now.
fn became(what: (&str, &str), before: &Text, after: &Text) -> Text {
    text(
        &format!("{} kini {}; sebelumnya {}", what.0, after.id, before.id),
        &format!("{} is now {}; before {}", what.1, after.en, before.en),
    )
}

fn controller(was: &Controller, now: &Controller, changes: &mut Vec<Change>) {
    let mut tell = |what, told: &dyn Fn(&Controller) -> String| {
        let (before, after) = (told(was), told(now));
        if before != after {
            let sentence = became(what, &text(&before, &before), &text(&after, &after));
            changes.push(about(NotifyBefore, Vec::new(), sentence));
        }
    };
    tell(
        (
            "yang bertanggung jawab atas data Anda",
            "who answers for your data",
        ),
        &|own| format!("{}, {} ({})", own.name, own.address, own.country),
    );
    tell(
        ("alamat untuk pertanyaan", "the address for questions"),
        &|own| own.contact.clone(),
    );
    tell(
        (
            "alamat petugas pelindungan data",
            "the data protection officer's address",
        ),
        &|own| own.dpo.clone(),
    );
    tell(
        ("hukum yang mengikat toko", "the law that binds the shop"),
        &laws,
    );
    let house = |own: &Controller| {
        let languages = own.languages.clone();
        (languages, own.zone, own.approvals, own.signed_by.clone())
    };
    if house(was) != house(now) {
        let sentence = text(
            "bahasa, zona waktu, tanda tangan atau banyaknya persetujuan kampanye berubah",
            "the languages, time zone, signature or number of approvals have changed",
        );
        changes.push(about(Editorial, Vec::new(), sentence));
    }
}

fn laws(own: &Controller) -> String {
    let laws: BTreeSet<String> = own.regimes.iter().map(|own| law(*own)).collect();
    laws.into_iter().collect::<Vec<_>>().join(", ")
}

/// The purposes that name something.
fn users(policy: &Policy, uses: impl Fn(&izin_core::policy::Purpose) -> bool) -> Vec<PurposeId> {
    let purposes = policy.purposes.iter().filter(|own| uses(own));
    purposes.map(|own| own.id).collect()
}

fn fields(old: &Policy, new: &Policy, changes: &mut Vec<Change>) {
    let facts = |own: &Field| {
        let (from, kept, reveals) = (
            source(own.source),
            retention(own.retention),
            codes(own.sensitive),
        );
        text(
            &format!(
                "{}, disimpan {}, data sensitif: {}",
                from.id, kept.id, reveals.id
            ),
            &format!(
                "{}, kept {}, sensitive data: {}",
                from.en, kept.en, reveals.en
            ),
        )
    };
    for now in &new.fields {
        let Some(was) = old.field(&now.id) else {
            continue;
        };
        let (before, after) = (facts(was), facts(now));
        if before != after {
            let it = quoted(&now.title);
            let what = (format!("data {}", it.id), format!("the data {}", it.en));
            let more = !was.sensitive.covers(now.sensitive);
            changes.push(about(
                if more { ReConsent } else { NotifyBefore },
                users(new, |own| own.fields.contains(&now.id)),
                became((&what.0, &what.1), &before, &after),
            ));
        }
    }
}

fn recipients(old: &Policy, new: &Policy, changes: &mut Vec<Change>) {
    let facts = |own: &Recipient| {
        let who = recipient(own);
        match &own.safeguard {
            Some(safeguard) => text(
                &format!("{}, dilindungi {safeguard}", who.id),
                &format!("{}, protected by {safeguard}", who.en),
            ),
            None => who,
        }
    };
    for now in &new.recipients {
        let Some(was) = old.recipient(&now.id) else {
            continue;
        };
        let (before, after) = (facts(was), facts(now));
        if before != after {
            let what = (
                "salah satu penerima data Anda",
                "one who receives your data",
            );
            changes.push(about(
                NotifyBefore,
                users(new, |own| own.recipients.contains(&now.id)),
                became(what, &before, &after),
            ));
        }
    }
}

fn forms(old: &Policy, new: &Policy, changes: &mut Vec<Change>) {
    let defective = |policy: &Policy, id: FormId| {
        let own = policy.forms.iter().find(|own| own.id == id);
        own.is_some_and(|own| own.defective.is_some())
    };
    for form in &new.forms {
        if defective(new, form.id) && !defective(old, form.id) {
            let asked = form
                .controls
                .iter()
                .flat_map(|own| own.purposes.iter().copied());
            // It only protects, so it waits for nobody to be told.
            changes.push(about(
                Editorial,
                asked.collect(),
                text(
                    &format!("formulir `{}` cacat: persetujuan di sana batal", form.id),
                    &format!(
                        "form `{}` is defective: consents given on it are void",
                        form.id
                    ),
                ),
            ));
        }
    }
}

/// What people need not be told by message: they see it, or it only protects them.
fn rest(old: &Policy, new: &Policy, changes: &mut Vec<Change>) {
    for (changed, id, en) in [
        (
            old.notice != new.notice,
            "kata-kata pemberitahuan",
            "the company's words in the notice",
        ),
        (old.forms != new.forms, "formulir", "the forms"),
        (old.topics != new.topics, "topik", "the topics"),
        (
            old.caps != new.caps,
            "batas banyaknya pesan",
            "the caps on messages",
        ),
        (old.hours != new.hours, "jam pesan", "the hours of messages"),
        (old.senders != new.senders, "pengirim pesan", "the senders"),
        (
            old.categories != new.categories,
            "kategori sensitif",
            "the sensitive categories",
        ),
        (
            old.dpias != new.dpias,
            "penilaian dampak",
            "the impact assessments",
        ),
    ] {
        if changed {
            let sentence = text(&format!("{id} berubah"), &format!("changed: {en}"));
            changes.push(about(Editorial, Vec::new(), sentence));
        }
    }
}

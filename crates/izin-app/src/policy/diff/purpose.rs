//! What changed in the purposes.

use izin_core::Policy;
use izin_core::law::Basis;
use izin_core::policy::{FieldId, Purpose, RecipientId, Role};

use super::{Change, Kind, added, listed, of};

use Kind::{Editorial, NotifyBefore, ReConsent};

pub(super) fn changes(old: &Policy, new: &Policy) -> Vec<Change> {
    let mut changes = Vec::new();
    for now in &new.purposes {
        match old.purpose(&now.id) {
            Some(was) => one((old, was), (new, now), &mut changes),
            None => changes.push(of(
                ReConsent,
                now.id,
                format!("tujuan baru `{}`: {}", now.id, now.title.id),
                format!("new purpose `{}`: {}", now.id, now.title.en),
            )),
        }
    }
    for was in old
        .purposes
        .iter()
        .filter(|own| new.purpose(&own.id).is_none())
    {
        changes.push(of(
            Editorial,
            was.id,
            format!("tujuan `{}` dihentikan", was.id),
            format!("purpose `{}` has ended", was.id),
        ));
    }
    changes
}

fn one(
    (old, was): (&Policy, &Purpose),
    (new, now): (&Policy, &Purpose),
    changes: &mut Vec<Change>,
) {
    fields((old, was), (new, now), changes);
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
    let (same, fresh): (Vec<FieldId>, _) =
        added(&now.fields, &was.fields).into_iter().partition(known);
    // A field may have changed its category under the same name.
    let kept = now
        .fields
        .iter()
        .filter(|id| was.fields.contains(id) && !known(id));
    let fresh: Vec<FieldId> = fresh.into_iter().chain(kept.copied()).collect();
    for (kind, names) in [(ReConsent, fresh), (NotifyBefore, same)] {
        if !names.is_empty() {
            let names = listed(&names);
            changes.push(of(
                kind,
                now.id,
                format!("`{}` kini juga memakai data {names}", now.id),
                format!("`{}` now also uses the data {names}", now.id),
            ));
        }
    }
    let gone = added(&was.fields, &now.fields);
    if !gone.is_empty() {
        let names = listed(&gone);
        changes.push(of(
            Editorial,
            now.id,
            format!("`{}` tidak lagi memakai data {names}", now.id),
            format!("`{}` no longer uses the data {names}", now.id),
        ));
    }
}

fn recipients(
    (old, was): (&Policy, &Purpose),
    (new, now): (&Policy, &Purpose),
    changes: &mut Vec<Change>,
) {
    let covered = old.coverage(was).recipients;
    let independent = |id: &RecipientId| {
        new.recipient(id)
            .is_some_and(|own| own.role == Role::Independent)
    };
    for id in &now.recipients {
        let kind = match (
            independent(id),
            covered.contains(id),
            was.recipients.contains(id),
        ) {
            (true, false, _) => ReConsent,
            (false, _, false) => NotifyBefore,
            _ => continue,
        };
        let role = if kind == ReConsent {
            ("yang bertindak sendiri", "which acts on its own")
        } else {
            ("atas nama kami", "on our behalf")
        };
        changes.push(of(
            kind,
            now.id,
            format!("data untuk `{}` kini diterima `{id}`, {}", now.id, role.0),
            format!("data for `{}` now goes to `{id}`, {}", now.id, role.1),
        ));
    }
    for id in added(&was.recipients, &now.recipients) {
        changes.push(of(
            Editorial,
            now.id,
            format!("data untuk `{}` tidak lagi diterima `{id}`", now.id),
            format!("data for `{}` no longer goes to `{id}`", now.id),
        ));
    }
}

fn channels(was: &Purpose, now: &Purpose, changes: &mut Vec<Change>) {
    let fresh = added(&now.channels, &was.channels);
    if !fresh.is_empty() {
        let names = listed(&fresh);
        changes.push(Change {
            channels: fresh,
            ..of(
                ReConsent,
                now.id,
                format!("`{}` kini juga lewat {names}", now.id),
                format!("`{}` now also comes by {names}", now.id),
            )
        });
    }
    let gone = added(&was.channels, &now.channels);
    if !gone.is_empty() {
        let names = listed(&gone);
        changes.push(of(
            Editorial,
            now.id,
            format!("`{}` tidak lagi lewat {names}", now.id),
            format!("`{}` no longer comes by {names}", now.id),
        ));
    }
}

fn basis(was: &Purpose, now: &Purpose, changes: &mut Vec<Change>) {
    if was.basis == now.basis && was.class == now.class {
        return;
    }
    let asks_now = now.basis.claims(Basis::Consent) && !was.basis.claims(Basis::Consent);
    changes.push(of(
        if asks_now { ReConsent } else { NotifyBefore },
        now.id,
        format!("dasar hukum atau jenis `{}` berubah", now.id),
        format!("the legal basis or the class of `{}` has changed", now.id),
    ));
}

/// How far, how long and how personally.
fn reach(was: &Purpose, now: &Purpose, changes: &mut Vec<Change>) {
    if was.retention_days != now.retention_days {
        let (before, after) = (was.retention_days, now.retention_days);
        changes.push(of(
            NotifyBefore,
            now.id,
            format!(
                "data untuk `{}` disimpan {after} hari, sebelumnya {before}",
                now.id
            ),
            format!(
                "data for `{}` is kept for {after} days, before {before}",
                now.id
            ),
        ));
    }
    if was.highest_level != now.highest_level {
        let (before, after) = (was.highest_level, now.highest_level);
        changes.push(of(
            if after > before {
                NotifyBefore
            } else {
                Editorial
            },
            now.id,
            format!(
                "tingkat tertinggi `{}` kini {after}, sebelumnya {before}",
                now.id
            ),
            format!(
                "the highest level of `{}` is now {after}, before {before}",
                now.id
            ),
        ));
    }
    if !was.sensitive.covers(now.sensitive) {
        changes.push(of(
            ReConsent,
            now.id,
            format!("`{}` kini menyangkut lebih banyak data sensitif", now.id),
            format!("`{}` now concerns more sensitive data", now.id),
        ));
    }
    if was.consent_days != now.consent_days {
        changes.push(of(
            Editorial,
            now.id,
            format!("masa berlaku persetujuan untuk `{}` berubah", now.id),
            format!("how long a consent to `{}` is valid has changed", now.id),
        ));
    }
}

fn words(was: &Purpose, now: &Purpose, changes: &mut Vec<Change>) {
    let texts = |own: &Purpose| (own.title.clone(), own.explanation.clone(), own.dpv.clone());
    if texts(was) != texts(now) {
        changes.push(of(
            Editorial,
            now.id,
            format!("kata-kata tentang `{}` berubah", now.id),
            format!("the words about `{}` have changed", now.id),
        ));
    }
    let account = |own: &Purpose| (own.ropa.clone(), own.dpia, own.live);
    if account(was) != account(now) {
        changes.push(of(
            Editorial,
            now.id,
            format!(
                "catatan, penilaian dampak atau masa berlaku `{}` berubah",
                now.id
            ),
            format!(
                "the record, assessment or dates of `{}` have changed",
                now.id
            ),
        ));
    }
}

//! What changed besides the purposes.

use izin_core::Policy;
use izin_core::policy::{Field, FormId, PurposeId, Recipient, Text};

use super::{Change, Kind};

use Kind::{Editorial, NotifyBefore, ReConsent};

pub(super) fn changes(old: &Policy, new: &Policy) -> Vec<Change> {
    let mut changes = Vec::new();
    controller(old, new, &mut changes);
    fields(old, new, &mut changes);
    recipients(old, new, &mut changes);
    forms(old, new, &mut changes);
    rest(old, new, &mut changes);
    changes
}

fn about(kind: Kind, purposes: Vec<PurposeId>, id: String, en: String) -> Change {
    Change {
        kind,
        purposes,
        channels: Vec::new(),
        sentence: Text { id, en },
    }
}

fn controller(old: &Policy, new: &Policy, changes: &mut Vec<Change>) {
    let (was, now) = (&old.controller, &new.controller);
    let who = was.name != now.name || was.address != now.address || was.country != now.country;
    let mut tell = |changed: bool, kind, id: &str, en: &str| {
        if changed {
            changes.push(about(kind, Vec::new(), id.to_owned(), en.to_owned()));
        }
    };
    tell(
        who,
        NotifyBefore,
        "pengendali kini bernama atau beralamat lain",
        "the controller has another name, address or country",
    );
    tell(
        was.contact != now.contact || was.dpo != now.dpo,
        NotifyBefore,
        "alamat kontak atau petugas pelindungan data berubah",
        "the address for questions or of the data protection officer has changed",
    );
    tell(
        old.regimes() != new.regimes(),
        NotifyBefore,
        "hukum yang mengikat toko berubah",
        "the laws that bind the shop have changed",
    );
    let house = |own: &izin_core::policy::Controller| {
        (
            own.languages.clone(),
            own.zone,
            own.approvals,
            own.signed_by.clone(),
        )
    };
    tell(
        house(was) != house(now),
        Editorial,
        "bahasa, zona waktu, tanda tangan atau banyaknya persetujuan kampanye berubah",
        "the languages, time zone, signature or number of approvals have changed",
    );
}

/// The purposes that name something.
fn users(policy: &Policy, uses: impl Fn(&izin_core::policy::Purpose) -> bool) -> Vec<PurposeId> {
    let purposes = policy.purposes.iter().filter(|own| uses(own));
    purposes.map(|own| own.id).collect()
}

fn fields(old: &Policy, new: &Policy, changes: &mut Vec<Change>) {
    let facts = |own: &Field| (own.source, own.retention, own.sensitive);
    for now in &new.fields {
        let Some(was) = old.field(&now.id) else {
            continue;
        };
        if facts(was) != facts(now) {
            let purposes = users(new, |own| own.fields.contains(&now.id));
            let more = !was.sensitive.covers(now.sensitive);
            changes.push(about(
                if more { ReConsent } else { NotifyBefore },
                purposes,
                format!(
                    "asal, masa simpan atau sifat sensitif data `{}` berubah",
                    now.id
                ),
                format!(
                    "the source, retention or sensitivity of the data `{}` has changed",
                    now.id
                ),
            ));
        }
    }
}

fn recipients(old: &Policy, new: &Policy, changes: &mut Vec<Change>) {
    let facts = |own: &Recipient| (own.name.clone(), own.country, own.safeguard.clone());
    for now in &new.recipients {
        let Some(was) = old.recipient(&now.id) else {
            continue;
        };
        if facts(was) != facts(now) {
            changes.push(about(
                NotifyBefore,
                users(new, |own| own.recipients.contains(&now.id)),
                format!(
                    "nama, negara atau pelindungan penerima `{}` berubah",
                    now.id
                ),
                format!(
                    "the name, country or safeguard of recipient `{}` has changed",
                    now.id
                ),
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
                format!("formulir `{}` cacat: persetujuan di sana batal", form.id),
                format!(
                    "form `{}` is defective: consents given on it are void",
                    form.id
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
            let (id, en) = (format!("{id} berubah"), format!("changed: {en}"));
            changes.push(about(Editorial, Vec::new(), id, en));
        }
    }
}

//! A complete consent record of a fictitious shop, and all the ways one can differ.

use izin_core::consent::Giver;
use izin_core::law::Basis;
use izin_core::receipt::{
    ConsentKind, ConsentRecord, ControlDefault, DataCategory, DataTerm, Event, FormShown, Notice,
    Party, PartyKind, Purpose, PurposeTerm, Recipient, RecipientKind, Storage,
};
use izin_core::{Channel, ConsentState, IdentifierId, Language, Origin, SubjectId, Timestamp};

/// 21 November 2026, 02:30 UTC.
pub(super) const AT: Timestamp = Timestamp::from_micros(1_795_228_200_000_000);

pub(super) fn full() -> ConsentRecord {
    ConsentRecord {
        record_id: "log.toko.example/izin#42".into(),
        receipt_id: "log.toko.example/izin#42/receipt".into(),
        subject: SubjectId::from_bytes([0xab; 16]),
        identifier: Some(IdentifierId::from_bytes([0xcd; 16])),
        controller: Party {
            id: "ID-0000000000000".into(),
            name: "Toko Contoh".into(),
            address: "Jalan Contoh 1, Kota Contoh".into(),
            contact: "halo@toko.example".into(),
            phone: Some("+62 00 0000 0000".into()),
            kind: PartyKind::ForProfit,
        },
        dpo: Some("dpo@toko.example".into()),
        notice: Notice {
            url: "https://toko.example/privasi/3".into(),
            version: "3".into(),
            language: Language::Id,
            hash: Some([0x11; 32]),
        },
        purpose: Purpose {
            id: "marketing".into(),
            title: "Penawaran".into(),
            explanation: "Kami menulis tentang barang baru.".into(),
            term: PurposeTerm::parse("dpv:DirectMarketing").unwrap(),
        },
        data: vec![
            data("email", "Alamat email", Some("pd:EmailAddress"), &[]),
            data("vitamins", "Pembelian vitamin", None, &["health"]),
        ],
        recipients: Some(vec![
            recipient("Kirim Contoh", RecipientKind::Processor),
            recipient("Iklan Contoh", RecipientKind::Independent),
        ]),
        storage: Storage {
            country: "ID".into(),
            retention_days: 730,
        },
        jurisdiction: vec!["uu-pdp".into()],
        withdrawal: "https://toko.example/pilihan".into(),
        basis: Basis::Consent,
        event: Event {
            state: ConsentState::Given,
            kind: ConsentKind::ExplicitlyExpressed,
            at: AT,
            expires_at: Some(AT.plus_days(730)),
            given_by: Giver::Subject,
            method: Origin::Page,
            form: Some(FormShown {
                id: "daftar".into(),
                version: "7".into(),
                label: "Ya, kirimi saya penawaran".into(),
                default: ControlDefault::Off,
            }),
            channel: Channel::Email,
        },
        evidence: Some([0x22; 32]),
    }
}

fn data(id: &str, title: &str, term: Option<&str>, sensitive: &[&str]) -> DataCategory {
    DataCategory {
        id: id.into(),
        title: title.into(),
        term: term.map(|term| DataTerm::parse(term).unwrap()),
        sensitive: sensitive.iter().map(|code| (*code).into()).collect(),
    }
}

fn recipient(name: &str, kind: RecipientKind) -> Recipient {
    Recipient {
        name: name.into(),
        kind,
        country: "ID".into(),
    }
}

/// As little as a complete record can say.
pub(super) fn bare() -> ConsentRecord {
    let mut record = full();
    record.identifier = None;
    record.dpo = None;
    record.notice.hash = None;
    record.notice.language = Language::En;
    record.data.truncate(1);
    record.data[0].term = None;
    record.recipients = Some(Vec::new());
    record.event.kind = ConsentKind::Implied;
    record.event.expires_at = None;
    record.event.given_by = Giver::Guardian;
    record.event.form = None;
    record.evidence = None;
    record
}

pub(super) fn with(change: impl FnOnce(&mut ConsentRecord)) -> ConsentRecord {
    let mut record = full();
    change(&mut record);
    record
}

/// Records that, together, take every branch of the exporters.
pub(super) fn variety() -> Vec<ConsentRecord> {
    let mut records = vec![full(), bare()];
    records.extend(ConsentState::ALL.map(|state| with(|record| record.event.state = state)));
    let kinds = [
        PartyKind::NonProfit,
        PartyKind::Government,
        PartyKind::NaturalPerson,
    ];
    records.extend(kinds.map(|kind| with(|record| record.controller.kind = kind)));
    let bases = [
        Basis::Contract,
        Basis::LegalObligation,
        Basis::LegitimateInterest,
    ];
    records.extend(bases.map(|basis| with(|record| record.basis = basis)));
    let channels = Channel::ALL.map(|channel| with(|record| record.event.channel = channel));
    records.extend(channels);
    let origins = [
        Origin::OneClick,
        Origin::Api,
        Origin::Import,
        Origin::Agent,
        Origin::Izin,
    ];
    records.extend(origins.map(|method| {
        with(|record| {
            record.event.method = method;
            record.event.form = None;
        })
    }));
    records.extend(PurposeTerm::all().map(|term| with(|record| record.purpose.term = term)));
    records.extend(DataTerm::all().map(|term| with(|record| record.data[1].term = Some(term))));
    records.push(with(|record| record.event.kind = ConsentKind::Expressed));
    records.push(with(|record| {
        record.event.form.as_mut().unwrap().default = ControlDefault::On;
    }));
    records.push(with(|record| record.dpo = Some(String::new())));
    records
}

//! Sample pages of the demo.

use super::{ADDRESS, OPT_OUT, PREFERENCES, WHY, Words};
use crate::page::*;

fn reason(w: &Words, id: &str, en: &str, row: (&str, u64, Option<u64>)) -> ReasonRow {
    let (code, count, before) = row;
    ReasonRow {
        sentence: w.text(id, en),
        code: w.same(code),
        count,
        before,
        examples: vec![
            w.same(ADDRESS),
            w.same("d•••@example.org"),
            w.same("s•••@example.net"),
        ],
    }
}

pub(super) fn campaign(w: &Words, sent_before: Option<u64>) -> CampaignView {
    let second = sent_before.is_some();
    let before = |count| second.then_some(count);
    let text = |id, en, row| reason(w, id, en, row);
    CampaignView {
        name: w.text("Kopi baru bulan November", "New coffees in November"),
        sent_at: w.text("21 November 2026, 09.30", "21 November 2026, 09:30"),
        considered: 4372,
        sent: if second { 2613 } else { 2615 },
        sent_before,
        left_out: vec![
            text(
                "Belum pernah setuju.",
                "Never agreed.",
                ("no_consent", 1180, before(1180)),
            ),
            text(
                "Menolak pesan lewat saluran ini.",
                "Said no to messages on this channel.",
                (
                    "opted_out_channel",
                    if second { 577 } else { 575 },
                    before(575),
                ),
            ),
            text(
                "Alamatnya tidak dapat menerima pesan.",
                "The address cannot receive messages.",
                ("undeliverable", 2, before(2)),
            ),
        ],
    }
}

pub(super) fn start(w: &Words, next: CampaignStage) -> StartPage {
    StartPage {
        frame: w.frame(),
        numbers: ShopNumbers {
            customers: 4372,
            agreed: 2617,
            refused: 575,
            unknown: 1180,
            purchases: 541_909,
        },
        first: CampaignStage::Finished(campaign(w, None)),
        sample: Some(SampleLinks {
            address: w.same(ADDRESS),
            mail: w.same("/mailbox/2615"),
            opt_out: w.same(OPT_OUT),
            preferences: w.same(PREFERENCES),
            why: w.same(WHY),
        }),
        next,
        send_path: w.same("/demo/campaigns"),
        record: RecordView {
            entries: 9_417,
            checkpoint: Some(CheckpointView {
                size: 9_417,
                root: w.same("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="),
                last_at: w.text("21 November 2026, 09.31", "21 November 2026, 09:31"),
            }),
            verify_command: w.same("izin log export izin-log && izin log verify izin-log --key izin-demo/log.vkey"),
            decide_command: w.same("curl -s http://127.0.0.1:8080/v1/decisions \\\n  -H 'Authorization: Bearer KEY' -H 'Content-Type: application/json' \\\n  -d '{\"subject\":{\"customer\":\"17850\"},\"channel\":\"email\",\"purpose\":\"marketing\"}'"),
        },
    }
}

pub(super) fn start_at_first(w: &Words) -> StartPage {
    let page = start(w, CampaignStage::NotYet);
    StartPage {
        first: CampaignStage::Running {
            done: 1800,
            total: 4372,
        },
        sample: None,
        record: RecordView {
            checkpoint: None,
            ..page.record
        },
        ..page
    }
}

pub(super) fn mailbox(w: &Words, query: &str, messages: u64) -> MailboxPage {
    let rows = (0..messages.min(25))
        .map(|index| MailRow {
            path: w.same(&format!("/mailbox/{}", messages - index)),
            recipient: w.same(&format!("pelanggan-{}@example.com", 17_850 - index)),
            subject: w.text("Kopi baru bulan November", "New coffees in November"),
            received: w.text("21 November 2026, 09.30", "21 November 2026, 09:30"),
        })
        .collect();
    MailboxPage {
        frame: w.frame(),
        query: w.same(query),
        rows,
        total: messages,
        page: if messages > 50 { 2 } else { 1 },
        pages: messages.div_ceil(25).max(1),
    }
}

pub(super) fn mail(w: &Words) -> MailPage {
    MailPage {
        frame: w.frame(),
        subject: w.text("Kopi baru bulan November", "New coffees in November"),
        headers: vec![
            (w.same("From"), w.same("Toko Senja <halo@senja.example>")),
            (w.same("To"), w.same("pelanggan-17850@example.com")),
            (
                w.same("List-Unsubscribe"),
                w.same("<https://izin.senja.example/u/9fKd02LxPz6RwqAe5sUvT1yBn3mQ0oIhGfDsAzXcVbNmLkJhGfDsAq>"),
            ),
            (w.same("List-Unsubscribe-Post"), w.same("List-Unsubscribe=One-Click")),
        ],
        html_path: Some(w.same("/mailbox/2615/html")),
        text: w.text(
            "Halo,\n\nTiga kopi baru sudah datang.\n\nBerhenti: https://izin.senja.example/u/9fKd02LxPz6RwqAe5sUv\n",
            "Hello,\n\nThree new coffees have arrived.\n\nStop: https://izin.senja.example/u/9fKd02LxPz6RwqAe5sUv\n",
        ),
        opt_out_path: Some(w.same(OPT_OUT)),
        preferences_path: Some(w.same(PREFERENCES)),
        why_path: Some(w.same(WHY)),
    }
}

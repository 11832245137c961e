//! Opt-outs over HTTP from several callers, what was acknowledged of them, and the check that all of
//! it is in the ledger, once.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value, json};

use crate::client::Client;
use crate::house::Server;

/// Callers at the same time.
const CALLERS: usize = 8;

/// An opt-out that was acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Acknowledged {
    /// Whose: the number in the address.
    pub(crate) person: u64,
    /// Its place in the ledger, as it was told.
    pub(crate) seq: u64,
    /// The blinding value of its leaf: no other entry has it.
    pub(crate) blinding: String,
}

/// Callers that opt people out, and what they heard.
#[derive(Default)]
pub(crate) struct Load {
    next: AtomicU64,
    acknowledged: Mutex<Vec<Acknowledged>>,
    /// Who asked and heard nothing, or 503.
    doubtful: Mutex<Vec<u64>>,
}

/// The opt-out of a person.
pub(crate) fn opt_out(client: &mut Client, person: u64) -> std::io::Result<(u16, Value)> {
    let body = json!({ "subject": subject(person), "act": "optout", "channel": "email" });
    let once = format!("opt-out-{person}");
    let answer = client.post("/v1/acts", &once, &body)?;
    Ok((answer.status, answer.body))
}

fn subject(person: u64) -> Value {
    json!({ "email": format!("orang{person}@example.com") })
}

/// Why a message to a person is denied.
pub(crate) fn denied(client: &mut Client, person: u64) -> Option<String> {
    asked(client, person).unwrap_or_else(|status| panic!("no decision: {status}"))
}

/// The same of a server that may refuse to answer: then its status.
pub(crate) fn asked(client: &mut Client, person: u64) -> Result<Option<String>, u16> {
    let question =
        json!({ "subject": subject(person), "channel": "email", "purpose": "marketing" });
    let once = format!("asked-{person}");
    let answer = client.post("/v1/decisions", &once, &question).unwrap();
    if answer.status != 200 {
        return Err(answer.status);
    }
    let reason = answer.body["reason"].as_str().unwrap().to_owned();
    Ok((answer.body["decision"] == "deny").then_some(reason))
}

impl Load {
    /// Lets callers work until so many more were acknowledged, then `strike`s; answers those.
    pub(crate) fn until(
        &self,
        server: Server,
        enough: u64,
        strike: impl FnOnce(Server),
    ) -> Vec<Acknowledged> {
        let before = self.acknowledged().len();
        let (tell, told) = channel();
        thread::scope(|scope| {
            for _ in 0..CALLERS {
                let (client, tell) = (server.client(), tell.clone());
                scope.spawn(move || self.call(client, &tell));
            }
            drop(tell);
            for _ in 0..enough {
                told.recv().unwrap();
            }
            strike(server);
        });
        self.acknowledged().split_off(before)
    }

    fn call(&self, mut client: Client, tell: &Sender<()>) {
        loop {
            let person = self.next.fetch_add(1, Ordering::SeqCst);
            match opt_out(&mut client, person) {
                Ok((200, body)) => {
                    self.acknowledged.lock().unwrap().push(heard(person, &body));
                    // Nobody counts any more once the fault has struck.
                    let _ = tell.send(());
                }
                Ok((status, body)) => panic!("{status}: {body}"),
                Err(_) => {
                    self.doubtful.lock().unwrap().push(person);
                    return;
                }
            }
        }
    }

    /// Whoever heard nothing asks again, with the same key, and is acknowledged now.
    pub(crate) fn ask_again(&self, server: &Server) {
        let mut client = server.client();
        for person in std::mem::take(&mut *self.doubtful.lock().unwrap()) {
            let (status, body) = opt_out(&mut client, person).unwrap();
            assert_eq!(status, 200, "{body}");
            self.acknowledged.lock().unwrap().push(heard(person, &body));
        }
    }

    pub(crate) fn acknowledged(&self) -> Vec<Acknowledged> {
        self.acknowledged.lock().unwrap().clone()
    }
}

pub(crate) fn heard(person: u64, body: &Value) -> Acknowledged {
    Acknowledged {
        person,
        seq: body["seq"].as_u64().unwrap(),
        blinding: body["blinding"].as_str().unwrap().to_owned(),
    }
}

/// Whose acknowledged opt-outs are not in the ledger as they were acknowledged.
pub(crate) fn lost(data: &Path, acknowledged: &[Acknowledged]) -> Vec<u64> {
    const ENTRY: &str = "
        select lower(hex(blinding))
        from entries
        where seq = ?1 and act ->> 'act' in ('refused', 'identifier_suppressed')";
    let db = Connection::open(data.join("izin.sqlite")).unwrap();
    let mut find = db.prepare(ENTRY).unwrap();
    let mut missing = acknowledged.to_vec();
    missing.retain(|own| {
        let found = find.query_row(params![own.seq], |row| row.get::<_, String>(0));
        found.optional().unwrap().as_ref() != Some(&own.blinding)
    });
    missing.into_iter().map(|own| own.person).collect()
}

/// How many opt-outs are in the ledger.
pub(crate) fn entered(data: &Path) -> usize {
    const OPT_OUTS: &str = "
        select count(*)
        from entries
        where act ->> 'act' = 'identifier_suppressed'";
    let db = Connection::open(data.join("izin.sqlite")).unwrap();
    db.query_row(OPT_OUTS, [], |row| row.get(0)).unwrap()
}

/// Addresses that the same no was entered for more than once.
pub(crate) fn doubled(data: &Path) -> usize {
    const TWICE: &str = "
        select count(*)
        from (
          select hash
          from suppressions
          group by hash
          having count(*) > 1
        )";
    let db = Connection::open(data.join("izin.sqlite")).unwrap();
    db.query_row(TWICE, [], |row| row.get(0)).unwrap()
}

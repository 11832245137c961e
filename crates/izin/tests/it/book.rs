//! The examples of the book, run as they stand there against the shop that `izin init` makes.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::shop::{Server, Shop};

const API: &str = include_str!("../../../../docs/book/api.md");

/// What an example is refused with: the opposite of the one before it, a code that nobody was sent,
/// a telephone number that no policy has yet. Everything else has to work.
const REFUSED: [(&str, &str); 3] = [
    ("/release", "settled_otherwise"),
    ("/v1/step-ups/$ID", "wrong_code"),
    ("format=kantara", "record_incomplete"),
];

/// The commands of the book, each with the line that made it a call of its own; the first block
/// says what `izin` is.
fn examples() -> (String, Vec<String>) {
    let mut blocks = API.split("```sh\n").skip(1);
    let mut blocks = blocks.by_ref().filter_map(|own| own.split("```").next());
    let izin = blocks.next().unwrap().to_owned();
    let begins = |line: &str| line.starts_with("izin ") || line.starts_with("curl ");
    let mut calls: Vec<String> = Vec::new();
    for line in blocks.flat_map(str::lines) {
        match calls.last_mut() {
            Some(last) if !begins(line) => *last += &format!("\n{line}"),
            _ => calls.push(line.to_owned()),
        }
    }
    (izin, calls)
}

/// A served shop, and the variables that the examples name.
struct Reader<'a> {
    shop: &'a Shop,
    server: &'a Server,
    izin: String,
    named: Vec<(&'static str, String)>,
}

impl Reader<'_> {
    fn run(&self, call: &str) -> Vec<u8> {
        let mut command = Command::new("sh");
        command
            .args(["-euc", &format!("{}\n{call}", self.izin)])
            .current_dir(self.shop.path("."))
            .env("URL", &self.server.url)
            .envs(self.named.iter().cloned())
            .stdin(Stdio::null());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{call}: {output:?}");
        output.stdout
    }

    fn answer(&self, call: &str) -> Value {
        let said = self.run(call);
        let text = String::from_utf8_lossy(&said);
        serde_json::from_slice(&said).unwrap_or_else(|_| panic!("{call}: {text}"))
    }

    fn name(&mut self, name: &'static str, value: &Value) {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        self.named.push((name, text));
    }
}

/// Gives the examples somebody to be about: a customer who agreed, a guest, and room that is held.
fn prepare(reader: &mut Reader<'_>) {
    let key = reader
        .shop
        .izin(&["api-key", "add", "book", "--role", "dpo", "--json"]);
    reader.name("KEY", &key.fine().json()["key"]);
    let put =
        |number, fields: Value| format!("izin -X PUT $URL/v1/subjects/{number} -d '{fields}'");
    let guest = reader.answer(&put("G-1", json!({"name": "Tamu"})));
    reader.name("GUEST", &guest["id"]);
    let budi = reader.answer(&put("C-17", json!({"email": "budi@example.com"})));
    reader.name("ID", &budi["id"]);
    let consent = json!({"subject": {"customer": "C-17"}, "act": "consent", "purpose": "marketing",
        "channel": "email", "form": "checkout", "form_version": 1, "language": "id",
        "source": "checkout", "detail": "ticked"});
    let consent = reader.answer(&format!("izin $URL/v1/acts -d '{consent}'"));
    reader.name("SEQ", &consent["seq"]);
    let send = json!({"subject": {"customer": "C-17"}, "channel": "email", "purpose": "marketing",
        "intent": "send"});
    let held =
        || reader.answer(&format!("izin $URL/v1/decisions -d '{send}'"))["reservation"].clone();
    let rooms = [held(), held()];
    reader.name("RESERVATION", &rooms[0]);
    reader.name("NEXT", &rooms[1]);
    reader.shop.write("ids.bin", "0123456789abcdef");
}

#[test]
fn every_example_of_the_machine_api_works_in_a_new_shop() {
    if Command::new("curl").arg("--version").output().is_err() {
        println!("skipped: the examples are calls of curl, which is not here");
        return;
    }
    for locale in ["id", "en"] {
        let shop = Shop::in_language(&format!("book-{locale}"), locale);
        let server = shop.serve();
        let (izin, calls) = examples();
        assert!(calls.len() >= 20, "the book has its examples: {calls:?}");
        let named = Vec::new();
        let mut reader = Reader {
            shop: &shop,
            server: &server,
            izin,
            named,
        };
        prepare(&mut reader);
        for call in calls {
            if call.contains("octet-stream") {
                assert_eq!(reader.run(&call), [1], "an unknown id is denied");
                continue;
            }
            let code = reader.answer(&call)["code"].clone();
            let expected = REFUSED.iter().find(|(part, _)| call.contains(part));
            let expected = expected.map_or(Value::Null, |(_, code)| json!(code));
            assert_eq!(code, expected, "{locale}: {call}");
        }
    }
}

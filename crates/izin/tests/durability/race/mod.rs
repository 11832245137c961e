//! The race: campaigns by mail, SMS and WhatsApp are under way while people say no by every route there is,
//! the mail server goes away, and the process is killed. A check that shares nothing with the program looks
//! at what arrived, what was acknowledged and what the program says.
//!
//! `IZIN_RACE=N` takes N people (three messages each); without it, a few.

mod checker;
mod routes;
mod sinks;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use izin_testkit::{TempDir, provider};
use serde_json::Value;

use crate::client::Client;
use crate::house::{House, Server, turn};
use checker::{Acknowledged, Run, Told, after_a_no, check};
use routes::Route;
use sinks::Sinks;

const PUBLIC_URL: &str = "https://izin.toko.example";
/// People who say no at the same time.
const CALLERS: u64 = 4;
const PEOPLE: u64 = 1_500;
/// So many of a hundred people say no; of many people, fewer.
const NOES: u64 = 33;
const NOES_OF_MANY: u64 = 15;
/// A telephone number after +628, of the first person.
const FIRST_NUMBER: u64 = 1_000_000_000;
/// How long the mail server is away.
const AWAY: Duration = Duration::from_secs(1);
const CHANNELS: [&str; 3] = ["email", "sms", "whatsapp"];

fn email(person: u64) -> String {
    format!("orang{person}@example.com")
}

fn phone(person: u64) -> String {
    format!("+628{}", FIRST_NUMBER + person)
}

/// What the callers share.
struct Race {
    people: u64,
    noes: u64,
    next: AtomicU64,
    is_over: AtomicBool,
    /// Where the server listens now; it comes back elsewhere after a kill.
    server: RwLock<Server>,
    acknowledged: Mutex<Vec<Acknowledged>>,
}

#[test]
fn requirement_29_nothing_is_handed_over_after_a_no_whatever_breaks_meanwhile() {
    let _turn = turn();
    let place = TempDir::new();
    let asked = std::env::var("IZIN_RACE").ok();
    let people = asked.map_or(PEOPLE, |own| own.parse().expect("IZIN_RACE is a number"));
    let noes = people * if people > PEOPLE { NOES_OF_MANY } else { NOES } / 100;
    let (house, sinks) = (House::new(place.path()), Sinks::start());
    set_up(&house, &sinks, people);
    let race = Race {
        people,
        noes,
        next: AtomicU64::new(0),
        is_over: AtomicBool::new(false),
        server: RwLock::new(house.serve()),
        acknowledged: Mutex::default(),
    };
    let began = Instant::now();
    let run = thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| race.call(&house, &sinks));
        }
        let told = race.send(&house, &sinks);
        race.is_over.store(true, Ordering::SeqCst);
        told
    });
    let (arrivals, answers) = sinks
        .arrivals()
        .into_iter()
        .partition(|own| own.is_campaign);
    let run = Run {
        arrivals,
        answers,
        acknowledged: race.acknowledged.lock().unwrap().clone(),
        told: run,
    };
    assert_eq!(check(&run), Vec::<String>::new());

    let kept_from = run.acknowledged.len() - heard_before(&run);
    let longest = after_a_no(&run).first().map(|(after, _)| *after);
    println!(
        "{} people, {} messages and {} answers arrived, {} noes acknowledged, {kept_from} before the message, in doubt {:?}, {:?}; \
         the longest a message began after a no: {longest:?}",
        race.people,
        run.arrivals.len(),
        run.answers.len(),
        run.acknowledged.len(),
        run.told.iter().map(|own| own.in_doubt).collect::<Vec<_>>(),
        began.elapsed(),
    );
    assert!(
        run.acknowledged.len() as u64 >= race.noes,
        "everybody was heard in the end"
    );
    assert!(
        kept_from > 0 && heard_before(&run) > 0,
        "it was a race: {kept_from}"
    );
    controls(&run);
}

/// How many had their message before they said no.
fn heard_before(run: &Run) -> usize {
    let begun: BTreeMap<_, _> = run
        .arrivals
        .iter()
        .map(|own| ((own.channel, own.person), own.begun))
        .collect();
    let had = |own: &&Acknowledged| {
        let begun = begun.get(&(own.channel, own.person));
        begun.is_some_and(|begun| *begun < own.at)
    };
    run.acknowledged.iter().filter(had).count()
}

/// The negative controls: the check finds each thing that it looks for.
fn controls(run: &Run) {
    let finds = |words: &str, spoil: &dyn Fn(&mut Run)| {
        let mut own = run.clone();
        spoil(&mut own);
        let found = check(&own);
        assert!(
            found.iter().any(|own| own.contains(words)),
            "{words}: {found:?}"
        );
    };
    finds("after a no", &|own| {
        let arrival = own.arrivals[0].clone();
        own.acknowledged.push(Acknowledged {
            channel: arrival.channel,
            person: arrival.person,
            at: arrival.begun - 2 * checker::KEPT_WAITING,
        });
    });
    finds("arrived twice", &|own| {
        own.arrivals.push(own.arrivals[0].clone())
    });
    finds("answered twice", &|own| {
        own.answers.push(own.answers[0].clone())
    });
    finds("not everybody", &|own| own.told[0].not_sent -= 1);
    finds("arrived: Told", &|own| {
        own.arrivals.retain(|own| own.channel != "sms")
    });
}

/// A shop that sends by all three channels, at any hour and however often, and knows everybody.
fn set_up(house: &House, sinks: &Sinks, people: u64) {
    let secrets = [
        ("twilio", provider::TWILIO_TOKEN),
        ("vonage", provider::VONAGE_SECRET),
        ("gateway", provider::GATEWAY_PASSWORD),
        ("whatsapp", provider::WHATSAPP_SECRET),
        ("shopify", provider::SHOPIFY_SECRET),
        ("mail", provider::MAIL_PASSWORD),
    ];
    for (name, secret) in secrets {
        house.write(&format!("{name}.secret"), secret);
    }
    let texts = sinks.texts;
    let config = house.read("izin.toml");
    let config = config
        .replace("\"http://127.0.0.1:8080\"", &format!("\"{PUBLIC_URL}\""))
        .replace("port = 25", &format!("port = {}", sinks.mail.port()));
    let parts = format!(
        "\n[twilio]\nauth_token_file = \"twilio.secret\"\naccount_sid = \"AC1\"\napi = \"http://{texts}\"\n\
         [vonage]\nsignature_secret_file = \"vonage.secret\"\n\
         [gateway]\npassword_file = \"gateway.secret\"\n\
         [whatsapp]\napp_secret_file = \"whatsapp.secret\"\nverify_token_file = \"whatsapp.secret\"\n\
         phone_number_id = \"77\"\naccess_token_file = \"whatsapp.secret\"\napi = \"http://{texts}\"\n\
         [shopify]\napp_secret_file = \"shopify.secret\"\n\
         [mail_in]\naddress = \"izin@in.toko.example\"\npassword_file = \"mail.secret\"\n"
    );
    house.write("izin.toml", &format!("{config}{parts}"));
    let hours = house.read("policy/frequency.toml");
    let (_, hours) = hours.split_once("[[hours]]").unwrap();
    let always = format!("[[hours]]{hours}");
    house.write(
        "policy/frequency.toml",
        &always.replace("\"08:00\", to = \"20:00\"", "\"00:00\", to = \"24:00\""),
    );
    house.write(
        "text.txt",
        "+++\nname = \"Promo\"\nwhatsapp = \"promo\"\n+++ id\n{{ shop.name }}: baru. Balas BERHENTI. {{ links.opt_out }}\n\
         +++ en\n{{ shop.name }}: new. Reply STOP. {{ links.opt_out }}\n",
    );
    let mut contacts = "customer,email,phone,consent_marketing_email,consent_marketing_sms,consent_marketing_whatsapp,\
                        consent_at,consent_evidence\n"
        .to_owned();
    for person in 0..people {
        let (email, phone) = (email(person), phone(person));
        writeln!(
            contacts,
            "{person},{email},{phone},yes,yes,yes,2026-01-02,signup form"
        )
        .unwrap();
    }
    house.write("contacts.csv", &contacts);
    house.fine(&["import", "contacts", "contacts.csv"]);
}

impl Race {
    /// Sends all three campaigns, with what breaks in the middle, until they are over.
    fn send(&self, house: &House, sinks: &Sinks) -> Vec<Told> {
        for channel in CHANNELS {
            queue(house, channel);
        }
        self.until(sinks, self.people / 3);
        sinks.away(true);
        thread::sleep(AWAY);
        sinks.away(false);
        // As somebody does who sees that a campaign stands still.
        queue(house, "email");
        self.until(sinks, self.people * 2 / 3);
        self.kill(house);
        self.until(sinks, self.people * 3 / 2);
        self.kill(house);
        CHANNELS
            .iter()
            .enumerate()
            .map(|(at, channel)| over(house, at + 1, channel))
            .collect()
    }

    fn until(&self, sinks: &Sinks, many: u64) {
        let patience =
            Instant::now() + Duration::from_secs(120) + Duration::from_millis(self.people);
        while sinks.many() < many {
            assert!(
                Instant::now() < patience,
                "{} of {many} arrived",
                sinks.many()
            );
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// kill -9, and another start.
    fn kill(&self, house: &House) {
        let mut server = self.server.write().unwrap();
        server.strike();
        *server = house.serve();
    }

    /// Says no for one person after another, spread over the whole race, again until it is acknowledged.
    fn call(&self, house: &House, sinks: &Sinks) {
        loop {
            let at = self.next.fetch_add(1, Ordering::SeqCst);
            if at >= self.noes {
                return;
            }
            // Everybody has three messages; the last no comes before the last of them.
            let due = at * self.people * 5 / 2 / self.noes;
            while sinks.many() < due && !self.is_over.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(1));
            }
            let routes = Route::ALL.len() as u64;
            let person = at * self.people / self.noes;
            let route = Route::ALL[usize::try_from(at % routes).unwrap()];
            self.insist(house, (route, person));
        }
    }

    /// Says no until it is acknowledged, as a mail program, a provider or somebody at a page does.
    fn insist(&self, house: &House, (route, person): (Route, u64)) {
        let no = self.until_heard(|client| routes::no(client, route, person));
        self.until_heard(|client| {
            // A command that finds no server would own the store itself when the next one starts.
            let held = no.is_piped().then(|| self.server.read().unwrap());
            let said = no.say(client, house);
            drop(held);
            said
        });
        let at = Instant::now();
        let own = route.channels().iter().map(|channel| Acknowledged {
            channel,
            person,
            at,
        });
        self.acknowledged.lock().unwrap().extend(own);
    }

    fn until_heard<T>(&self, ask: impl Fn(&mut Client) -> std::io::Result<T>) -> T {
        let patience = Instant::now() + Duration::from_secs(60);
        loop {
            match self.client().and_then(|mut own| ask(&mut own)) {
                Ok(heard) => return heard,
                Err(why) => assert!(Instant::now() < patience, "{why}"),
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn client(&self) -> std::io::Result<Client> {
        let server = self.server.read().unwrap();
        Client::connect(&server.address, &server.key)
    }
}

/// Queues a campaign; one that is unfinished goes on.
fn queue(house: &House, channel: &str) {
    let template = if channel == "email" {
        "promo.html"
    } else {
        "text.txt"
    };
    let send = [
        "campaign",
        "send",
        "--template",
        template,
        "--purpose",
        "marketing",
        "--channel",
        channel,
    ];
    house.fine(&send);
}

/// Waits until a campaign is over; what the program says of it.
fn over(house: &House, id: usize, channel: &'static str) -> Told {
    let patience = Instant::now() + Duration::from_secs(600);
    loop {
        let told = house.fine(&["campaign", "status", &id.to_string(), "--json"]);
        let told: Value = serde_json::from_str(&told).unwrap();
        if told["state"] == "done" || Instant::now() > patience {
            let number = |name: &str| told[name].as_u64().unwrap();
            let denied = told["denied"].as_object().unwrap().values();
            let denied: u64 = denied.filter_map(Value::as_u64).sum();
            return Told {
                channel,
                considered: number("considered"),
                sent: number("sent"),
                in_doubt: number("in_doubt"),
                not_sent: denied + number("refused") + number("expired"),
                left: number("waiting") + number("deferred"),
            };
        }
        thread::sleep(Duration::from_millis(200));
    }
}

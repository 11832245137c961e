//! Who buys in the generated shop. Names are put together from lists by chance; addresses are on
//! a domain that can never exist (RFC 2606), so nobody real can be written to.

use izin_core::Timestamp;

use super::consents::{Consents, moment};
use super::dice::Dice;
use super::sheet::Sheet;

/// Where every address of the demo is.
pub(super) const DOMAIN: &str = "pelanggan.example";
/// Customers are counted from here, so that their numbers have one length.
const FIRST_NUMBER: usize = 10_001;
/// How many of 100 customers stand in the file twice, the second time with
/// their address in capitals.
const TWICE_PERCENT: u32 = 2;
/// One customer in so many also stands on the do-not-contact list.
const SUPPRESSED_ONE_IN: usize = 60;
/// Addresses on the do-not-contact list that belong to nobody the shop knows.
const SUPPRESSED_STRANGERS: usize = 12;

const CONTACT_COLUMNS: [&str; 11] = [
    "customer",
    "email",
    "name",
    "language",
    "country",
    "zone",
    "level",
    "consent_marketing_email",
    "consent_personalisation_email",
    "consent_at",
    "consent_evidence",
];

const GIVEN_NAMES: [&str; 72] = [
    "Budi", "Siti", "Agus", "Dewi", "Joko", "Sri", "Bambang", "Rina", "Hendra", "Lestari", "Wahyu",
    "Ningsih", "Asep", "Euis", "Dadang", "Neneng", "Cecep", "Imas", "Ujang", "Teti", "Wayan",
    "Made", "Nyoman", "Ketut", "Putu", "Kadek", "Komang", "Gede", "Togar", "Rosmida", "Parlin",
    "Tiur", "Ucok", "Rotua", "Andi", "Besse", "Daeng", "Hasnah", "Baso", "Rampi", "Yohanes",
    "Maria", "Petrus", "Yuliana", "Markus", "Agustina", "Fadli", "Rahmi", "Zulkifli", "Yusnita",
    "Syahrul", "Elmira", "Cut", "Teuku", "Meutia", "Ferry", "Meily", "Jantje", "Grace", "Yance",
    "Intan", "Rizky", "Putri", "Dimas", "Ayu", "Galih", "Citra", "Bagus", "Nadia", "Reza",
    "Melati", "Surya",
];

const FAMILY_NAMES: [&str; 60] = [
    "Santoso",
    "Wibowo",
    "Prasetyo",
    "Handayani",
    "Kusuma",
    "Saputra",
    "Nugroho",
    "Utami",
    "Setiawan",
    "Rahayu",
    "Suryana",
    "Hidayat",
    "Kurniasih",
    "Permana",
    "Sutisna",
    "Siregar",
    "Simatupang",
    "Lubis",
    "Hutapea",
    "Panjaitan",
    "Nasution",
    "Ginting",
    "Suardana",
    "Wirawan",
    "Artawan",
    "Suastini",
    "Mappasessu",
    "Pallawa",
    "Tandiono",
    "Rante",
    "Lolo",
    "Wenas",
    "Rumengan",
    "Kalalo",
    "Tumbelaka",
    "Latuheru",
    "Pattiwael",
    "Leimena",
    "Wanggai",
    "Rumbiak",
    "Mandacan",
    "Kaize",
    "Djami",
    "Bere",
    "Nahak",
    "Koto",
    "Chaniago",
    "Piliang",
    "Tanjung",
    "Sikumbang",
    "Rambe",
    "Zainuddin",
    "Halim",
    "Gunawan",
    "Wijaya",
    "Tanuwijaya",
    "Salim",
    "Hartono",
    "Maulana",
    "Firmansyah",
];

/// Where people live, by time zone and how many do.
const ZONES: [(&str, u32); 3] = [
    ("Asia/Jakarta", 74),
    ("Asia/Makassar", 19),
    ("Asia/Jayapura", 7),
];

/// The number of the customer at `place`.
pub(super) fn customer_number(place: usize) -> String {
    format!("C{}", FIRST_NUMBER + place)
}

/// The contact file of the generated shop.
pub(super) fn contacts(seed: u64, customers: usize, end: Timestamp) -> String {
    let mut sheet = Sheet::new(CONTACT_COLUMNS);
    for place in 0..customers {
        let dice = &mut Dice::new(seed, place as u64);
        let (given, family) = name(dice);
        let number = customer_number(place);
        let email = address(given, family, place);
        let language = if dice.chance(9) { "en" } else { "id" };
        let (zone, _) = ZONES[dice.weighted(ZONES.iter().map(|(_, people)| *people))];
        let said = Consents::of_someone(dice, end);
        let name = format!("{given} {family}");
        let mut row = |email: &str| {
            let about = [&*number, email, &name, language, "ID", zone];
            sheet.row(with_consents(about, &said));
        };
        row(&email);
        if dice.chance(TWICE_PERCENT) {
            row(&email.to_uppercase());
        }
    }
    sheet.finish()
}

/// A contact file for customers who have only a number: each gets an address that cannot exist.
pub(super) fn contacts_for(customer_ids: &[String], seed: u64, end: Timestamp) -> String {
    let mut sheet = Sheet::new(CONTACT_COLUMNS);
    for (place, id) in customer_ids.iter().enumerate() {
        let dice = &mut Dice::new(seed, place as u64);
        let email = address_of_number(id, place);
        let language = if dice.chance(10) { "id" } else { "en" };
        let said = Consents::of_someone(dice, end);
        sheet.row(with_consents([id, &email, "", language, "", ""], &said));
    }
    sheet.finish()
}

/// The do-not-contact list of the generated shop: some of its customers, and strangers.
pub(super) fn suppressions(seed: u64, customers: usize, end: Timestamp) -> String {
    let mut sheet = Sheet::new(["email", "channel", "reason", "occurred_at"]);
    let mut list = |email: &str, stream: usize| {
        let dice = &mut Dice::new(!seed, stream as u64);
        let channel = dice.pick(&["email", "email", "", ""]);
        let reason = dice.pick(&["opt_out", "opt_out", "complaint", "manual", "bounce", ""]);
        sheet.row([email, channel, reason, &moment(dice, end)]);
    };
    for place in (SUPPRESSED_ONE_IN - 1..customers).step_by(SUPPRESSED_ONE_IN) {
        let (given, family) = name(&mut Dice::new(seed, place as u64));
        list(&address(given, family, place), place);
    }
    for stranger in 0..SUPPRESSED_STRANGERS {
        list(
            &format!("pelanggan-lama-{stranger}@{DOMAIN}"),
            customers + stranger,
        );
    }
    sheet.finish()
}

/// A customer's name: the first throws of their stream.
fn name(dice: &mut Dice) -> (&'static str, &'static str) {
    (dice.pick(&GIVEN_NAMES), dice.pick(&FAMILY_NAMES))
}

fn with_consents<'a>(about: [&'a str; 6], said: &'a Consents) -> [&'a str; 11] {
    let [customer, email, name, language, country, zone] = about;
    let Consents {
        marketing,
        personalisation,
        level,
        at,
        evidence,
    } = said;
    [
        customer,
        email,
        name,
        language,
        country,
        zone,
        level,
        marketing,
        personalisation,
        at,
        evidence,
    ]
}

fn address(given: &str, family: &str, place: usize) -> String {
    format!("{given}.{family}{}@{DOMAIN}", place + 1).to_lowercase()
}

/// An address that no other customer number gets: what an address cannot hold becomes a hyphen,
/// and then the customer's place tells two alike apart.
fn address_of_number(id: &str, place: usize) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let name: String = id.chars().map(plain).collect();
    if name == id {
        format!("customer-{name}@{DOMAIN}")
    } else {
        format!("customer-{name}.{place}@{DOMAIN}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customer_numbers_that_look_alike_get_addresses_of_their_own() {
        let addresses: Vec<_> = ["17850", "a1", "A1", "a/1", "a-1"]
            .iter()
            .enumerate()
            .map(|(place, id)| address_of_number(id, place))
            .collect();
        assert_eq!(
            addresses,
            [
                "customer-17850@pelanggan.example",
                "customer-a1@pelanggan.example",
                "customer-a1.2@pelanggan.example",
                "customer-a-1.3@pelanggan.example",
                "customer-a-1@pelanggan.example",
            ]
        );
    }
}

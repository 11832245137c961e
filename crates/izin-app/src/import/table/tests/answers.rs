//! Columns with somebody's answers: none is passed over in silence, and none is read the wrong way.

use super::super::super::row::contacts;
use super::*;

fn contacts(file: &str, map: &[&str], leave_out: &[&str]) -> Result<Table, TableError> {
    let map = ColumnMap::parse(&contacts::LAYOUT, map).unwrap();
    let bytes = Cursor::new(file.as_bytes().to_vec());
    Table::open(bytes, &contacts::LAYOUT, map.leaving_out(leave_out))
}

fn refused(file: &str, map: &[&str]) -> String {
    let error = contacts(file, map, &[]).err();
    error.expect("the file should be refused").to_string()
}

#[test]
fn a_column_of_answers_that_would_not_be_read_refuses_the_file() {
    for name in ["ConsentMarketingEmail", "marketing_email", "Newsletter"] {
        assert_eq!(
            refused(&format!("email,{name}\na@example.com,no\n"), &[]),
            format!(
                "first line: column `{name}` seems to say who agreed or refused, and would not be \
                 read; call it consent_<purpose>_<channel>, with --map too, or leave it out: \
                 --ignore COLUMN"
            )
        );
    }
    let said = refused("{\"email\":\"a@example.com\",\"Newsletter\":false}\n", &[]);
    assert!(
        said.starts_with("first line: column `Newsletter` seems"),
        "{said}"
    );
    let moved = "consent_marketing_email=Newsletter";
    let said = refused("email,Newsletter,consent_marketing_email\n", &[moved]);
    assert!(
        said.starts_with("first line: column `consent_marketing_email` seems"),
        "{said}"
    );
}

#[test]
fn a_column_of_noes_refuses_the_file_and_is_never_read_as_one_of_yeses() {
    let noes = "first line: column `Opt-Out` says who refused: a yes in it is a no; turn its answers \
                round and call it consent_<purpose>_<channel>, import those people as suppressions, or \
                leave it out: --ignore COLUMN";
    let file = "email,Opt-Out\na@example.com,yes\n";
    assert_eq!(refused(file, &[]), noes);
    assert_eq!(refused(file, &["consent_marketing_email=opt-out"]), noes);
}

#[test]
fn a_name_that_may_be_a_persons_is_not_repeated() {
    for file in [
        "{\"email\":\"a@example.com\",\"consent_budi.rahasia@example.com_email\":\"no\"}\n",
        "email,consent_budi.rahasia@example.com_email\na@example.com,no\n",
    ] {
        assert_eq!(
            refused(file, &[]),
            "first line: column `#2` is not consent_<purpose>_<channel>: it does not have the form of a name"
        );
    }
}

#[test]
fn two_spellings_of_one_column_are_refused() {
    assert_eq!(
        refused(
            "email,consent_marketing_email,Consent-Marketing-Email\n",
            &[]
        ),
        "column `Consent-Marketing-Email` stands twice in the header; take one out or rename it"
    );
    let row = r#"{"email":"a@example.com","consent-marketing-email":"yes","consent_marketing_email":"no"}"#;
    let mut table = contacts(row, &[], &[]).unwrap();
    let next = table.next_row().unwrap();
    let Next::Faulty(row, Problem::ColumnTwice(_)) = next else {
        panic!("{next:?}")
    };
    assert_eq!(
        row.family().collect::<Vec<_>>(),
        [("consent_marketing_email", "yes\nno")]
    );
}

#[test]
fn a_column_of_answers_is_read_in_every_spelling() {
    for name in [
        "Consent_Marketing_Email",
        "consent-marketing-email",
        "Consent Marketing Email",
    ] {
        let mut table = contacts(
            &format!("email,{name},Consent-At\na@example.com,no,2026-01-01\n"),
            &[],
            &[],
        )
        .unwrap();
        let Next::Row(row) = table.next_row().unwrap() else {
            panic!("{name}")
        };
        let answers: Vec<_> = row.family().collect();
        assert_eq!(answers, [("consent_marketing_email", "no")], "{name}");
        assert_eq!(row.get("consent_at"), Some("2026-01-01"));
    }
}

#[test]
fn a_column_that_was_said_to_be_left_out_is_not_read() {
    let file = "email,Opt-Out,Newsletter,consent_marketing_email\na@example.com,yes,no,no\n";
    let left_out = ["opt-out", "Newsletter", "consent_marketing_email"];
    let mut table = contacts(file, &[], &left_out).unwrap();
    let ignored: Vec<_> = table.ignored_columns().map(str::to_owned).collect();
    assert_eq!(
        ignored,
        ["Opt-Out", "Newsletter", "consent_marketing_email"]
    );
    let Next::Row(row) = table.next_row().unwrap() else {
        panic!("a good row")
    };
    assert_eq!(row.family().count(), 0);
}

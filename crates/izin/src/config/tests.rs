//! What a configuration may hold and what is refused, with its place and the mend.

use super::*;

fn nothing(_: &str) -> Option<String> {
    None
}

/// Reads a text as if it stood in `/shop/izin.toml`.
fn read(text: &str, env: Environment<'_>) -> Result<Config, ConfigError> {
    let path = Path::new("/shop/izin.toml");
    Config::of(text, (path, path), env)
}

/// What is said of a text in English; in Indonesian it says something else.
fn refusal(text: &str) -> String {
    let error = read(text, &nothing).unwrap_err();
    if let ConfigError::Faults(findings) = &error {
        for own in findings.iter() {
            assert_ne!(own.what.id, own.what.en);
            assert_ne!(own.mend.id, own.mend.en);
        }
    }
    error.to_string()
}

#[test]
fn an_unknown_setting_is_named_with_its_line_and_column() {
    let said = refusal("data = \"data\"\n\nlisten_on = \"127.0.0.1:1\"\n");
    assert!(said.contains("izin.toml:3:1"), "{said}");
    assert!(
        said.contains("listen_on") && said.contains("public_url"),
        "{said}"
    );
    let said = refusal("[smtp]\npassword = \"rahasia\"\n");
    assert!(
        said.contains("izin.toml:2:1") && !said.contains("rahasia"),
        "{said}"
    );
}

#[test]
fn an_address_that_customers_could_not_trust_is_refused_with_the_mend() {
    for url in [
        "http://shop.example",
        "ftp://shop.example",
        "shop.example",
        "https://",
    ] {
        let said = refusal(&format!("public_url = \"{url}\""));
        assert!(
            said.contains("izin.toml:1:") && said.contains("write https://"),
            "{said}"
        );
    }
    for url in [
        "https://a@shop.example",
        "https://shop.example/?a",
        "https://shop.example:x",
    ] {
        assert!(
            read(&format!("public_url = \"{url}\""), &nothing).is_err(),
            "{url}"
        );
    }
    for url in [
        "http://localhost:1",
        "http://[::1]:2",
        "http://127.0.0.2",
        "https://a.example/b",
    ] {
        assert!(
            read(&format!("public_url = \"{url}\""), &nothing).is_ok(),
            "{url}"
        );
    }
}

#[test]
fn a_server_open_to_the_network_must_say_its_public_address() {
    assert!(refusal("listen = \"0.0.0.0:8080\"").contains("`public_url` is missing"));
    let own = read("", &nothing).unwrap();
    assert_eq!(own.settings.public_url, "http://127.0.0.1:8080");
}

#[test]
fn a_login_without_a_password_is_refused_and_the_environment_may_bring_it() {
    let text = "[smtp]\nhost = \"mail.example\"\nfrom = \"a@toko.example\"\nusername = \"a\"";
    assert!(refusal(text).contains("IZIN_SMTP_PASSWORD"));
    let env = |name: &str| (name == "IZIN_SMTP_PASSWORD").then(|| "rahasia".to_owned());
    let mail = read(text, &env).unwrap().settings.mail.unwrap();
    assert!(mail.smtp.credentials.is_some());
    assert!(!format!("{mail:?}").contains("rahasia"));
}

#[test]
fn what_follows_from_other_settings_is_filled_in() {
    let text = "public_url = \"https://izin.toko.example/\"\n[smtp]\nhost = \"mail.example\"\n\
                from = \"Toko Contoh <promo@toko.example>\"";
    let settings = read(text, &nothing).unwrap().settings;
    assert_eq!(settings.data, Path::new("/shop/data"));
    assert_eq!(settings.safe, Path::new("/shop/data-safe"));
    assert_eq!(settings.public_url, "https://izin.toko.example");
    assert_eq!(settings.log_origin, "izin.toko.example");
    let mail = settings.mail.unwrap();
    assert_eq!(mail.from_name, "Toko Contoh");
    assert_eq!(mail.from_address, "promo@toko.example");
    assert_eq!(
        (mail.smtp.server.port, mail.smtp.hello.as_str()),
        (587, "izin.toko.example")
    );
}

#[test]
fn the_environment_goes_before_the_file_and_is_checked_like_it() {
    let text = "listen = \"127.0.0.1:1\"\ndata = \"data\"";
    let env = |name: &str| match name {
        "IZIN_LISTEN" => Some("127.0.0.1:2".to_owned()),
        "IZIN_DATA" => Some("/elsewhere".to_owned()),
        _ => None,
    };
    let own = read(text, &env).unwrap();
    assert_eq!(own.listen.port(), 2);
    assert_eq!(own.settings.data, Path::new("/elsewhere"));
    let wrong = |name: &str| (name == "IZIN_PUBLIC_URL").then(|| "http://a.example".to_owned());
    let said = read(text, &wrong).unwrap_err().to_string();
    assert!(
        said.contains("IZIN_PUBLIC_URL") && said.contains("https"),
        "{said}"
    );
}

#[test]
fn what_must_outlive_the_data_is_not_kept_in_it() {
    let said = read("data = \"data\"\nsafe = \"data/safe\"", &nothing).unwrap_err();
    assert!(said.to_string().contains("`safe`"), "{said}");
    let env = |name: &str| (name == "IZIN_SAFE").then(|| "/other/disk".to_owned());
    let own = read("safe = \"elsewhere\"", &nothing).unwrap();
    assert_eq!(own.settings.safe, Path::new("/shop/elsewhere"));
    let own = read("safe = \"elsewhere\"", &env).unwrap();
    assert_eq!(own.settings.safe, Path::new("/other/disk"));
}

#[test]
fn a_sender_has_one_address_however_it_is_written() {
    for from in [
        "from = \"promo@toko.example\"",
        "from_address = \"promo@toko.example\"",
        "from = \"\\\"Toko\\\" <promo@toko.example>\"",
    ] {
        let text = format!("[smtp]\nhost = \"localhost\"\n{from}");
        let mail = read(&text, &nothing).unwrap().settings.mail.unwrap();
        assert_eq!(mail.from_address, "promo@toko.example", "{from}");
    }
    for from in [
        "",
        "from = \"Toko\"",
        "from = \"a@b.c\"\nfrom_name = \"Toko\"",
    ] {
        assert!(read(&format!("[smtp]\nhost = \"localhost\"\n{from}"), &nothing).is_err());
    }
}

#[test]
fn every_fault_is_told_at_once_each_at_its_place_and_none_that_only_follows_from_another() {
    let text = "data = \"data\"\nsafe = \"data/safe\"\nlisten_on = 1\npublic_url = \"shop.example\"\n\
                currency = \"rupiah\"\n[smtp]\nport = \"many\"\nhots = \"mail.example\"\n";
    let wrong = |name: &str| (name == "IZIN_LISTEN").then(|| "everywhere".to_owned());
    let Err(ConfigError::Faults(found)) = read(text, &wrong) else {
        panic!("it is faulty");
    };
    let lines: Vec<_> = found
        .iter()
        .map(|own| (own.file().to_owned(), own.place().line))
        .collect();
    let file = |line| ("izin.toml".to_owned(), line);
    let variable = ("IZIN_LISTEN".to_owned(), 1);
    let all = [
        file(2),
        file(3),
        file(4),
        file(5),
        file(7),
        file(8),
        variable,
    ];
    assert_eq!(lines, all, "{found}");
    for finding in found.iter() {
        for text in [&finding.what, &finding.why, &finding.mend] {
            assert!(!text.id.is_empty() && !text.en.is_empty(), "{finding:?}");
        }
    }
}

#[test]
fn what_is_missing_in_a_part_is_told_all_at_once() {
    let Err(ConfigError::Faults(found)) = read("[smtp]\nusername = \"a\"\n", &nothing) else {
        panic!("it is faulty");
    };
    assert_eq!(found.iter().count(), 3, "password, sender, host: {found}");
}

#[test]
fn a_text_that_is_no_toml_is_told_at_its_places_and_nothing_is_guessed_from_it() {
    let said = refusal("listen = \n[smtp]\nhost =\n");
    assert!(
        said.contains("izin.toml:1:") && said.contains("izin.toml:3:"),
        "{said}"
    );
    assert!(!said.contains("has no `host`"), "{said}");
}

#[test]
fn a_carrier_that_could_not_send_is_refused_at_its_setting() {
    let secret = |name: &str| {
        let known = [
            "IZIN_TWILIO_AUTH_TOKEN",
            "IZIN_GATEWAY_SEND_SECRET",
            "IZIN_VONAGE_API_SECRET",
        ];
        known.contains(&name).then(|| "a secret".to_owned())
    };
    let fields = "[gateway.send_fields]\nto = \"{to}\"\ntext = \"{text}\"\n";
    let gateway = |url: &str| format!("[gateway]\nsend_url = \"{url}\"\n{fields}");
    for (text, words) in [
        (
            "[twilio]\naccount_sid = \"AC/1\"\n".to_owned(),
            "account_sid",
        ),
        (
            "[twilio]\naccount_sid = \"AC1\"\napi = \"api.example\"\n".to_owned(),
            "https://gateway",
        ),
        (
            "[whatsapp]\nphone_number_id = \"+62\"\n".to_owned(),
            "in digits",
        ),
        (gateway("http://gateway.example/send"), "needs https"),
        (
            gateway("https://izin:pw@gateway.example/"),
            "write an address",
        ),
        (
            gateway("https://gateway.example/").replace("{text}", "{txt}"),
            "blank",
        ),
        (
            "[gateway]\nsend_url = \"https://gateway.example/\"\n".to_owned(),
            "stands nowhere",
        ),
        (
            gateway("https://gateway.example/")
                .replace("[gateway]\n", "[gateway]\nsend_as = \"xml\"\n"),
            "send_as",
        ),
        (
            format!(
                "{}[vonage]\napi_key = \"k\"\n",
                gateway("https://gateway.example/")
            ),
            "both send texts",
        ),
    ] {
        let Err(ConfigError::Faults(found)) = read(&text, &secret) else {
            panic!("{text}");
        };
        let said = found.to_string();
        assert!(
            said.contains(words) && !said.contains("a secret"),
            "{text}{said}"
        );
    }
    let own = read(&gateway("https://gateway.example/"), &secret).unwrap();
    assert!(own.settings.carriers.sms.is_some() && own.settings.providers.gateway.is_none());
}

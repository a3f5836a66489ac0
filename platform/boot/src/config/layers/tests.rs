use std::io::Write as _;

use proptest::{prelude::*, sample::select};
use serde::Deserialize;
use serde_json::json;

use super::*;

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
struct Config {
    edge: Edge,
    peers: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
struct Edge {
    port: u16,
    name: String,
    gzip: bool,
    origins: Vec<String>,
    tenants: BTreeMap<String, String>,
    secret: String,
}

impl Default for Edge {
    fn default() -> Self {
        Self {
            port: 3000,
            name: "edge".into(),
            gzip: true,
            origins: Vec::new(),
            tenants: BTreeMap::new(),
            secret: String::new(),
        }
    }
}

const PORT: Alias = Alias {
    variable: "PORT",
    setting: "edge.port",
    read: |text| text.parse::<u16>().ok().map(Into::into),
    form: "a port number",
};

fn of_environment(env: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Layers::of(&Config::default())
        .environment(&Environment::of(env.iter().copied()), &[PORT])?
        .extract()
}

fn of_file(text: &str) -> Result<Layers, ConfigError> {
    let mut file = tempfile::Builder::new().suffix(".yaml").tempfile().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    Layers::of(&Config::default()).file(file.path())
}

#[test]
fn the_environment_wins_over_the_defaults() {
    let env = Environment::of([
        ("PORT", "80"),
        ("STREAMVERSE_EDGE__NAME", "007"),
        ("STREAMVERSE_HOME", "ignored"),
    ]);
    let layers = Layers::of(&Config::default())
        .environment(&env, &[PORT])
        .unwrap();
    let config: Config = layers.extract().unwrap();
    assert_eq!((config.edge.port, config.edge.name.as_str()), (80, "007"));
    assert_eq!(
        layers.origin(&"edge.port".into()),
        Origin::Variable("PORT".into())
    );
}

#[test]
fn several_entries_of_a_map_add_up_over_all_layers() {
    let env = Environment::of([
        ("STREAMVERSE_PEERS__AUTH", "http://auth:9081"),
        ("STREAMVERSE_PEERS__SEARCH", "7"),
        (
            "STREAMVERSE_EDGE__TENANTS__WWW.EXAMPLE.ORG",
            "by-one-variable",
        ),
        (
            "STREAMVERSE_EDGE__TENANTS",
            r#"{"tv.example.org": "by-json"}"#,
        ),
    ]);
    let file = "peers: {users: 'http://users:1', rights: 'http://rights:1'}\n\
                edge:\n  tenants:\n    www.example.com: acme\n    tv.example.com: acme\n";
    let layers = of_file(file).unwrap().environment(&env, &[]).unwrap();
    let config: Config = layers.extract().unwrap();
    assert_eq!(
        json!(config.peers),
        json!({"auth": "http://auth:9081", "search": "7", "users": "http://users:1", "rights": "http://rights:1"})
    );
    assert_eq!(
        json!(config.edge.tenants),
        json!({
            "www.example.com": "acme", "tv.example.com": "acme",
            "www.example.org": "by-one-variable", "tv.example.org": "by-json",
        })
    );
    let www = SettingPath::from_iter(["edge", "tenants", "www.example.com"]);
    assert!(matches!(layers.origin(&www), Origin::File(_)));
    assert_eq!(www.to_string(), "edge.tenants.\"www.example.com\"");
}

#[test]
fn a_list_is_json_or_words_between_commas() {
    for text in [
        r#"["https://a.example", "https://b.example"]"#,
        "https://a.example, https://b.example",
    ] {
        let config = of_environment(&[("STREAMVERSE_EDGE__ORIGINS", text)]).unwrap();
        assert_eq!(
            config.edge.origins,
            ["https://a.example", "https://b.example"]
        );
    }
}

#[test]
fn a_key_that_is_given_twice_is_refused_wherever_it_is() {
    for (text, key) in [
        ("edge: {port: 1}\nedge: {port: 2}\n", "edge"),
        ("edge:\n  port: 1\n  port: 2\n", "port"),
        (
            "edge: {tenants: {a.example: x, a.example: y}}\n",
            "a.example",
        ),
    ] {
        let said = of_file(text).unwrap_err().to_string();
        let wanted = format!("duplicate entry with key \"{key}\"");
        assert!(said.contains(&wanted), "{text}: {said}");
    }
}

#[test]
fn a_section_without_anything_in_it_says_nothing() {
    let layers = of_file("edge:\npeers: {}\n").unwrap();
    assert_eq!(layers.extract::<Config>().unwrap(), Config::default());
}

#[test]
fn errors_name_the_setting_and_its_origin() {
    let read = |env: &[(&str, &str)]| of_environment(env).unwrap_err().to_string();
    assert_eq!(
        read(&[("PORT", "high")]),
        "setting edge.port (variable PORT): must be a port number"
    );
    assert_eq!(
        read(&[("STREAMVERSE_EDGE__PROT", "1")]),
        "setting edge.prot (variable STREAMVERSE_EDGE__PROT): there is no such setting; here are gzip, name, origins, port, secret, tenants"
    );
    assert_eq!(
        read(&[("STREAMVERSE_EDGE", "on")]),
        "setting edge (variable STREAMVERSE_EDGE): it holds settings, each with a name and a value"
    );
    assert!(
        read(&[("STREAMVERSE_EDGE__PORT", "70000")])
            .starts_with("setting edge.port (variable STREAMVERSE_EDGE__PORT): invalid value")
    );
    let both = read(&[
        ("STREAMVERSE_EDGE__PORT", "70000"),
        ("STREAMVERSE_EDGE__GZIP", "2"),
    ]);
    assert!(
        both.contains("\n  setting edge.port ") && both.contains("\n  setting edge.gzip "),
        "{both}"
    );
}

#[test]
fn a_secret_of_the_wrong_form_is_refused_without_showing_it() {
    let layers = of_file("edge: {secret: 1234567}\n").unwrap();
    let said = layers.extract::<Config>().unwrap_err().to_string();
    assert!(
        said.starts_with("setting edge.secret (file ") && !said.contains("1234567"),
        "{said}"
    );
}

#[test]
fn a_printed_secret_is_a_mask_and_known_as_one() {
    let text = "edge: {secret: sesame}\npeers: {db: 'postgres://sv:sesame@db/sv'}\n";
    let layers = of_file(text).unwrap();
    assert_eq!(layers.masked(), []);
    let printed = layers.print(false);
    assert!(!printed.contains("sesame"), "{printed}");
    let again = of_file(&printed).unwrap();
    assert_eq!(again.masked(), ["edge.secret".into(), "peers.db".into()]);
}

/// Texts as people and attackers write them.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        select(vec![
            "yes",
            "null",
            "~",
            "1e3",
            "0x1F",
            "- a",
            "a: b",
            "#c",
            "",
            "a\u{2028}b",
            "\u{85}",
            "\u{7f}",
            "\u{feff}",
            "www.example.com",
            "*",
            "&a",
            "!!str",
            "'",
            "\"",
            "<<"
        ])
        .prop_map(ToOwned::to_owned),
    ]
}

proptest! {
    #[test]
    fn what_is_printed_reads_as_the_same_settings(
        port: u16,
        name in text(),
        gzip: bool,
        secret in text(),
        origins in prop::collection::vec(text(), 0..3),
        tenants in prop::collection::btree_map(text(), text(), 0..4),
        peers in prop::collection::btree_map(text(), text(), 0..4),
    ) {
        let edge = Edge { port, name, gzip, origins, tenants, secret };
        let config = Config { edge, peers };
        let mut layers = Layers::of(&Config::default());
        let Value::Object(sections) = serde_json::to_value(&config).unwrap() else { unreachable!() };
        layers.merge(&SettingPath::default(), sections, &Origin::Flag("a\nb".into())).unwrap();
        prop_assert_eq!(&layers.extract::<Config>().unwrap(), &config);

        let again = of_file(&layers.print(true)).unwrap();
        prop_assert_eq!(again.extract::<Config>().unwrap(), config);
        // With secrets masked it is still a configuration.
        of_file(&layers.print(false)).unwrap().extract::<Config>().unwrap();
    }
}

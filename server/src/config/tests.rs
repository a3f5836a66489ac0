mod manual;

use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path};

use proptest::{prelude::*, sample::select};
use serde_json::json;
use sv_boot::config::{Bounds, Production, Text, is_secret};

use super::{settings::all, *};

fn layers(env: &[(&str, &str)]) -> Layers {
    Config::layers(None, &Environment::of(env.iter().copied())).unwrap()
}

/// Reads variables as `run` does and lists what is wrong.
fn problems(env: &[(&str, &str)]) -> Vec<String> {
    let layers = layers(env);
    let config: Config = layers.extract().unwrap();
    match config.check(&layers, Purpose::Run) {
        Ok(()) => Vec::new(),
        Err(Unusable(problems)) => problems,
    }
}

/// What production asks for at least.
const PRODUCTION: [(&str, &str); 3] = [
    ("NODE_ENV", "production"),
    ("STREAMVERSE_SERVER__LISTEN", "127.0.0.1:3000"),
    ("STREAMVERSE_PAYMENTS__PROVIDER", "none"),
];

fn in_production(env: &[(&str, &str)]) -> Vec<String> {
    problems(&[&PRODUCTION[..], env].concat())
}

#[test]
fn the_known_names_of_the_environment_are_honoured() {
    let layers = layers(&[
        ("PORT", "8080"),
        ("NODE_ENV", "production"),
        ("DATABASE_URL", "postgresql://sv@db/sv"),
        ("JWT_EXPIRES_IN", "7d"),
        ("SEARCH_SERVICE_URL", "http://search:9090"),
        ("AUTH_SERVICE_URL", "http://auth:9081"),
        ("LOG_LEVEL", "warn"),
        ("RUST_LOG", "info,sv_edge=debug"),
        ("NEXT_PUBLIC_STREAMING_URL", "https://media.example.org"),
    ]);
    let config: Config = layers.extract().unwrap();
    assert_eq!(config.edge.page.streaming_url, "https://media.example.org");
    assert_eq!(config.server.listen.to_string(), "0.0.0.0:8080");
    assert_eq!(config.server.profile, Profile::Production);
    assert_eq!(config.store.url, "postgresql://sv@db/sv");
    assert_eq!(
        config
            .of::<sv_auth::Options>(&sv_auth::SERVICE)
            .access_token_seconds,
        604_800
    );
    assert_eq!(config.peers["search"], "http://search:9090");
    assert_eq!(config.peers["auth"], "http://auth:9081");
    assert_eq!(config.telemetry.log_level, "info,sv_edge=debug");
}

#[test]
fn a_developers_machine_is_reached_from_itself_only() {
    let listen = |env: &[(&str, &str)]| {
        let config: Config = layers(env).extract().unwrap();
        config.server.listen.to_string()
    };
    assert_eq!(listen(&[]), "127.0.0.1:3000");
    assert_eq!(listen(&[("PORT", "8080")]), "127.0.0.1:8080");
    let named = ("STREAMVERSE_SERVER__LISTEN", "0.0.0.0:80");
    assert_eq!(listen(&[("PORT", "8080"), named]), "0.0.0.0:80");
    let production = ("NODE_ENV", "production");
    assert_eq!(listen(&[("PORT", "8080"), production]), "0.0.0.0:8080");
}

#[test]
fn every_setting_has_bounds_and_a_decision_for_production() {
    let known: BTreeSet<_> = all().map(|s| s.name.to_owned()).collect();
    assert_eq!(known.len(), all().count(), "a setting has two rows");
    let there: BTreeSet<_> = Layers::of(&Config::default())
        .leaves()
        .iter()
        .map(ToString::to_string)
        .collect();
    let missing: Vec<_> = there.difference(&known).collect();
    assert!(
        missing.is_empty(),
        "say in server/src/config/settings.rs, or beside the service's Options, what these may be, and whether production takes all \
         of it: {missing:?}"
    );
    let gone: Vec<_> = known.difference(&there).collect();
    assert!(gone.is_empty(), "there are no such settings: {gone:?}");
}

#[test]
fn a_setting_is_ruled_in_production_just_when_a_rule_reads_it() {
    for setting in all() {
        let name = setting.name.rsplit('.').next().unwrap();
        let secret = is_secret(name) && matches!(setting.bounds, Bounds::Text(_));
        let read = RULES
            .iter()
            .any(|rule| rule.settings.contains(&setting.name));
        let ruled = setting.production == Production::Ruled;
        assert_eq!(ruled, read || secret, "{}", setting.name);
    }
    let known = |name: &&str| *name == "every secret" || all().any(|setting| setting.name == *name);
    for rule in RULES {
        assert!(rule.settings.iter().all(known), "{}", rule.told());
    }
}

#[test]
fn every_number_beyond_its_bounds_is_refused_by_name_value_and_range() {
    for setting in all() {
        let Bounds::Number(least, most) = setting.bounds else {
            continue;
        };
        let variable = variable(setting);
        let beyond = [least.checked_sub(1), most.checked_add(1), Some(u64::MAX)];
        for value in beyond.into_iter().flatten() {
            let text = value.to_string();
            let layers = layers(&[(&variable, &text)]);
            let said = match Config::read(&layers) {
                Err(refused) => refused.to_string(),
                Ok(config) => config.check(&layers, Purpose::Run).unwrap_err().to_string(),
            };
            let wanted = format!(
                "{} (variable {variable}): {value} is not from {least} to {most}",
                setting.name
            );
            assert!(said.contains(&wanted), "{said}");
        }
        for value in [least, most] {
            let all = problems(&[(&variable, &value.to_string())]);
            assert!(all.is_empty(), "{all:?}");
        }
    }
}

fn variable(setting: &Setting) -> String {
    format!("{PREFIX}{}", setting.name.replace('.', "__").to_uppercase())
}

#[test]
fn what_cannot_be_is_refused_in_words() {
    for (variable, value, said) in [
        (
            "STREAMVERSE_AUTH__BCRYPT_COST",
            "3",
            "3 is not from 4 to 16",
        ),
        (
            "STREAMVERSE_EDGE__MAX_URI_BYTES",
            "10",
            "10 is not from 256 to 65536",
        ),
        (
            "JWT_EXPIRES_IN",
            "18446744073709551615",
            "18446744073709551615 is not from 1 to 2592000",
        ),
        ("RUST_LOG", "loud", "\"loud\" is not a filter such as info"),
        (
            "AUTH_SERVICE_URL",
            "auth:9081",
            "\"auth:9081\" is not an address such as",
        ),
        (
            "KAFKA_BROKERS",
            "kafka",
            "\"kafka\" is not empty or host:port",
        ),
        (
            "STREAMVERSE_EDGE__TENANTS__A.EXAMPLE",
            "no tenant!",
            "edge.tenants.\"a.example\" (variable STREAMVERSE_EDGE__TENANTS__A.EXAMPLE): \"no tenant!\" is not",
        ),
        (
            "STREAMVERSE_PEERS__SERACH",
            "http://x:1",
            "\"serach\" is not the name of a service",
        ),
        (
            "STREAMVERSE_EDGE__CORS__ORIGINS",
            "https://a/,x",
            "\"https://a/\" is not an origin",
        ),
    ] {
        let all = problems(&[(variable, value)]);
        assert!(all[0].contains(said), "{variable}: {all:?}");
        assert!(all[0].contains(variable), "{all:?}");
    }
}

#[test]
fn a_setting_that_has_another_name_now_says_so() {
    let env = [("STREAMVERSE_RIGHTS__PAYMENTS", "none")];
    let refused = Config::layers(None, &Environment::of(env)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "setting rights.payments (variable STREAMVERSE_RIGHTS__PAYMENTS): this setting is called payments.provider now"
    );
}

#[test]
fn production_starts_with_little_and_on_this_machine() {
    assert_eq!(in_production(&[]), [""; 0]);
    let bare = problems(&[("NODE_ENV", "production")]);
    assert_eq!(bare.len(), 2, "{bare:?}");
    assert!(
        bare[0].starts_with("payments.provider (default): production refuses a payment provider")
    );
    assert!(bare[1].starts_with("server.listen (default): production refuses a start"));
}

#[test]
fn each_rule_of_production_refuses_and_names_the_setting_and_what_to_do() {
    let open = ("STREAMVERSE_SERVER__LISTEN", "0.0.0.0:3000");
    for (setting, env) in [
        (
            "payments.provider",
            &[("STREAMVERSE_PAYMENTS__PROVIDER", "test")][..],
        ),
        (
            "payments.stripe_secret_key",
            &[("STREAMVERSE_PAYMENTS__PROVIDER", "stripe")],
        ),
        (
            "payments.stripe_secret_key",
            &[
                ("STREAMVERSE_PAYMENTS__PROVIDER", "stripe"),
                (
                    "STRIPE_SECRET_KEY",
                    "sk_test_0123456789abcdef0123456789abcdef",
                ),
            ],
        ),
        (
            "auth.bcrypt_cost",
            &[("STREAMVERSE_AUTH__BCRYPT_COST", "9")],
        ),
        ("auth.access_token_seconds", &[("JWT_EXPIRES_IN", "25h")]),
        (
            "auth.jwt_secret",
            &[("JWT_SECRET", "0123456789abcdef0123456789abcdef")],
        ),
        ("auth.jwt_secret", &[("JWT_SECRET", "short")]),
        (
            "edge.rates.enabled",
            &[("STREAMVERSE_EDGE__RATES__ENABLED", "false")],
        ),
        (
            "edge.rates.credentials.address",
            &[("STREAMVERSE_EDGE__RATES__CREDENTIALS__ADDRESS", "1000000")],
        ),
        ("server.listen", &[open]),
        (
            "server.ops_listen",
            &[("STREAMVERSE_SERVER__OPS_LISTEN", "[::]:9464")],
        ),
        ("server.demo", &[("STREAMVERSE_SERVER__DEMO", "true")]),
        (
            "edge.trusted_proxies",
            &[("STREAMVERSE_EDGE__TRUSTED_PROXIES", "1")],
        ),
        (
            "edge.trusted_proxies",
            &[open, ("STREAMVERSE_SERVER__BEHIND", "proxy")],
        ),
        ("peers.users", &[("USERS_SERVICE_URL", "http://users:9082")]),
        ("store.url", &[("DATABASE_URL", "postgres://sv:x@db/sv")]),
        ("bus.kafka_brokers", &[("KAFKA_BROKERS", "kafka:9092")]),
        (
            "index.opensearch_url",
            &[("OPENSEARCH_URL", "http://search:9200")],
        ),
        ("counters.redis_url", &[("REDIS_URL", "redis://cache:6379")]),
        ("fanout.nats_url", &[("NATS_URL", "nats://nats:4222")]),
        (
            "telemetry.otlp_endpoint",
            &[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://otel:4317")],
        ),
    ] {
        refused_in_production(setting, env);
    }
}

/// Fails unless production refuses an environment by the name of a setting, and development takes it.
fn refused_in_production(setting: &str, env: &[(&str, &str)]) {
    let all = in_production(env);
    let named = |problem: &String| {
        problem.starts_with(&format!("{setting} (")) && problem.contains("production refuses")
    };
    assert!(all.iter().any(named), "{setting}: {all:?}");
    assert!(problems(env).is_empty(), "{setting}: development takes it");
}

#[test]
fn mails_go_by_tls_and_say_who_they_are_from_and_where_they_lead() {
    for (setting, env) in [
        ("mail.smtp_url", &[("SMTP_URL", "smtp://mail:587")][..]),
        (
            "mail.smtp_url",
            &[("SMTP_URL", "smtp://mail:587?tls=opportunistic")],
        ),
        ("mail.from", &[("SMTP_URL", "smtps://mail:465")]),
        ("mail.link_base", &[("SMTP_URL", "smtps://mail:465")]),
        (
            "mail.link_base_of.acme",
            &[
                ("SMTP_URL", "smtps://mail:465"),
                (
                    "STREAMVERSE_MAIL__LINK_BASE_OF__ACME",
                    "http://acme.example",
                ),
            ],
        ),
        (
            "mail.link_base_of.acme",
            &[
                ("SMTP_URL", "smtps://mail:465"),
                ("STREAMVERSE_EDGE__TENANTS__ACME.EXAMPLE", "acme"),
            ],
        ),
    ] {
        refused_in_production(setting, env);
    }
}

#[test]
fn production_takes_what_something_else_encrypts() {
    let proxy = [
        ("STREAMVERSE_SERVER__LISTEN", "0.0.0.0:3000"),
        ("STREAMVERSE_SERVER__BEHIND", "proxy"),
        ("STREAMVERSE_EDGE__TRUSTED_PROXIES", "1"),
        ("DATABASE_URL", "postgres://sv:x@db/sv?sslmode=verify-full"),
        ("OPENSEARCH_URL", "https://search:9200"),
        ("REDIS_URL", "rediss://cache:6379"),
        ("USERS_SERVICE_URL", "http://127.0.0.1:9082"),
    ];
    assert_eq!(in_production(&proxy), [""; 0]);
    let mesh = [
        ("STREAMVERSE_SERVER__LISTEN", "0.0.0.0:3000"),
        ("STREAMVERSE_SERVER__BEHIND", "mesh"),
        ("USERS_SERVICE_URL", "http://users:9082"),
        ("KAFKA_BROKERS", "kafka:9092"),
    ];
    assert_eq!(in_production(&mesh), [""; 0]);
}

#[test]
fn production_takes_tls_of_its_own() {
    let own = [
        ("STREAMVERSE_SERVER__LISTEN", "0.0.0.0:3000"),
        ("STREAMVERSE_EDGE__TLS__CERTIFICATE", "tls.crt"),
        ("STREAMVERSE_EDGE__TLS__KEY", "tls.key"),
        ("STREAMVERSE_MESH__TLS__CERTIFICATE", "mesh.crt"),
        ("STREAMVERSE_MESH__TLS__KEY", "mesh.key"),
        ("STREAMVERSE_MESH__TLS__CA", "ca.crt"),
        (
            "USERS_SERVICE_URL",
            "https://users:9082,https://users-2:9082",
        ),
        ("DATABASE_URL", "postgres://sv:x@db/sv"),
        ("STREAMVERSE_STORE__CA", "ca.crt"),
    ];
    assert_eq!(in_production(&own), [""; 0]);
    // An address that says that nobody is asked for a certificate is not made better by an authority.
    let open = [
        ("DATABASE_URL", "postgres://sv:x@db/sv?sslmode=prefer"),
        own[8],
    ];
    assert!(in_production(&open)[0].starts_with("store.url"));
}

#[test]
fn services_are_called_by_tls_where_there_is_a_certificate_and_only_there() {
    let bare = problems(&[("USERS_SERVICE_URL", "https://users:9082")]);
    let said = "peers.users: https:// needs a certificate that is shown there (mesh.tls)";
    assert_eq!(bare, [said]);
    let mixed = problems(&[
        ("STREAMVERSE_MESH__TLS__CERTIFICATE", "mesh.crt"),
        (
            "USERS_SERVICE_URL",
            "https://users:9082,http://users-2:9082",
        ),
    ]);
    assert_eq!(
        mixed,
        ["peers.users: with mesh.tls its addresses begin with https://"]
    );
}

#[test]
fn production_refuses_services_that_share_one_identity() {
    let folder = tempfile::tempdir().unwrap();
    let hand_out = |service: &str, x: &str| {
        let key = json!({"service": service, "kid": service, "x": x});
        let file = folder.path().join(format!("{service}.json"));
        fs::write(file, key.to_string()).unwrap();
    };
    let trusted = folder.path().to_str().unwrap();
    let env = [("STREAMVERSE_MESH__TRUSTED_KEYS", trusted)];
    hand_out("auth", "one");
    hand_out("users", "another");
    assert_eq!(in_production(&env), [""; 0]);
    hand_out("users", "one");
    let said = in_production(&env);
    assert!(
        said[0].contains("services that share one identity"),
        "{said:?}"
    );
}

#[test]
fn replicas_need_a_server_for_everything_that_they_share() {
    let alone = [("STREAMVERSE_SERVER__REPLICAS", "true")];
    let needs = problems(&alone);
    for (problem, setting) in needs.iter().zip([
        "store.url",
        "bus.kafka_brokers",
        "index.opensearch_url",
        "blobs.folder",
    ]) {
        let wanted = format!("server.replicas needs {setting}");
        assert!(problem.starts_with(&wanted), "{problem}");
    }
    assert_eq!(needs.len(), 4);
    let all = [
        ("STREAMVERSE_SERVER__REPLICAS", "true"),
        ("DATABASE_URL", "postgres://sv@db/sv"),
        ("KAFKA_BROKERS", "kafka:9092"),
        ("OPENSEARCH_URL", "http://search:9200"),
        ("STORAGE_PATH", "/srv/media"),
        ("STREAMVERSE_BLOBS__SHARED", "true"),
    ];
    assert_eq!(problems(&all), [""; 0]);
    let bucket = ("STREAMVERSE_BLOBS__URL", "s3://media/sv");
    assert_eq!(problems(&[&all[..4], &[bucket]].concat()), [""; 0]);
}

#[test]
fn a_bucket_is_named_whole_and_asked_by_tls() {
    for bad in [
        "media",
        "s3://",
        "s3://media//a",
        "s3://media/../a",
        "https://media/a",
    ] {
        let said = problems(&[("STREAMVERSE_BLOBS__URL", bad)]);
        assert!(said[0].contains("s3://bucket/prefix"), "{bad}: {said:?}");
    }
    let open = in_production(&[("STREAMVERSE_BLOBS__ENDPOINT", "http://minio:9000")]);
    assert!(open[0].contains("blobs.endpoint"), "{open:?}");
    let sealed = in_production(&[("STREAMVERSE_BLOBS__ENDPOINT", "https://minio:9000")]);
    assert_eq!(sealed, [""; 0]);
}

#[test]
fn a_command_beside_a_server_need_not_say_where_to_listen() {
    let layers = layers(&[PRODUCTION[0], PRODUCTION[2]]);
    let config: Config = layers.extract().unwrap();
    config.check(&layers, Purpose::Command).unwrap();
    config.check(&layers, Purpose::Run).unwrap_err();
}

#[test]
fn names_of_other_documents_are_told_to_have_no_meaning() {
    let env = Environment::of([
        ("NATS_URL", "nats://localhost"),
        ("SENDGRID_API_KEY", "x"),
        ("CDN_CACHE_TTL", "3600"),
        ("CDN_EDGE_LOCATIONS", "us-east"),
        ("STORAGE_TYPE", "s3"),
        ("STORAGE_PATH", "./storage"),
        ("CHAT_SERVICE_URL", "http://localhost:3003"),
        ("ANALYTICS_SERVICE_URL", "http://localhost:3002"),
        ("STREAMING_SERVICE_URL", "http://localhost:3001"),
        ("STRIPE_SECRET_KEY", "sk_live"),
        ("GOOGLE_CLIENT_ID", "x"),
        ("STREAMVERSE_EDGE_GZIP", "true"),
        ("STREAMVERSE_EDGE__GZIP", "true"),
        ("STREAMVERSE_PEERS", "{}"),
        ("STREAMVERSE_CONFIG", "sv.yaml"),
        ("STORAGE_EMPTY", ""),
        ("HOME", "/root"),
    ]);
    let notes = unused(&env, layers(&[]).values());
    let named: Vec<_> = notes
        .iter()
        .map(|note| note.split(" is set but not used: ").next().unwrap())
        .collect();
    assert_eq!(
        named,
        [
            "ANALYTICS_SERVICE_URL",
            "CDN_CACHE_TTL",
            "CDN_EDGE_LOCATIONS",
            "CHAT_SERVICE_URL",
            "GOOGLE_CLIENT_ID",
            "SENDGRID_API_KEY",
            "STORAGE_TYPE",
            "STREAMVERSE_EDGE_GZIP",
        ]
    );
    assert!(!notes.iter().any(|note| note.contains("sk_live")));
}

#[test]
fn the_printed_list_of_production_is_the_one_in_the_docs() {
    const BEGIN: &str =
        "<!-- the list of server/src/config/production.rs; UPDATE=1 writes it -->\n";
    const END: &str = "<!-- end of the list -->";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operations/configuration.md");
    let text = fs::read_to_string(&path).unwrap();
    let mut list = String::new();
    for rule in RULES {
        writeln!(list, "- {}", rule.told()).unwrap();
    }
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (written, after) = rest.split_once(END).unwrap();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, format!("{before}{BEGIN}{list}{END}{after}")).unwrap();
    } else {
        assert_eq!(
            written, list,
            "run UPDATE=1 cargo test -p sv-server production"
        );
    }
}

#[test]
fn the_printed_list_of_settings_is_the_one_in_the_docs() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/settings.md");
    let written = fs::read_to_string(&path).unwrap_or_default();
    let list = manual::render();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, list).unwrap();
    } else {
        assert!(
            written == list,
            "run UPDATE=1 cargo test -p sv-server settings, and review docs/settings.md"
        );
    }
}

#[test]
fn examples_fit_and_everything_says_what_it_may_be() {
    for setting in all() {
        let texts: &[Text] = match &setting.bounds {
            Bounds::Text(text) | Bounds::Texts(text) => &[*text],
            Bounds::Map { key, value } => &[*key, *value],
            _ => &[],
        };
        for text in texts {
            assert!(
                text.examples.iter().all(|e| (text.fits)(e)),
                "{}",
                setting.name
            );
        }
        assert!(!setting.bounds.told().is_empty());
    }
}

#[test]
fn durations_have_units() {
    assert_eq!(
        ["90", "2m", "1h", "7d", "", "h", "1w"].map(names::seconds),
        [
            Some(90),
            Some(120),
            Some(3_600),
            Some(604_800),
            None,
            None,
            None
        ]
    );
}

/// A valid value of a setting.
fn value(bounds: &Bounds) -> BoxedStrategy<Value> {
    match *bounds {
        Bounds::Switch => any::<bool>().prop_map(Value::from).boxed(),
        Bounds::Number(least, most) => (least..=most).prop_map(Value::from).boxed(),
        Bounds::OneOf(words) => select(words).prop_map(Value::from).boxed(),
        Bounds::Text(text) => select(text.examples).prop_map(Value::from).boxed(),
        Bounds::Texts(text) => prop::collection::vec(select(text.examples), 0..3)
            .prop_map(|texts| json!(texts))
            .boxed(),
        Bounds::Map { key, value } => {
            let entries = (select(key.examples), select(value.examples));
            prop::collection::btree_map(entries.0, entries.1, 0..4)
                .prop_map(|map| json!(map))
                .boxed()
        }
    }
}

/// Some settings with valid values.
fn some_settings() -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    let each: Vec<_> = all()
        .map(|setting| {
            let set = value(&setting.bounds).prop_map(|value| (setting.name, value));
            prop::option::weighted(0.7, set)
        })
        .collect();
    each.prop_map(|settings| settings.into_iter().flatten().collect())
}

proptest! {
    #[test]
    fn a_printed_configuration_is_accepted_and_is_the_same(settings in some_settings()) {
        let mut layers = layers(&[]);
        // What has to fit another setting is looked at elsewhere.
        let fit = ["peers", "bus.tls", "bus.ca", "bus.certificate", "bus.key", "bus.user", "bus.password"];
        let alone = |name: &str| !fit.contains(&name);
        for (name, value) in settings.into_iter().filter(|(name, _)| alone(name)) {
            layers.set(&name.into(), value, Origin::Flag("--test".into())).unwrap();
        }
        // Whether production takes it is a rule's affair, and so is what replicas need; not one of printing.
        layers.set(&"server.profile".into(), "development".into(), Origin::Default).unwrap();
        layers.set(&"server.replicas".into(), false.into(), Origin::Default).unwrap();
        let config: Config = layers.extract().unwrap();
        config.check(&layers, Purpose::Look).unwrap();

        for with_secrets in [true, false] {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("printed.yaml");
            fs::write(&file, layers.print(with_secrets)).unwrap();
            let again = Config::layers(Some(&file), &Environment::default()).unwrap();
            let read: Config = again.extract().unwrap();
            read.check(&again, Purpose::Look).unwrap();
            if with_secrets {
                read.check(&again, Purpose::Run).unwrap();
                prop_assert_eq!(json!(read), json!(config));
            }
        }
    }
}

#[test]
fn kafka_is_spoken_to_by_tls_in_production_and_its_settings_come_together() {
    let brokers = ("KAFKA_BROKERS", "kafka:9092");
    let tls = ("STREAMVERSE_BUS__TLS", "true");
    let ca = ("STREAMVERSE_BUS__CA", "/ca.crt");
    let certificate = ("STREAMVERSE_BUS__CERTIFICATE", "/tls.crt");
    let key = ("STREAMVERSE_BUS__KEY", "/tls.key");
    let user = ("STREAMVERSE_BUS__USER", "sv");
    let password = ("STREAMVERSE_BUS__PASSWORD", "sesame");
    let refused = in_production(&[brokers]);
    assert!(
        refused
            .iter()
            .any(|told| told.starts_with("bus.kafka_brokers") && told.contains("bus.tls (Kafka)")),
        "{refused:?}"
    );
    let all = [brokers, tls, ca, certificate, key, user, password];
    assert_eq!(in_production(&all), Vec::<String>::new());
    for (given, told) in [
        (
            &[brokers, ca][..],
            "bus.ca means nothing where TLS is not spoken; set bus.tls to true",
        ),
        (
            &[brokers, tls, key],
            "bus.certificate and bus.key are given together, or neither is",
        ),
        (
            &[brokers, tls, user],
            "bus.user and bus.password are given together, or neither is",
        ),
    ] {
        assert_eq!(problems(given), [told]);
    }
    let unknown = layers(&[("STREAMVERSE_BUS__MECHANISM", "gssapi")]);
    let refused = Config::read(&unknown).unwrap_err().to_string();
    assert!(
        refused.contains("scram-sha-512, scram-sha-256") && refused.contains("bus.mechanism"),
        "{refused}"
    );
    let shown = layers(&[user, password]).print(false);
    assert!(!shown.contains("sesame"), "{shown}");
}

#[test]
fn what_is_in_vault_is_asked_for_by_settings_that_are_not() {
    let read = |env: &[(&str, &str)]| {
        let env = Environment::of(env.iter().copied());
        Config::layers(None, &env).unwrap_err().to_string()
    };
    let pepper = (
        "STREAMVERSE_AUTH__PEPPER_VAULT",
        "kv/streamverse/auth#pepper",
    );
    let address = ("VAULT_ADDR", "http://vault.example.com:8200");
    let token = ("VAULT_TOKEN", "hvs.sesame");
    for (env, said) in [
        (
            &[pepper][..],
            "vault.address (VAULT_ADDR) says where Vault is",
        ),
        (
            &[pepper, address],
            "VAULT_TOKEN_FILE) or vault.kubernetes_role",
        ),
        (
            &[pepper, address, token, ("NODE_ENV", "production")],
            "production asks by https:// only",
        ),
    ] {
        let told = read(env);
        assert!(told.contains(said) && !told.contains("sesame"), "{told}");
    }
    for (address, said) in [
        ("https://sesame@vault:8200", "names a user"),
        ("https://sv:sesame@vault:8200", "names a user"),
        ("https://vault:8200/?namespace=sesame", "has a query"),
        ("https://vault:8200#sesame", "has a query or a fragment"),
        ("vault", "is no address such as"),
    ] {
        let address = ("STREAMVERSE_VAULT__ADDRESS", address);
        let told = read(&[pepper, token, address]);
        assert!(
            told.contains("vault.address (VAULT_ADDR)") && told.contains(said),
            "{told}"
        );
        assert!(!told.contains("sesame"), "{told}");
        // Also where nothing is asked for.
        let told = problems(&[address]).join("; ");
        assert!(told.contains(said), "{told}");
    }
    // Without a variable that asks for something, nobody is asked.
    let shown = layers(&[address, token]).print(false);
    assert!(
        shown.contains("vault.example.com") && !shown.contains("sesame"),
        "{shown}"
    );
}

/// The program's own way to a secret, through what `run` reads.
#[cfg(feature = "production")]
#[test]
fn a_secret_of_vault_becomes_the_setting() {
    use std::io::{Read as _, Write as _};
    let vault = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", vault.local_addr().unwrap());
    let answers = std::thread::spawn(move || {
        let (mut stream, _) = vault.accept().unwrap();
        let mut asked = [0; 4096];
        let read = stream.read(&mut asked).unwrap();
        let body =
            json!({"data": {"data": {"pepper": "p".repeat(32)}, "metadata": {}}}).to_string();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all((head + &body).as_bytes()).unwrap();
        String::from_utf8_lossy(&asked[..read]).into_owned()
    });
    let layers = layers(&[
        ("VAULT_ADDR", &*address),
        ("VAULT_TOKEN", "hvs.sesame"),
        (
            "STREAMVERSE_AUTH__PEPPER_VAULT",
            "kv/streamverse/auth#pepper",
        ),
    ]);
    let asked = answers.join().unwrap();
    assert!(
        asked.starts_with("GET /v1/kv/data/streamverse/auth HTTP/1.1"),
        "{asked}"
    );
    let pepper = SettingPath::from("auth.pepper");
    assert_eq!(layers.get(&pepper), Some(&"p".repeat(32).into()));
    let origin = layers.origin(&pepper).to_string();
    assert!(
        origin.contains("STREAMVERSE_AUTH__PEPPER_VAULT"),
        "{origin}"
    );
}

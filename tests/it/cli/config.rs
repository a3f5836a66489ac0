//! `config print` and `config check`: layers, origins, masks, refusals (CFG-1, CFG-2, SEC-6).

use super::{Desk, repository};

#[test]
fn every_setting_is_printed_with_its_origin_and_no_secret() {
    let desk = Desk::new()
        .with("JWT_SECRET", "sesame")
        .with("DATABASE_URL", "postgres://sv:sesame@db/sv")
        .with(
            "STREAMVERSE_INDEX__OPENSEARCH_URL",
            "https://sv:sesame@search:9200",
        )
        .with("REDIS_URL", "rediss://:sesame@cache:6380/1")
        .with(
            "STREAMVERSE_EDGE__CORS__ORIGINS",
            r#"["https://app.example.com"]"#,
        );
    let file = desk.file(
        "sv.yaml",
        "edge:\n  gzip: false\nusers: {max_profiles: 3}\n",
    );
    let printed = desk
        .run(&["config", "print", "--config", &file, "--data-dir", "mine"])
        .ok();
    assert!(!printed.contains("sesame"), "{printed}");
    for line in [
        r#"jwt_secret: "***" # variable JWT_SECRET"#.to_owned(),
        r#"url: "postgres://sv:***@db/sv" # variable DATABASE_URL"#.to_owned(),
        r#"opensearch_url: "https://sv:***@search:9200" # variable STREAMVERSE_INDEX__OPENSEARCH_URL"#
            .to_owned(),
        r#"redis_url: "rediss://:***@cache:6380/1" # variable REDIS_URL"#.to_owned(),
        r#"origins: ["https://app.example.com"] # variable STREAMVERSE_EDGE__CORS__ORIGINS"#
            .to_owned(),
        format!("gzip: false # file {file}"),
        format!("max_profiles: 3 # file {file}"),
        r#"data_dir: "mine" # option --data-dir"#.to_owned(),
        r#"listen: "127.0.0.1:3000" # default"#.to_owned(),
    ] {
        assert!(printed.contains(&line), "{line}\n{printed}");
    }
    let origins = printed.lines().filter(|line| !line.ends_with(':'));
    for line in origins {
        assert!(line.contains(" # "), "no origin: {line}");
    }
}

#[test]
fn what_is_printed_is_a_configuration() {
    let desk = Desk::new()
        .with("AUTH_SERVICE_URL", "http://auth:9081")
        .with("SEARCH_SERVICE_URL", "http://search:9090")
        .with("DATABASE_URL", "postgres://sv:sesame@db/sv")
        .with("NATS_URL", "nats://localhost");
    let tenants = "edge: {tenants: {www.example.com: acme, tv.example.com: acme}}\n";
    let file = desk.file("sv.yaml", tenants);
    let printed = desk.run(&["config", "print", "--config", &file]).ok();
    assert!(!printed.contains("sesame"), "{printed}");
    let plain = Desk::new();
    let masked = plain.file("masked.yaml", &printed);
    let told = plain.run(&["config", "check", "--config", &masked]).ok();
    assert!(
        told.starts_with("the configuration can be used in development\nnote  store.url holds the mask of a printed secret;"),
        "{told}"
    );
    // A server does not start with masks for secrets.
    let said = plain.run(&["run", "--config", &masked]).failed();
    assert!(
        said.contains(
            "\n  store.url: it holds the mask of a printed secret; give the secret itself"
        ),
        "{said}"
    );

    let words = ["config", "print", "--with-secrets", "--config"];
    let whole = desk.run(&[&words[..], &[&file]].concat()).ok();
    let again = plain.file("whole.yaml", &whole);
    let again = plain.run(&[&words[..], &[&again]].concat()).ok();
    // The same but for where it came from.
    let values = |text: &str| -> Vec<String> {
        let settings = text.lines().filter(|line| !line.starts_with('#'));
        settings
            .map(|line| line.split(" # ").next().unwrap().to_owned())
            .filter(|line| !line.contains("data_dir"))
            .collect()
    };
    assert_eq!(values(&again), values(&whole));
    assert!(
        whole.contains("    www.example.com: \"acme\"")
            || whole.contains("    \"www.example.com\": \"acme\""),
        "{whole}"
    );
}

#[test]
fn several_peers_and_keys_with_dots_can_be_configured() {
    let desk = Desk::new()
        .with("AUTH_SERVICE_URL", "http://auth:9081")
        .with("STREAMVERSE_PEERS__USERS", "http://users:9082")
        .with(
            "STREAMVERSE_EDGE__TENANTS",
            r#"{"tv.example.org": "other"}"#,
        );
    let text = "peers:\n  search: http://search:9090\n  rights: http://rights:9097\n\
                edge:\n  tenants:\n    www.example.com: acme\n";
    let file = desk.file("sv.yaml", text);
    let printed = desk.run(&["config", "print", "--config", &file]).ok();
    for line in [
        r#"  auth: "http://auth:9081" # variable AUTH_SERVICE_URL"#.to_owned(),
        r#"  users: "http://users:9082" # variable STREAMVERSE_PEERS__USERS"#.to_owned(),
        format!(r#"  search: "http://search:9090" # file {file}"#),
        format!(r#"  rights: "http://rights:9097" # file {file}"#),
        format!(r#"    "www.example.com": "acme" # file {file}"#),
        r#"    "tv.example.org": "other" # variable STREAMVERSE_EDGE__TENANTS"#.to_owned(),
    ] {
        assert!(printed.contains(&line), "{line}\n{printed}");
    }
    desk.run(&["config", "check", "--config", &file]).ok();
}

#[test]
fn names_that_mean_nothing_here_are_told() {
    let desk = Desk::new()
        .with("SENDGRID_API_KEY", "x")
        .with("CHAT_SERVICE_URL", "http://localhost:3003");
    let printed = desk.run(&["config", "print"]).ok();
    assert!(
        printed.starts_with(
            "# CHAT_SERVICE_URL is set but not used: there is no service chat\n\
             # SENDGRID_API_KEY is set but not used: mails go by SMTP"
        ),
        "{printed}"
    );
    let told = desk.run(&["doctor"]).ok();
    assert!(
        told.contains("note  SENDGRID_API_KEY is set but not used: "),
        "{told}"
    );
}

#[test]
fn the_names_that_operators_know_are_honoured() {
    let desk = Desk::new()
        .with("PORT", "8080")
        .with("NODE_ENV", "test")
        .with("KAFKA_BROKERS", "kafka:9092")
        .with("OPENSEARCH_URL", "http://search:9200")
        .with("REDIS_URL", "redis://cache:6379")
        .with("JWT_EXPIRES_IN", "12h")
        .with("LOG_LEVEL", "debug")
        .with("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317")
        .with("SEARCH_SERVICE_URL", "http://search:9090");
    let printed = desk.run(&["config", "print"]).ok();
    for line in [
        r#"listen: "127.0.0.1:8080" # variable PORT"#,
        r#"profile: "development" # variable NODE_ENV"#,
        r#"kafka_brokers: "kafka:9092" # variable KAFKA_BROKERS"#,
        r#"opensearch_url: "http://search:9200" # variable OPENSEARCH_URL"#,
        r#"redis_url: "redis://cache:6379" # variable REDIS_URL"#,
        r"access_token_seconds: 43200 # variable JWT_EXPIRES_IN",
        r#"log_level: "debug" # variable LOG_LEVEL"#,
        r#"otlp_endpoint: "http://collector:4317" # variable OTEL_EXPORTER_OTLP_ENDPOINT"#,
        r#"search: "http://search:9090" # variable SEARCH_SERVICE_URL"#,
    ] {
        assert!(printed.contains(line), "{line}\n{printed}");
    }
}

#[test]
fn later_layers_win() {
    let desk = Desk::new();
    let file = desk.file("sv.yaml", "server: {listen: '127.0.0.1:1'}\n");
    let print = |desk: &Desk| desk.run(&["config", "print", "--config", &file]).ok();
    assert!(print(&desk).contains(&format!(r#"listen: "127.0.0.1:1" # file {file}"#)));
    let desk = desk.with("STREAMVERSE_SERVER__LISTEN", "127.0.0.1:2");
    let wanted = r#"listen: "127.0.0.1:2" # variable STREAMVERSE_SERVER__LISTEN"#;
    assert!(print(&desk).contains(wanted));
    // The file may be named by the surroundings, too.
    let desk = Desk::new().with("STREAMVERSE_CONFIG", &file);
    assert!(desk.run(&["config", "print"]).ok().contains("127.0.0.1:1"));
}

#[test]
fn a_file_that_cannot_be_used_is_refused_with_the_place() {
    let desk = Desk::new();
    for (text, complaint) in [
        (
            "edge:\n  prot: 1\n",
            "setting edge.prot (file sv.yaml): there is no such setting; here are anonymous_browse,",
        ),
        (
            "egde: {}\n",
            "setting egde (file sv.yaml): there is no such setting; here are admin, auth, blobs, bus,",
        ),
        (
            "edge: [\n",
            "sv.yaml is not YAML: did not find expected node content at line 2 column 1",
        ),
        (
            "hello\n",
            "sv.yaml must hold sections such as `edge:` at its top level",
        ),
        (
            "edge: {gzip: true}\nedge: {gzip: false}\n",
            "sv.yaml is not YAML: duplicate entry with key \"edge\"",
        ),
        (
            "server: {listen: nope}\n",
            "the configuration cannot be used:\n  server.listen (file sv.yaml): \"nope\" is not an address such as 127.0.0.1:3000 or localhost:3000",
        ),
        (
            "server: {demo: 7}\n",
            "setting server.demo (file sv.yaml): invalid type: integer `7`, expected a boolean",
        ),
        (
            "server: {profile: staging}\n",
            "the configuration cannot be used:\n  server.profile (file sv.yaml): \"staging\" is not one of development, production",
        ),
    ] {
        desk.file("sv.yaml", text);
        let said = desk
            .run(&["config", "check", "--config", "sv.yaml"])
            .failed();
        assert!(
            said.starts_with(&format!("error: {complaint}")),
            "{text:?}: {said}"
        );
    }
    let said = desk
        .run(&["config", "check", "--config", "missing.yaml"])
        .failed();
    let wanted = "error: cannot read the configuration file missing.yaml\n  because No such file";
    assert!(said.starts_with(wanted), "{said}");
}

#[test]
fn what_cannot_work_is_refused_before_anything_starts() {
    for (variable, value, complaint) in [
        (
            "PORT",
            "high",
            "setting server.listen (variable PORT): must be a port number",
        ),
        (
            "NODE_ENV",
            "staging",
            "setting server.profile (variable NODE_ENV): must be development, test or production",
        ),
        (
            "JWT_EXPIRES_IN",
            "1 week",
            "setting auth.access_token_seconds (variable JWT_EXPIRES_IN): must be seconds, or a number with s, m, h or d",
        ),
        (
            "DATABASE_URL",
            "mysql://x",
            "setting store.url (variable DATABASE_URL): must be postgres://user:password@host:port/database",
        ),
        (
            "STREAMVERSE_EDGE__GZIPP",
            "1",
            "setting edge.gzipp (variable STREAMVERSE_EDGE__GZIPP): there is no such setting",
        ),
        (
            "LOG_LEVEL",
            "info=loud",
            "the configuration cannot be used:\n  telemetry.log_level (variable LOG_LEVEL): \"info=loud\" is not a filter",
        ),
        (
            "RUST_LOG",
            "loud",
            "the configuration cannot be used:\n  telemetry.log_level (variable RUST_LOG): \"loud\" is not a filter",
        ),
        (
            "STREAMVERSE_AUTH__BCRYPT_COST",
            "3",
            "the configuration cannot be used:\n  auth.bcrypt_cost (variable STREAMVERSE_AUTH__BCRYPT_COST): 3 is not from 4 to 16",
        ),
        (
            "STREAMVERSE_EDGE__MAX_URI_BYTES",
            "10",
            "the configuration cannot be used:\n  edge.max_uri_bytes (variable STREAMVERSE_EDGE__MAX_URI_BYTES): 10 is not from 256 to 65536",
        ),
        (
            "JWT_EXPIRES_IN",
            "18446744073709551615",
            "the configuration cannot be used:\n  auth.access_token_seconds (variable JWT_EXPIRES_IN): 18446744073709551615 is not from 1 to 2592000",
        ),
        (
            "STREAMVERSE_EDGE__CORS__ORIGINS",
            r#"["x"]"#,
            "the configuration cannot be used:\n  edge.cors.origins (variable STREAMVERSE_EDGE__CORS__ORIGINS): \"x\" is not an origin such as https://app.example.com",
        ),
        (
            "STREAMVERSE_EDGE__CONNECTIONS__IN_ALL",
            "0",
            "the configuration cannot be used:\n  edge.connections.in_all (variable STREAMVERSE_EDGE__CONNECTIONS__IN_ALL): 0 is not from 1 to 1000000",
        ),
        (
            "STREAMVERSE_PEERS__SERACH",
            "http://x:1",
            "the configuration cannot be used:\n  peers.serach (variable STREAMVERSE_PEERS__SERACH): \"serach\" is not the name of a service",
        ),
    ] {
        let desk = Desk::new().with(variable, value);
        for command in [
            &["config", "check"][..],
            &["run", "--listen", "127.0.0.1:0"],
        ] {
            let said = desk.run(command).failed();
            assert!(
                said.starts_with(&format!("error: {complaint}")),
                "{variable}: {said}"
            );
        }
        assert!(!desk.data.exists(), "{variable}: nothing was made");
    }
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_text_is_refused_by_its_name_and_strangers_are_let_be() {
    use std::os::unix::ffi::OsStrExt as _;
    let bytes = std::ffi::OsStr::from_bytes(&[0xFF, 0xFE]);
    let desk = Desk::new();
    let check = |variable: &str| {
        let mut command = desk.command(&["config", "check"]);
        super::Ended::of(&crate::harness::output(command.env(variable, bytes), None))
    };
    for ours in [
        "STREAMVERSE_AUTH__PEPPER",
        "JWT_SECRET",
        "PORT",
        "AUTH_SERVICE_URL",
    ] {
        let said = check(ours).failed();
        assert!(
            said.starts_with(&format!("error: {ours}: the environment holds bytes")),
            "{said}"
        );
    }
    check("LS_COLORS").ok();
}

#[test]
fn production_refuses_what_is_only_safe_at_a_desk() {
    let desk = Desk::new()
        .with("NODE_ENV", "production")
        .with("JWT_SECRET", "sesame")
        .with("STREAMVERSE_SERVER__DEMO", "true");
    for command in [&["config", "check"][..], &["run"]] {
        let said = desk.run(command).failed();
        for refused in [
            "\n  auth.jwt_secret (variable JWT_SECRET): production refuses tokens signed by a shared secret",
            "\n  auth.jwt_secret (variable JWT_SECRET): production refuses a secret shorter than 32 bytes",
            "\n  server.demo (variable STREAMVERSE_SERVER__DEMO): production refuses demonstration data",
            "\n  payments.provider (default): production refuses a payment provider that moves no money; set it to stripe, or to none: nothing is sold, and what was sold before goes on",
            "\n  server.listen (default): production refuses a start that does not say where to listen",
        ] {
            assert!(said.contains(refused), "{refused}\n{said}");
        }
        assert!(!said.contains("sesame"), "{said}");
        assert!(!desk.data.exists(), "nothing was made");
    }
}

#[test]
fn the_check_prints_the_list_of_the_docs_with_what_production_would_refuse() {
    let told = Desk::new().run(&["config", "check"]).ok();
    let (_, list) = told.split_once("of these settings:\n").unwrap();
    let docs = repository("docs/operations/configuration.md");
    let begin = "<!-- the list of server/src/config/production.rs; UPDATE=1 writes it -->\n";
    let (_, docs) = docs.split_once(begin).unwrap();
    let (docs, _) = docs.split_once("<!-- end of the list -->\n").unwrap();
    let docs: Vec<_> = docs
        .lines()
        .map(|line| line.strip_prefix("- ").unwrap())
        .collect();
    let (mut rules, mut refused) = (Vec::new(), Vec::new());
    for line in list.lines() {
        let (mark, rule) = line.split_at(9);
        rules.push(rule);
        if mark == "REFUSED  " {
            refused.push(rule.split(':').next().unwrap());
        }
    }
    assert_eq!(refused, ["payments.provider", "server.listen"], "{told}");
    assert_eq!(docs, rules);
}

#[test]
fn a_server_starts_in_production_as_the_docs_say() {
    let desk = Desk::new()
        .with("NODE_ENV", "production")
        .with("PORT", "3000")
        .with("STREAMVERSE_SERVER__BEHIND", "proxy")
        .with("STREAMVERSE_EDGE__TRUSTED_PROXIES", "1")
        .with("STREAMVERSE_PAYMENTS__PROVIDER", "none");
    let told = desk.run(&["config", "check"]).ok();
    assert!(
        told.starts_with("the configuration can be used in production\n"),
        "{told}"
    );
    let (_, list) = told.split_once("of these settings:\n").unwrap();
    assert!(!list.contains("REFUSED"), "{told}");
}

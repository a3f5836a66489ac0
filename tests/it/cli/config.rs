//! `config print` and `config check`: layers, origins, masks, refusals (CFG-1, CFG-2, SEC-6).

use super::Desk;

#[test]
fn every_setting_is_printed_with_its_origin_and_no_secret() {
    let desk = Desk::new()
        .with("JWT_SECRET", "sesame")
        .with("DATABASE_URL", "postgres://sv:sesame@db/sv")
        .with(
            "STREAMVERSE_INDEX__OPENSEARCH_URL",
            "https://sv:sesame@search:9200",
        )
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
        r#"origins: ["https://app.example.com"] # variable STREAMVERSE_EDGE__CORS__ORIGINS"#
            .to_owned(),
        format!("gzip: false # file {file}"),
        format!("max_profiles: 3 # file {file}"),
        r#"data_dir: "mine" # option --data-dir"#.to_owned(),
        r#"listen: "0.0.0.0:3000" # default"#.to_owned(),
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
    let desk = Desk::new();
    let printed = desk.run(&["config", "print"]).ok();
    let file = desk.file("printed.yaml", &printed);
    assert_eq!(
        desk.run(&["config", "check", "--config", &file]).ok(),
        "the configuration can be used\n"
    );
}

#[test]
fn the_names_that_operators_know_are_honoured() {
    let desk = Desk::new()
        .with("PORT", "8080")
        .with("NODE_ENV", "test")
        .with("KAFKA_BROKERS", "kafka:9092")
        .with("OPENSEARCH_URL", "http://search:9200")
        .with("JWT_EXPIRES_IN", "12h")
        .with("LOG_LEVEL", "debug")
        .with("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317")
        .with("SEARCH_SERVICE_URL", "http://search:9090");
    let printed = desk.run(&["config", "print"]).ok();
    for line in [
        r#"listen: "0.0.0.0:8080" # variable PORT"#,
        r#"profile: "development" # variable NODE_ENV"#,
        r#"kafka_brokers: "kafka:9092" # variable KAFKA_BROKERS"#,
        r#"opensearch_url: "http://search:9200" # variable OPENSEARCH_URL"#,
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
            "setting egde (file sv.yaml): there is no such setting; here are auth, bus, edge,",
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
            "server: {listen: nope}\n",
            "setting server.listen (file sv.yaml): invalid socket address",
        ),
        (
            "server: {demo: 7}\n",
            "setting server.demo (file sv.yaml): invalid type: integer `7`, expected a boolean",
        ),
        (
            "server: {profile: staging}\n",
            "setting server.profile (file sv.yaml): unknown variant `staging`, expected `development` or `production`",
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
            "the configuration cannot be used:\n  telemetry.log_level \"info=loud\" is not a filter",
        ),
        (
            "STREAMVERSE_EDGE__CORS__ORIGINS",
            r#"["x"]"#,
            "the configuration cannot be used:\n  edge.cors.origins: \"x\" is no origin such as https://app.example.com",
        ),
        (
            "STREAMVERSE_EDGE__CONNECTIONS__IN_ALL",
            "0",
            "the configuration cannot be used:\n  edge.connections.in_all: must not be 0",
        ),
        (
            "STREAMVERSE_PEERS__SERACH",
            "http://x:1",
            "the configuration cannot be used:\n  peers.serach: there is no such service; there are auth,",
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

#[test]
fn production_refuses_what_is_only_safe_at_a_desk() {
    let desk = Desk::new()
        .with("NODE_ENV", "production")
        .with("JWT_SECRET", "sesame")
        .with("STREAMVERSE_SERVER__DEMO", "true");
    let said = desk.run(&["config", "check"]).failed();
    assert!(
        said.contains("\n  auth.jwt_secret: production signs with RSA keys; unset JWT_SECRET")
            && said.contains("\n  server.demo: demonstration data has no place in production")
            && !said.contains("sesame"),
        "{said}"
    );
}

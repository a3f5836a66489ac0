//! `import catalog`: reports, repetition, files that are no catalogue, and the two ways in.

use serde_json::{Value, json};

use super::Desk;
use crate::harness::{Answer, Client, Deployment};

/// Two films, a row without a title, and a row twice.
const FILMS: &str = r#"[
  {"Title": "The Glass Harbour", "Release Date": "Jun 12 1998", "Major Genre": "Drama"},
  {"Title": 1408, "Release Date": "Jun 22 2007"},
  {"Release Date": "Jun 22 2007"},
  {"Title": "The Glass Harbour", "Release Date": "Jun 12 1998"}
]"#;

#[test]
fn a_dry_run_tells_what_the_import_then_does_once() {
    let desk = Desk::installed();
    let file = desk.file("films.json", FILMS);
    let rows = "row 2 (line 3) changed TITLE_WAS_NUMBER `1408`, Title: the number 1408 became a text\n\
        row 3 (line 4) refused TITLE_MISSING, Title: there is no column `Title`, only `Release Date`; \
        give the film a title\n\
        row 4 (line 5) refused ROW_TWICE `The Glass Harbour`: another row of the file has the same \
        title and date; keep one\n\
        known columns: Title, Release Date, MPAA Rating, Running Time min, Distributor, Major Genre, Director, \
        Production Budget, US Gross, Worldwide Gross, US DVD Sales, Source, Creative Type, IMDB Rating, IMDB Votes, \
        Rotten Tomatoes Rating; docs/catalogues.md says more\n";
    let dry = desk.run(&["import", "catalog", &file, "--dry-run"]).ok();
    let sum = "read 4, would be created 2, would be updated 0, unchanged 0, refused 2\n";
    assert_eq!(dry, format!("{rows}{sum}"));

    let import = ["import", "catalog", &file, "--output", "json"];
    let count = |report: &Value| {
        ["created", "updated", "unchanged", "refused"].map(|k| report[k].as_i64().unwrap())
    };
    let first: Value = serde_json::from_str(&desk.run(&import).ok()).unwrap();
    assert_eq!(
        (count(&first), &first["dryRun"]),
        ([2, 0, 0, 2], &json!(false))
    );
    assert_eq!(first["findings"][1]["finding"], "TITLE_MISSING", "{first}");
    assert_eq!(first["knownColumns"][1], "Release Date", "{first}");
    let help = desk.run(&["import", "catalog", "--help"]).ok();
    assert!(
        help.contains("Columns of a film: Title, Release Date, "),
        "{help}"
    );
    let again: Value = serde_json::from_str(&desk.run(&import).ok()).unwrap();
    assert_eq!(count(&again), [0, 0, 2, 2]);
    let changed = FILMS.replace("\"Drama\"", "\"Comedy\"");
    desk.file("films.json", &changed);
    let updated: Value = serde_json::from_str(&desk.run(&import).ok()).unwrap();
    assert_eq!(count(&updated), [0, 1, 1, 2]);
}

#[test]
fn a_running_server_takes_the_import_and_shows_it() {
    for groups in [
        &["all"][..],
        &[
            "auth,users,payments,admin",
            "content,livetv,search,rights,streaming",
            "edge",
        ],
    ] {
        let deployment = Deployment::start(groups, &[]);
        let desk = Desk::at(&deployment);
        let file = desk.file("films.json", FILMS);
        let told = desk.run(&["import", "catalog", &file]).ok();
        assert!(
            told.ends_with("read 4, created 2, updated 0, unchanged 0, refused 2\n"),
            "{told}"
        );
        let mut viewer = Client::new(&deployment.edge);
        viewer.register("ana@example.org");
        let found = |answer: &Answer| {
            answer.status == 200
                && answer.json()["data"]["items"][0]["title"] == "The Glass Harbour"
        };
        viewer.until("/search/global?q=glas%20harb", found);
    }
}

#[test]
fn what_is_no_catalogue_is_refused_by_name_and_place_and_nothing_is_imported() {
    let desk = Desk::installed();
    let huge = format!(
        r#"[{{"Title": "A"}}, {{"Title": "{}"}}]"#,
        "x".repeat(300 * 1024)
    );
    let deep = format!(r#"[{{"Title": {}1{}}}]"#, "[".repeat(40), "]".repeat(40));
    for (text, complaint) in [
        (
            "",
            "the file is empty; a catalogue is a JSON array of films, an object with one such array, \
             or one film a line",
        ),
        (
            "hello",
            "line 1: the file starts with `h`, not with `[` or `{`; a catalogue is a JSON array of films",
        ),
        (
            "{\"Title\": \"A\"},\n{\"Title\": \"B\"}",
            "line 1: `,` stands at row 2 where a film or the end of the file belongs",
        ),
        (
            "[{\"Title\": \"A\"},\n{",
            "line 2: the file ends within row 2; it was cut off, fetch it again",
        ),
        ("[{\"Title\": \"A\"}]x", "line 1: "),
        ("[{\"Title\": \"A\"},\n{\"Title\": nonsense}]", "line 2: "),
        (
            &huge,
            "line 1: row 2 is longer than 256 KiB; a row is one film",
        ),
        (
            &deep,
            "line 1: row 1 is nested deeper than 16 levels; a row is one film",
        ),
    ] {
        let file = desk.file("films.json", text);
        let said = desk.run(&["import", "catalog", &file]).failed();
        assert!(
            said.starts_with(&format!("error: {file}: {complaint}")),
            "{said}"
        );
    }
    let good = desk.file("films.json", FILMS);
    let dry = desk.run(&["import", "catalog", &good, "--dry-run"]).ok();
    assert!(
        dry.contains("would be created 2, would be updated 0, unchanged 0"),
        "{dry}"
    );

    let missing = desk.run(&["import", "catalog", "missing.json"]).failed();
    assert_eq!(
        missing,
        "error: cannot read missing.json: No such file or directory (os error 2)\n"
    );
    let folder = desk.run(&["import", "catalog", "."]).failed();
    assert_eq!(folder, "error: cannot read .: is a directory\n");
}

#[test]
fn an_empty_catalogue_is_one() {
    let desk = Desk::installed();
    let file = desk.file("films.json", "[]");
    assert_eq!(
        desk.run(&["import", "catalog", &file]).ok(),
        "read 0, created 0, updated 0, unchanged 0, refused 0\n"
    );
}

#[test]
fn a_catalogue_of_which_no_row_is_taken_is_an_error_with_its_report() {
    let desk = Desk::installed();
    let file = desk.file(
        "bad.json",
        r#"[{"Title":""},{"Release Date":"2001-01-01"}]"#,
    );
    for dry in [&[][..], &["--dry-run"]] {
        let ended = desk.run(&[&["import", "catalog", &file], dry].concat());
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(ended.out.contains("row 1 (line 1) refused TITLE_MISSING"));
        assert!(
            ended
                .out
                .contains("there is no column `Title`, only `Release Date`")
        );
        assert!(ended.out.trim_end().ends_with("refused 2"), "{ended:?}");
        assert_eq!(
            ended.errors,
            "error: no film was imported: all 2 rows were refused; the report says why\n"
        );
    }
    let ended = desk.run(&["import", "catalog", &file, "--output", "json"]);
    let report: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!((ended.code, &report["refused"]), (Some(1), &json!(2)));
}

#[test]
fn a_folder_without_an_installation_is_an_error_and_stays_as_it_is() {
    let desk = Desk::new();
    let file = desk.file("films.json", FILMS);
    for command in [
        &["import", "catalog", &file][..],
        &["import", "catalog", &file, "--dry-run"],
        &["import", "media", &file, "--content", "x"],
        &["search", "rebuild"],
        &["dead-letters", "list"],
        &["dead-letters", "replay", "--all"],
        &[
            "admin",
            "grant",
            "--email",
            "root@example.org",
            "--keep-password",
            "--yes",
        ],
        &[
            "admin",
            "create",
            "--email",
            "root@example.org",
            "--password-file",
            &file,
        ],
    ] {
        let said = desk.run(command).failed();
        assert!(
            said.starts_with("error: there is no installation in the data folder ")
                && said.contains("--data-dir"),
            "{said}"
        );
        assert!(!desk.data.exists(), "{command:?}");
    }
    desk.run(&["migrate", "--dry-run"]).ok();
    let said = desk.run(&["doctor", "--accept-lost", "users"]).failed();
    assert!(
        said.starts_with("error: there is no data folder "),
        "{said}"
    );
    assert!(!desk.data.exists());
}

#[test]
fn other_forms_of_a_catalogue_are_read() {
    let desk = Desk::installed();
    for (name, text, films) in [
        (
            "lines.ndjson",
            "{\"Title\":\"One\"}\n{\"Title\":\"Two\"}\n",
            2,
        ),
        ("wrapped.json", r#"{"movies":[{"Title":"Wrapped"}]}"#, 1),
        ("bom.json", "\u{feff}[{\"Title\":\"Bom\"}]", 1),
        ("lower.json", r#"[{"title":"Lower"}]"#, 1),
    ] {
        let file = desk.file(name, text);
        let told = desk.run(&["import", "catalog", &file]).ok();
        let sum = format!("read {films}, created {films}, updated 0, unchanged 0, refused 0\n");
        assert_eq!(told, sum, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_device_is_refused_at_once_instead_of_waited_for() {
    let desk = Desk::installed();
    let pipe = desk.files.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    for file in [pipe.to_str().unwrap(), "/dev/zero"] {
        let said = desk.run(&["import", "catalog", file]).failed();
        assert!(said.contains("it is a pipe or a device"), "{said}");
    }
}

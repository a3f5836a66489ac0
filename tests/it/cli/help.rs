//! `--help`, `--version`, and what is no command.

use super::Desk;

/// Every command, with what it must be given.
const COMMANDS: [(&str, &str); 22] = [
    ("run", ""),
    ("edge", "--descriptor-set <FILE> --upstream <[SERVICE=]URL>"),
    ("import catalog", "<FILE>"),
    ("import media", "<FILE>"),
    ("admin create", "--email <EMAIL>"),
    ("migrate", ""),
    ("search rebuild", ""),
    ("dead-letters list", ""),
    ("dead-letters show", "<ID>"),
    ("dead-letters replay", "ID"),
    ("dead-letters drop", "ID"),
    ("keys generate", "--dir <DIR>"),
    ("keys list", ""),
    ("keys rotate", ""),
    ("keys retire", "<KID>"),
    ("certs dev", ""),
    ("config print", ""),
    ("config check", ""),
    ("policy matrix", ""),
    ("openapi", ""),
    ("doctor", ""),
    ("health", ""),
];

#[test]
fn every_command_explains_itself_and_each_of_its_options() {
    let desk = Desk::new();
    for (name, needs) in COMMANDS {
        let words: Vec<_> = name.split(' ').chain(["--help"]).collect();
        let help = desk.run(&words).ok();
        let (about, rest) = help.split_once("\n\n").unwrap();
        assert!(about.len() > 20, "{help}");
        let usage = rest.lines().next().unwrap();
        assert!(
            usage.starts_with(&format!("Usage: streamverse {name}")) && usage.contains(needs),
            "{help}"
        );
        let entry = |line: &&str| {
            let line = line.trim_start();
            line.starts_with('-') || line.starts_with('<')
        };
        for option in rest.lines().skip(1).filter(entry) {
            let explained = option.trim_start().split_once("  ").is_some();
            assert!(explained, "{name}: nothing is said of {option:?}");
        }
        assert!(help.lines().all(|line| line.len() <= 100), "{help}");
        assert!(!desk.data.exists(), "asking for help makes nothing");
    }
}

#[test]
fn the_first_page_lists_every_command() {
    let page = Desk::new().run(&["--help"]).ok();
    for (name, _) in COMMANDS {
        let first = name.split(' ').next().unwrap();
        assert!(page.contains(&format!("\n  {first} ")), "{name}: {page}");
    }
    // Who types nothing sees the same page, as a complaint.
    assert_eq!(Desk::new().run(&[]).misunderstood(), page);
}

#[test]
fn the_options_of_the_thread_are_taken() {
    let desk = Desk::new();
    let help = |words: &str| {
        let words: Vec<_> = words.split(' ').chain(["--help"]).collect();
        // Where a line ends is not the point.
        let page = desk.run(&words).ok();
        page.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let takes = |page: &str, options: &[&str]| {
        for option in options {
            assert!(page.contains(option), "{option}: {page}");
        }
    };
    let place = ["--data-dir <DIR>", "--config <FILE>"];
    let run = help("run");
    takes(
        &run,
        &[
            "--services <LIST>",
            "--listen <ADDR>",
            "--ops-listen <ADDR>",
            "--demo",
        ],
    );
    takes(&run, &place);
    // The names that --services takes stand there.
    takes(
        &run,
        &["auth, users, content", "edge", "core, media, data, support"],
    );
    for import in ["import catalog", "import media"] {
        takes(&help(import), &["--dry-run", "--data-dir <DIR>"]);
    }
    takes(&help("import media"), &["--content <ID>"]);
}

#[test]
fn what_is_no_command_ends_with_2_and_says_where_help_is() {
    let desk = Desk::new();
    for words in [
        &["frobnicate"][..],
        &["run", "--frobnicate"],
        &["run", "--listen", "nonsense"],
        &["import", "catalog"],
        &["import", "media", "film.mp4"],
        &["import", "catalog", "x.json", "--output", "xml"],
        &["admin", "create"],
    ] {
        let complaint = desk.run(words).misunderstood();
        assert!(
            complaint.starts_with("error: ") && complaint.contains("--help"),
            "{words:?}: {complaint}"
        );
    }
    assert!(!desk.data.exists());
}

#[test]
fn the_version_is_one_line() {
    let version = Desk::new().run(&["--version"]).ok();
    assert_eq!(
        version,
        format!("streamverse {}\n", env!("CARGO_PKG_VERSION"))
    );
}

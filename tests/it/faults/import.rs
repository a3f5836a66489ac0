//! An import that is cut off and run again, until it comes to its end.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{
    KILLS,
    burst::wrong,
    editor,
    ledger::Ledger,
    moment,
    stored::{Film, films},
    unlimited,
};
use crate::harness::{Client, Deployment, Task};

/// How many films the last file has; several batches.
const FILMS: usize = 800;
/// How long a command may take to notice that its server is gone.
const TIMEOUT: Duration = Duration::from_secs(90);

/// C40: killed again and again while it fills a stopped folder.
#[test]
fn twenty_kills_of_an_import_leave_what_one_import_makes() {
    let mut deployment = stopped();
    let uninterrupted = uninterrupted(FILMS);
    let mut kills = Kills::within(uninterrupted.took);
    for kill in 0..KILLS {
        let file = catalogue(deployment.data.path(), kill, films_by(kill));
        let import = deployment.begin(&["import", "catalog", path(&file)]);
        kills.wait(import);
    }
    println!("{} imports were at work when the kill came", kills.hits);
    assert!(kills.hits > KILLS / 2, "too few to mean anything");
    comes_to_the_same(&mut deployment, &uninterrupted);
}

/// C40: the server is killed while it takes an import up. The import goes on with the next server,
/// or ends and is run again.
#[test]
fn twenty_kills_of_a_server_in_an_import_leave_what_one_import_makes() {
    let mut deployment = Deployment::start(&["all"], &unlimited());
    let uninterrupted = uninterrupted(FILMS);
    let mut kills = Kills::within(uninterrupted.took);
    for kill in 0..KILLS {
        let file = catalogue(deployment.data.path(), kill, films_by(kill));
        let import = deployment.begin(&["import", "catalog", path(&file)]);
        let left = kills.wait(import);
        deployment.kill();
        let started = deployment.try_start();
        if let Some(mut import) = left {
            let ended = import.ends_within(TIMEOUT);
            assert!(ended.is_some(), "an import whose server is gone ends");
        }
        // An import that found no server just then takes the folder for itself as long as it works.
        if started.is_err() {
            deployment.start_again();
        }
    }
    println!("{} imports were at work when the kill came", kills.hits);
    assert!(kills.hits > KILLS / 2, "too few to mean anything");
    deployment.kill();
    comes_to_the_same(&mut deployment, &uninterrupted);
}

/// Moments at which imports are cut off.
struct Kills {
    /// How long the last import took that came to its end.
    longest: Duration,
    /// How many were at work at their moment.
    hits: usize,
}

impl Kills {
    fn within(longest: Duration) -> Self {
        Self { longest, hits: 0 }
    }

    /// Waits until an import's moment, and returns the import if it has not ended before.
    fn wait(&mut self, mut import: Task) -> Option<Task> {
        let begin = Instant::now();
        if let Some(success) = import.ends_within(moment(self.longest)) {
            assert!(success, "an import that nobody disturbs succeeds");
            self.longest = begin.elapsed();
            return None;
        }
        self.hits += 1;
        Some(import)
    }
}

/// What an import makes that nobody cuts off.
struct Uninterrupted {
    films: Vec<Value>,
    /// How long it took.
    took: Duration,
}

/// Makes an installation that does not run.
fn stopped() -> Deployment {
    let deployment = Deployment::stopped(&["all"], &unlimited());
    deployment.command(&["migrate"]);
    deployment
}

fn uninterrupted(count: usize) -> Uninterrupted {
    let mut deployment = stopped();
    let file = catalogue(deployment.data.path(), KILLS, count);
    let begin = Instant::now();
    let report = import(&deployment, &file);
    let took = begin.elapsed();
    assert_eq!(report["created"], count, "{report}");
    deployment.start_again();
    Uninterrupted {
        films: facts(&films(&editor(&deployment))),
        took,
    }
}

/// Imports the last file to its end, into the stopped folder, and compares.
fn comes_to_the_same(deployment: &mut Deployment, uninterrupted: &Uninterrupted) {
    let file = catalogue(deployment.data.path(), KILLS, FILMS);
    import(deployment, &file);
    let again = import(deployment, &file);
    assert_eq!(
        (&again["created"], &again["updated"], &again["unchanged"]),
        (&json!(0), &json!(0), &json!(FILMS)),
        "{again}"
    );
    deployment.start_again();
    let client: Client = editor(deployment);
    let made = films(&client);
    assert_eq!(facts(&made).len(), uninterrupted.films.len());
    assert!(
        facts(&made) == uninterrupted.films,
        "the films are the same"
    );
    let ledger = Ledger::of_films(&made);
    assert_eq!(wrong(deployment, &ledger), []);
    assert!(!deployment.logs().contains("panicked"), "nothing panics");
}

/// Returns what is said of each film, without what differs from one import to another.
fn facts(films: &[Film]) -> Vec<Value> {
    let fact = |film: &Film| {
        let mut body = film.body.clone();
        for own in ["id", "version", "createTime", "updateTime"] {
            body.as_object_mut().unwrap().remove(own);
        }
        body
    };
    let mut facts: Vec<_> = films.iter().map(fact).collect();
    facts.sort_by_key(ToString::to_string);
    facts
}

/// How many films there are by the time of a kill: each time some more than before.
fn films_by(kill: usize) -> usize {
    FILMS / KILLS * (kill + 1)
}

/// Writes a catalogue of films; a tenth of them says something else each time.
fn catalogue(folder: &Path, time: usize, count: usize) -> PathBuf {
    let row = |number: usize| {
        let changed = if number % 10 == time % 10 { time } else { 0 };
        json!({
            "Title": format!("Import {number}"),
            "Release Date": format!("Jun {:02} 1998", number % 28 + 1),
            "US Gross": 1_000 * number + changed,
            "MPAA Rating": "PG-13",
            "Major Genre": "Drama",
            "Director": format!("Director {}", number % 40),
        })
    };
    let rows: Vec<_> = (0..count).map(row).collect();
    let file = folder.join("films.json");
    fs::write(&file, Value::from(rows).to_string()).unwrap();
    file
}

fn import(deployment: &Deployment, file: &Path) -> Value {
    let report = deployment.command(&["import", "catalog", path(file), "--output", "json"]);
    serde_json::from_str(&report).unwrap()
}

fn path(file: &Path) -> &str {
    file.to_str().unwrap()
}

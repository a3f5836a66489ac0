//! The whole edge against a plain axum handler that serialises the same structs and checks
//! nothing.
//!
//! `cargo bench -p sv-tests --bench edge` starts the real program, built beside it, and the plain
//! server as processes of their own, asks both for the same titles over kept connections in turn,
//! and compares the processor time that each process took for a request. Everything that the
//! program does for a request is on, with an access token by RS256 in each; only the answers that
//! the edge remembers are off. It fails where a ratio is over its bar.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark prints, or dies"
)]

mod films;
#[path = "../../it"]
#[expect(dead_code, unused_imports, reason = "the tests use more of it")]
mod it {
    pub(crate) mod harness;
}
mod load;
mod plain;
mod processor;

use std::{process::ExitCode, thread, time::Duration};

use it::harness::{Client, Deployment};
use load::Target;
use plain::Plain;
use processor::Meter;
use serde_json::Value;

// The program's own, so that the plain server does not pay for a slower one.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How often each contestant has its turn; the median counts.
const ROUNDS: usize = 9;
/// How many calls a contestant answers in its turn: about two seconds.
const CALLS: usize = 16_000;
/// How many calls are not counted at first.
const WARM_UP: usize = 5_000;

/// One comparison.
struct Case {
    name: &'static str,
    path: String,
    /// How many times the plain handler's processor time the edge may take.
    bar: f64,
}

/// What one contestant took in one turn, in microseconds per call.
#[derive(Clone, Copy)]
struct Cost {
    /// Processor time.
    cpu: f64,
    /// Wall time that half of the calls stayed below, as the client saw it.
    wall: f64,
}

fn main() -> ExitCode {
    if let Some(folder) = std::env::args().skip_while(|arg| arg != "--plain").nth(1) {
        plain::serve(folder.as_ref());
    }
    let settings = [
        ("STREAMVERSE_EDGE__CACHE__ENABLED", "false"),
        // Calls are counted as always; there are only more of them.
        ("STREAMVERSE_EDGE__RATES__DEFAULT__ACCOUNT", "1000000000"),
    ];
    let program = Deployment::start(&["all"], &settings.map(|(k, v)| (k, v.to_owned())));
    let mut client = Client::new(&program.edge);
    let (email, password) = program.admin();
    client.login(&email, &password);
    let id = films::publish(&client);
    client.register("viewer@example.org");

    let cases = [
        Case {
            name: "list of 20",
            path: "/ondemand/movies?pageSize=20".into(),
            bar: 1.5,
        },
        Case {
            name: "one item",
            path: format!("/ondemand/movies/{id}"),
            bar: 2.5,
        },
    ];
    let answers: Vec<_> = cases
        .iter()
        .map(|case| answer(&client, &case.path))
        .collect();
    let plain = Plain::start(&cases, &answers);
    println!(
        "{:<12}{:>8}{:>10}{:>10}{:>8}{:>7}{:>12}{:>12}",
        "", "bytes", "edge us", "plain us", "ratio", "bar", "wall: edge", "plain"
    );
    let passed = cases.iter().zip(&answers).map(|(case, bytes)| {
        let token = client.token.clone().expect("the viewer is signed in");
        let edge = Target::new(&program.edge, &case.path, Some(&token));
        let other = Target::new(&plain.address, &case.path, None);
        same_data(bytes, &other.answer(), case.name);
        let meters = [
            Meter::of(program.servers[0].child.id()),
            Meter::of(plain.pid()),
        ];
        report(case, bytes.len(), measure(&[edge, other], &meters))
    });
    // Every case is measured, whatever became of the one before.
    let passed: Vec<bool> = passed.collect();
    if passed.iter().all(|passed| *passed) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Lets the contestants take turns; returns the median of each.
fn measure(targets: &[Target; 2], meters: &[Meter; 2]) -> [Cost; 2] {
    for target in targets {
        target.load(WARM_UP);
    }
    let mut costs = [const { Vec::new() }; 2];
    for _ in 0..ROUNDS {
        for ((target, meter), costs) in targets.iter().zip(meters).zip(&mut costs) {
            // What the turn before left behind is not this one's.
            thread::sleep(Duration::from_millis(100));
            let before = meter.read();
            let walls = target.load(CALLS);
            let calls = f64::from(u32::try_from(walls.len()).unwrap());
            costs.push(Cost {
                cpu: (meter.read() - before) / calls,
                wall: median(walls.iter().map(|wall| wall.as_secs_f64() * 1e6)),
            });
        }
    }
    costs.map(|costs| Cost {
        cpu: median(costs.iter().map(|cost| cost.cpu)),
        wall: median(costs.iter().map(|cost| cost.wall)),
    })
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn report(case: &Case, bytes: usize, [edge, plain]: [Cost; 2]) -> bool {
    let ratio = edge.cpu / plain.cpu;
    println!(
        "{:<12}{bytes:>8}{:>10.1}{:>10.1}{ratio:>8.2}{:>7}{:>12.0}{:>12.0}",
        case.name, edge.cpu, plain.cpu, case.bar, edge.wall, plain.wall
    );
    if ratio > case.bar {
        println!("  over its bar of {}", case.bar);
    }
    ratio <= case.bar
}

fn answer(client: &Client, path: &str) -> Vec<u8> {
    let answer = client.get(path);
    answer.data(200);
    answer.bytes
}

/// The contestants must send the same bytes, but for the time of day at the end.
fn same_data(one: &[u8], other: &[u8], name: &str) {
    let data = |bytes: &[u8]| {
        let text = String::from_utf8(bytes.to_vec()).expect("answers are text");
        let (data, time) = text.rsplit_once(r#","timestamp":""#).expect("an envelope");
        assert!(time.len() > 20 && time.ends_with("Z\"}"), "{time}");
        data.to_owned()
    };
    assert_eq!(data(one), data(other), "{name}: the answers differ");
    let parsed: Value = serde_json::from_slice(other).expect("JSON");
    assert_eq!(parsed["success"], true);
}

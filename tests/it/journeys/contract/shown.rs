//! What the walk has shown, and what nothing shows.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use super::document::Operation;
use crate::harness::{Answer, tell};

/// Reasons that this walk cannot bring about, and the test that does.
const ELSEWHERE: &str = "tests/it/journeys/contract/elsewhere.txt";

/// What was seen so far.
#[derive(Default)]
pub(super) struct Shown {
    /// The routes that have answered with a success.
    pub(super) succeeded: BTreeSet<(String, String)>,
    /// The reasons that each RPC has refused with.
    reasons: BTreeMap<String, BTreeSet<String>>,
    /// What is not as documented.
    findings: Vec<String>,
    calls: usize,
}

impl Shown {
    /// Takes an answer in: whatever it is, the document names it.
    pub(super) fn saw(&mut self, operation: &Operation, what: &str, answer: &Answer) {
        self.calls += 1;
        let status = answer.status;
        if status < 400 {
            if status != 206 && !operation.successes.contains(&status) {
                self.finding(operation, what, &format!("answers {status}"));
            }
            return;
        }
        let reason = reason(answer);
        if status == 405 {
            return;
        }
        if !operation.names(status, &reason) {
            let told = format!("answers {status} {reason}, which its document does not name");
            self.finding(operation, what, &told);
        }
        let seen = self.reasons.entry(operation.rpc.clone()).or_default();
        seen.insert(reason);
    }

    /// Notes what is not as documented.
    pub(super) fn finding(&mut self, operation: &Operation, what: &str, told: &str) {
        self.note(format!("{} ({what}): {told}", operation.name()));
    }

    pub(super) fn note(&mut self, finding: String) {
        self.findings.push(finding);
    }

    /// Fails with all that is not as documented, and with all that nothing shows.
    pub(super) fn check(mut self, operations: &[Operation]) {
        let elsewhere = elsewhere();
        for operation in operations {
            let route = (operation.method.clone(), operation.path.clone());
            if !self.succeeded.contains(&route) && !elsewhere.contains_key(&operation.name()) {
                self.note(format!("{}: no row shows its success", operation.name()));
            }
        }
        let mut documented: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for operation in operations {
            let reasons = operation.reasons.iter().map(|(_, reason)| reason.as_str());
            let of_rpc = documented.entry(&operation.rpc).or_default();
            of_rpc.extend(reasons);
        }
        let mut pairs = 0;
        for (rpc, reasons) in documented {
            for reason in reasons {
                let here = self.reasons.get(rpc).is_some_and(|s| s.contains(reason));
                pairs += usize::from(here);
                let there = elsewhere.contains_key(reason)
                    || elsewhere.contains_key(&format!("{reason} of {rpc}"));
                if !here && !there {
                    self.note(format!("{rpc}: nothing shows its refusal {reason}"));
                }
            }
        }
        tell(&format!(
            "contract: {} calls; {} of {} routes succeed; {pairs} pairs of call and reason are shown here",
            self.calls,
            self.succeeded.len(),
            operations.len(),
        ));
        let findings = self.findings;
        assert!(
            findings.is_empty(),
            "{}\n{} findings",
            findings.join("\n"),
            findings.len()
        );
    }
}

/// Returns the reason of a refusal; empty where it has none.
pub(super) fn reason(answer: &Answer) -> String {
    let json: Option<serde_json::Value> = serde_json::from_slice(&answer.bytes).ok();
    let code = json
        .as_ref()
        .and_then(|json| json["error"]["code"].as_str());
    code.unwrap_or_default().to_owned()
}

/// Reads the list of what other tests show, and holds each line to the test that it names.
fn elsewhere() -> BTreeMap<String, String> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let mut list = BTreeMap::new();
    let text = fs::read_to_string(format!("{root}/{ELSEWHERE}")).expect(ELSEWHERE);
    for line in text.lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (what, test) = line.split_once(" | ").expect("what, and a test");
        if let Some(why) = test.trim().strip_prefix("nothing: ") {
            tell(&format!("contract: no test shows {what}: {why}"));
            list.insert(what.trim().to_owned(), String::new());
            continue;
        }
        let (file, name) = test.trim().split_once("::").expect("a file and a test");
        let text = fs::read_to_string(format!("{root}/{file}")).expect(file);
        assert!(text.contains(&format!("fn {name}(")), "{test} is not there");
        list.insert(what.trim().to_owned(), test.to_owned());
    }
    list
}

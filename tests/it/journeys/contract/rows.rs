//! The hand-written part: how each call succeeds, and what its own rules refuse.
//!
//! A row is `call | as | answer | with | body`. The answer is a status, with the reason of a refusal or with what later
//! rows may call by `$name` (`film=id`: the field `id` of the data; `token=playback_url?token`: a parameter of an
//! address; `name=url/`: the last part of one). *With* are variables of the path, parameters of the query and `@headers`.
//! `until 409 PLAN_LIMIT` calls with a number in place of `#` until then. Files are bodies that begin with their type. A row of PUT stands for PATCH and for the forms with `?id=`, and one of
//! GET for the latter (C3, C6). Before a success come the refusals that follow from it: of another version, of a
//! stranger's profile, of an item that is not there; after it those of its `Idempotency-Key`.

use std::{fs, path::Path};

use serde_json::Value;

use super::{
    document::{Body, Operation},
    shown::{Shown, reason},
    wire::Request,
    world::{UNKNOWN, World},
};
use crate::harness::Answer;

/// The files, in the order in which they build on each other.
const FILES: [&str; 6] = [
    "accounts",
    "catalogue",
    "livetv",
    "money",
    "playback",
    "operations",
];

/// More than there is room for of anything.
const MOST: usize = 1_100;

/// Walks all rows.
pub(super) fn walk(world: &World, operations: &[Operation], shown: &mut Shown) {
    for file in FILES {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/it/journeys/contract/rows");
        let path = Path::new(path).join(file).with_extension("txt");
        let text = fs::read_to_string(path).expect(file);
        for (n, line) in text.lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let place = format!("{file}.txt:{}", n + 1);
            match Row::read(world, operations, line) {
                Ok(row) => Walk {
                    world,
                    operations,
                    shown,
                    place,
                }
                .row(&row),
                Err(problem) => shown.note(format!("{place}: {problem}")),
            }
        }
    }
}

/// A row, with its names filled in.
#[derive(Clone)]
struct Row<'a> {
    operation: &'a Operation,
    who: String,
    status: u16,
    reason: String,
    /// Whether calls succeed until then.
    fills: bool,
    keeps: Vec<(String, String)>,
    with: Vec<(String, String)>,
    body: String,
}

impl<'a> Row<'a> {
    fn read(world: &World, operations: &'a [Operation], line: &str) -> Result<Self, String> {
        let columns: Vec<_> = line.splitn(5, '|').map(str::trim).collect();
        let [call, who, answer, with, body] = columns[..] else {
            return Err("not five columns".to_owned());
        };
        let (method, path) = call.split_once(' ').ok_or("no method")?;
        let is_it = |one: &&Operation| one.method == method && one.path == path.trim();
        let operation = operations
            .iter()
            .find(is_it)
            .ok_or(format!("no route {call}"))?;
        let full = answer.strip_prefix("until ");
        let mut answer = full.unwrap_or(answer).split_whitespace();
        let status = answer
            .next()
            .and_then(|n| n.parse().ok())
            .ok_or("no status")?;
        let mut row = Self {
            operation,
            who: world.filled(who),
            status,
            reason: String::new(),
            fills: full.is_some(),
            keeps: Vec::new(),
            with: Vec::new(),
            body: world.filled(body),
        };
        for word in answer {
            match word.split_once('=') {
                Some((name, field)) => row.keeps.push((name.to_owned(), field.to_owned())),
                None => word.clone_into(&mut row.reason),
            }
        }
        for word in world.filled(with).split_whitespace() {
            let (name, value) = word.split_once('=').ok_or("a value without a name")?;
            row.with.push((name.to_owned(), value.to_owned()));
        }
        Ok(row)
    }

    /// The request of an operation with what the row says.
    fn request(&self, world: &World, operation: &Operation, with: &[(String, String)]) -> Request {
        let mut target = operation.path.clone();
        let mut query = Vec::new();
        let mut headers = Vec::new();
        for (name, value) in with {
            let variable = format!("{{{name}}}");
            if let Some(header) = name.strip_prefix('@') {
                headers.push((header.to_owned(), value.clone()));
            } else if target.contains(&variable) {
                target = target.replace(&variable, value);
            } else {
                query.push(format!("{name}={value}"));
            }
        }
        if !query.is_empty() {
            target = format!("{target}?{}", query.join("&"));
        }
        let mut request = world.request(operation, &self.who, &target);
        request.headers.extend(headers);
        if self.body.is_empty() || operation.body == Body::None {
            return request;
        }
        let (kind, body) = match self.body.split_once(' ') {
            Some((kind, file)) if kind.contains('/') => (kind, bytes(file)),
            _ => ("application/json", self.body.clone().into_bytes()),
        };
        request.body = Some(body);
        request.with("content-type", kind)
    }

    /// The same row of someone else.
    fn by(&self, who: &str) -> Self {
        Self {
            who: who.to_owned(),
            ..self.clone()
        }
    }

    /// The last variable of the path, which names the item.
    fn item(&self) -> Option<&str> {
        let (_, last) = self.operation.path.rsplit_once('/')?;
        let name = last.strip_prefix('{')?.strip_suffix('}')?;
        let (name, _) = self.with.iter().find(|(own, _)| own == name)?;
        Some(name)
    }
}

/// Reads a file as a row writes it.
fn bytes(file: &str) -> Vec<u8> {
    match file.strip_prefix("hex:") {
        Some(digits) => (0..digits.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).expect("a digit"))
            .collect(),
        None => file.replace("\\n", "\n").into_bytes(),
    }
}

struct Walk<'a> {
    world: &'a World,
    operations: &'a [Operation],
    shown: &'a mut Shown,
    place: String,
}

impl Walk<'_> {
    fn row(&mut self, row: &Row<'_>) {
        let request = row.request(self.world, row.operation, &row.with);
        if row.fills {
            self.fill(row, &request);
            return;
        }
        if row.status >= 400 {
            self.expects(row.operation, "the row", &request, row.status, &row.reason);
            return;
        }
        self.refused_before(row, &request);
        let key = format!("{}-key", self.place);
        let repeats = row.operation.takes("Idempotency-Key");
        let request = if repeats {
            request.with("idempotency-key", &key)
        } else {
            request
        };
        let answer = self.expects(row.operation, "the row", &request, row.status, "");
        if answer.status != row.status {
            return;
        }
        self.keep(row, &answer);
        if repeats {
            self.repeated(row, &request, &answer);
        }
        self.in_other_forms(row, &answer);
    }

    /// Makes more and more, each with a number of its own, until there is no room.
    fn fill(&mut self, row: &Row<'_>, request: &Request) {
        for n in 0..MOST {
            let body = row.body.replace('#', &n.to_string());
            let next = Request {
                body: Some(body.into_bytes()),
                ..request.clone()
            };
            let answer = next.send(&self.world.edge);
            self.shown.saw(row.operation, &self.place, &answer);
            if !matches!(answer.status, 200 | 201) {
                let told = reason(&answer);
                if (answer.status, &told) != (row.status, &row.reason) {
                    self.shown
                        .finding(row.operation, &self.place, &seen(&answer));
                }
                return;
            }
        }
        let told = format!("takes {MOST}");
        self.shown.finding(row.operation, &self.place, &told);
    }

    /// Sends a request, and expects a status and a reason.
    fn expects(
        &mut self,
        operation: &Operation,
        what: &str,
        request: &Request,
        status: u16,
        wanted: &str,
    ) -> Answer {
        let answer = request.send(&self.world.edge);
        self.shown
            .saw(operation, &format!("{}, {what}", self.place), &answer);
        let told = reason(&answer);
        if answer.status != status || (status >= 400 && told != wanted) {
            let told = format!(
                "answers {} {told}, not {status} {wanted}: {}",
                answer.status,
                seen(&answer)
            );
            self.shown
                .finding(operation, &format!("{}, {what}", self.place), &told);
        } else if status < 400 {
            let route = (operation.method.clone(), operation.path.clone());
            self.shown.succeeded.insert(route);
        }
        answer
    }

    /// What the call refuses before it would succeed.
    fn refused_before(&mut self, row: &Row<'_>, request: &Request) {
        let operation = row.operation;
        if operation.names(412, "VERSION_MISMATCH") {
            let other = request.clone().with("if-match", "\"999999\"");
            self.expects(
                operation,
                "another version",
                &other,
                412,
                "VERSION_MISMATCH",
            );
        }
        // Those that act for a profile: of the others, it is the path or the body that names one.
        if operation.names(403, "PROFILE_PROOF_REQUIRED")
            && operation.names(404, "PROFILE_NOT_FOUND")
            && operation.takes("x-profile-id")
            && !operation.path.contains("profile")
        {
            let profile = self.world.value("parent_profile");
            let other = request.clone().with("x-profile-id", &profile);
            self.expects(
                operation,
                "a stranger's profile",
                &other,
                404,
                "PROFILE_NOT_FOUND",
            );
            let as_parent = row.by("parent");
            let locked = as_parent.request(self.world, operation, &row.with);
            let locked = locked.with("x-profile-id", &self.world.value("locked_profile"));
            self.expects(
                operation,
                "a profile with a PIN",
                &locked,
                403,
                "PROFILE_PROOF_REQUIRED",
            );
        }
        self.refused_of_nothing(row);
    }

    /// Items that are not there: as the document names it, whatever it is.
    fn refused_of_nothing(&mut self, row: &Row<'_>) {
        let operation = row.operation;
        let not_found = |reason: &str| operation.names(404, reason);
        for one in operation.at("path").filter(|one| one.is_id()) {
            let named = operation.reasons.iter().any(|(status, reason)| {
                *status == 404 && (reason != "PROFILE_NOT_FOUND" || one.name == "profile_id")
            });
            if !named || operation.by_address() {
                continue;
            }
            let with = row.with.iter().map(|(name, value)| {
                let other = if *name == one.name { UNKNOWN } else { value };
                (name.clone(), other.to_owned())
            });
            let with: Vec<_> = with.collect();
            let request = row.request(self.world, operation, &with);
            let answer = request.send(&self.world.edge);
            let what = format!("{}, of nothing", self.place);
            self.shown.saw(operation, &what, &answer);
            if answer.status != 404 || !not_found(&reason(&answer)) {
                self.shown.finding(operation, &what, &seen(&answer));
            }
        }
    }

    /// Takes from an answer what later rows name.
    fn keep(&mut self, row: &Row<'_>, answer: &Answer) {
        for (name, field) in &row.keeps {
            let (path, rest) = match field.split_once('?') {
                Some((path, parameter)) => (path, Some(parameter)),
                None => (field.as_str(), None),
            };
            let last = path.strip_suffix('/');
            let pointer = last.unwrap_or(path).replace('.', "/");
            let json = answer.json();
            let Some(value) = json["data"].pointer(&format!("/{pointer}")) else {
                self.shown
                    .note(format!("{}: the answer has no {field}: {json}", self.place));
                continue;
            };
            let text = value.as_str().unwrap_or_default();
            let value = match (rest, last) {
                (Some(parameter), _) => {
                    let (_, query) = text.split_once('?').unwrap_or_default();
                    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
                    let found = pairs.find(|(name, _)| name == &parameter);
                    Value::from(found.map_or("", |(_, value)| value))
                }
                (None, Some(_)) => {
                    let path = text.split('?').next().unwrap_or_default();
                    Value::from(path.rsplit('/').next().unwrap_or_default())
                }
                (None, None) => value.clone(),
            };
            self.world.set(name, &value);
        }
    }

    /// A key gives the same answer again, and no other request (C40, C41).
    fn repeated(&mut self, row: &Row<'_>, request: &Request, first: &Answer) {
        let again = self.expects(row.operation, "again", request, row.status, "");
        let data = |answer: &Answer| {
            let mut data = answer.json()["data"].take();
            // Who refreshes again gets the same refresh token, and an access token of its own.
            if let Some(fields) = data.as_object_mut() {
                fields.remove("accessToken");
            }
            data
        };
        if again.status == row.status && data(&again) != data(first) {
            self.shown.finding(
                row.operation,
                &self.place,
                "is another answer the second time",
            );
        }
        if row.operation.names(422, "IDEMPOTENCY_KEY_REUSED")
            && let Some(body) = changed(&row.body)
        {
            let other = Request {
                body: Some(body.into_bytes()),
                ..request.clone()
            };
            self.expects(
                row.operation,
                "its key for another",
                &other,
                422,
                "IDEMPOTENCY_KEY_REUSED",
            );
        }
    }

    /// PUT and PATCH by path and by `?id=`, and GET by `?id=`.
    fn in_other_forms(&mut self, row: &Row<'_>, answer: &Answer) {
        let Some(name) = row.item() else {
            return;
        };
        let collection = row.operation.path.trim_end_matches(&format!("/{{{name}}}"));
        let by_id: Vec<_> = row
            .with
            .iter()
            .map(|(own, given)| {
                let own = if own == name { "id" } else { own };
                (own.to_owned(), given.clone())
            })
            .collect();
        let methods: &[&str] = match row.operation.method.as_str() {
            "PUT" => &["PUT", "PATCH"],
            "GET" => &["GET"],
            _ => return,
        };
        for other in self.operations {
            let is_alias =
                other.path == collection && (other.rpc == row.operation.rpc || other.answers_items);
            let is_patch = other.path == row.operation.path
                && other.method == "PATCH"
                && other.rpc == row.operation.rpc;
            if !methods.contains(&other.method.as_str()) || !(is_alias || is_patch) {
                continue;
            }
            let with = if is_alias { &by_id } else { &row.with };
            let request = row.request(self.world, other, with);
            let same = self.expects(
                other,
                &format!("as {}", other.name()),
                &request,
                row.status,
                "",
            );
            if other.method == "GET"
                && same.status == 200
                && same.json()["data"] != answer.json()["data"]
            {
                self.shown
                    .finding(other, &self.place, "is another answer than by the path");
            }
            if other.method == "GET" {
                let nothing = vec![("id".to_owned(), UNKNOWN.to_owned())];
                let request = row.request(self.world, other, &nothing);
                let answer = request.send(&self.world.edge);
                self.shown.saw(other, &self.place, &answer);
                if answer.status != 404 {
                    self.shown.finding(other, &self.place, &seen(&answer));
                }
            }
        }
    }
}

/// Returns a body that says something else: its first text is another.
fn changed(body: &str) -> Option<String> {
    let mut at = 0;
    loop {
        let begin = at + body[at..].find('"')? + 1;
        let end = begin + body[begin..].find('"')?;
        at = end + 1;
        if body[at..].starts_with(':') {
            continue;
        }
        let (text, rest) = (&body[begin..end], &body[at..]);
        let other = if text.len() == 36 {
            UNKNOWN.to_owned()
        } else if let Some(minute) = text.strip_suffix(":00Z") {
            format!("{minute}:02Z")
        } else {
            format!("{text}2")
        };
        return Some(format!("{}\"{other}\"{rest}", &body[..begin - 1]));
    }
}

/// Returns what is seen of an answer.
fn seen(answer: &Answer) -> String {
    let text = String::from_utf8_lossy(&answer.bytes);
    format!(
        "{} {}",
        answer.status,
        text.chars().take(300).collect::<String>()
    )
}

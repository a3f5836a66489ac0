//! The refusals that follow from the document and from who may call, asked of every route, in their order (C43):
//! 404 and 405 of the route, 401, 403 by role, 413 and 415, 400, 404 by owner.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    document::{Body, Operation, Parameter},
    shown::{Shown, reason},
    wire::Request,
    world::{UNKNOWN, World},
};
use crate::harness::Answer;

/// The columns of the table of who may call what that are people with an account.
const PEOPLE: [&str; 7] = [
    "viewer",
    "child",
    "creator",
    "analyst",
    "moderator",
    "support",
    "admin",
];

/// More bytes than any call takes.
const TOO_MANY: u64 = 1 << 40;

/// Whether a template also has the addresses of another one: a variable stands for what the other says word for word.
fn serves(template: &str, path: &str) -> bool {
    let alike = |(here, there): (&str, &str)| here == there || here.starts_with('{');
    template.split('/').count() == path.split('/').count()
        && template.split('/').zip(path.split('/')).all(alike)
}

/// Asks every route for every refusal that follows.
pub(super) fn ask(world: &World, operations: &[Operation], shown: &mut Shown) {
    for operation in operations {
        let mut route = Route {
            world,
            operation,
            shown,
        };
        let here = operations
            .iter()
            .filter(|other| serves(&other.path, &operation.path));
        route.other_methods(&here.map(|other| other.method.as_str()).collect());
        route.strangers();
        route.people();
        route.heads();
        if !operation.by_mount() {
            route.profiles();
            route.queries();
        }
        route.bodies();
        route.paths();
    }
}

struct Route<'a> {
    world: &'a World,
    operation: &'a Operation,
    shown: &'a mut Shown,
}

impl Route<'_> {
    /// Someone who may call; who signs out does it in a session of its own.
    fn caller(&self) -> &'static str {
        if self.operation.by_address() || !self.operation.needs_token() {
            "nobody"
        } else {
            "admin"
        }
    }

    /// A request that has every required part, of things that are not there.
    fn bare(&self, who: &str) -> Request {
        self.at(who, "", "")
    }

    /// The same with another value of one parameter; an empty one leaves it out.
    fn at(&self, who: &str, name: &str, value: &str) -> Request {
        let mut path = self.operation.path.clone();
        for one in self.operation.at("path") {
            let own = if one.name == name { value } else { sample(one) };
            path = path.replace(&format!("{{{}}}", one.name), own);
        }
        let mut query = Vec::new();
        for one in self.operation.at("query") {
            if one.name == name && !value.is_empty() {
                query.push(format!("{name}={value}"));
            } else if one.name != name && one.required {
                query.push(format!("{}={}", one.name, sample(one)));
            }
        }
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
        self.world.request(self.operation, who, &path)
    }

    /// Gives a request a body, where the call takes one.
    fn filled(&self, request: Request, body: &str) -> Request {
        match self.operation.body {
            Body::None => request,
            Body::Json { .. } | Body::Lines | Body::Raw => Request {
                body: Some(body.as_bytes().to_vec()),
                ..request.with("content-type", "application/json")
            },
        }
    }

    /// Sends a request whose body says nothing. A change of nothing is refused before its head is read (PATCH).
    fn refuses_bare(&mut self, what: &str, request: &Request, wanted: (u16, &str)) {
        let wanted = [wanted, (400, "JSON_INVALID")];
        let count = if self.operation.method == "PATCH" {
            2
        } else {
            1
        };
        self.refuses(what, request, &wanted[..count]);
    }

    /// Sends a request, and expects one of these refusals.
    fn refuses(&mut self, what: &str, request: &Request, wanted: &[(u16, &str)]) -> Answer {
        let answer = request.send(&self.world.edge);
        if request.method == "HEAD" {
            // There is no body to say why.
            if !wanted.iter().any(|(status, _)| *status == answer.status) {
                let told = format!("answers {}, not {wanted:?}", answer.status);
                self.shown.finding(self.operation, what, &told);
            }
            return answer;
        }
        self.shown.saw(self.operation, what, &answer);
        let reason = reason(&answer);
        if !wanted.contains(&(answer.status, reason.as_str())) {
            let told = format!("answers {} {reason}, not {wanted:?}", answer.status);
            self.shown.finding(self.operation, what, &told);
        }
        answer
    }

    fn other_methods(&mut self, methods: &BTreeSet<&str>) {
        let all = ["GET", "POST", "PUT", "PATCH", "DELETE"];
        let Some(other) = all.into_iter().find(|other| !methods.contains(other)) else {
            return;
        };
        let request = Request {
            method: other.to_owned(),
            ..self.bare("nobody")
        };
        let answer = self.refuses("another method", &request, &[(405, "METHOD_NOT_ALLOWED")]);
        let allowed: BTreeSet<_> = answer.header("allow").split(',').map(str::trim).collect();
        let mut documented = methods.clone();
        if documented.contains("GET") {
            documented.insert("HEAD");
        }
        if allowed != documented {
            let told = format!("allows {allowed:?}, documents {documented:?}");
            self.shown.finding(self.operation, "Allow", &told);
        }
    }

    /// Whoever shows no token, or none that holds, whatever the request is like.
    fn strangers(&mut self) {
        let broken = self.filled(self.bare("nobody"), "{");
        if self.operation.by_address() {
            self.refuses("no token", &broken, &[(403, "PLAY_TOKEN_INVALID")]);
        } else if self.operation.needs_token() {
            self.refuses("no token", &broken, &[(401, "UNAUTHENTICATED")]);
        }
        if self.operation.names(401, "TOKEN_INVALID") {
            let forged = self.filled(self.bare("forged"), "{");
            self.refuses("a forged token", &forged, &[(401, "TOKEN_INVALID")]);
        }
    }

    /// Whoever is signed in and may not, whatever the request is like.
    fn people(&mut self) {
        for who in PEOPLE {
            if self.operation.access(who) != "-" {
                continue;
            }
            let locked = who == "child" && self.operation.access("viewer") != "-";
            let wanted = if locked {
                "PROFILE_LOCKED"
            } else {
                "PERMISSION_DENIED"
            };
            let broken = self.filled(self.bare(who), "{");
            self.refuses(&format!("as {who}"), &broken, &[(403, wanted)]);
        }
    }

    /// Heads that no call takes.
    fn heads(&mut self) {
        let mut long = self.bare("nobody");
        let join = if long.target.contains('?') { '&' } else { '?' };
        long.target = format!("{}{join}x={}", long.target, "x".repeat(9_000));
        self.refuses("a long address", &long, &[(414, "URI_TOO_LONG")]);
        let large = self.bare("nobody").with("x-large", &"x".repeat(70_000));
        self.refuses("a large head", &large, &[(431, "HEADERS_TOO_LARGE")]);
        let twice = self.bare("nobody").with("host", "elsewhere.example");
        self.refuses("two hosts", &twice, &[(400, "HTTP_INVALID")]);
        if self.operation.by_mount() {
            return;
        }
        let device = self.filled(self.bare(self.caller()), "{}");
        let device = device.with("x-device-id", &"x".repeat(300));
        self.refuses_bare("a long device", &device, (400, "HEADER_INVALID"));
        if self.operation.names(406, "NOT_ACCEPTABLE") {
            let picture = self.filled(self.bare(self.caller()), "{}");
            let picture = picture.with("accept", "image/png");
            self.refuses("as a picture", &picture, &[(406, "NOT_ACCEPTABLE")]);
        }
    }

    /// Profiles of strangers, of bound sessions, and behind a PIN (C44).
    fn profiles(&mut self) {
        if !self.operation.takes("x-profile-id") {
            return;
        }
        let nonsense = self.filled(self.bare(self.caller()), "{}");
        let nonsense = nonsense.with("x-profile-id", "nonsense");
        self.refuses_bare("no profile's id", &nonsense, (400, "HEADER_INVALID"));
        let other = self.world.value("parent_profile");
        let bound = self.filled(self.bare("bound"), "{}");
        let bound = bound.with("x-profile-id", &other);
        self.refuses_bare("from a bound session", &bound, (403, "PROFILE_BOUND"));
    }

    fn bodies(&mut self) {
        let who = self.caller();
        let json = |body: &str| Request {
            body: Some(body.as_bytes().to_vec()),
            ..self.bare(who).with("content-type", "application/json")
        };
        let mut asked = Vec::new();
        match self.operation.body {
            Body::None if self.operation.by_mount() => {}
            Body::None => {
                asked.push((
                    "a body",
                    json("{\"noSuchMember\": 1}"),
                    (400, "JSON_INVALID"),
                ));
            }
            Body::Json { required } => {
                asked.push(("half a body", json("{"), (400, "JSON_INVALID")));
                let unknown = json("{\"noSuchMember\": 1}");
                asked.push(("an unknown member", unknown, (400, "JSON_INVALID")));
                let text = Request {
                    body: Some(b"{}".to_vec()),
                    ..self.bare(who).with("content-type", "text/plain")
                };
                asked.push(("a text", text, (415, "UNSUPPORTED_MEDIA_TYPE")));
                if required {
                    asked.push(("an empty body", json("{}"), (400, "VALIDATION_FAILED")));
                }
            }
            Body::Lines => {
                asked.push(("half a line", json("{"), (400, "JSON_INVALID")));
                let large = format!("\"{}", "x".repeat(5 << 20));
                asked.push(("a large line", json(&large), (413, "TOO_LARGE")));
                let text = Request {
                    body: Some(b"{}".to_vec()),
                    ..self.bare(who).with("content-type", "text/plain")
                };
                asked.push(("a text", text, (415, "UNSUPPORTED_MEDIA_TYPE")));
                asked.push(("an empty line", json("{}"), (400, "VALIDATION_FAILED")));
            }
            Body::Raw => {}
        }
        if self.operation.body != Body::None {
            let packed = json("{}").with("content-encoding", "gzip");
            asked.push(("packed", packed, (415, "ENCODING_UNSUPPORTED")));
        }
        // Lines have no bound together.
        if !matches!(self.operation.body, Body::None | Body::Lines) {
            let large = Request {
                declares: Some(TOO_MANY),
                ..json("")
            };
            // An upload says of itself how large it is, by its own protocol.
            let refusal = if self.operation.names(412, "UPLOAD_VERSION_UNSUPPORTED") {
                (412, "UPLOAD_VERSION_UNSUPPORTED")
            } else {
                (413, "TOO_LARGE")
            };
            asked.push(("a large body", large, refusal));
        }
        for (what, request, wanted) in asked {
            self.refuses(what, &request, &[wanted]);
        }
    }

    fn queries(&mut self) {
        let who = self.caller();
        let mut unknown = self.filled(self.bare(who), "{}");
        let join = if unknown.target.contains('?') {
            '&'
        } else {
            '?'
        };
        unknown.target = format!("{}{join}noSuch=1", unknown.target);
        self.refuses("an unknown parameter", &unknown, &[(400, "QUERY_INVALID")]);
        for one in self.operation.at("query") {
            let schema = &one.schema;
            let mut wrong: Vec<(String, &str)> = Vec::new();
            if matches!(
                schema["type"].as_str(),
                Some("integer" | "number" | "boolean")
            ) {
                wrong.push(("abc".to_owned(), "QUERY_INVALID"));
            }
            for (bound, step) in [("minimum", -1.0), ("maximum", 1.0)] {
                if let Some(bound) = schema[bound].as_f64() {
                    wrong.push(((bound + step).to_string(), "VALIDATION_FAILED"));
                }
            }
            if schema["enum"]
                .as_array()
                .is_some_and(|words| words[0].is_string())
            {
                wrong.push(("colour".to_owned(), "VALIDATION_FAILED"));
            }
            let pattern = schema["pattern"].as_str().unwrap_or_default();
            if one.is_id() || pattern.contains("[0-9A-Fa-f]{8}") {
                wrong.push(("no-id".to_owned(), "VALIDATION_FAILED"));
            }
            if let Some(long) = too_long(one) {
                wrong.push((long, "VALIDATION_FAILED"));
            }
            if one.name == "pageToken" {
                wrong.push(("forged".to_owned(), "PAGE_INVALID"));
            }
            if one.required && one.name != "id" {
                wrong.push((String::new(), "VALIDATION_FAILED"));
            } else if one.required {
                wrong.push((String::new(), "ID_REQUIRED"));
            }
            for (value, wanted) in wrong {
                let request = self.filled(self.at(who, &one.name, &value), "{}");
                let what = format!("{}={value}", one.name);
                let mut wanted = vec![(400, wanted)];
                // What the list is of comes before where it goes on, a change of nothing before both.
                if one.name == "pageToken" {
                    wanted.push((404, "SERIES_NOT_FOUND"));
                }
                if self.operation.method == "PATCH" {
                    wanted.push((400, "JSON_INVALID"));
                }
                self.refuses(&what, &request, &wanted);
            }
        }
    }

    fn paths(&mut self) {
        for one in self.operation.at("path") {
            let broken = self.at(self.caller(), &one.name, "%FF");
            let what = format!("no letters as {}", one.name);
            self.refuses(&what, &broken, &[(400, "PATH_INVALID")]);
            let wrong = if one.is_id() {
                Some("no-id".to_owned())
            } else {
                too_long(one).filter(|_| !self.operation.by_mount())
            };
            let Some(wrong) = wrong else {
                continue;
            };
            let what = format!("no such {}", one.name);
            // A body is read before what it is about is looked at.
            let request = self.filled(self.at(self.caller(), &one.name, &wrong), "{}");
            let wanted: &[_] = if self.operation.by_address() {
                &[(403, "PLAY_TOKEN_INVALID")]
            } else if self.operation.by_mount() {
                &[
                    (404, "MEDIA_NOT_FOUND"),
                    (404, "CONTENT_NOT_FOUND"),
                    (404, "UPLOAD_NOT_FOUND"),
                ]
            } else if self.operation.method == "PATCH" {
                &[(400, "VALIDATION_FAILED"), (400, "JSON_INVALID")]
            } else {
                &[(400, "VALIDATION_FAILED")]
            };
            self.refuses(&what, &request, wanted);
        }
    }
}

/// Returns a text that is longer than a parameter may be, where that still fits into an address.
fn too_long(parameter: &Parameter) -> Option<String> {
    let schema = &parameter.schema;
    let most = schema["maxLength"].as_u64().filter(|most| *most <= 2_000)?;
    let text = schema["type"] == "string" && schema["enum"].is_null();
    text.then(|| "a".repeat(usize::try_from(most).unwrap_or_default() + 1))
}

/// Returns a value of a parameter that names nothing that is there.
fn sample(parameter: &Parameter) -> &str {
    let words = parameter.schema["enum"].as_array();
    let word = words.and_then(|words| {
        words
            .iter()
            .filter_map(Value::as_str)
            .find(|w| !w.is_empty())
    });
    match (word, parameter.name.as_str()) {
        (Some(word), _) => word,
        _ if parameter.is_id() => UNKNOWN,
        (None, "quality") => "480p",
        (None, "segment") => "segment-0.ts",
        (None, "language") => "en",
        (None, "role") => "poster",
        _ => "x",
    }
}

//! What the program says about its routes: the OpenAPI document, and who may call what.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sv_proto::OPENAPI;

/// The reviewed table of who may call what.
const MATRIX: &str = include_str!("../../../../docs/authorization.md");

/// A method of a path.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) method: String,
    /// The path with its variables, e.g. `/users/profiles/{profile_id}`.
    pub(super) path: String,
    /// The RPC behind it, e.g. `UserService.GetProfile`.
    pub(super) rpc: String,
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Body,
    /// The statuses and reasons of its refusals.
    pub(super) reasons: BTreeSet<(u16, String)>,
    /// The statuses of its successes.
    pub(super) successes: BTreeSet<u16>,
    /// Says of each kind of caller what the table says, e.g. `child` and `-`.
    access: BTreeMap<String, String>,
    /// Whether `?id=` answers an item of this list (C6).
    pub(super) answers_items: bool,
}

/// What a call reads behind its head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    None,
    Json {
        /// Whether members are required.
        required: bool,
    },
    /// Documents of JSON, a line each, as many as come.
    Lines,
    Raw,
}

/// A parameter of a call.
#[derive(Debug)]
pub(super) struct Parameter {
    pub(super) name: String,
    /// `path`, `query` or `header`.
    pub(super) place: String,
    pub(super) required: bool,
    pub(super) schema: Value,
}

impl Parameter {
    pub(super) fn is_id(&self) -> bool {
        self.schema["format"] == "uuid"
    }
}

impl Operation {
    /// Returns what the table says of a kind of caller.
    pub(super) fn access(&self, caller: &str) -> &str {
        &self.access[caller]
    }

    /// Whether a playback token opens it, and no other.
    pub(super) fn by_address(&self) -> bool {
        self.access("anonymous") == "token"
    }

    /// Whether someone has to be signed in.
    pub(super) fn needs_token(&self) -> bool {
        matches!(self.access("anonymous"), "-" | "browse")
    }

    /// Whether the service's HTTP mount answers: it looks at the path and at conditions only.
    pub(super) fn by_mount(&self) -> bool {
        !self.names(400, "QUERY_INVALID")
    }

    /// Whether it has a second address below `/client` (C2).
    pub(super) fn is_for_clients(&self) -> bool {
        !self.path.starts_with("/admin/")
    }

    /// Whether the document names this refusal.
    pub(super) fn names(&self, status: u16, reason: &str) -> bool {
        self.reasons.contains(&(status, reason.to_owned()))
    }

    pub(super) fn takes(&self, parameter: &str) -> bool {
        self.parameters.iter().any(|one| one.name == parameter)
    }

    pub(super) fn at(&self, place: &'static str) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(move |one| one.place == place)
    }

    /// Returns method and path, as people write them.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// Lists every operation of the document.
pub(super) fn operations() -> Vec<Operation> {
    let document: Value = serde_json::from_str(OPENAPI).unwrap();
    let matrix = matrix();
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, said) in methods.as_object().unwrap() {
            all.push(operation(&document, &matrix, path, method, said));
        }
    }
    all
}

fn operation(
    document: &Value,
    matrix: &BTreeMap<String, BTreeMap<String, String>>,
    path: &str,
    method: &str,
    said: &Value,
) -> Operation {
    let id = said["operationId"].as_str().unwrap();
    // Further addresses of one RPC have a suffix.
    let rpc: Vec<_> = id.split('_').take(2).collect();
    let rpc = rpc.join(".");
    let parameters = said["parameters"].as_array().into_iter().flatten();
    let mut reasons = BTreeSet::new();
    let mut successes = BTreeSet::new();
    for (status, answer) in said["responses"].as_object().unwrap() {
        let status: u16 = status.parse().unwrap();
        if status < 400 {
            successes.insert(status);
        }
        let examples = &answer["content"]["application/json"]["examples"];
        let names = examples.as_object().into_iter().flatten();
        reasons.extend(names.map(|(name, _)| (status, name.clone())));
    }
    Operation {
        method: method.to_uppercase(),
        path: path.to_owned(),
        access: matrix
            .get(&rpc)
            .unwrap_or_else(|| panic!("docs/authorization.md does not list {rpc}"))
            .clone(),
        rpc,
        parameters: parameters
            .map(|one| parameter(resolve(document, one)))
            .collect(),
        body: body(document, &said["requestBody"]),
        reasons,
        successes,
        answers_items: said["description"]
            .as_str()
            .is_some_and(|text| text.contains("`?id=` answers this item")),
    }
}

fn parameter(said: &Value) -> Parameter {
    Parameter {
        name: said["name"].as_str().unwrap().to_owned(),
        place: said["in"].as_str().unwrap().to_owned(),
        required: said["required"] == true,
        schema: said["schema"].clone(),
    }
}

fn body(document: &Value, said: &Value) -> Body {
    let content = &said["content"];
    if content.is_null() {
        return Body::None;
    }
    if content.get("application/x-ndjson").is_some() {
        return Body::Lines;
    }
    let Some(json) = content.get("application/json") else {
        return Body::Raw;
    };
    let schema = resolve(document, &json["schema"]);
    let required = schema["required"]
        .as_array()
        .is_some_and(|all| !all.is_empty());
    Body::Json { required }
}

/// Follows references.
fn resolve<'d>(document: &'d Value, mut part: &'d Value) -> &'d Value {
    while let Some(place) = part["$ref"].as_str() {
        part = document
            .pointer(place.trim_start_matches('#'))
            .unwrap_or_else(|| panic!("nothing is at {place}"));
    }
    part
}

/// Reads the table: the cells of each RPC by the names of their columns.
fn matrix() -> BTreeMap<String, BTreeMap<String, String>> {
    let mut rows = MATRIX
        .lines()
        .filter(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim));
    let head: Vec<_> = rows.next().unwrap().collect();
    let row = |cells: Vec<&str>| {
        // `users.v1.UserService.GetMe (stream)`
        let name = cells[0].split(' ').next()?;
        let (_, rpc) = name.split_once(".v1.")?;
        let cells = head.iter().zip(cells);
        let cells = cells.map(|(column, cell)| ((*column).to_owned(), cell.to_owned()));
        Some((rpc.to_owned(), cells.collect()))
    };
    rows.filter_map(|cells| row(cells.collect())).collect()
}

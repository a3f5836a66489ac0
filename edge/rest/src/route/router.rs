//! Finds the route of a path: a tree built once, searched without regard to the order of
//! insertion.

use std::borrow::Cow;
use std::collections::HashMap;

use super::template::{Segment, Template};
use crate::percent;

/// The method of a route.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Verb {
    /// One HTTP method, in upper case: `GET`.
    Method(String),
    /// Any method: the custom kind `*`.
    Any,
}

/// Routes by path template and method. The most specific template wins, segment by segment from
/// the left: a literal beats `*` beats `**`.
#[derive(Debug)]
pub struct Router<T> {
    nodes: Vec<Node>,
    routes: Vec<Route<T>>,
}

#[derive(Debug)]
struct Route<T> {
    template: Template,
    method: Verb,
    value: T,
}

#[derive(Debug, Default)]
struct Node {
    literals: HashMap<String, usize>,
    any: Option<usize>,
    /// Routes that end here.
    here: Vec<usize>,
    /// Routes whose `**` stands here.
    rest: Vec<usize>,
}

/// A route that was found.
#[derive(Debug)]
pub struct Found<'r, T> {
    /// What was stored with the route.
    pub value: &'r T,
    /// The texts of the template's variables, decoded, in their order.
    pub variables: Vec<String>,
}

/// Why no route was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RouteError {
    /// Nobody serves the path.
    NotFound,
    /// The path is served with these methods only, in alphabetical order.
    MethodNotAllowed {
        /// What the header `Allow` lists.
        allow: Vec<String>,
    },
    /// The path cannot be read.
    Invalid {
        /// What is wrong, in words for the caller.
        problem: &'static str,
    },
}

impl<T> Router<T> {
    /// Makes a router without routes.
    pub fn new() -> Self {
        Self {
            nodes: vec![Node::default()],
            routes: Vec::new(),
        }
    }

    /// Adds a route, or returns the value of the route that has the same method and shape.
    pub fn insert(&mut self, method: Verb, template: Template, value: T) -> Result<(), &T> {
        let route = self.routes.len();
        let (node, rest) = self.node_of(&template.segments);
        let ends = if rest {
            &mut self.nodes[node].rest
        } else {
            &mut self.nodes[node].here
        };
        let taken = ends.iter().copied().find(|&other| {
            let other = &self.routes[other];
            other.method == method && other.template.verb == template.verb
        });
        if let Some(taken) = taken {
            return Err(&self.routes[taken].value);
        }
        ends.push(route);
        self.routes.push(Route {
            template,
            method,
            value,
        });
        Ok(())
    }

    /// Returns the value of the route with exactly this method and shape.
    pub fn exact_mut(&mut self, method: &Verb, template: &Template) -> Option<&mut T> {
        let (node, rest) = self.node_of(&template.segments);
        let node = &self.nodes[node];
        let ends = if rest { &node.rest } else { &node.here };
        let route = ends.iter().copied().find(|&route| {
            let route = &self.routes[route];
            route.method == *method && route.template.verb == template.verb
        })?;
        Some(&mut self.routes[route].value)
    }

    /// Finds the route of a request. `path` is percent-encoded and without its query. `HEAD`
    /// falls back to `GET`.
    pub fn find(&self, method: &str, path: &str) -> Result<Found<'_, T>, RouteError> {
        let raw = split(path)?;
        let decoded = raw
            .iter()
            .map(|segment| decode_segment(segment))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|problem| RouteError::Invalid { problem })?;

        let (candidates, raw) = self.candidates(raw, decoded)?;
        if candidates.is_empty() {
            return Err(RouteError::NotFound);
        }
        let wanted = if method == "HEAD" {
            &["HEAD", "GET"][..]
        } else {
            &[method][..]
        };
        let route = wanted
            .iter()
            .find_map(|method| self.best(&candidates, method))
            .ok_or_else(|| self.not_allowed(&candidates))?;
        let variables = capture(&route.template, &raw)?;
        Ok(Found {
            value: &route.value,
            variables,
        })
    }

    /// Lists the routes that fit the path, the most specific first, with the segments that they
    /// fit. A path that ends in a known verb is read so; else the colon is text.
    fn candidates<'p>(
        &self,
        mut raw: Vec<&'p str>,
        mut decoded: Vec<Cow<'p, str>>,
    ) -> Result<(Vec<usize>, Vec<&'p str>), RouteError> {
        if let Some((before, verb)) = raw.last().and_then(|last| last.rsplit_once(':')) {
            let problem = |problem| RouteError::Invalid { problem };
            let verb = percent::decode(verb).map_err(problem)?;
            let mut with_verb = decoded.clone();
            if let Some(last) = with_verb.last_mut() {
                *last = percent::decode(before).map_err(problem)?;
            }
            let found = self.search(&with_verb, Some(&verb));
            if !found.is_empty() {
                raw.pop();
                raw.push(before);
                return Ok((found, raw));
            }
        }
        let found = self.search(&decoded, None);
        decoded.clear();
        Ok((found, raw))
    }

    fn search(&self, segments: &[Cow<'_, str>], verb: Option<&str>) -> Vec<usize> {
        let mut found = Vec::new();
        self.descend(0, segments, verb, &mut found);
        found
    }

    /// Walks the tree; every node is visited at most once, so the work is bounded by the number
    /// of routes.
    fn descend(
        &self,
        node: usize,
        segments: &[Cow<'_, str>],
        verb: Option<&str>,
        found: &mut Vec<usize>,
    ) {
        let node = &self.nodes[node];
        let fits = |route: &&usize| self.routes[**route].template.verb.as_deref() == verb;
        match segments.split_first() {
            None => found.extend(node.here.iter().filter(fits)),
            Some((first, rest)) => {
                if let Some(&next) = node.literals.get(first.as_ref()) {
                    self.descend(next, rest, verb, found);
                }
                if let Some(next) = node.any.filter(|_| !first.is_empty()) {
                    self.descend(next, rest, verb, found);
                }
            }
        }
        if segments.iter().all(|segment| !segment.is_empty()) {
            found.extend(node.rest.iter().filter(fits));
        }
    }

    fn best(&self, candidates: &[usize], method: &str) -> Option<&Route<T>> {
        let routes = || candidates.iter().map(|&route| &self.routes[route]);
        let exact = |route: &&Route<T>| matches!(&route.method, Verb::Method(m) if m == method);
        routes()
            .find(exact)
            .or_else(|| routes().find(|route| route.method == Verb::Any))
    }

    fn not_allowed(&self, candidates: &[usize]) -> RouteError {
        let mut allow: Vec<String> = candidates
            .iter()
            .filter_map(|&route| match &self.routes[route].method {
                Verb::Method(method) => Some(method.clone()),
                Verb::Any => None,
            })
            .collect();
        if allow.iter().any(|method| method == "GET") {
            allow.push("HEAD".to_owned());
        }
        allow.sort_unstable();
        allow.dedup();
        RouteError::MethodNotAllowed { allow }
    }

    /// Returns the node of a template, made where it is missing, and whether it ends in `**`.
    fn node_of(&mut self, segments: &[Segment]) -> (usize, bool) {
        let mut node = 0;
        for segment in segments {
            let fresh = self.nodes.len();
            let next = match segment {
                Segment::Rest => return (node, true),
                Segment::Any => *self.nodes[node].any.get_or_insert(fresh),
                Segment::Literal(text) => *self.nodes[node]
                    .literals
                    .entry(text.clone())
                    .or_insert(fresh),
            };
            if next == fresh {
                self.nodes.push(Node::default());
            }
            node = next;
        }
        (node, false)
    }
}

impl<T> Default for Router<T> {
    fn default() -> Self {
        Self::new()
    }
}

fn split(path: &str) -> Result<Vec<&str>, RouteError> {
    let Some(rest) = path.strip_prefix('/') else {
        return Err(RouteError::NotFound);
    };
    Ok(if rest.is_empty() {
        Vec::new()
    } else {
        rest.split('/').collect()
    })
}

/// Decodes a segment and refuses what proxies and file systems would read as a way up.
fn decode_segment(raw: &str) -> Result<Cow<'_, str>, percent::Problem> {
    let decoded = percent::decode(raw)?;
    if decoded
        .split(['/', '\\'])
        .any(|part| part == "." || part == "..")
    {
        return Err("it holds a dot segment");
    }
    Ok(decoded)
}

fn capture(template: &Template, raw: &[&str]) -> Result<Vec<String>, RouteError> {
    template
        .variables
        .iter()
        .map(|variable| {
            if !template.is_multi(variable) {
                return percent::decode(raw[variable.first]);
            }
            let open = template.segments[variable.end - 1] == Segment::Rest;
            let end = if open { raw.len() } else { variable.end };
            let joined = raw[variable.first..end].join("/");
            percent::decode_keeping_slashes(&joined).map(|text| Cow::Owned(text.into_owned()))
        })
        .map(|text| {
            text.map(Cow::into_owned)
                .map_err(|problem| RouteError::Invalid { problem })
        })
        .collect()
}

//! The plan: every RPC of a descriptor set with its routes, compiled once at start.

mod compile;
pub(crate) mod options;

use std::sync::Arc;

use crate::bind::{self, Alias, BindError, Body, Parts};
use crate::codec::{Codec, ReadOptions, WireError, WriteOptions};
use crate::http_body::HttpBody;
use crate::method::{Binding, Manner, Method};
use crate::route::{RouteError, Router, strip_client};

/// Routes, bindings and codec of a descriptor set.
#[derive(Debug)]
pub struct Plan {
    codec: Arc<Codec>,
    methods: Vec<Method>,
    bindings: Vec<Binding>,
    router: Router<Entry>,
    manner: Manner,
    notes: Vec<String>,
}

/// How services are spoken to that are not ours, and know none of our options.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dialect {
    /// How JSON is read; what it says of unknown fields holds for query parameters, too.
    pub read: ReadOptions,
    /// How JSON is written.
    pub write: WriteOptions,
    /// Gives RPCs without a rule the route `POST /package.Service/Method`, with the message as body.
    pub unbound: bool,
}

/// What a path and a method lead to.
#[derive(Debug, Default)]
struct Entry {
    direct: Option<usize>,
    /// The item binding that is meant when there is an `id`.
    alias: Option<usize>,
}

/// A request's route.
#[derive(Debug)]
pub struct Matched<'p> {
    plan: &'p Plan,
    index: usize,
    variables: Vec<String>,
    alias: Alias,
}

/// The methods under which the route of a WebSocket is looked for: it is asked for by `GET`, whatever the route of its
/// RPC is for plain requests.
const SOCKET_METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// Where a request led, to be kept as long as a stream of its messages goes on.
#[derive(Clone, Debug)]
pub struct Place {
    index: usize,
    variables: Vec<String>,
    alias: Alias,
}

impl Plan {
    /// Finds the streaming RPC whose route a path is; none where no stream has the path, or one of bytes.
    pub fn socket(&self, path: &str, query: &str) -> Option<Matched<'_>> {
        SOCKET_METHODS.iter().find_map(|method| {
            let matched = self.route(method, path, query).ok()?;
            let rpc = matched.method();
            let streams = rpc.client_streaming || rpc.server_streaming;
            let bytes = rpc.http_mount || matched.takes_http_body();
            (streams && !bytes).then_some(matched)
        })
    }

    /// Writes the bytes of a request message, of a request that led to this place.
    pub fn bind(&self, place: &Place, parts: Parts<'_>) -> Result<Vec<u8>, BindError> {
        let binding = &self.bindings[place.index];
        bind::request(
            &self.codec,
            self.manner,
            &self.methods[binding.method],
            binding,
            &place.variables,
            place.alias,
            parts,
        )
    }

    /// Returns all RPCs, in the order of the descriptor set.
    pub fn methods(&self) -> &[Method] {
        &self.methods
    }

    /// Returns all bindings, in the order of the descriptor set.
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    /// Returns what is odd about the routes, but no reason to refuse them.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Returns the codec.
    pub fn codec(&self) -> &Codec {
        &self.codec
    }

    /// Appends the JSON of an answer message, or of its `response_body`, to `out`; `binding` is the place
    /// of the binding in [`Plan::bindings`].
    pub fn write_json(
        &self,
        binding: usize,
        wire: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), WireError> {
        let binding = &self.bindings[binding];
        let method = &self.methods[binding.method];
        match &binding.response_field {
            None => self
                .codec
                .wire_to_json(method.output, wire, out, &method.write),
            Some(field) => {
                let number = field.descriptor.number();
                self.codec
                    .wire_to_json_field(method.output, number, wire, out, &method.write)
            }
        }
    }

    /// Finds the RPC of a request. `path` is percent-encoded; `query` is what follows the
    /// question mark, and matters here only for `id` on collections (C38).
    pub fn route(&self, method: &str, path: &str, query: &str) -> Result<Matched<'_>, RouteError> {
        let path = match self.manner {
            Manner::House => strip_client(path).ok_or(RouteError::NotFound)?,
            Manner::Canonical => path,
        };
        let found = self.router.find(method, path)?;
        let by_query = found.value.alias.is_some() && bind::has_id(query);
        let (binding, alias) = match (found.value.direct, found.value.alias) {
            (_, Some(item)) if by_query => (item, Alias::Query),
            (Some(direct), _) => (direct, Alias::No),
            (None, Some(item)) => (item, Alias::Body),
            (None, None) => return Err(RouteError::NotFound),
        };
        Ok(Matched {
            plan: self,
            index: binding,
            variables: found.variables,
            alias,
        })
    }
}

impl<'p> Matched<'p> {
    /// Returns the RPC.
    pub fn method(&self) -> &'p Method {
        &self.plan.methods[self.binding().method]
    }

    /// Returns the binding.
    pub fn binding(&self) -> &'p Binding {
        &self.plan.bindings[self.index]
    }

    /// Returns the binding's place in [`Plan::bindings`].
    pub fn index(&self) -> usize {
        self.index
    }

    /// Returns what is to be kept of it, for [`Plan::bind`].
    pub fn place(&self) -> Place {
        Place {
            index: self.index,
            variables: self.variables.clone(),
            alias: self.alias,
        }
    }

    /// Writes the bytes of the RPC's request message.
    pub fn bind(&self, parts: Parts<'_>) -> Result<Vec<u8>, BindError> {
        bind::request(
            &self.plan.codec,
            self.plan.manner,
            self.method(),
            self.binding(),
            &self.variables,
            self.alias,
            parts,
        )
    }

    /// Says whether the body is not JSON but the bytes of a `google.api.HttpBody`.
    pub fn takes_http_body(&self) -> bool {
        matches!(self.binding().body, Body::RawWhole | Body::RawField { .. })
    }

    /// Says whether the call has a body at all.
    pub fn takes_body(&self) -> bool {
        !matches!(self.binding().body, Body::None)
    }

    /// Returns a field of the request message as the caller has sent it: where the body is one field of it, from there
    /// on.
    pub fn as_sent(&self, field: &str) -> String {
        let body = self.binding().body_field.as_ref();
        let within = body.and_then(|body| {
            let rest = field.strip_prefix(body.descriptor.json_name())?;
            rest.strip_prefix('.')
        });
        within.unwrap_or(field).to_owned()
    }

    /// Says whether the answer is not JSON but the bytes of a `google.api.HttpBody`.
    pub fn answers_http_body(&self) -> bool {
        self.binding().http_body
    }

    /// Appends the JSON of an answer message, or of its `response_body`, to `out`.
    pub fn write_json(&self, wire: &[u8], out: &mut Vec<u8>) -> Result<(), WireError> {
        self.plan.write_json(self.index, wire, out)
    }

    /// Reads the `google.api.HttpBody` of an answer message.
    pub fn http_body(&self, wire: &[u8]) -> Result<HttpBody, WireError> {
        match &self.binding().response_field {
            None => HttpBody::read(wire),
            Some(field) => {
                let inner = bind::wire::last_value(wire, &[field.descriptor.number()]);
                HttpBody::read(inner.unwrap_or_default())
            }
        }
    }
}

#[cfg(test)]
mod tests;

//! An RPC, and the ways to reach it by HTTP: what a plan is made of and a request is bound by.

use prost_reflect::{MessageDescriptor, MethodDescriptor};

use crate::bind::{Body, FieldRef};
use crate::codec::{MessageId, ReadOptions, WriteOptions};
use crate::route::{Template, Verb};

/// By whose rules the parts of a request become its message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Ours, which refuse whatever is said twice, and know `/client` and `id` on collections.
    House,
    /// Those of `google.api.http` alone: the path wins over the body.
    Canonical,
}

/// An RPC.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one independent fact of the proto"
)]
pub struct Method {
    /// The path of its gRPC call: `/streamverse.users.v1.UserService/GetMe`.
    pub path: String,
    /// The full name of its service: `streamverse.users.v1.UserService`.
    pub service: String,
    /// Its own name: `GetMe`.
    pub name: String,
    /// The request message.
    pub input: MessageId,
    /// The answer's message.
    pub output: MessageId,
    /// Whether the caller sends several messages.
    pub client_streaming: bool,
    /// Whether the answer is several messages.
    pub server_streaming: bool,
    /// Whether only services may call it; it then has no routes but in [`Plan::compile_internal`](crate::Plan::compile_internal).
    pub internal: bool,
    /// Whether its bytes come from the service's HTTP mount.
    pub http_mount: bool,
    /// Statuses of success; the first is the default. Never empty.
    pub success_codes: Vec<u16>,
    /// Headers that the method may set, in lower case.
    pub headers: Vec<String>,
    /// Headers that a mount reads, in lower case, beside those by which callers ask for a part or a version of its bytes.
    pub request_headers: Vec<String>,
    /// Whether the answer goes out without envelope.
    pub plain: bool,
    /// How JSON is read.
    pub read: ReadOptions,
    /// How JSON is written.
    pub write: WriteOptions,
    /// Its descriptor.
    pub descriptor: MethodDescriptor,
    pub(crate) input_descriptor: MessageDescriptor,
}

/// One way to reach an RPC by HTTP.
#[derive(Debug)]
pub struct Binding {
    /// The index of the RPC in [`Plan::methods`](crate::Plan::methods).
    pub method: usize,
    /// The HTTP method.
    pub verb: Verb,
    /// The path.
    pub template: Template,
    /// The path variable that `id` on the collection's path stands for.
    pub item_alias: Option<String>,
    pub(crate) variables: Vec<FieldRef>,
    pub(crate) body: Body,
    pub(crate) body_field: Option<FieldRef>,
    pub(crate) response_field: Option<FieldRef>,
    /// The update mask that a PATCH fills.
    pub(crate) mask: Option<FieldRef>,
    /// Whether `id` may stand in the body.
    pub(crate) looks_into_body: bool,
    /// Whether the answer is a `google.api.HttpBody`.
    pub(crate) http_body: bool,
}

//! Requests that name an item twice: beside its new state, and within it.

use prost_reflect::{FieldDescriptor, Kind as ProtoKind, MethodDescriptor};
use sv_kernel::FieldViolation;
use sv_proto::google::api::HttpRule;

use super::violation;
use crate::{
    options::{self, HTTP},
    wire::{Fields, Value},
};

/// Where an update request names the item that it is about.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// The item's name in the request, which is in the path over HTTP.
    name: u32,
    /// The item's state.
    body: u32,
    /// Its name within the state.
    id: u32,
    /// The path of the latter, as JSON has it.
    path: String,
}

impl Item {
    /// Recognises such a request: the HTTP rule's body is a message with an `id`, and the request
    /// has an `id`, or `<body>_id`, too.
    pub(super) fn of(method: &MethodDescriptor) -> Option<Self> {
        let input = method.input();
        let rule = options::read::<HttpRule>(method.parent_pool(), &method.options(), HTTP)?;
        let body = input.get_field_by_name(&rule.body)?;
        let ProtoKind::Message(state) = body.kind() else {
            return None;
        };
        let text = |field: &FieldDescriptor| field.kind() == ProtoKind::String && !field.is_list();
        let id = state.get_field_by_name("id").filter(text)?;
        let name = ["id".to_owned(), format!("{}_id", body.name())]
            .iter()
            .find_map(|name| input.get_field_by_name(name).filter(text))?;
        (!body.is_list()).then(|| Self {
            name: name.number(),
            body: body.number(),
            id: id.number(),
            path: format!("{}.{}", body.json_name(), id.json_name()),
        })
    }

    /// Says that the two names contradict each other, if they do. Ids are the same in either case.
    pub(super) fn contradiction(&self, request: &[u8]) -> Option<FieldViolation> {
        let name = last(request, self.name).filter(|name| !name.is_empty())?;
        let states = all(request, self.body);
        let id = states.filter_map(|state| last(state, self.id)).last()?;
        let differs = !id.is_empty() && !id.eq_ignore_ascii_case(name);
        let wish = "is the item that the request names, or is left out";
        differs.then(|| violation(self.path.clone(), "ID_MISMATCH", wish))
    }
}

/// Lists the length-delimited values of a field, as far as the message is well formed.
pub(super) fn all(message: &[u8], number: u32) -> impl Iterator<Item = &[u8]> {
    Fields::new(message)
        .map_while(Result::ok)
        .filter_map(move |field| match field {
            (n, Value::Bytes(bytes)) if n == number => Some(bytes),
            _ => None,
        })
}

fn last(message: &[u8], number: u32) -> Option<&[u8]> {
    all(message, number).last()
}

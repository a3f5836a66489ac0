//! Update masks: which fields of a body a change is about.

use prost_reflect::{Kind as ProtoKind, MethodDescriptor};
use sv_proto::google::api::HttpRule;

use super::{
    item::all,
    rules::{Kind, Message, Rules},
};
use crate::options::{self, HTTP};

/// The most paths of a mask that are looked at; a longer mask breaks its own list's rule anyway.
const MOST_PATHS: usize = 200;

/// Where an update request keeps its mask and the body that it is about.
#[derive(Clone, Debug)]
pub(super) struct Update {
    pub(super) mask: u32,
    pub(super) body: u32,
    message: usize,
}

/// The fields that are to be changed, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Mask {
    /// Everything below belongs to the change, too.
    pub(super) whole: bool,
    below: Vec<(u32, Mask)>,
}

impl Update {
    /// Recognises an update request: a field `update_mask`, and the body that the HTTP rule names
    /// or that is the only other message.
    pub(super) fn of(method: &MethodDescriptor, rules: &Rules) -> Option<Self> {
        let input = method.input();
        let is_message = |f: &prost_reflect::FieldDescriptor, name: Option<&str>| {
            !f.is_list()
                && matches!(f.kind(), ProtoKind::Message(m) if name.is_none_or(|n| m.full_name() == n))
        };
        let mask = input
            .get_field_by_name("update_mask")
            .filter(|f| is_message(f, Some("google.protobuf.FieldMask")))?;
        let http = options::read::<HttpRule>(method.parent_pool(), &method.options(), HTTP);
        let named = http.and_then(|rule| input.get_field_by_name(&rule.body));
        let mut others = input
            .fields()
            .filter(|f| *f != mask && is_message(f, None) && !f.is_map());
        let body = named.or_else(|| others.next().filter(|_| others.next().is_none()))?;
        let request = rules.message(rules.index(input.full_name())?)?;
        let Kind::Message(message) = request.named(body.name())?.kind else {
            return None;
        };
        Some(Self {
            mask: mask.number(),
            body: body.number(),
            message,
        })
    }

    /// Reads the mask of a request; `None` when it is empty, which means everything. Paths that
    /// name no field are returned, too.
    pub(super) fn read(&self, rules: &Rules, request: &[u8]) -> (Option<Mask>, Vec<String>) {
        let (mut mask, mut unknown) = (Mask::default(), Vec::new());
        let masks = all(request, self.mask);
        let paths = masks.flat_map(|m| all(m, 1)).take(MOST_PATHS);
        let mut any = false;
        for path in paths {
            any = true;
            let Ok(path) = std::str::from_utf8(path) else {
                continue;
            };
            if mask.add(rules, self.message, path).is_none() {
                unknown.push(path.chars().take(100).collect());
            }
        }
        (any.then_some(mask), unknown)
    }
}

impl Mask {
    /// Returns what the mask says about a field: nothing, or the part of it that changes.
    pub(super) fn field(&self, number: u32) -> Option<&Self> {
        self.below
            .iter()
            .find(|(n, _)| *n == number)
            .map(|(_, mask)| mask)
    }

    fn add(&mut self, rules: &Rules, message: usize, path: &str) -> Option<()> {
        let mut node = self;
        let mut at: Option<&Message> = rules.message(message);
        for name in path.split('.') {
            let field = at?.named(name)?;
            at = match field.kind {
                Kind::Message(index) if !field.many => rules.message(index),
                _ => None,
            };
            let known = node.below.iter().position(|(n, _)| *n == field.number);
            let place = known.unwrap_or_else(|| {
                node.below.push((field.number, Self::default()));
                node.below.len() - 1
            });
            node = &mut node.below[place].1;
        }
        node.whole = true;
        Some(())
    }
}

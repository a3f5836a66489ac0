//! Compiles a plan, and lists everything that is wrong at once.

use std::sync::Arc;

use prost_reflect::{DescriptorPool, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor};

use super::options::{self, HttpRule, RestRule};
use super::{Dialect, Entry, Plan};
use crate::bind::{Body, FieldRef, has_required};
use crate::codec::{Codec, CompileErrors, ReadOptions, WriteOptions};
use crate::http_body::HttpBody;
use crate::method::{Binding, Manner, Method};
use crate::route::{Router, Template, Verb};

/// Packages whose JSON is spelled our way (C36); others are canonical.
const OUR_PACKAGE: &str = "streamverse.";

impl Plan {
    /// Compiles the plan of all services of a descriptor pool, with the routes that everybody may know.
    pub fn compile(pool: &DescriptorPool, codec: Arc<Codec>) -> Result<Self, CompileErrors> {
        Self::compile_for(pool, codec, false, None)
    }

    /// Compiles the plan with the routes of the RPCs that only services call (C10), and no others.
    pub fn compile_internal(
        pool: &DescriptorPool,
        codec: Arc<Codec>,
    ) -> Result<Self, CompileErrors> {
        Self::compile_for(pool, codec, true, None)
    }

    /// Compiles the plan of services that are not ours, by the rules of `google.api.http` alone. Of two
    /// RPCs with the same route the first has it, and [`Plan::notes`] tell of the other.
    pub fn compile_any(
        pool: &DescriptorPool,
        codec: Arc<Codec>,
        dialect: Dialect,
    ) -> Result<Self, CompileErrors> {
        Self::compile_for(pool, codec, false, Some(dialect))
    }

    fn compile_for(
        pool: &DescriptorPool,
        codec: Arc<Codec>,
        internal: bool,
        dialect: Option<Dialect>,
    ) -> Result<Self, CompileErrors> {
        let mut compiler = Compiler {
            pool,
            internal,
            dialect,
            plan: Self {
                codec,
                methods: Vec::new(),
                bindings: Vec::new(),
                router: Router::new(),
                manner: dialect.map_or(Manner::House, |_| Manner::Canonical),
                notes: Vec::new(),
            },
            errors: Vec::new(),
        };
        for service in pool.services() {
            for method in service.methods() {
                compiler.method(&method);
            }
        }
        for binding in 0..compiler.plan.bindings.len() {
            compiler.alias(binding);
        }
        if compiler.errors.is_empty() {
            Ok(compiler.plan)
        } else {
            Err(CompileErrors(compiler.errors))
        }
    }
}

struct Compiler<'a> {
    pool: &'a DescriptorPool,
    /// Whether the routes are those of internal RPCs.
    internal: bool,
    /// How services are spoken to that are not ours; none where they are.
    dialect: Option<Dialect>,
    plan: Plan,
    errors: Vec<String>,
}

impl Compiler<'_> {
    fn method(&mut self, descriptor: &MethodDescriptor) {
        let (policy, rest) = match self.dialect {
            Some(_) => Default::default(),
            None => (
                options::policy_rule(self.pool, descriptor),
                options::rest_rule(self.pool, descriptor),
            ),
        };
        let codec = &self.plan.codec;
        let (input, output) = (descriptor.input(), descriptor.output());
        let (Some(input_id), Some(output_id)) = (
            codec.message(input.full_name()),
            codec.message(output.full_name()),
        ) else {
            return self.fail(descriptor, "its messages are unknown to the codec");
        };
        let success_codes = self.success_codes(descriptor, &rest);
        let names = rest.headers.iter().chain(&rest.request_headers);
        for name in names.filter(|name| !options::is_token(name)) {
            self.fail(descriptor, &format!("`{name}` is no name of a header"));
        }
        let service = descriptor.parent_service().full_name().to_owned();
        let (read, write) = match self.dialect {
            Some(dialect) => {
                let partial = has_required(&input);
                (
                    ReadOptions {
                        partial,
                        ..dialect.read
                    },
                    dialect.write,
                )
            }
            None if service.starts_with(OUR_PACKAGE) => (ReadOptions::PLAIN, WriteOptions::PLAIN),
            None => (ReadOptions::CANONICAL, WriteOptions::CANONICAL),
        };
        self.plan.methods.push(Method {
            path: format!("/{service}/{}", descriptor.name()),
            service,
            name: descriptor.name().to_owned(),
            input: input_id,
            output: output_id,
            client_streaming: descriptor.is_client_streaming(),
            server_streaming: descriptor.is_server_streaming(),
            internal: policy.internal,
            http_mount: policy.http_mount,
            success_codes,
            headers: rest.headers.clone(),
            request_headers: rest.request_headers.clone(),
            plain: rest.plain,
            read,
            write,
            descriptor: descriptor.clone(),
            input_descriptor: input,
        });
        if policy.internal != self.internal {
            return;
        }
        match options::http_rules(self.pool, descriptor) {
            Err(problem) => self.fail(descriptor, &problem),
            Ok(mut rules) => {
                if rules.is_empty() && self.dialect.is_some_and(|dialect| dialect.unbound) {
                    let path = self.plan.methods.last().map(|method| method.path.clone());
                    rules.extend(path.map(HttpRule::unbound));
                }
                for rule in rules {
                    let compiled = self.binding(descriptor, &rule, &rest);
                    match compiled {
                        Err(problem) => self.fail(descriptor, &problem),
                        Ok(binding) => self.add(descriptor, binding),
                    }
                }
            }
        }
    }

    fn success_codes(&mut self, descriptor: &MethodDescriptor, rest: &RestRule) -> Vec<u16> {
        let mut codes = Vec::new();
        for code in &rest.success_codes {
            match u16::try_from(*code) {
                Ok(code) if (200..300).contains(&code) => codes.push(code),
                _ => self.fail(descriptor, &format!("{code} is no status of success")),
            }
        }
        if codes.is_empty() {
            codes.push(200);
        }
        codes
    }

    fn binding(
        &self,
        descriptor: &MethodDescriptor,
        rule: &HttpRule,
        rest: &RestRule,
    ) -> Result<Binding, String> {
        let template = Template::parse(&rule.template).map_err(|error| error.to_string())?;
        let input = descriptor.input();
        let variables = template
            .variables
            .iter()
            .map(|variable| self.path_field(&input, &variable.field_path))
            .collect::<Result<Vec<_>, _>>()?;
        let (body, body_field) = self.body(&input, &rule.body)?;
        let response_field = match rule.response_body.as_str() {
            "" | "*" => None,
            name => Some(self.top_field(&descriptor.output(), name)?),
        };
        let answer = response_field.as_ref().map_or_else(
            || Some(descriptor.output()),
            |field| single_message(&field.descriptor),
        );
        let is_patch = rule.verb == Verb::Method("PATCH".to_owned());
        Ok(Binding {
            method: self.plan.methods.len() - 1,
            mask: (is_patch && body_field.is_some())
                .then(|| self.update_mask(&input))
                .flatten(),
            looks_into_body: looks_into_body(rule, &input, &body, body_field.as_ref()),
            verb: rule.verb.clone(),
            template,
            item_alias: rest.item_alias.clone(),
            variables,
            body,
            body_field,
            http_body: answer.is_some_and(|answer| answer.full_name() == HttpBody::NAME),
            response_field,
        })
    }

    fn path_field(&self, input: &MessageDescriptor, path: &[String]) -> Result<FieldRef, String> {
        let name = path.join(".");
        let field = FieldRef::resolve(&self.plan.codec, input, path.iter().map(String::as_str))
            .map_err(|problem| format!("path variable `{name}`: {problem}"))?;
        if field.descriptor.is_list() || field.descriptor.is_map() || !field.takes_text() {
            return Err(format!(
                "path variable `{name}`: a path cannot hold this field"
            ));
        }
        Ok(field)
    }

    fn body(
        &self,
        input: &MessageDescriptor,
        body: &str,
    ) -> Result<(Body, Option<FieldRef>), String> {
        let message = self
            .plan
            .codec
            .message(input.full_name())
            .ok_or("its messages are unknown to the codec")?;
        match body {
            "" => Ok((Body::None, None)),
            "*" if input.full_name() == HttpBody::NAME => Ok((Body::RawWhole, None)),
            "*" => Ok((Body::Whole(message), None)),
            name => {
                let field = self.top_field(input, name)?;
                let number = field.descriptor.number();
                let is_raw = single_message(&field.descriptor)
                    .is_some_and(|inner| inner.full_name() == HttpBody::NAME);
                let body = if is_raw {
                    Body::RawField { number }
                } else {
                    Body::Field { message, number }
                };
                Ok((body, Some(field)))
            }
        }
    }

    fn top_field(&self, message: &MessageDescriptor, name: &str) -> Result<FieldRef, String> {
        FieldRef::resolve(&self.plan.codec, message, std::iter::once(name))
            .map_err(|problem| format!("body `{name}`: {problem}"))
    }

    fn update_mask(&self, input: &MessageDescriptor) -> Option<FieldRef> {
        let field = self.top_field(input, "update_mask").ok()?;
        single_message(&field.descriptor)
            .is_some_and(|kind| kind.full_name() == "google.protobuf.FieldMask")
            .then_some(field)
    }

    fn add(&mut self, descriptor: &MethodDescriptor, binding: Binding) {
        let entry = Entry {
            direct: Some(self.plan.bindings.len()),
            alias: None,
        };
        let (verb, template) = (binding.verb.clone(), binding.template.clone());
        match self.plan.router.insert(verb, template, entry) {
            Ok(()) => self.plan.bindings.push(binding),
            Err(other) => {
                let other = other.direct.map(|index| &self.plan.bindings[index]);
                let problem = format!(
                    "`{}` is the route of {} already",
                    binding.template,
                    other.map_or("another", |other| &self.plan.methods[other.method].path),
                );
                if self.dialect.is_some() {
                    let note = format!("{}: {problem}", descriptor.full_name());
                    self.plan.notes.push(note);
                } else {
                    self.fail(descriptor, &problem);
                }
            }
        }
    }

    /// Adds the collection's path of an item binding, for requests with an `id`.
    fn alias(&mut self, index: usize) {
        let binding = &self.plan.bindings[index];
        let Some(name) = &binding.item_alias else {
            return;
        };
        let descriptor = self.plan.methods[binding.method].descriptor.clone();
        let Some(collection) = binding.template.collection_of(name) else {
            let problem = format!("`{}` does not end in `{{{name}}}`", binding.template);
            return self.fail(&descriptor, &problem);
        };
        let verb = binding.verb.clone();
        let is_get = verb == Verb::Method("GET".to_owned());
        let Some(entry) = self.plan.router.exact_mut(&verb, &collection) else {
            let entry = Entry {
                direct: None,
                alias: Some(index),
            };
            // The entry is not there, so nothing is in its way.
            let _ = self.plan.router.insert(verb, collection, entry);
            return;
        };
        if entry.alias.is_some() || entry.direct.is_some() && !is_get {
            let problem = format!("`{collection}` is taken, so that `id` cannot name an item");
            return self.fail(&descriptor, &problem);
        }
        entry.alias = Some(index);
    }

    fn fail(&mut self, descriptor: &MethodDescriptor, problem: &str) {
        self.errors
            .push(format!("{}: {problem}", descriptor.full_name()));
    }
}

/// Says whether an `id` may stand in the body: in a `DELETE` without one, and where the body's
/// message has a field of that name.
fn looks_into_body(
    rule: &HttpRule,
    input: &MessageDescriptor,
    body: &Body,
    body_field: Option<&FieldRef>,
) -> bool {
    let has_id = |message: &MessageDescriptor| message.get_field_by_json_name("id").is_some();
    match body {
        Body::None => rule.verb == Verb::Method("DELETE".to_owned()),
        Body::Whole(_) => has_id(input),
        Body::Field { .. } => body_field
            .and_then(|field| single_message(&field.descriptor))
            .is_some_and(|message| has_id(&message)),
        Body::RawWhole | Body::RawField { .. } => false,
    }
}

fn single_message(field: &FieldDescriptor) -> Option<MessageDescriptor> {
    match field.kind() {
        Kind::Message(message) if !field.is_list() && !field.is_map() => Some(message),
        _ => None,
    }
}

//! Renders for each service a trait of plain methods, the server that leads calls to them, and a fake.

use std::{collections::BTreeMap, fmt::Write as _};

use prost_reflect::{
    DescriptorPool, MessageDescriptor, MethodDescriptor, ServiceDescriptor, Value,
};

use crate::names;

/// `streamverse.options.v1.Plane.PLANE_BYTES`: RPCs whose bytes come by HTTP have no method.
const BYTES: i32 = 1;

/// Rendered modules by name, one for each package that has services.
pub(crate) type Modules = BTreeMap<String, String>;

/// Renders the modules of all packages whose name begins so.
pub(crate) fn render(pool: &DescriptorPool, packages: &str) -> Result<Modules, String> {
    let mut services: Vec<_> = pool
        .services()
        .filter(|service| service.package_name().starts_with(packages))
        .collect();
    services.sort_by(|a, b| a.full_name().cmp(b.full_name()));
    let mut modules = Modules::new();
    for service in services {
        let methods: Vec<_> = service
            .methods()
            .filter(|method| {
                option(pool, method, "policy", "plane").as_enum_number() != Some(BYTES)
            })
            .map(|method| Method::of(pool, &method))
            .collect::<Result<_, _>>()?;
        if methods.is_empty() {
            continue;
        }
        let package = service.package_name();
        let module = modules
            .entry(names::module(package))
            .or_insert_with(|| head(package));
        contract(module, &service, &methods);
        server(module, &service, &methods);
        fake(module, &service, &methods);
    }
    Ok(modules)
}

/// Renders the list of the modules.
pub(crate) fn list(modules: &Modules) -> String {
    let mut out = String::from("// @generated: one module for each package that has services.\n");
    for name in modules.keys() {
        let _ = write!(
            out,
            "\n/// The services of {name}.\npub mod {name} {{\n    include!(\"{name}.rs\");\n}}\n"
        );
    }
    out
}

fn head(package: &str) -> String {
    let messages = if package.starts_with("streamverse.") {
        format!("use sv_proto::pb::{} as pb;\n", package.replace('.', "::"))
    } else {
        String::new()
    };
    format!(
        "// @generated from the services of {package}.\n\nuse sv_kernel::{{Ctx, Result}};\n{messages}\
         use sv_rpc::{{Declared, Reply, handler}};\n"
    )
}

/// An RPC as the templates need it.
struct Method {
    /// In the proto, e.g. `GetMe`.
    rpc: String,
    /// In Rust, e.g. `get_me`.
    name: String,
    path: String,
    comment: String,
    input: String,
    output: String,
    takes_many: bool,
    gives_many: bool,
    statuses: Vec<u32>,
    headers: Vec<String>,
}

impl Method {
    fn of(pool: &DescriptorPool, method: &MethodDescriptor) -> Result<Self, String> {
        let service = method.parent_service();
        let mut statuses: Vec<_> = list_of(option(pool, method, "rest", "success_codes"))
            .iter()
            .filter_map(Value::as_u32)
            .collect();
        if statuses.is_empty() {
            statuses.push(200);
        }
        let headers = list_of(option(pool, method, "rest", "headers"));
        Ok(Self {
            rpc: method.name().to_owned(),
            name: names::method(method.name()),
            path: format!("/{}/{}", service.full_name(), method.name()),
            comment: comment(service, method.path()),
            input: type_of(service, &method.input())?,
            output: type_of(service, &method.output())?,
            takes_many: method.is_client_streaming(),
            gives_many: method.is_server_streaming(),
            statuses,
            headers: headers
                .iter()
                .filter_map(|name| name.as_str().map(str::to_ascii_lowercase))
                .collect(),
        })
    }

    /// What the method is given besides the context.
    fn given(&self) -> String {
        if self.takes_many {
            format!("handler::Messages<{}>", self.input)
        } else {
            self.input.clone()
        }
    }

    /// What a success is.
    fn answer(&self) -> String {
        if self.gives_many {
            format!("handler::Answers<{}>", self.output)
        } else {
            format!("Reply<{}>", self.output)
        }
    }

    /// What the trait lets a success be.
    fn allowed(&self) -> String {
        if self.gives_many {
            self.answer()
        } else {
            format!("impl Into<{}>", self.answer())
        }
    }

    /// The function of `sv_rpc::handler` that serves the RPC.
    const fn kind(&self) -> &'static str {
        match (self.takes_many, self.gives_many) {
            (false, false) => "unary",
            (false, true) => "server_streaming",
            (true, false) => "client_streaming",
            (true, true) => "bidi_streaming",
        }
    }
}

/// The trait that a service implements.
fn contract(out: &mut String, service: &ServiceDescriptor, methods: &[Method]) {
    out.push('\n');
    documented(out, "", &comment(service, service.path()));
    let _ = writeln!(
        out,
        "pub trait {}: Send + Sync + 'static {{",
        service.name()
    );
    for (at, method) in methods.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        documented(out, "    ", &method.comment);
        let _ = writeln!(
            out,
            "    fn {}(\n        &self,\n        ctx: &Ctx,\n        request: {},\n    ) \
             -> impl Future<Output = Result<{}>> + Send;",
            method.name,
            method.given(),
            method.allowed(),
        );
    }
    out.push_str("}\n");
}

/// The server that leads calls to a service's methods.
fn server(out: &mut String, service: &ServiceDescriptor, methods: &[Method]) {
    let name = service.name();
    let mut arms = String::new();
    for method in methods {
        let declared = if method.gives_many {
            String::new()
        } else {
            format!(
                " &Declared {{ statuses: &{:?}, headers: &{:?} }},",
                method.statuses, method.headers
            )
        };
        let reply = if method.gives_many {
            ""
        } else {
            ".map(Into::into)"
        };
        let _ = write!(
            arms,
            "            {path:?} => handler::{kind}::<{input}, {output}, _, _>(request,{declared} \
             move |ctx, request| async move {{\n                \
             handlers.{method}(&ctx, request).await{reply}\n            }}),\n",
            path = method.path,
            kind = method.kind(),
            input = method.input,
            output = method.output,
            method = method.name,
        );
    }
    let full = service.full_name();
    let _ = write!(
        out,
        r#"
/// Leads calls of `{full}` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct {name}Server<H>(std::sync::Arc<H>);

impl<H: {name}> {name}Server<H> {{
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {{
        Self(std::sync::Arc::new(handlers))
    }}
}}

impl<H> Clone for {name}Server<H> {{
    fn clone(&self) -> Self {{
        Self(self.0.clone())
    }}
}}

impl<H> tonic::server::NamedService for {name}Server<H> {{
    const NAME: &'static str = "{full}";
}}

impl<H: {name}> tower::Service<http::Request<tonic::body::Body>> for {name}Server<H> {{
    type Response = http::Response<tonic::body::Body>;
    type Error = std::convert::Infallible;
    type Future = handler::Served;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::result::Result<(), Self::Error>> {{
        std::task::Poll::Ready(Ok(()))
    }}

    fn call(&mut self, request: http::Request<tonic::body::Body>) -> Self::Future {{
        let handlers = self.0.clone();
        match request.uri().path() {{
{arms}            _ => handler::unknown(),
        }}
    }}
}}
"#
    );
}

/// A fake of the service, for tests of those who call it.
fn fake(out: &mut String, service: &ServiceDescriptor, methods: &[Method]) {
    let name = service.name();
    let (mut fields, mut setters, mut answers) = (String::new(), String::new(), String::new());
    for method in methods {
        let (snake, given, answer) = (&method.name, method.given(), method.answer());
        // A raw identifier stays one only where it stands alone.
        let bare = snake.trim_start_matches("r#");
        let _ = writeln!(
            fields,
            "    {snake}: crate::fake::Script<{given}, {answer}>,"
        );
        let (generic, bound) = if method.gives_many {
            (String::new(), format!("Result<{answer}>"))
        } else {
            (format!(", A: Into<{answer}>"), "Result<A>".to_owned())
        };
        let _ = write!(
            setters,
            r"
    /// Answers `{rpc}` so from now on.
    pub fn on_{bare}<F, Fut{generic}>(self, answer: F) -> Self
    where
        F: Fn(Ctx, {given}) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = {bound}> + Send + 'static,
    {{
        self.{snake}.set(move |ctx, request| {{
            let answer = answer(ctx, request);
            async move {{ {settled} }}
        }});
        self
    }}
",
            settled = if method.gives_many {
                "answer.await"
            } else {
                "answer.await.map(Into::into)"
            },
            rpc = method.rpc,
        );
        let _ = write!(
            answers,
            r"
    async fn {snake}(
        &self,
        ctx: &Ctx,
        request: {given},
    ) -> Result<{answer}> {{
        self.{snake}.answer(ctx, request).await
    }}
",
        );
    }
    let (setters, answers) = (
        setters.trim_start_matches('\n'),
        answers.trim_start_matches('\n'),
    );
    let _ = write!(
        out,
        r"
/// A [`{name}`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg({feature})]
#[derive(Clone, Debug, Default)]
pub struct Fake{name} {{
{fields}}}

#[cfg({feature})]
impl Fake{name} {{
    /// Makes one that answers nothing.
    pub fn new() -> Self {{
        Self::default()
    }}

{setters}}}

#[cfg({feature})]
impl {name} for Fake{name} {{
{answers}}}
",
        feature = r#"any(feature = "testing", test)"#,
    );
}

/// Writes a comment as documentation.
fn documented(out: &mut String, indent: &str, comment: &str) {
    for line in comment.trim_end().lines() {
        // Brackets are no links.
        let line = line.trim_end().replace('[', "\\[").replace(']', "\\]");
        let _ = writeln!(out, "{indent}///{line}");
    }
}

/// The comment above a service or one of its RPCs, as it is written.
fn comment(service: &ServiceDescriptor, path: &[i32]) -> String {
    let file = service.parent_file();
    let info = file.file_descriptor_proto().source_code_info.as_ref();
    let locations = info.into_iter().flat_map(|info| &info.location);
    let mut at_path = locations.filter(|location| location.path == path);
    let found = at_path.find_map(|location| location.leading_comments.clone());
    found.unwrap_or_default()
}

/// A field of one of our own options of an RPC; its default where the option is not set.
fn option(pool: &DescriptorPool, method: &MethodDescriptor, option: &str, field: &str) -> Value {
    let value = || {
        let extension = pool.get_extension_by_name(&format!("streamverse.options.v1.{option}"))?;
        let options = method.options();
        let message = options.get_extension(&extension);
        let value = message.as_message()?.get_field_by_name(field)?;
        Some(value.into_owned())
    };
    value().unwrap_or(Value::Bool(false))
}

fn list_of(value: Value) -> Vec<Value> {
    match value {
        Value::List(list) => list,
        _ => Vec::new(),
    }
}

/// The Rust type of a message, as prost names it.
fn type_of(service: &ServiceDescriptor, message: &MessageDescriptor) -> Result<String, String> {
    let (package, full) = (message.package_name(), message.full_name());
    match (package, message.name()) {
        ("google.protobuf", "Empty") => return Ok("()".to_owned()),
        ("google.protobuf", name) if !name.ends_with("Value") => {
            return Ok(format!("prost_types::{name}"));
        }
        ("google.protobuf", _) => return Err(format!("{full} is no message of an RPC")),
        _ => {}
    }
    let mut path: Vec<String> = Vec::new();
    let mut outer = message.parent_message();
    while let Some(parent) = outer {
        path.insert(0, names::method(parent.name()));
        outer = parent.parent_message();
    }
    let within = path.into_iter().chain([message.name().to_owned()]);
    let path: Vec<_> = within.collect();
    let root = if package == service.package_name() {
        "pb".to_owned()
    } else {
        format!("sv_proto::pb::{}", package.replace('.', "::"))
    };
    Ok(format!("{root}::{}", path.join("::")))
}

"""Writes the one file of each client that protoc has no plugin for: the list of its services.

    python clients/generate.py LANGUAGE DESCRIPTORS

What nobody but services of an installation may call, and what moves media bytes, is left out.
"""

import re
import sys
from dataclasses import dataclass

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

# The extension `reason` of streamverse.options.v1.
REASON = 50875
NOTE = "Generated from proto/ by scripts/gen-clients."


@dataclass
class Method:
    """An RPC that the public port serves."""

    name: str
    comment: str
    # Whether it may be repeated when it is not known what became of it.
    repeatable: bool
    # Whether it keeps its answer under an Idempotency-Key.
    takes_key: bool
    streams: bool
    # Of a list: the type of its items, e.g. `.streamverse.content.v1.Content`.
    item: str
    request: str
    response: str


@dataclass
class Service:
    """A service with its public methods."""

    package: str
    file: str
    name: str
    comment: str
    methods: list[Method]

    @property
    def domain(self) -> str:
        return self.package.split(".")[1]

    @property
    def attribute(self) -> str:
        """`WatchHistoryService` is `watch_history`."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", self.name.removesuffix("Service")).lower()

    @property
    def camel(self) -> str:
        return self.name.removesuffix("Service")


def read(path: str, media: bool = False) -> list[Service]:
    """Reads the services, with our options; if asked, also what moves media bytes."""
    raw = descriptor_pb2.FileDescriptorSet()
    with open(path, "rb") as file:
        raw.ParseFromString(file.read())
    pool = descriptor_pool.DescriptorPool()
    for file in raw.file:
        pool.Add(file)
    extension = pool.FindExtensionByName("streamverse.options.v1.policy")
    policy_type = message_factory.GetMessageClass(extension.message_type)
    keys = pool.FindEnumTypeByName("streamverse.options.v1.IdempotencyKey").values_by_number
    services = []
    messages = {f".{file.package}.{m.name}": m for file in raw.file for m in file.message_type}
    for file in raw.file:
        comments = {tuple(at.path): at.leading_comments for at in file.source_code_info.location}
        for index, service in enumerate(file.service):
            methods = []
            for number, method in enumerate(service.method):
                policy = policy_type()
                policy.MergeFromString(option(method.options, extension.number))
                if policy.WhichOneof("access") == "service":
                    continue
                if not media and (policy.WhichOneof("access") == "play_token" or policy.plane):
                    continue
                level = method.options.idempotency_level
                methods.append(
                    Method(
                        name=method.name,
                        comment=comments.get((6, index, 2, number), ""),
                        repeatable=level != descriptor_pb2.MethodOptions.IDEMPOTENCY_UNKNOWN,
                        takes_key=keys[policy.idempotency_key].name != "IDEMPOTENCY_KEY_UNSPECIFIED",
                        streams=method.server_streaming,
                        item=item_of(messages, method),
                        request=method.input_type,
                        response=method.output_type,
                    )
                )
            if methods:
                comment = comments.get((6, index), "")
                services.append(Service(file.package, file.name, service.name, comment, methods))
    return sorted(services, key=lambda service: service.attribute)


def item_of(messages, method) -> str:
    """Returns what a method lists, page by page; empty where it lists nothing."""
    asks = {field.name for field in messages[method.input_type].field} if method.input_type in messages else set()
    fields = messages[method.output_type].field if method.output_type in messages else []
    answers = {field.name: field.type_name for field in fields}
    return answers.get("items", "") if "page_token" in asks and "next_page_token" in answers else ""


@dataclass
class Reason:
    """A stable reason of a refusal."""

    name: str
    comment: str
    domains: list[str]


def read_reasons(path: str) -> list[Reason]:
    """Reads the reasons; one that several domains give is told once."""
    raw = descriptor_pb2.FileDescriptorSet()
    with open(path, "rb") as file:
        raw.ParseFromString(file.read())
    found: dict[str, Reason] = {}
    for file in raw.file:
        comments = {tuple(at.path): at.leading_comments for at in file.source_code_info.location}
        for index, enum in enumerate(file.enum_type):
            prefix = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", enum.name).upper() + "_"
            for number, value in enumerate(enum.value):
                if option(value.options, REASON):
                    name, domain = value.name.removeprefix(prefix), file.package.split(".")[1]
                    comment = " ".join(comments.get((5, index, 2, number), "").split())
                    known = found.setdefault(name, Reason(name, comment, []))
                    known.domains.append(domain)
    return sorted(found.values(), key=lambda reason: reason.name)


def option(options, number: int) -> bytes:
    """Returns an option's bytes, which these descriptors keep as an unknown field."""
    from google.protobuf import unknown_fields

    found = b""
    for field in unknown_fields.UnknownFieldSet(options):
        if field.field_number == number:
            found += field.data
    return found


def line(comment: str) -> str:
    """The first sentence of a comment, without ids."""
    text = " ".join(comment.split())
    text = re.split(r"(?<=[a-z)`\d])[.:] ", text + " ")[0].strip().rstrip(".")
    return re.sub(r" \([A-Z][^)]*\d\)", "", text) + "."


def python(services: list[Service]) -> str:
    out = [f'"""{NOTE}"""', "", "from functools import cached_property", "", "import grpc", ""]
    modules = sorted({service.file for service in services})
    for file in modules:
        package, stem = file.removesuffix(".proto").replace("/", ".").rsplit(".", 1)
        out.append(f"from {package} import {stem}_pb2_grpc as {alias(file)}")
    for kind, suffix, channel in (("Services", "", "grpc"), ("AsyncServices", "Async", "grpc.aio")):
        out += ["", "", f"class {kind}:", '    """The services of the public port."""', "", f"    _caller: {channel}.Channel"]
        for service in services:
            stub = f"{alias(service.file)}.{service.name}"
            quoted = f'"{stub}{suffix}Stub"' if suffix else f"{stub}Stub"
            out += [
                "",
                "    @cached_property",
                f"    def {service.attribute}(self) -> {quoted}:",
                f'        """{line(service.comment)}"""',
                f"        return {stub}Stub(self._caller)",
            ]
    return "\n".join(out) + "\n"


def python_reasons(reasons: list[Reason]) -> str:
    out = [f'"""The reasons of refusals: what ``StreamVerseError.reason`` may be.\n\n{NOTE}\n"""', "", "from typing import Final", ""]
    for reason in reasons:
        out += [f'{reason.name}: Final = "{reason.name}"', f'"""{reason.comment}"""']
    return "\n".join(out) + "\n"


def alias(file: str) -> str:
    domain, _, stem = file.removeprefix("streamverse/").removesuffix(".proto").split("/")
    return f"_{domain}_{stem}"


def go(services: list[Service]) -> str:
    domains = sorted({service.domain for service in services})
    out = [f"// Code generated from proto/ by scripts/gen-clients. DO NOT EDIT.", "", "package streamverse", "", "import ("]
    out += ['\t"google.golang.org/grpc"', ""]
    out += [f'\t{domain}v1 "streamverse.example/client/api/{domain}/v1"' for domain in domains]
    out += [")", "", "// Services are the services of the public port.", "type Services struct {"]
    for service in services:
        out += [f"\t// {service.camel}: {line(service.comment)}", f"\t{service.camel} {service.domain}v1.{service.name}Client"]
    out += ["}", "", "func newServices(conn grpc.ClientConnInterface) Services {", "\treturn Services{"]
    out += [f"\t\t{service.camel}: {service.domain}v1.New{service.name}Client(conn)," for service in services]
    out += ["\t}", "}"]
    return "\n".join(out) + "\n"


def go_reasons(reasons: list[Reason]) -> str:
    out = ["// Code generated from proto/ by scripts/gen-clients. DO NOT EDIT.", "", "package streamverse", ""]
    out += ["// The reasons of refusals.", "const ("]
    for reason in reasons:
        name = "".join(part.capitalize() for part in reason.name.split("_"))
        out += [f"\t// {reason.comment}", f'\tReason{name} Reason = "{reason.name}"']
    return "\n".join([*out, ")"]) + "\n"


def typescript_keyed(services: list[Service]) -> str:
    out = [f"// {NOTE}", "", "/** Methods that keep their answer under an `idempotency-key`. */"]
    out += ["export const KEYED: ReadonlySet<string> = new Set(["]
    out += [f'  "{s.package}.{s.name}/{m.name}",' for s in services for m in s.methods if m.takes_key]
    return "\n".join([*out, "]);"]) + "\n"


def typescript_reasons(reasons: list[Reason]) -> str:
    out = [f"// {NOTE}", "", "/** The reasons of refusals. */", "export type Reason ="]
    for reason in reasons:
        out += [f"  /** {reason.comment} */", f'  | "{reason.name}"']
    return "\n".join(out) + ";\n"


def rust_path(name: str) -> str:
    _, _, domain, _, message = name.split(".")
    return f"sv_proto::{domain}::{message}"


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def rust_services(services: list[Service]) -> str:
    out = [f"//! The services of the public port. {NOTE}", ""]
    clients = [f"{s.domain}::{snake(s.name)}_client::{s.name}Client" for s in services]
    out += ["use sv_proto::{", *[f"    {client}," for client in sorted(clients)], "};", "", "use crate::{Caller, Client};", ""]
    out += ["impl Client {"]
    for s in services:
        out += [f"    /// {line(s.comment)}", f"    pub fn {s.attribute}(&self) -> {s.name}Client<Caller> {{"]
        out += [f"        {s.name}Client::new(self.caller())", "    }", ""]
    return "\n".join([*out[:-1], "}"]) + "\n"


def rust_policies(services: list[Service]) -> str:
    out = [f"//! What the protos say of methods. {NOTE}", ""]
    paths = lambda fits: sorted(f"/{s.package}.{s.name}/{m.name}" for s in services for m in s.methods if fits(m))  # noqa: E731
    for name, comment, fits in (
        ("REPEATABLE", "Methods that may be repeated", lambda m: m.repeatable),
        ("KEYED", "Methods that keep their answer under an `idempotency-key`", lambda m: m.takes_key),
        ("STREAMS", "Methods that answer with a stream", lambda m: m.streams),
    ):
        out += [f"/// {comment}, in order.", f"pub(crate) const {name}: &[&str] = &["]
        out += [f'    "{path}",' for path in paths(fits)] + ["];", ""]
    return "\n".join(out[:-1]) + "\n"


def rust_lists(services: list[Service]) -> str:
    out = [f"//! Requests that ask for a part of a list. {NOTE}", "", "use tonic::{Response, Status};", "", "use crate::{Client, List};"]
    for s in services:
        for m in s.methods:
            if m.item:
                request, response = rust_path(m.request), rust_path(m.response)
                out += ["", f"impl List for {request} {{", f"    type Page = {response};", f"    type Item = {rust_path(m.item)};", ""]
                out += ["    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {"]
                out += [f"        client.{s.attribute}().{snake(m.name)}(self).await", "    }", ""]
                out += ["    fn after(&mut self, token: String) {", "        self.offset = 0;", "        self.page_token = token;", "    }", ""]
                out += ["    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {"]
                out += ["        (page.items, page.next_page_token)", "    }", "}"]
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    what, descriptors = sys.argv[1:3]
    render = {"python": python, "go": go, "typescript-keyed": typescript_keyed}
    render |= {"rust-services": rust_services, "rust-policies": rust_policies, "rust-lists": rust_lists}
    render_reasons = {"python-reasons": python_reasons, "go-reasons": go_reasons, "typescript-reasons": typescript_reasons}
    if what in render:
        sys.stdout.write(render[what](read(descriptors)))
    else:
        sys.stdout.write(render_reasons[what](read_reasons(descriptors)))

"""Writes docs/api/: a page for each service of the public port, and a list of them.

    python clients/reference.py DESCRIPTORS FOLDER
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from google.api import http_pb2
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from generate import Service, line, option, read

# google.api.http.
HTTP = 72295728
NOTE = "<!-- Generated from proto/ by scripts/gen-clients. -->\n"
CODES = (
    "OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED "
    "RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS "
    "UNAUTHENTICATED"
).split()
Type = descriptor_pb2.FieldDescriptorProto


class Protos:
    """The protos, with our options and with comments."""

    def __init__(self, path: str) -> None:
        raw = descriptor_pb2.FileDescriptorSet()
        raw.ParseFromString(Path(path).read_bytes())
        self.files = list(raw.file)
        pool = descriptor_pool.DescriptorPool()
        for file in raw.file:
            pool.Add(file)
        self._pool = pool
        self.messages: dict[str, tuple[Any, list[str], str]] = {}
        self.enums: dict[str, tuple[Any, list[str], str]] = {}
        self.methods: dict[tuple[str, str], tuple[Any, str]] = {}
        self.reasons: dict[tuple[str, str], Any] = {}
        for file in raw.file:
            said = {tuple(at.path): at.leading_comments for at in file.source_code_info.location}
            for i, service in enumerate(file.service):
                for j, method in enumerate(service.method):
                    key = (f"{file.package}.{service.name}", method.name)
                    self.methods[key] = (method, said.get((6, i, 2, j), ""))
            for i, message in enumerate(file.message_type):
                self._message(f".{file.package}.{message.name}", message, (4, i), said)
            for i, enum in enumerate(file.enum_type):
                self._enum(f".{file.package}.{enum.name}", enum, (5, i), said)
                prefix = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", enum.name).upper() + "_"
                for value in enum.value:
                    if reason := self.said(value.options, "reason"):
                        self.reasons[file.package, value.name.removeprefix(prefix)] = reason

    def _message(self, name: str, message: Any, path: tuple[int, ...], said: dict[tuple[int, ...], str]) -> None:
        fields = [said.get((*path, 2, i), "") for i in range(len(message.field))]
        self.messages[name] = (message, fields, said.get(path, ""))
        for i, nested in enumerate(message.nested_type):
            self._message(f"{name}.{nested.name}", nested, (*path, 3, i), said)
        for i, enum in enumerate(message.enum_type):
            self._enum(f"{name}.{enum.name}", enum, (*path, 4, i), said)

    def _enum(self, name: str, enum: Any, path: tuple[int, ...], said: dict[tuple[int, ...], str]) -> None:
        self.enums[name] = (enum, [said.get((*path, 2, i), "") for i in range(len(enum.value))], said.get(path, ""))

    def said(self, options: Any, name: str) -> Any:
        """Reads one of our options as a message; None where it is not set."""
        extension = self._pool.FindExtensionByName(f"streamverse.options.v1.{name}")
        raw = option(options, extension.number)
        if not raw:
            return None
        message = message_factory.GetMessageClass(extension.message_type)()
        message.MergeFromString(raw)
        return message

    def enum_name(self, enum: str, number: int) -> str:
        return self._pool.FindEnumTypeByName(f"streamverse.options.v1.{enum}").values_by_number[number].name


def flat(text: str) -> str:
    return " ".join(text.split())


def cell(text: str) -> str:
    return flat(text).replace("|", "\\|")


def page_name(service: Service) -> str:
    return service.attribute.replace("_", "-") + ".md"


def routes(method: Any) -> list[str]:
    """`GET /ondemand/movies`, and its other addresses."""
    raw = option(method.options, HTTP)
    if not raw:
        return []
    rule = http_pb2.HttpRule()
    rule.MergeFromString(raw)
    found = []
    for binding in (rule, *rule.additional_bindings):
        verb = binding.WhichOneof("pattern")
        if verb == "custom":
            found.append(f"{binding.custom.kind} {binding.custom.path}")
        elif verb:
            found.append(f"{verb.upper()} {getattr(binding, verb)}")
    return found


def words(name: str) -> str:
    return name.lower().replace("_", " ")


def access(protos: Protos, policy: Any) -> str:
    kind = policy.WhichOneof("access")
    if kind == "anonymous":
        return "anyone"
    if kind == "play_token":
        return "whoever has a signed address, which starts of playback answer"
    if kind == "authenticated":
        text = "anyone who is signed in"
        if not policy.authenticated.open_to_children:
            text += ", but for sessions in a profile for children"
        if policy.authenticated.open_to_browsing:
            text += "; without a token, too, where `edge.anonymous_browse` is set"
        return text
    needed = [protos.enum_name("Permission", number).removeprefix("PERMISSION_") for number in policy.require.any_of]
    text = "who has " + " or ".join(f"`{name}`" for name in needed)
    if policy.require.owner_field:
        text += f", and the account `{policy.require.owner_field}` itself"
    return text


def facts(protos: Protos, method: Any, policy: Any) -> list[str]:
    out = [f"**May be called by** {access(protos, policy)}."]
    keys = protos.enum_name("IdempotencyKey", policy.idempotency_key)
    if keys != "IDEMPOTENCY_KEY_UNSPECIFIED":
        out.append("**Idempotency-Key:** the answer is kept with it, so that the call can be repeated.")
    elif method.options.idempotency_level == descriptor_pb2.MethodOptions.IDEMPOTENT:
        out.append("**May be repeated:** what it does, it does once.")
    rate = policy.rate
    if protos.enum_name("RateClass", getattr(rate, "class")) not in ("RATE_CLASS_UNSPECIFIED", "RATE_CLASS_DEFAULT"):
        out.append(f"**Rate:** the class `{words(protos.enum_name('RateClass', getattr(rate, 'class')).removeprefix('RATE_CLASS_'))}`.")
    if policy.HasField("deadline"):
        out.append(f"**Time:** at most {policy.deadline.seconds} s.")
    return out


def type_name(protos: Protos, field: Any) -> str:
    """A field's type, as JSON has it, and where it is described."""
    if field.type == Type.TYPE_MESSAGE:
        entry = protos.messages.get(field.type_name)
        if entry and entry[0].options.map_entry:
            return f"map of {type_name(protos, entry[0].field[1])}"
        known = {
            ".google.protobuf.Timestamp": "time (RFC 3339)",
            ".google.protobuf.Duration": "duration, e.g. `1.5s`",
            ".google.protobuf.FieldMask": "field mask",
            ".google.protobuf.Struct": "object",
            ".google.api.HttpBody": "the body, as it is",
        }
        name = known.get(field.type_name) or link(field.type_name)
    elif field.type == Type.TYPE_ENUM:
        name = link(field.type_name)
    else:
        name = {
            Type.TYPE_STRING: "string",
            Type.TYPE_BOOL: "bool",
            Type.TYPE_BYTES: "bytes (base64)",
            Type.TYPE_DOUBLE: "double",
            Type.TYPE_FLOAT: "float",
            Type.TYPE_INT64: "int64 (a string in JSON)",
            Type.TYPE_UINT64: "uint64 (a string in JSON)",
            Type.TYPE_INT32: "int32",
            Type.TYPE_UINT32: "uint32",
        }.get(field.type, "number")
    return f"list of {name}" if field.label == Type.LABEL_REPEATED else name


def link(full: str) -> str:
    short = full.rsplit(".", 1)[1]
    return f"[{short}](#{short.lower()})"


def number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else str(value)


def rules(protos: Protos, field: Any) -> str:
    """What a value has to keep."""
    said = protos.said(field.options, "field")
    if said is None:
        return ""
    out = []
    if said.required:
        out.append("required")
    form = protos.enum_name("Format", said.format).removeprefix("FORMAT_")
    if form not in ("UNSPECIFIED", "RAW", "LINE", "TOKEN"):
        out.append(words(form).upper() if form in ("UUID", "URL") else words(form))
    if said.min_length and said.max_length:
        out.append(f"{number(said.min_length)} to {number(said.max_length)} characters")
    elif said.max_length:
        out.append(f"at most {number(said.max_length)} characters")
    elif said.min_length:
        out.append(f"at least {number(said.min_length)} characters")
    if said.HasField("min") and said.HasField("max"):
        out.append(f"{number(said.min)} to {number(said.max)}")
    elif said.HasField("min"):
        out.append(f"{number(said.min)} or more")
    elif said.HasField("max"):
        out.append(f"at most {number(said.max)}")
    if said.min_items:
        out.append(f"at least {said.min_items} items")
    if said.max_items:
        out.append(f"at most {number(said.max_items)} items")
    return "; ".join(out)


def fields(protos: Protos, name: str) -> list[str]:
    if name == ".google.api.HttpBody":
        return ["The bytes, as they are, with their media type.", ""]
    message, comments, _ = protos.messages[name]
    if not message.field:
        return ["Nothing.", ""]
    told = [rules(protos, field) for field in message.field]
    ruled = any(told)
    out = ["| field | type | rules | |", "|---|---|---|---|"] if ruled else ["| field | type | |", "|---|---|---|"]
    for field, comment, rule in zip(message.field, comments, told, strict=True):
        row = [f"`{field.json_name}`", type_name(protos, field), *([rule] if ruled else []), cell(comment)]
        out.append("| " + " | ".join(row) + " |")
    return [*out, ""]


def reachable(protos: Protos, roots: list[str]) -> list[str]:
    """The types that are named by the fields of others, sorted; our own ones only."""
    found: set[str] = set()
    todo = list(roots)
    while todo:
        message = protos.messages.get(todo.pop())
        for field in message[0].field if message else ():
            name = field.type_name
            known = protos.messages.get(name)
            if known and known[0].options.map_entry:
                todo.append(name)
            elif name.startswith(".streamverse.") and name not in found:
                found.add(name)
                todo.append(name)
    return sorted(found, key=lambda name: name.rsplit(".", 1)[1])


def described(protos: Protos, name: str) -> list[str]:
    short = name.rsplit(".", 1)[1]
    if name in protos.messages:
        return [f"### {short}", "", flat(protos.messages[name][2]), "", *fields(protos, name)]
    enum, comments, comment = protos.enums[name]
    prefix = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", enum.name).upper() + "_"
    out = [f"### {short}", "", flat(comment), "", "| JSON | gRPC | |", "|---|---|---|"]
    for value, text in zip(enum.value, comments, strict=True):
        out.append(f"| `{value.name.removeprefix(prefix).lower()}` | `{value.name}` | {cell(text)} |")
    return [*out, ""]


def reasons(protos: Protos, package: str, comment: str) -> list[str]:
    """The reasons that an RPC's comment names, which are those of its service or common ones."""
    paragraph = next((p for p in comment.split("\n\n") if p.strip().startswith("Fails with")), "")
    out = []
    for name in dict.fromkeys(re.findall(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b", paragraph)):
        places = [package, "streamverse.common.v1", *(p for p, n in protos.reasons if n == name)]
        reason = next((protos.reasons[p, name] for p in places if (p, name) in protos.reasons), None)
        if reason is None:
            continue
        out.append(f"| `{name}` | {reason.http} | {CODES[reason.code]} | {cell(reason.message)} |")
    return ["**Refusals of its own:**", "", "| reason | HTTP | gRPC | |", "|---|---|---|---|", *out, ""] if out else []


def page(protos: Protos, service: Service) -> str:
    full = f"{service.package}.{service.name}"
    out = [NOTE, f"# {service.name}", "", flat(service.comment), ""]
    out += [f"gRPC `{full}`, in [{service.file}](../../proto/{service.file}).", ""]
    roots = []
    for known in service.methods:
        method, comment = protos.methods[full, known.name]
        policy = protos.said(method.options, "policy")
        paragraphs = [flat(p) for p in comment.split("\n\n") if not p.strip().startswith("Fails with")]
        out += [f"## {method.name}", ""]
        addresses = routes(method)
        out += ["; ".join(f"`{address}`" for address in addresses) if addresses else "By gRPC and grpc-web only.", ""]
        out += [text for paragraph in paragraphs for text in (paragraph, "")]
        out += [" ".join(facts(protos, method, policy)), ""]
        out += [f"**Asks** (`{method.input_type.rsplit('.', 1)[1]}`):", "", *fields(protos, method.input_type)]
        streams = ", one after the other, as a stream" if method.server_streaming else ""
        out += [f"**Answers** (`{method.output_type.rsplit('.', 1)[1]}`{streams}):", "", *fields(protos, method.output_type)]
        out += reasons(protos, service.package, comment)
        roots += [method.input_type, method.output_type]
    types = reachable(protos, roots)
    if types:
        out += ["## Types", ""]
        for name in types:
            out += described(protos, name)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).rstrip() + "\n"


def index(protos: Protos, services: list[Service]) -> str:
    out = [NOTE, "# API reference", ""]
    out += [
        "Every RPC that the public port serves, by service: what it asks and answers, who may call it, and what it is refused",
        "with. Each is REST/JSON at the addresses given, gRPC and grpc-web under the service's name. Field names are JSON's;",
        "protobuf's are the same in `snake_case`. Over REST an answer is in `data` of the envelope, and fields of a request that",
        "are not in the path are the query of a `GET` or the body. Beside its own refusals every call may hear those of",
        "`common.streamverse` in [errors.md](../errors.md): a token that does not hold, rules that are broken, rates.",
        "[authorization.md](../authorization.md) has all access at a glance, [http.md](../http.md) and [grpc.md](../grpc.md)",
        "what holds for all calls.",
        "",
        "| service | | RPCs |",
        "|---|---|---|",
    ]
    for service in services:
        names = ", ".join(f"[{m.name}]({page_name(service)}#{m.name.lower()})" for m in service.methods)
        out.append(f"| [{service.name}]({page_name(service)}) | {cell(line(service.comment))} | {names} |")
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    descriptors, folder = sys.argv[1], Path(sys.argv[2])
    protos, services = Protos(descriptors), read(descriptors, media=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README.md").write_text(index(protos, services))
    for service in services:
        (folder / page_name(service)).write_text(page(protos, service))

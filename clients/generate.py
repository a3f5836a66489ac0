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


def read(path: str) -> list[Service]:
    """Reads the services, with our options."""
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
    for file in raw.file:
        comments = {tuple(at.path): at.leading_comments for at in file.source_code_info.location}
        for index, service in enumerate(file.service):
            methods = []
            for number, method in enumerate(service.method):
                policy = policy_type()
                policy.MergeFromString(option(method.options, extension.number))
                if policy.WhichOneof("access") in ("service", "play_token") or policy.plane:
                    continue
                level = method.options.idempotency_level
                methods.append(
                    Method(
                        name=method.name,
                        comment=comments.get((6, index, 2, number), ""),
                        repeatable=level != descriptor_pb2.MethodOptions.IDEMPOTENCY_UNKNOWN,
                        takes_key=keys[policy.idempotency_key].name != "IDEMPOTENCY_KEY_UNSPECIFIED",
                        streams=method.server_streaming,
                    )
                )
            if methods:
                comment = comments.get((6, index), "")
                services.append(Service(file.package, file.name, service.name, comment, methods))
    return sorted(services, key=lambda service: service.attribute)


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


if __name__ == "__main__":
    what, descriptors = sys.argv[1:3]
    render = {"python": python, "go": go, "typescript-keyed": typescript_keyed}
    render_reasons = {"python-reasons": python_reasons, "go-reasons": go_reasons, "typescript-reasons": typescript_reasons}
    if what in render:
        sys.stdout.write(render[what](read(descriptors)))
    else:
        sys.stdout.write(render_reasons[what](read_reasons(descriptors)))

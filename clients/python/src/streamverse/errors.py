"""What a call is refused with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import grpc
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.message import DecodeError, Message
from google.rpc import error_details_pb2, status_pb2

from streamverse import reasons

M = TypeVar("M", bound=Message)

_OURS = "type.googleapis.com/"


@dataclass(frozen=True)
class Violation:
    """A field that breaks a rule."""

    field: str
    rule: str
    description: str


class StreamVerseError(Exception):
    """A call that failed. Programs go by ``reason``; ``message`` is for people."""

    #: The gRPC code.
    code: grpc.StatusCode
    #: Stays the same over versions, e.g. ``EMAIL_TAKEN``; see ``streamverse.reasons``. The code's name where the
    #: failure was not told by the server, e.g. ``UNAVAILABLE``.
    reason: str
    #: Who told the reason, e.g. ``auth.streamverse``; empty where the server did not.
    domain: str
    #: What happened and what to do, in the language that was asked for.
    message: str
    #: The values of the message, by name.
    values: dict[str, str]
    #: The fields that break rules, with ``VALIDATION_FAILED``.
    violations: list[Violation]
    #: Seconds after which trying again makes sense; ``None`` where nothing is said.
    retry_after: float | None
    #: All details, unpacked, e.g. ``streamverse.streaming.v1.ActiveStreams`` with ``STREAM_LIMIT``.
    details: list[Message]
    #: Finds the call in the server's log.
    request_id: str
    #: Whether the server asks that nobody repeats the call.
    pushed_back: bool

    def __init__(self, code: grpc.StatusCode, message: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.reason = code.name
        self.domain = ""
        self.message = message
        self.values = {}
        self.violations = []
        self.retry_after = None
        self.details = []
        self.request_id = ""
        self.pushed_back = False

    def __str__(self) -> str:
        fields = "; ".join(f"{v.field}: {v.description}" for v in self.violations)
        return f"{self.reason}: {self.message}" + (f" ({fields})" if fields else "")

    @property
    def is_passing(self) -> bool:
        """Whether the same call may succeed a moment later: nobody answers, or the server has too much to do."""
        return self.code is grpc.StatusCode.UNAVAILABLE or (bool(self.domain) and self.reason == reasons.OVERLOADED)

    def detail(self, kind: type[M]) -> M | None:
        """Returns the detail of a type, e.g. ``error.detail(ActiveStreams)``."""
        return next((detail for detail in self.details if isinstance(detail, kind)), None)

    @classmethod
    def of(cls, error: Any) -> StreamVerseError:
        """Reads what grpc raised."""
        ours = cls(error.code(), error.details() or "")
        metadata = {key: value for part in (error.initial_metadata(), error.trailing_metadata()) for key, value in part or ()}
        ours.request_id = str(metadata.get("x-request-id", ""))
        ours.pushed_back = str(metadata.get("grpc-retry-pushback-ms", "0")).startswith("-")
        packed = metadata.get("grpc-status-details-bin")
        if isinstance(packed, bytes):
            ours._read(packed)
        return ours

    def _read(self, packed: bytes) -> None:
        status = status_pb2.Status()
        try:
            status.ParseFromString(packed)
        except DecodeError:
            return
        for packed_detail in status.details:
            detail = _unpack(packed_detail.type_url, packed_detail.value)
            if detail is None:
                continue
            self.details.append(detail)
            if isinstance(detail, error_details_pb2.ErrorInfo):
                self.reason, self.domain, self.values = detail.reason, detail.domain, dict(detail.metadata)
            elif isinstance(detail, error_details_pb2.LocalizedMessage):
                self.message = detail.message
            elif isinstance(detail, error_details_pb2.BadRequest):
                self.violations = [Violation(v.field, v.reason, v.description) for v in detail.field_violations]
            elif isinstance(detail, error_details_pb2.RetryInfo):
                self.retry_after = detail.retry_delay.ToTimedelta().total_seconds()


def _unpack(url: str, value: bytes) -> Message | None:
    """Reads a detail of a type that this program knows; others are left out."""
    try:
        kind = descriptor_pool.Default().FindMessageTypeByName(url.removeprefix(_OURS))
        message: Message = message_factory.GetMessageClass(kind)()
        message.ParseFromString(value)
    except (KeyError, DecodeError):
        return None
    return message

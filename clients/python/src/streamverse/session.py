"""A login."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import asdict, dataclass, field
from typing import Protocol

#: Seconds before its end from which a token is not sent any more.
MARGIN = 30.0


class Tokens(Protocol):
    """What signing in, registering, refreshing and selecting a profile answer alike."""

    access_token: str
    refresh_token: str
    expires_in: int


@dataclass(frozen=True)
class Session:
    """A login, as it can be kept: whoever has it is signed in."""

    access_token: str = field(repr=False)
    #: Exchanged for the next pair; works once.
    refresh_token: str = field(repr=False)
    #: When the access token ends, in seconds since 1970.
    expires_at: float
    #: The ``idempotency-key`` of that exchange. It is kept with the token, so that the server takes a repetition, also by
    #: a program that has started anew, for what it is: under another key the token would count as stolen.
    refresh_key: str = field(default_factory=lambda: str(uuid.uuid4()), repr=False)

    @classmethod
    def of(cls, tokens: Tokens) -> Session:
        """Takes the tokens out of an answer that has just come."""
        return cls(tokens.access_token, tokens.refresh_token, time.time() + tokens.expires_in)

    @property
    def is_stale(self) -> bool:
        """Whether the access token has ended or is about to."""
        return time.time() > self.expires_at - MARGIN

    def to_json(self) -> str:
        """Writes it down. Keep it like a password."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Session:
        """Reads what ``to_json`` wrote."""
        return cls(**json.loads(text))

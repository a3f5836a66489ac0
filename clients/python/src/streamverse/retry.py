"""Which calls are made again, and when."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass
from functools import cache

from google.protobuf import descriptor_pool
from google.protobuf.descriptor_pb2 import MethodOptions

from streamverse import reasons
from streamverse.errors import StreamVerseError
from streamverse.options.v1 import options_pb2

#: What names a call whose answer the server keeps.
KEY = "idempotency-key"
#: A token that refreshing may mend. One that was revoked belongs to a session that is over.
_TOKEN_ENDED = (reasons.TOKEN_EXPIRED, reasons.TOKEN_INVALID)
#: Methods that show other credentials than a token.
_SIGNS_IN = frozenset(f"/streamverse.auth.v1.AuthService/{name}" for name in ("Register", "Login", "Refresh"))
_CHOOSES = "/streamverse.auth.v1.AuthService/SelectProfile"
#: What ends a session for good, said to a refresh.
SESSION_OVER = (
    reasons.REFRESH_TOKEN_INVALID,
    reasons.REFRESH_TOKEN_EXPIRED,
    reasons.REFRESH_TOKEN_REUSED,
    reasons.ACCOUNT_BLOCKED,
)


@dataclass(frozen=True)
class RetryPolicy:
    """How often a call is made in all, and how long the pauses are, in seconds."""

    attempts: int = 4
    first_pause: float = 0.1
    #: The most that is waited once. Where the server asks for more, the call fails at once.
    longest_pause: float = 5.0

    def pause(self, failures: int, error: StreamVerseError) -> float | None:
        """Says how long to wait after so many failures; ``None`` ends it."""
        if failures >= self.attempts or not error.is_passing or error.pushed_back:
            return None
        asked = error.retry_after or 0.0
        if asked > self.longest_pause:
            return None
        # Spread, so that clients that failed together do not come back together.
        grown: float = min(self.longest_pause, self.first_pause * 2 ** (failures - 1))
        return max(asked, grown * random.uniform(0.5, 1.0))


@dataclass(frozen=True)
class Method:
    """What a method says about itself."""

    path: str
    #: Whether it may be repeated where nobody knows what became of it.
    repeatable: bool
    #: Whether its answer is kept under an ``idempotency-key``.
    takes_key: bool
    #: Whether it signs in by what it carries, so that no token is sent.
    signs_in: bool
    #: Whether it changes the profile of the login.
    chooses: bool


@cache
def method(path: str) -> Method:
    """Reads the options of a method by its path."""
    service, name = path.removeprefix("/").split("/")
    options = descriptor_pool.Default().FindServiceByName(service).methods_by_name[name].GetOptions()
    policy = options.Extensions[options_pb2.policy]
    return Method(
        path=path,
        repeatable=options.idempotency_level != MethodOptions.IDEMPOTENCY_UNKNOWN,
        takes_key=policy.idempotency_key != options_pb2.IDEMPOTENCY_KEY_UNSPECIFIED,
        signs_in=path in _SIGNS_IN,
        chooses=path == _CHOOSES,
    )


class Refresh:
    """Says to get another token first."""


class Tries:
    """The tries of one call."""

    def __init__(self, about: Method, policy: RetryPolicy, headers: list[tuple[str, str]]) -> None:
        self._about, self._policy = about, policy
        self._failures, self._refreshed = 0, False
        self.headers = headers
        if about.takes_key and not any(name == KEY for name, _ in headers):
            # With a key the server gives the first answer again, so that nothing is done twice.
            self.headers = [*headers, (KEY, str(uuid.uuid4()))]
        self._keyed = any(name == KEY for name, _ in self.headers)

    def after(self, error: StreamVerseError, signed_in: bool) -> float | Refresh:
        """Says what to do before the next try, or raises the error."""
        if signed_in and not self._refreshed and error.reason in _TOKEN_ENDED:
            self._refreshed = True
            return Refresh()
        self._failures += 1
        # What the server itself says it cannot do now was not done; a connection that broke leaves that open.
        harmless = bool(error.domain) or self._about.repeatable or self._keyed
        pause = self._policy.pause(self._failures, error) if harmless else None
        if pause is None:
            raise error
        return pause

"""What the blocking and the asynchronous client have in common."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

from streamverse.retry import Method, RetryPolicy
from streamverse.session import Session

#: A message comes at least so often where a connection is alive; TVs fall asleep with theirs open.
OPTIONS: list[tuple[str, Any]] = [
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    # Repeating is ours, by what the methods say about themselves.
    ("grpc.enable_retries", 0),
]


@dataclass(frozen=True)
class Address:
    """Where an installation is."""

    url: str

    def __post_init__(self) -> None:
        if not re.match(r"https?://[^/]+", self.url):
            raise ValueError(f"an address such as http://localhost:3000 is needed, not {self.url!r}")

    @property
    def is_secure(self) -> bool:
        return self.url.startswith("https:")

    @property
    def target(self) -> str:
        """What grpc dials."""
        parts = urlsplit(self.url)
        return parts.netloc if parts.port else f"{parts.netloc}:{443 if self.is_secure else 80}"

    def join(self, place: str) -> str:
        """Completes an address that an answer gives relative to the installation's; an empty one stays so."""
        return urljoin(self.url, place) if place else ""


@dataclass(frozen=True)
class Headers:
    """What every call says about its sender."""

    device_id: str | None = None
    profile_id: str | None = None
    language: str | None = None
    platform: str | None = None

    def of(self, about: Method, session: Session | None, extra: Sequence[tuple[str, Any]] | None) -> list[tuple[str, Any]]:
        own = [(name.lower(), value) for name, value in extra or ()]
        said = {name for name, _ in own}
        token = None if session is None or about.signs_in else f"Bearer {session.access_token}"
        ours = {
            "authorization": token,
            "x-device-id": self.device_id,
            "x-profile-id": self.profile_id,
            "accept-language": self.language,
            "x-client-platform": self.platform,
        }
        return own + [(name, value) for name, value in ours.items() if value is not None and name not in said]


@dataclass
class Settings:
    """How a client was set up."""

    address: Address
    headers: Headers
    retry: RetryPolicy
    timeout: float

    def watch_as(self, profile_id: str | None) -> None:
        self.headers = replace(self.headers, profile_id=profile_id)

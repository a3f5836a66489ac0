"""The login of a client, and what may take its place."""

from __future__ import annotations

import threading
from collections.abc import Callable

from streamverse.errors import StreamVerseError
from streamverse.retry import SESSION_OVER
from streamverse.session import Session


class Login:
    """Holds the session that is in force. What began with an older one does not replace it."""

    def __init__(self, session: Session | None, on_session: Callable[[Session | None], None] | None) -> None:
        self._lock = threading.Lock()
        self._on_session = on_session
        self._told, self._is_telling = session, False
        self.session = session
        #: How often somebody signed in or out or chose a profile; a session that is refreshed is still the same login.
        self.changes = 0
        #: Whether a profile is being chosen, by whoever has the client's turn.
        self.is_choosing = False
        #: How many refreshes failed, and with what the last one did.
        self.failures = 0
        self.failure: StreamVerseError | None = None

    def change(self, session: Session | None, since: int | None = None) -> None:
        """Takes over another login; where ``since`` is given, only if there were so many changes until now."""
        with self._lock:
            if since is None or since == self.changes:
                self.session = session
                self.changes += 1

    def replace(self, stale: Session, session: Session | None) -> None:
        """Goes on with a session if the one that it comes of is still in force."""
        with self._lock:
            if self.session is stale:
                self.session = session

    def failed(self, stale: Session, error: StreamVerseError) -> None:
        """Raises what a refresh was refused with, unless there is a newer session, which needs none."""
        if error.reason in SESSION_OVER:
            self.replace(stale, None)
        with self._lock:
            if self.session is None or self.session is stale:
                self.failures += 1
                self.failure = error
                raise error

    def tell(self) -> None:
        """Says what is in force now: one thread at a time, so that what is said last is what holds."""
        if self._on_session is None:
            return
        with self._lock:
            if self._is_telling:
                return
            self._is_telling = True
        try:
            while True:
                with self._lock:
                    if self._told is self.session:
                        self._is_telling = False
                        return
                    now = self._told = self.session
                self._on_session(now)
        except BaseException:
            self._is_telling = False
            raise

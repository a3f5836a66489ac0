"""Client of StreamVerse: its RPCs by gRPC, with signing in, repeating, paging and playback."""

from streamverse import reasons
from streamverse.client import Client
from streamverse.errors import StreamVerseError, Violation
from streamverse.playback import Playback
from streamverse.retry import RetryPolicy
from streamverse.session import Session

__all__ = ["Client", "Playback", "RetryPolicy", "Session", "StreamVerseError", "Violation", "reasons"]

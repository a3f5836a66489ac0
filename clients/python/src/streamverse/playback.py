"""Playback that reports itself."""

from __future__ import annotations

import threading
from collections.abc import Callable

import grpc

from streamverse import reasons
from streamverse.errors import StreamVerseError
from streamverse.streaming.v1.playback_pb2 import PlayResponse
from streamverse.streaming.v1.sessions_pb2 import CompletePlayRequest, HeartbeatRequest, StopReason
from streamverse.streaming.v1.sessions_pb2_grpc import PlaySessionServiceStub


def beat(session_id: str, position: float | None, quality: str, buffer: float, rate: float | None) -> HeartbeatRequest:
    """Makes a heartbeat of where a player stands."""
    request = HeartbeatRequest(session_id=session_id, quality=quality, buffer_seconds=buffer)
    if position is not None:
        request.position_seconds = position
    if rate is not None:
        request.rate = rate
    return request


def end(session_id: str, position: float | None) -> CompletePlayRequest:
    """Makes the end of playback at a position."""
    request = CompletePlayRequest(session_id=session_id)
    if position is not None:
        request.position_seconds = position
    return request


class Playback:
    """A running playback: inside ``with`` it reports to the server, and at its end it gives the stream back.

    The player sets ``position`` (and, where it knows them, ``quality``, ``buffer`` and ``rate``) whenever it likes;
    ``on_stop`` is called, in another thread, where the server ends playback: another device stopped it, the rental is
    over. ``complete=False`` leaves the stream to its end by silence, e.g. for a player that is only put aside.
    """

    def __init__(
        self,
        sessions: PlaySessionServiceStub,
        started: PlayResponse,
        playback_url: str,
        *,
        on_stop: Callable[[StopReason.ValueType], None] | None = None,
        complete: bool = True,
    ) -> None:
        self._sessions, self._on_stop, self._complete = sessions, on_stop, complete
        #: The answer of the start: title, markers, length.
        self.started = started
        self.session_id = started.session_id
        #: Address of the HLS master playlist, for the player.
        self.playback_url = playback_url
        #: Where the profile left the title, in seconds.
        self.resume_position = started.resume_position_seconds
        #: Where the player stands, in seconds; ``None`` until it says so.
        self.position: float | None = None
        self.quality, self.buffer, self.rate = "", 0.0, None
        #: Why the server ended playback; ``None`` while it goes on.
        self.stop_reason: StopReason.ValueType | None = None
        self._interval = float(started.heartbeat_interval_seconds)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._report, name="streamverse-heartbeat", daemon=True)

    def __enter__(self) -> Playback:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends playback at the position that was said last."""
        self._over.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()
        if self._complete and self.stop_reason is None:
            self._sessions.CompletePlay(end(self.session_id, self.position))

    def heartbeat(self) -> None:
        """Reports now, e.g. after a seek or a pause. It happens by itself when it is due."""
        request = beat(self.session_id, self.position, self.quality, self.buffer, self.rate)
        answer = self._sessions.Heartbeat(request)
        self._interval = float(answer.next_interval_seconds)
        if answer.stop:
            self._stopped(answer.stop_reason)

    def _report(self) -> None:
        while not self._over.wait(self._interval):
            try:
                self.heartbeat()
            except StreamVerseError as error:
                if error.reason == reasons.PLAY_SESSION_NOT_FOUND:
                    self._stopped(StopReason.STOP_REASON_EXPIRED)
                elif error.code is grpc.StatusCode.UNAUTHENTICATED:
                    return
                # Else the next one may come through: a stream bears 90 s of silence.

    def _stopped(self, why: StopReason.ValueType) -> None:
        if self.stop_reason is None:
            self.stop_reason = why
            self._over.set()
            if self._on_stop:
                self._on_stop(why)

"""The client for asyncio: as ``streamverse.Client``, with ``await``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import grpc

from streamverse import reasons
from streamverse._login import Login
from streamverse._services import AsyncServices
from streamverse._wire import OPTIONS, Address, Headers, Settings
from streamverse.auth.v1.auth_pb2 import LoginRequest, LogoutRequest, RefreshRequest, RegisterRequest, SelectProfileRequest
from streamverse.errors import StreamVerseError
from streamverse.playback import beat, end
from streamverse.retry import KEY, Method, Refresh, RetryPolicy, Tries, method
from streamverse.session import Session
from streamverse.streaming.v1.playback_pb2 import PlayRequest, PlayResponse
from streamverse.streaming.v1.sessions_pb2 import StopReason
from streamverse.users.v1.users_pb2 import Profile, User

R = TypeVar("R")
Metadata = Sequence[tuple[str, Any]]


class Client(AsyncServices):
    """Calls an installation from one event loop; the arguments are those of ``streamverse.Client``."""

    def __init__(
        self,
        url: str,
        *,
        session: Session | None = None,
        on_session: Callable[[Session | None], None] | None = None,
        device_id: str | None = None,
        profile_id: str | None = None,
        language: str | None = None,
        platform: str | None = None,
        retry: RetryPolicy | None = None,
        timeout: float = 30.0,
        credentials: grpc.ChannelCredentials | None = None,
    ) -> None:
        headers = Headers(device_id, profile_id, language, platform)
        self._settings = Settings(Address(url), headers, retry or RetryPolicy(), timeout)
        address = self._settings.address
        self._channel = (
            grpc.aio.secure_channel(address.target, credentials or grpc.ssl_channel_credentials(), OPTIONS)
            if address.is_secure
            else grpc.aio.insecure_channel(address.target, OPTIONS)
        )
        self._login = Login(session, on_session)
        #: Of refreshing, and of choosing a profile, which ends the session that a refresh would begin with.
        self._turn = asyncio.Lock()
        self._caller = _Caller(self)  # type: ignore[assignment]

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connection; the login stays."""
        await self._channel.close()

    @property
    def session(self) -> Session | None:
        """The login; ``None`` where nobody is signed in."""
        return self._login.session

    def url(self, place: str) -> str:
        """Completes an address of an answer, e.g. of a poster."""
        return self._settings.address.join(place)

    async def register(self, email: str, password: str, name: str, **more: Any) -> User:
        """Makes an account and signs it in."""
        made = await self.auth.Register(RegisterRequest(email=email, password=password, name=name, **more))
        self._change(Session.of(made))
        return made.user

    async def sign_in(self, email: str, password: str) -> User:
        """Signs in by a password."""
        made = await self.auth.Login(LoginRequest(email=email, password=password))
        self._change(Session.of(made))
        return made.user

    async def select_profile(self, profile_id: str, *, pin: str = "", password: str = "") -> Profile:
        """Binds the login to a profile, as children need it: the token changes."""
        request = SelectProfileRequest(profile_id=profile_id, pin=pin, password=password)
        try:
            async with self._turn:
                since, self._login.is_choosing = self._login.changes, True
                try:
                    made = await self.auth.SelectProfile(request)
                    self._login.change(Session.of(made), since)
                finally:
                    self._login.is_choosing = False
        finally:
            self._login.tell()
        return made.profile

    def watch_as(self, profile_id: str | None) -> None:
        """Has calls act for a profile of the account; ``None`` for its default."""
        self._settings.watch_as(profile_id)

    async def sign_out(self, *, all_sessions: bool = False) -> None:
        """Ends the login, or every login of the account."""
        since = self._login.changes
        await self.auth.Logout(LogoutRequest(all_sessions=all_sessions))
        self._change(None, since)

    async def refresh(self) -> None:
        """Gets another access token now. Calls do it by themselves when it is time."""
        await self._refresh(self.session)

    async def pages(self, call: Callable[..., Any], request: Any) -> AsyncIterator[Any]:
        """Goes through a list, page by page as it is read."""
        ask = type(request)()
        ask.CopyFrom(request)
        while True:
            page = await call(ask)
            for item in page.items:
                yield item
            if not page.next_page_token:
                return
            ask.offset, ask.page_token = 0, page.next_page_token

    async def play(self, content_id: str, *, on_stop: Callable[[StopReason.ValueType], None] | None = None) -> Playback:
        """Starts playback of a title or channel: ``async with await client.play(id) as playback``."""
        return Playback(self, await self.playback.Play(PlayRequest(content_id=content_id)), on_stop)

    def _change(self, session: Session | None, since: int | None = None) -> None:
        self._login.change(session, since)
        self._login.tell()

    async def _refresh(self, stale: Session | None, about: Method | None = None) -> None:
        if stale is None:
            return
        if about and about.chooses and self._login.is_choosing:
            # It has the turn.
            return await self._renew(stale)
        failures = self._login.failures
        try:
            async with self._turn:
                # A refresh token works once: another task may have been here meanwhile, whose outcome holds for this one, too.
                if self._login.session is not stale:
                    return
                if self._login.failure and self._login.failures != failures:
                    raise self._login.failure
                await self._renew(stale)
        finally:
            self._login.tell()

    async def _renew(self, stale: Session) -> None:
        request = RefreshRequest(refresh_token=stale.refresh_token)
        try:
            made = await self.auth.Refresh(request, metadata=((KEY, stale.refresh_key),))
        except StreamVerseError as error:
            self._login.failed(stale, error)
        else:
            self._login.replace(stale, Session.of(made))


class Playback:
    """A running playback, for ``async with``; its attributes are those of ``streamverse.Playback``."""

    def __init__(self, client: Client, started: PlayResponse, on_stop: Callable[[StopReason.ValueType], None] | None) -> None:
        self._client, self._on_stop = client, on_stop
        self.started = started
        self.session_id = started.session_id
        self.playback_url = client.url(started.playback_url)
        self.resume_position = started.resume_position_seconds
        self.position: float | None = None
        self.quality, self.buffer, self.rate = "", 0.0, None
        self.stop_reason: StopReason.ValueType | None = None
        self._interval = float(started.heartbeat_interval_seconds)
        self._reports: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Playback:
        self._reports = asyncio.create_task(self._report())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends playback at the position that was said last."""
        if self._reports is not None:
            self._reports.cancel()
            with suppress(asyncio.CancelledError):
                await self._reports
        if self.stop_reason is None:
            await self._client.play_session.CompletePlay(end(self.session_id, self.position))

    async def heartbeat(self) -> None:
        """Reports now, e.g. after a seek or a pause. It happens by itself when it is due."""
        request = beat(self.session_id, self.position, self.quality, self.buffer, self.rate)
        answer = await self._client.play_session.Heartbeat(request)
        self._interval = float(answer.next_interval_seconds)
        if answer.stop:
            self._stopped(answer.stop_reason)

    async def _report(self) -> None:
        while self.stop_reason is None:
            await asyncio.sleep(self._interval)
            try:
                await self.heartbeat()
            except StreamVerseError as error:
                if error.reason == reasons.PLAY_SESSION_NOT_FOUND:
                    self._stopped(StopReason.STOP_REASON_EXPIRED)
                elif error.code is grpc.StatusCode.UNAUTHENTICATED:
                    return
                # Else the next one may come through: a stream bears 90 s of silence.

    def _stopped(self, why: StopReason.ValueType) -> None:
        if self.stop_reason is None:
            self.stop_reason = why
            if self._on_stop:
                self._on_stop(why)


class _Caller:
    """Stands for a channel to the generated stubs."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def unary_unary(self, path: str, request_serializer: Any, response_deserializer: Any, **_: object) -> _Unary:
        call = self._client._channel.unary_unary(path, request_serializer, response_deserializer)
        return _Unary(self._client, path, call)

    def unary_stream(self, path: str, request_serializer: Any, response_deserializer: Any, **_: object) -> _Stream:
        call = self._client._channel.unary_stream(path, request_serializer, response_deserializer)
        return _Stream(self._client, path, call)


class _Call:
    def __init__(self, client: Client, path: str, call: Any) -> None:
        self._client, self._call, self._method = client, call, method(path)

    async def _tries(self, begin: Callable[[list[tuple[str, Any]]], Awaitable[R]], metadata: Metadata | None) -> R:
        """Has a call begin until it does."""
        client, settings = self._client, self._client._settings
        tries = Tries(self._method, settings.retry, list(metadata or ()))
        while True:
            session = client._login.session
            if session is not None and session.is_stale and not self._method.signs_in:
                await client._refresh(session, self._method)
                session = client._login.session
            try:
                return await begin(settings.headers.of(self._method, session, tries.headers))
            except grpc.aio.AioRpcError as raised:
                error = StreamVerseError.of(raised)
            signed_in = session is not None and not self._method.signs_in
            step = tries.after(error, signed_in)
            if isinstance(step, Refresh):
                await client._refresh(session, self._method)
            else:
                await asyncio.sleep(step)


class _Unary(_Call):
    async def __call__(self, request: Any, timeout: float | None = None, metadata: Metadata | None = None) -> Any:
        limit = self._client._settings.timeout if timeout is None else timeout

        async def begin(headers: list[tuple[str, Any]]) -> Any:
            return await self._call(request, timeout=limit, metadata=headers)

        return await self._tries(begin, metadata)


class _Stream(_Call):
    async def __call__(
        self, request: Any, timeout: float | None = None, metadata: Metadata | None = None
    ) -> AsyncIterator[Any]:
        async def begin(headers: list[tuple[str, Any]]) -> Any:
            stream = self._call(request, timeout=timeout, metadata=headers)
            return stream, await anext(aiter(stream), None)

        # A refusal comes before the first message, and with it the chance to try again.
        stream, first = await self._tries(begin, metadata)
        try:
            while first is not None:
                yield first
                first = await anext(aiter(stream), None)
        except grpc.aio.AioRpcError as raised:
            raise StreamVerseError.of(raised) from None
        finally:
            stream.cancel()

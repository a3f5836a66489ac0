"""The blocking client."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import grpc

from streamverse._login import Login
from streamverse._services import Services
from streamverse._wire import OPTIONS, Address, Headers, Settings
from streamverse.auth.v1.auth_pb2 import LoginRequest, LogoutRequest, RefreshRequest, RegisterRequest, SelectProfileRequest
from streamverse.errors import StreamVerseError
from streamverse.playback import Playback
from streamverse.retry import KEY, Method, Refresh, RetryPolicy, Tries, method
from streamverse.session import Session
from streamverse.streaming.v1.playback_pb2 import PlayRequest
from streamverse.users.v1.users_pb2 import Profile, User

R = TypeVar("R")
Metadata = Sequence[tuple[str, Any]]


class Client(Services):
    """Calls an installation; may be shared by threads.

    Every service is an attribute with its RPCs as methods: ``client.browse.ListTitles(ListTitlesRequest())``. They
    send the token and get another one before it ends, are repeated where that does no harm, and raise
    ``StreamVerseError``.
    """

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
        """Sets up a client of the installation at ``url``, e.g. ``https://tv.example.org``.

        ``session`` goes on with a login that was kept; ``on_session`` is told each one that takes its place, and
        ``None`` when it is over. ``device_id`` names the device to its people, e.g. ``Living room``; ``platform``
        says what it is: ``web``, ``android``, ``ios``, ``tv``, ``desktop`` or ``console``. ``timeout`` is for one try
        of a call, in seconds; streams have none. ``credentials`` are for certificates of one's own.
        """
        headers = Headers(device_id, profile_id, language, platform)
        self._settings = Settings(Address(url), headers, retry or RetryPolicy(), timeout)
        address = self._settings.address
        self._channel = (
            grpc.secure_channel(address.target, credentials or grpc.ssl_channel_credentials(), OPTIONS)
            if address.is_secure
            else grpc.insecure_channel(address.target, OPTIONS)
        )
        self._login = Login(session, on_session)
        #: Of refreshing, and of choosing a profile, which ends the session that a refresh would begin with.
        self._turn = threading.Lock()
        self._caller = _Caller(self)  # type: ignore[assignment]

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection; the login stays."""
        self._channel.close()

    @property
    def session(self) -> Session | None:
        """The login; ``None`` where nobody is signed in."""
        return self._login.session

    def url(self, place: str) -> str:
        """Completes an address of an answer, e.g. of a poster."""
        return self._settings.address.join(place)

    def register(self, email: str, password: str, name: str, **more: Any) -> User:
        """Makes an account and signs it in."""
        made = self.auth.Register(RegisterRequest(email=email, password=password, name=name, **more))
        self._change(Session.of(made))
        return made.user

    def sign_in(self, email: str, password: str) -> User:
        """Signs in by a password."""
        made = self.auth.Login(LoginRequest(email=email, password=password))
        self._change(Session.of(made))
        return made.user

    def select_profile(self, profile_id: str, *, pin: str = "", password: str = "") -> Profile:
        """Binds the login to a profile, as children need it: the token changes."""
        request = SelectProfileRequest(profile_id=profile_id, pin=pin, password=password)
        try:
            with self._turn:
                since, self._login.is_choosing = self._login.changes, True
                try:
                    made = self.auth.SelectProfile(request)
                    self._login.change(Session.of(made), since)
                finally:
                    self._login.is_choosing = False
        finally:
            self._login.tell()
        return made.profile

    def watch_as(self, profile_id: str | None) -> None:
        """Has calls act for a profile of the account; ``None`` for its default."""
        self._settings.watch_as(profile_id)

    def sign_out(self, *, all_sessions: bool = False) -> None:
        """Ends the login, or every login of the account."""
        since = self._login.changes
        self.auth.Logout(LogoutRequest(all_sessions=all_sessions))
        self._change(None, since)

    def refresh(self) -> None:
        """Gets another access token now. Calls do it by themselves when it is time."""
        self._refresh(self.session)

    def pages(self, call: Callable[..., Any], request: Any) -> Iterator[Any]:
        """Goes through a list, page by page as it is read: ``client.pages(client.browse.ListTitles, ListTitlesRequest())``.

        The request's ``page_size`` says how many items a page has.
        """
        ask = type(request)()
        ask.CopyFrom(request)
        while True:
            page = call(ask)
            yield from page.items
            if not page.next_page_token:
                return
            ask.offset, ask.page_token = 0, page.next_page_token

    def play(self, content_id: str, **options: Any) -> Playback:
        """Starts playback of a title or channel, for ``with``; see ``Playback`` for the options."""
        started = self.playback.Play(PlayRequest(content_id=content_id))
        return Playback(self.play_session, started, self.url(started.playback_url), **options)

    def _change(self, session: Session | None, since: int | None = None) -> None:
        self._login.change(session, since)
        self._login.tell()

    def _refresh(self, stale: Session | None, about: Method | None = None) -> None:
        if stale is None:
            return
        if about and about.chooses and self._login.is_choosing:
            # It has the turn.
            return self._renew(stale)
        failures = self._login.failures
        try:
            with self._turn:
                # A refresh token works once: another thread may have been here meanwhile, whose outcome holds for this one, too.
                if self._login.session is not stale:
                    return
                if self._login.failure and self._login.failures != failures:
                    raise self._login.failure
                self._renew(stale)
        finally:
            self._login.tell()

    def _renew(self, stale: Session) -> None:
        request = RefreshRequest(refresh_token=stale.refresh_token)
        try:
            made = self.auth.Refresh(request, metadata=((KEY, stale.refresh_key),))
        except StreamVerseError as error:
            self._login.failed(stale, error)
        else:
            self._login.replace(stale, Session.of(made))


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

    def _tries(self, begin: Callable[[list[tuple[str, Any]]], R], metadata: Metadata | None) -> R:
        """Has a call begin until it does."""
        client, settings = self._client, self._client._settings
        tries = Tries(self._method, settings.retry, list(metadata or ()))
        while True:
            session = client._login.session
            if session is not None and session.is_stale and not self._method.signs_in:
                client._refresh(session, self._method)
                session = client._login.session
            try:
                return begin(settings.headers.of(self._method, session, tries.headers))
            except grpc.RpcError as raised:
                error = StreamVerseError.of(raised)
            signed_in = session is not None and not self._method.signs_in
            step = tries.after(error, signed_in)
            if isinstance(step, Refresh):
                client._refresh(session, self._method)
            else:
                time.sleep(step)


class _Unary(_Call):
    def __call__(self, request: Any, timeout: float | None = None, metadata: Metadata | None = None) -> Any:
        return self.with_call(request, timeout, metadata)[0]

    def with_call(self, request: Any, timeout: float | None = None, metadata: Metadata | None = None) -> Any:
        """Also gives the call, which has the headers of the answer, e.g. ``etag``."""
        limit = self._client._settings.timeout if timeout is None else timeout
        return self._tries(lambda headers: self._call.with_call(request, timeout=limit, metadata=headers), metadata)


class _Stream(_Call):
    def __call__(self, request: Any, timeout: float | None = None, metadata: Metadata | None = None) -> Iterator[Any]:
        def begin(headers: list[tuple[str, Any]]) -> Any:
            stream = self._call(request, timeout=timeout, metadata=headers)
            return stream, next(stream, None)

        # A refusal comes before the first message, and with it the chance to try again.
        stream, first = self._tries(begin, metadata)
        try:
            while first is not None:
                yield first
                first = next(stream, None)
        except grpc.RpcError as raised:
            raise StreamVerseError.of(raised) from None
        finally:
            stream.cancel()

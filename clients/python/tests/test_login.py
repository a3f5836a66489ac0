"""What takes the place of a session, against a server whose refresh tokens work once and whose answers get lost."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from google.protobuf.any_pb2 import Any as Packed
from google.rpc import error_details_pb2, status_pb2

from streamverse import Client, RetryPolicy, Session, StreamVerseError, aio, reasons
from streamverse.auth.v1 import auth_pb2, auth_pb2_grpc

RETRY = RetryPolicy(first_pause=0.001, longest_pause=0.01)


class Server(auth_pb2_grpc.AuthServiceServicer):
    """One account; tokens are ``<login>.<number>``."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.logins, self.ended = 0, set[int]()
        self.used: dict[str, str] = {}
        self.keys: list[str] = []
        #: How many answers to refreshes get lost on their way.
        self.lost = 0
        self.fails = False
        #: Is set when a refresh has come; it goes on when ``goes`` is.
        self.came, self.goes = threading.Event(), threading.Event()
        self.goes.set()

    def _login(self, kind: Callable[..., Any]) -> Any:
        self.logins += 1
        return self._pair(kind, self.logins, 0)

    def _pair(self, kind: Callable[..., Any], login: int, number: int) -> Any:
        return kind(access_token=f"a{login}.{number}", refresh_token=f"{login}.{number}", expires_in=3600)

    def Login(self, request: Any, context: Any) -> Any:
        with self.lock:
            return self._login(auth_pb2.LoginResponse)

    def SelectProfile(self, request: Any, context: Any) -> Any:
        with self.lock:
            login = _shown(context)
            if login in self.ended:
                _refuse(context, reasons.TOKEN_REVOKED)
            self.ended.add(login)
            return self._login(auth_pb2.SelectProfileResponse)

    def Logout(self, request: Any, context: Any) -> Any:
        with self.lock:
            self.ended.add(_shown(context))
            return auth_pb2.LogoutResponse()

    def Refresh(self, request: Any, context: Any) -> Any:
        key = dict(context.invocation_metadata())["idempotency-key"]
        with self.lock:
            self.keys.append(key)
        self.came.set()
        assert self.goes.wait(10)
        with self.lock:
            if self.fails:
                context.abort(grpc.StatusCode.INTERNAL, "no")
            login, number = map(int, request.refresh_token.split("."))
            if login in self.ended:
                _refuse(context, reasons.REFRESH_TOKEN_INVALID)
            if self.used.setdefault(request.refresh_token, key) != key:
                self.ended.add(login)
                _refuse(context, reasons.REFRESH_TOKEN_REUSED)
            if self.lost:
                self.lost -= 1
                context.abort(grpc.StatusCode.UNAVAILABLE, "the connection broke")
            return self._pair(auth_pb2.RefreshResponse, login, number + 1)


def _shown(context: Any) -> int:
    token: str = dict(context.invocation_metadata())["authorization"].removeprefix("Bearer a")
    return int(token.split(".")[0])


def _refuse(context: Any, reason: str) -> None:
    packed = Packed()
    packed.Pack(error_details_pb2.ErrorInfo(reason=reason, domain="auth.streamverse"))
    status = status_pb2.Status(code=16, message=reason, details=[packed])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNAUTHENTICATED, reason)


@pytest.fixture
def server() -> Iterator[tuple[Server, str]]:
    fake = Server()  # type: ignore[abstract]
    grpc_server = grpc.server(ThreadPoolExecutor(16))
    auth_pb2_grpc.add_AuthServiceServicer_to_server(fake, grpc_server)
    port = grpc_server.add_insecure_port("127.0.0.1:0")
    grpc_server.start()
    yield fake, f"http://127.0.0.1:{port}"
    grpc_server.stop(None)


def test_a_refresh_whose_answer_was_lost_is_the_same_one_again(server: tuple[Server, str]) -> None:
    fake, url = server
    kept: list[Session | None] = []
    with Client(url, retry=RETRY, on_session=kept.append) as client:
        client.sign_in("ana@example.org", "a password")
        fake.lost = 2 * RETRY.attempts
        for _ in range(2):
            with pytest.raises(StreamVerseError):
                client.refresh()
    # The program starts anew.
    assert len(kept) == 1 and kept[0]
    with Client(url, retry=RETRY, session=Session.from_json(kept[0].to_json()), on_session=kept.append) as again:
        again.refresh()
        assert again.session and again.session.refresh_token == "1.1"
        assert len(fake.keys) == 9 and len(set(fake.keys)) == 1
        again.refresh()
    assert fake.keys[9] != fake.keys[0] and None not in kept


@pytest.mark.parametrize("ended", [True, False])
def test_who_signs_in_during_a_refresh_stays_signed_in(server: tuple[Server, str], ended: bool) -> None:
    fake, url = server
    told: list[Session | None] = []
    with Client(url, on_session=told.append) as client, ThreadPoolExecutor() as pool:
        client.sign_in("ana@example.org", "a password")
        fake.goes.clear()
        refresh = pool.submit(client.refresh)
        assert fake.came.wait(10)
        client.sign_in("ana@example.org", "a password")
        if ended:
            fake.ended.add(1)
        fake.goes.set()
        refresh.result()
        assert client.session and client.session.refresh_token == "2.0"
        assert len(told) == 2 and told[-1] is client.session


def test_who_signs_out_during_a_refresh_stays_signed_out(server: tuple[Server, str]) -> None:
    fake, url = server
    told: list[Session | None] = []
    with Client(url, on_session=told.append) as client, ThreadPoolExecutor() as pool:
        client.sign_in("ana@example.org", "a password")
        fake.goes.clear()
        refresh = pool.submit(client.refresh)
        assert fake.came.wait(10)
        client.sign_out()
        fake.ended.clear()
        fake.goes.set()
        refresh.result()
        assert client.session is None and told[-1] is None


def test_a_profile_is_chosen_while_others_refresh(server: tuple[Server, str]) -> None:
    fake, url = server
    told: list[Session | None] = []
    with Client(url, on_session=told.append) as client, ThreadPoolExecutor(4) as pool:
        client.sign_in("ana@example.org", "a password")
        for round_ in range(20):
            before, choice, after = (
                pool.submit(client.refresh),
                pool.submit(client.select_profile, "1"),
                pool.submit(client.refresh),
            )
            before.result(), choice.result(), after.result()
            assert client.session and client.session.refresh_token.startswith(f"{round_ + 2}.")
        assert None not in told and told[-1] is client.session


def test_a_profile_is_chosen_with_a_token_that_has_ended(server: tuple[Server, str]) -> None:
    fake, url = server
    told: list[Session | None] = []
    fake.logins = 1
    with Client(url, session=Session("a1.0", "1.0", 0.0), on_session=told.append) as client:
        client.select_profile("1")
        assert len(fake.keys) == 1 and client.session and client.session.refresh_token == "2.0"
        assert told == [client.session]


def test_threads_share_a_refresh_also_one_that_fails(server: tuple[Server, str]) -> None:
    fake, url = server
    with Client(url) as client, ThreadPoolExecutor(8) as pool:
        client.sign_in("ana@example.org", "a password")
        fake.fails = True
        fake.goes.clear()
        calls = [pool.submit(client.refresh) for _ in range(8)]
        assert fake.came.wait(10)
        time.sleep(0.2)
        fake.goes.set()
        for call in calls:
            with pytest.raises(StreamVerseError):
                call.result()
        assert len(fake.keys) == 1
        fake.fails = False
        client.refresh()
        assert client.session and client.session.refresh_token == "1.1"


def test_the_callback_may_use_the_client(server: tuple[Server, str]) -> None:
    fake, url = server
    heard: list[str | None] = []

    def told(session: Session | None) -> None:
        heard.append(session.refresh_token if session else None)
        if session is None:
            client.sign_in("ana@example.org", "a password")
        elif session.refresh_token == "2.0":
            client.select_profile("1")

    with Client(url, session=Session("a1.0", "1.0", time.time() + 3600), on_session=told) as client:
        fake.logins, fake.ended = 1, {1}
        with pytest.raises(StreamVerseError):
            client.refresh()
        assert heard == [None, "2.0", "3.0"]
        assert client.session and client.session.refresh_token == "3.0"


def test_tokens_do_not_go_to_logs() -> None:
    session = Session("access", "refresh", 0.0)
    for text in (repr(session), str(session)):
        assert not any(secret in text for secret in ("access'", "refresh'", session.refresh_key))


def test_the_same_with_await(server: tuple[Server, str]) -> None:
    fake, url = server
    told: list[Session | None] = []

    async def journey() -> None:
        async with aio.Client(url, retry=RETRY, on_session=told.append) as client:
            await client.sign_in("ana@example.org", "a password")
            fake.lost = RETRY.attempts
            lost = await asyncio.gather(*(client.refresh() for _ in range(8)), return_exceptions=True)
            assert all(isinstance(error, StreamVerseError) for error in lost) and len(fake.keys) == RETRY.attempts
            await client.refresh()
            assert client.session and client.session.refresh_token == "1.1" and len(set(fake.keys)) == 1

            for round_ in range(20):
                await asyncio.gather(client.refresh(), client.select_profile("1"), client.refresh())
                assert client.session.refresh_token.startswith(f"{round_ + 2}.")
            assert None not in told and told[-1] is client.session

            fake.goes.clear()
            fake.came.clear()
            refresh = asyncio.create_task(client.refresh())
            assert await asyncio.to_thread(fake.came.wait, 10)
            await client.sign_in("ana@example.org", "a password")
            fake.ended.add(21)
            fake.goes.set()
            await refresh
            assert client.session.refresh_token == "22.0"

            # Who gives a refresh up takes nothing from the others.
            fake.goes.clear()
            fake.came.clear()
            given_up, other = asyncio.create_task(client.refresh()), asyncio.create_task(client.refresh())
            assert await asyncio.to_thread(fake.came.wait, 10)
            given_up.cancel()
            await asyncio.sleep(0.05)
            fake.goes.set()
            await other
            assert client.session.refresh_token == "22.1" and None not in told

    asyncio.run(journey())

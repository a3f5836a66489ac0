"""When calls are repeated, against a server that fails as it is told."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

from streamverse import Client, RetryPolicy, StreamVerseError
from streamverse.auth.v1 import auth_pb2, auth_pb2_grpc
from streamverse.content.v1 import browse_pb2, browse_pb2_grpc
from streamverse.rights.v1 import rights_pb2, rights_pb2_grpc

Failure = tuple[grpc.StatusCode, list[Message], tuple[tuple[str, str], ...]]


class Server(
    auth_pb2_grpc.AuthServiceServicer, browse_pb2_grpc.BrowseServiceServicer, rights_pb2_grpc.RightsServiceServicer
):
    """Fails with what is in ``failures`` first."""

    def __init__(self) -> None:
        self.failures: list[Failure] = []
        self.keys: list[str | None] = []

    def _called(self, context: grpc.ServicerContext) -> None:
        self.keys.append(dict(context.invocation_metadata()).get("idempotency-key"))  # type: ignore[arg-type]
        if self.failures:
            code, details, trailers = self.failures.pop(0)
            packed = []
            for detail in details:
                packed.append(Packed())
                packed[-1].Pack(detail)
            status = status_pb2.Status(code=code.value[0], message="no", details=packed)
            context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()), *trailers))
            context.abort(code, "no")

    def ListTitles(self, request: Any, context: Any) -> Any:
        self._called(context)
        return browse_pb2.ListTitlesResponse()

    def Subscribe(self, request: Any, context: Any) -> Any:
        self._called(context)
        return rights_pb2.SubscribeResponse()

    def Login(self, request: Any, context: Any) -> Any:
        self._called(context)
        return auth_pb2.LoginResponse(access_token="a", refresh_token="b", expires_in=3600)


@pytest.fixture
def server() -> Iterator[tuple[Server, Client]]:
    fake = Server()  # type: ignore[abstract]
    grpc_server = grpc.server(ThreadPoolExecutor(2))
    browse_pb2_grpc.add_BrowseServiceServicer_to_server(fake, grpc_server)
    rights_pb2_grpc.add_RightsServiceServicer_to_server(fake, grpc_server)
    auth_pb2_grpc.add_AuthServiceServicer_to_server(fake, grpc_server)
    port = grpc_server.add_insecure_port("127.0.0.1:0")
    grpc_server.start()
    with Client(f"http://127.0.0.1:{port}", retry=RetryPolicy(first_pause=0.01, longest_pause=1.0)) as client:
        yield fake, client
    grpc_server.stop(None)


def failure(*details: Message, code: grpc.StatusCode = grpc.StatusCode.UNAVAILABLE, trailers: Any = ()) -> Failure:
    return code, list(details), trailers


def told(reason: str) -> error_details_pb2.ErrorInfo:
    return error_details_pb2.ErrorInfo(reason=reason, domain="common.streamverse")


INFO = told("UNAVAILABLE")
EXHAUSTED = grpc.StatusCode.RESOURCE_EXHAUSTED


def wait(seconds: float) -> error_details_pb2.RetryInfo:
    delay = Duration()
    delay.FromMilliseconds(int(seconds * 1000))
    return error_details_pb2.RetryInfo(retry_delay=delay)


def titles(client: Client) -> Any:
    return client.browse.ListTitles(browse_pb2.ListTitlesRequest())


def test_what_reads_is_repeated(server: tuple[Server, Client]) -> None:
    fake, client = server
    fake.failures = [failure(), failure(INFO)]
    titles(client)
    assert len(fake.keys) == 3 and fake.keys[0] is None


def test_it_ends_after_so_many_attempts(server: tuple[Server, Client]) -> None:
    fake, client = server
    fake.failures = [failure(INFO)] * 9
    with pytest.raises(StreamVerseError):
        titles(client)
    assert len(fake.keys) == 4


def test_the_pause_is_the_one_that_the_server_asks_for(server: tuple[Server, Client]) -> None:
    fake, client = server
    fake.failures = [failure(INFO, wait(0.4))]
    began = time.monotonic()
    titles(client)
    assert time.monotonic() - began >= 0.4


def test_what_the_server_has_no_room_for_is_repeated_when_it_says(server: tuple[Server, Client]) -> None:
    fake, client = server
    fake.failures = [failure(told("OVERLOADED"), wait(0.4), code=EXHAUSTED)]
    began = time.monotonic()
    client.sign_in("ana@example.org", "a password")
    assert time.monotonic() - began >= 0.4 and len(fake.keys) == 2


@pytest.mark.parametrize(
    "refusal",
    [
        failure(told("RATE_LIMITED"), wait(0.1), code=EXHAUSTED),
        failure(code=EXHAUSTED),
        failure(INFO, wait(30)),
        failure(INFO, trailers=(("grpc-retry-pushback-ms", "-1"),)),
        failure(INFO, code=grpc.StatusCode.INTERNAL),
    ],
)
def test_what_shall_not_be_repeated_is_not(server: tuple[Server, Client], refusal: Failure) -> None:
    fake, client = server
    fake.failures = [refusal]
    with pytest.raises(StreamVerseError):
        titles(client)
    assert len(fake.keys) == 1


def test_what_writes_once_goes_by_its_key(server: tuple[Server, Client]) -> None:
    fake, client = server
    fake.failures = [failure()]
    client.rights.Subscribe(rights_pb2.SubscribeRequest(plan_id="basic"))
    first, second = fake.keys
    assert first and first == second
    client.rights.Subscribe(rights_pb2.SubscribeRequest(plan_id="basic"), metadata=(("idempotency-key", "mine"),))
    assert fake.keys[2] == "mine"


@pytest.mark.parametrize(("refusal", "calls"), [(failure(INFO), 2), (failure(), 1)])
def test_what_has_no_key_is_repeated_only_where_nothing_was_done(
    server: tuple[Server, Client], refusal: Failure, calls: int
) -> None:
    fake, client = server
    fake.failures = [refusal]
    if calls == 1:
        with pytest.raises(StreamVerseError):
            client.sign_in("ana@example.org", "a password")
    else:
        client.sign_in("ana@example.org", "a password")
    assert fake.keys == [None] * calls

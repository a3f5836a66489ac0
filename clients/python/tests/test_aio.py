"""The asynchronous client, against a running program."""

from __future__ import annotations

import asyncio

import pytest
from conftest import PASSWORD

from streamverse import Session, StreamVerseError, reasons
from streamverse.aio import Client
from streamverse.content.v1.browse_pb2 import ListTitlesRequest
from streamverse.rights.v1.rights_pb2 import SubscribeRequest
from streamverse.streaming.v1.sessions_pb2 import StopPlaySessionRequest, StopReason
from streamverse.users.v1.users_pb2 import GetMeRequest

COAST = "01936f00-0002-7000-8000-000000000002"


def test_the_same_with_await(url: str, email: str) -> None:
    asyncio.run(_journey(url, email))


async def _journey(url: str, email: str) -> None:
    async with Client(url, device_id="python tests") as client:
        await client.register(email, PASSWORD, "Ana")
        titles = [title.id async for title in client.pages(client.browse.ListTitles, ListTitlesRequest(page_size=100))]
        assert len(titles) == len(set(titles)) > 250
        with pytest.raises(StreamVerseError) as refused:
            await client.play(COAST)
        assert refused.value.reason == reasons.ACCESS_DENIED
        await client.rights.Subscribe(SubscribeRequest(plan_id="basic"))

        heard: asyncio.Future[StopReason.ValueType] = asyncio.get_running_loop().create_future()
        async with await client.play(COAST, on_stop=heard.set_result) as playback:
            playback.position = 5.0
            await playback.heartbeat()
            await client.play_session.StopPlaySession(StopPlaySessionRequest(session_id=playback.session_id))
            assert await asyncio.wait_for(heard, 20) == StopReason.STOP_REASON_STOPPED

        told: list[Session | None] = []
        assert client.session
        stale = Session(client.session.access_token, client.session.refresh_token, 0.0)
        async with Client(url, session=stale, on_session=told.append) as again:
            await asyncio.gather(*(again.user.GetMe(GetMeRequest()) for _ in range(8)))
            assert len(told) == 1
            await again.sign_out()
            assert again.session is None

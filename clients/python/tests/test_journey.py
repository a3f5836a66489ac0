"""What a viewer's app does, against a running program."""

import threading
import urllib.request

import grpc
import pytest
from conftest import PASSWORD

from streamverse import Client, Session, StreamVerseError, reasons
from streamverse.content.v1.browse_pb2 import ListTitlesRequest
from streamverse.rights.v1.rights_pb2 import Offers, SubscribeRequest
from streamverse.search.v1.search_pb2 import SearchGlobalRequest
from streamverse.streaming.v1.history_pb2 import ListContinueWatchingRequest
from streamverse.streaming.v1.sessions_pb2 import ListPlaySessionsRequest, StopPlaySessionRequest, StopReason
from streamverse.users.v1.users_pb2 import CreateProfileRequest, GetMeRequest, ListProfilesRequest, Profile

COAST = "01936f00-0002-7000-8000-000000000002"


def subscribed(client: Client, email: str) -> None:
    client.register(email, PASSWORD, "Ana")
    client.rights.Subscribe(SubscribeRequest(plan_id="basic"))


def test_from_signing_up_to_going_on(client: Client, email: str) -> None:
    assert client.register(email, PASSWORD, "Ana").name == "Ana"
    assert client.user.GetMe(GetMeRequest()).user.email == email

    found = client.search.SearchGlobal(SearchGlobalRequest(q="endles coast", limit=1))
    assert found.items[0].title == "The Endless Coast"

    with pytest.raises(StreamVerseError) as refused:
        client.play(COAST)
    assert refused.value.reason == reasons.ACCESS_DENIED
    assert refused.value.domain == "streaming.streamverse"
    assert refused.value.code is grpc.StatusCode.PERMISSION_DENIED
    assert refused.value.values["basis"]
    offers = refused.value.detail(Offers)
    assert offers is not None and offers.offers[0].plan.code == "basic"

    client.rights.Subscribe(SubscribeRequest(plan_id="basic"))
    with client.play(COAST) as playback:
        assert playback.started.title == "The Endless Coast"
        with urllib.request.urlopen(playback.playback_url) as playlist:
            assert playlist.read().startswith(b"#EXTM3U")
        playback.position = 7.0
        playback.heartbeat()
    assert not client.play_session.ListPlaySessions(ListPlaySessionsRequest()).items
    going_on = client.watch_history.ListContinueWatching(ListContinueWatchingRequest())
    assert [item.title.title for item in going_on.items] == ["The Endless Coast"]
    with client.play(COAST) as playback:
        assert playback.resume_position == 7.0


def test_heartbeats_go_out_by_themselves_and_hear_a_stop(client: Client, email: str) -> None:
    subscribed(client, email)
    heard = threading.Event()
    reasons_heard: list["StopReason.ValueType"] = []

    def stopped(why: "StopReason.ValueType") -> None:
        reasons_heard.append(why)
        heard.set()

    with client.play(COAST, on_stop=stopped) as playback:
        client.play_session.StopPlaySession(StopPlaySessionRequest(session_id=playback.session_id))
        assert heard.wait(20), "the next heartbeat tells it"
    assert reasons_heard == [StopReason.STOP_REASON_STOPPED]
    assert playback.stop_reason == StopReason.STOP_REASON_STOPPED


def test_lists_are_read_page_by_page(client: Client, email: str) -> None:
    client.register(email, PASSWORD, "Ana")
    titles = client.pages(client.browse.ListTitles, ListTitlesRequest(page_size=100))
    first = [next(titles).id for _ in range(250)]
    assert len(set(first)) == 250


def test_a_token_that_has_ended_is_refreshed_once_for_all_threads(url: str, client: Client, email: str) -> None:
    client.register(email, PASSWORD, "Ana")
    assert client.session
    told: list[Session | None] = []
    stale = Session(client.session.access_token, client.session.refresh_token, 0.0)
    with Client(url, session=stale, on_session=told.append) as again:
        threads = [threading.Thread(target=lambda: again.user.GetMe(GetMeRequest())) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert again.user.GetMe(GetMeRequest()).user.email == email
        assert len(told) == 1 and told[0] is again.session


def test_a_token_that_is_refused_is_refreshed(url: str, client: Client, email: str) -> None:
    client.register(email, PASSWORD, "Ana")
    assert client.session
    broken = Session(client.session.access_token[:-4] + "AAAA", client.session.refresh_token, client.session.expires_at)
    with Client(url, session=broken) as again:
        assert again.user.GetMe(GetMeRequest()).user.email == email
        assert again.session is not broken


def test_a_refresh_whose_answer_was_lost_is_made_again(url: str, client: Client, email: str) -> None:
    client.register(email, PASSWORD, "Ana")
    kept = client.session
    assert kept
    client.refresh()
    # Another start, which knows nothing of that answer.
    with Client(url, session=Session.from_json(kept.to_json())) as again:
        again.refresh()
        assert again.session and client.session and again.session.refresh_token == client.session.refresh_token
        again.refresh()
        assert again.user.GetMe(GetMeRequest()).user.email == email


def test_a_session_that_is_over_says_so(url: str, client: Client, email: str) -> None:
    client.register(email, PASSWORD, "Ana")
    kept = client.session
    assert kept and Session.from_json(kept.to_json()) == kept and kept.refresh_token not in repr(kept)
    client.sign_out()
    assert client.session is None
    told: list[Session | None] = []
    with Client(url, session=kept, on_session=told.append) as again:
        with pytest.raises(StreamVerseError) as over:
            again.refresh()
        assert over.value.reason == reasons.REFRESH_TOKEN_INVALID
        assert told == [None]


def test_wrong_passwords_and_broken_rules_are_told_apart(client: Client, email: str) -> None:
    client.register(email, PASSWORD, "Ana")
    with pytest.raises(StreamVerseError) as wrong:
        client.sign_in(email, "another password")
    assert wrong.value.reason == reasons.CREDENTIALS_WRONG
    assert wrong.value.request_id
    with pytest.raises(StreamVerseError) as broken:
        client.user.CreateProfile(CreateProfileRequest(profile=Profile(name="x" * 51)))
    assert broken.value.reason == reasons.VALIDATION_FAILED
    assert broken.value.violations[0].field == "profile.name"


def test_messages_come_in_the_language_that_is_asked_for(url: str) -> None:
    with Client(url, language="nb") as client, pytest.raises(StreamVerseError) as refused:
        client.user.GetMe(GetMeRequest())
    assert refused.value.reason == reasons.UNAUTHENTICATED
    assert "Logg" in refused.value.message


def test_children_are_bound_to_their_profile(client: Client, email: str) -> None:
    client.register(email, PASSWORD, "Ana")
    kid = client.user.CreateProfile(CreateProfileRequest(profile=Profile(name="Ida", is_kids=True))).profile
    client.watch_as(kid.id)
    client.watch_as(None)
    assert client.select_profile(kid.id).is_kids
    with pytest.raises(StreamVerseError) as refused:
        client.rights.Subscribe(SubscribeRequest(plan_id="basic"))
    assert refused.value.reason == reasons.PROFILE_LOCKED
    assert len(client.user.ListProfiles(ListProfilesRequest()).items) >= 1

package streamverse_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	streamverse "streamverse.example/client"
	authv1 "streamverse.example/client/api/auth/v1"
	contentv1 "streamverse.example/client/api/content/v1"
	rightsv1 "streamverse.example/client/api/rights/v1"
	searchv1 "streamverse.example/client/api/search/v1"
	streamingv1 "streamverse.example/client/api/streaming/v1"
	usersv1 "streamverse.example/client/api/users/v1"
)

// The tests call a running program, whose address is in STREAMVERSE_URL; scripts/clients-check starts one.
var address = os.Getenv("STREAMVERSE_URL")

const (
	password = "a household that watches films"
	coast    = "01936f00-0002-7000-8000-000000000002"
)

func open(t *testing.T, with ...streamverse.Option) *streamverse.Client {
	t.Helper()
	if address == "" {
		t.Fatal("STREAMVERSE_URL is not set")
	}
	client, err := streamverse.New(address, append(with, streamverse.WithDevice("go tests"))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func register(t *testing.T, client *streamverse.Client) string {
	t.Helper()
	email := fmt.Sprintf("go-%s-%d@example.org", strings.ToLower(t.Name()[4:]), time.Now().UnixNano())
	if _, err := client.Register(t.Context(), &authv1.RegisterRequest{Email: email, Password: password, Name: "Ana"}); err != nil {
		t.Fatal(err)
	}
	return email
}

func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func subscribe(t *testing.T, client *streamverse.Client) {
	t.Helper()
	must(client.Rights.Subscribe(t.Context(), &rightsv1.SubscribeRequest{PlanId: "basic"}))(t)
}

func TestSigningUpToGoingOn(t *testing.T) {
	t.Parallel()
	client := open(t)
	email := register(t, client)
	me := must(client.User.GetMe(t.Context(), &usersv1.GetMeRequest{}))(t)
	if me.User.Email != email {
		t.Fatal(me)
	}
	found := must(client.Search.SearchGlobal(t.Context(), &searchv1.SearchGlobalRequest{Q: "endles coast", Limit: 1}))(t)
	if found.Items[0].Title != "The Endless Coast" {
		t.Fatal(found)
	}

	_, err := client.Play(t.Context(), coast)
	var refused *streamverse.Error
	if !errors.As(err, &refused) || !errors.Is(err, streamverse.ReasonAccessDenied) {
		t.Fatal(err)
	}
	if refused.Domain != "streaming.streamverse" || refused.Code != codes.PermissionDenied || refused.Values["basis"] == "" {
		t.Fatalf("%#v", refused)
	}
	if status.Code(err) != codes.PermissionDenied {
		t.Fatal("gRPC's own functions read it, too")
	}
	if offers, ok := streamverse.Detail[*rightsv1.Offers](err); !ok || offers.Offers[0].Plan.Code != "basic" {
		t.Fatal(offers)
	}

	subscribe(t, client)
	playback := must(client.Play(t.Context(), coast))(t)
	answer := must(http.Get(playback.URL))(t)
	playlist := must(io.ReadAll(answer.Body))(t)
	_ = answer.Body.Close()
	if !strings.HasPrefix(string(playlist), "#EXTM3U") {
		t.Fatalf("%s", playlist)
	}
	playback.SetPosition(7)
	playback.SetState("480p", 10, 1)
	if err := playback.Heartbeat(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := playback.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	running := must(client.PlaySession.ListPlaySessions(t.Context(), &streamingv1.ListPlaySessionsRequest{}))(t)
	if len(running.Items) != 0 {
		t.Fatal(running)
	}
	again := must(client.Play(t.Context(), coast))(t)
	if again.ResumePositionSeconds != 7 {
		t.Fatal(again.ResumePositionSeconds)
	}
	if err := again.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestHeartbeatsGoOutAndHearAStop(t *testing.T) {
	t.Parallel()
	client := open(t)
	register(t, client)
	subscribe(t, client)
	playback := must(client.Play(t.Context(), coast))(t)
	must(client.PlaySession.StopPlaySession(t.Context(), &streamingv1.StopPlaySessionRequest{SessionId: playback.SessionId}))(t)
	select {
	case <-playback.Stopped():
	case <-time.After(20 * time.Second):
		t.Fatal("the next heartbeat tells it")
	}
	if playback.StopReason() != streamingv1.StopReason_STOP_REASON_STOPPED {
		t.Fatal(playback.StopReason())
	}
	if err := playback.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestListsAreReadPageByPage(t *testing.T) {
	t.Parallel()
	client := open(t)
	register(t, client)
	seen := map[string]bool{}
	for title, err := range streamverse.Pages(t.Context(), client.Browse.ListTitles, &contentv1.ListTitlesRequest{PageSize: 100}) {
		if err != nil {
			t.Fatal(err)
		}
		seen[title.Id] = true
		if len(seen) == 250 {
			break
		}
	}
	if len(seen) != 250 {
		t.Fatal(len(seen))
	}
	for _, err := range streamverse.Pages(t.Context(), client.Browse.ListTitles, &contentv1.ListTitlesRequest{PageToken: "none"}) {
		if !errors.Is(err, streamverse.ReasonPageInvalid) {
			t.Fatal(err)
		}
	}
}

func TestATokenThatHasEndedIsRefreshedOnce(t *testing.T) {
	t.Parallel()
	client := open(t)
	email := register(t, client)
	stale := *client.Session()
	stale.ExpiresAt = time.Now()
	told := 0
	again := open(t, streamverse.WithSession(&stale), streamverse.OnSession(func(*streamverse.Session) { told++ }))
	var group sync.WaitGroup
	for range 8 {
		group.Add(1)
		go func() {
			defer group.Done()
			me, err := again.User.GetMe(context.Background(), &usersv1.GetMeRequest{})
			if err != nil || me.User.Email != email {
				t.Error(me, err)
			}
		}()
	}
	group.Wait()
	if told != 1 {
		t.Fatal(told)
	}
}

func TestATokenThatIsRefusedIsRefreshed(t *testing.T) {
	t.Parallel()
	client := open(t)
	register(t, client)
	broken := *client.Session()
	broken.AccessToken = broken.AccessToken[:len(broken.AccessToken)-4] + "AAAA"
	again := open(t, streamverse.WithSession(&broken))
	must(again.User.GetMe(t.Context(), &usersv1.GetMeRequest{}))(t)
	if again.Session() == &broken {
		t.Fatal("it is the old one")
	}
}

func TestARefreshWhoseAnswerWasLostIsMadeAgain(t *testing.T) {
	t.Parallel()
	client := open(t)
	register(t, client)
	kept := must(json.Marshal(client.Session()))(t)
	if err := client.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Another start, which knows nothing of that answer.
	var session streamverse.Session
	if err := json.Unmarshal(kept, &session); err != nil {
		t.Fatal(err)
	}
	again := open(t, streamverse.WithSession(&session))
	if err := again.Refresh(t.Context()); err != nil || again.Session().RefreshToken != client.Session().RefreshToken {
		t.Fatal(err)
	}
	if err := again.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	must(again.User.GetMe(t.Context(), &usersv1.GetMeRequest{}))(t)
}

func TestASessionThatIsOverSaysSo(t *testing.T) {
	t.Parallel()
	client := open(t)
	register(t, client)
	kept := must(json.Marshal(client.Session()))(t)
	if err := client.SignOut(t.Context()); err != nil || client.Session() != nil {
		t.Fatal(err)
	}
	var session streamverse.Session
	if err := json.Unmarshal(kept, &session); err != nil {
		t.Fatal(err)
	}
	over := false
	again := open(t, streamverse.WithSession(&session), streamverse.OnSession(func(s *streamverse.Session) { over = s == nil }))
	if err := again.Refresh(t.Context()); !errors.Is(err, streamverse.ReasonRefreshTokenInvalid) || !over {
		t.Fatal(err, over)
	}
}

func TestBrokenRulesAndLanguages(t *testing.T) {
	t.Parallel()
	client := open(t, streamverse.WithLanguage("nb"))
	_, err := client.User.GetMe(t.Context(), &usersv1.GetMeRequest{})
	var refused *streamverse.Error
	if !errors.As(err, &refused) || refused.Reason != streamverse.ReasonUnauthenticated || !strings.Contains(refused.Message, "Logg") {
		t.Fatal(err)
	}
	email := register(t, client)
	if _, err = client.SignIn(t.Context(), email, "another password"); !errors.Is(err, streamverse.ReasonCredentialsWrong) {
		t.Fatal(err)
	}
	_, err = client.User.CreateProfile(t.Context(), &usersv1.CreateProfileRequest{Profile: &usersv1.Profile{Name: strings.Repeat("x", 51)}})
	if !errors.As(err, &refused) || refused.Violations[0].Field != "profile.name" || refused.RequestID == "" {
		t.Fatalf("%#v", refused)
	}
	kid := must(client.User.CreateProfile(t.Context(), &usersv1.CreateProfileRequest{Profile: &usersv1.Profile{Name: "Ida", IsKids: true}}))(t)
	must(client.SelectProfile(t.Context(), &authv1.SelectProfileRequest{ProfileId: kid.Profile.Id}))(t)
	if _, err = client.Rights.Subscribe(t.Context(), &rightsv1.SubscribeRequest{PlanId: "basic"}); !errors.Is(err, streamverse.ReasonProfileLocked) {
		t.Fatal(err)
	}
}

package streamverse_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	streamverse "streamverse.example/client"
	authv1 "streamverse.example/client/api/auth/v1"
	rightsv1 "streamverse.example/client/api/rights/v1"
)

// loginServer has one account, with tokens <login>.<number>: refresh tokens work once, and answers get lost.
type loginServer struct {
	authv1.UnimplementedAuthServiceServer
	rightsv1.UnimplementedRightsServiceServer
	url string

	mu     sync.Mutex
	logins int
	ended  map[int]bool
	used   map[string]string
	keys   []string
	// lost says how many answers to refreshes get lost on their way.
	lost  int
	fails bool
	// came hears of each refresh, which goes on when goes can be received from.
	came chan struct{}
	goes chan struct{}
}

type pair struct {
	access, refresh string
}

func (s *loginServer) begin() pair {
	s.logins++
	return pairOf(s.logins, 0)
}

func pairOf(login, number int) pair {
	token := fmt.Sprintf("%d.%d", login, number)
	return pair{"a" + token, token}
}

func said(ctx context.Context, name string) string {
	values := metadata.ValueFromIncomingContext(ctx, name)
	return strings.Join(values, ",")
}

func shown(ctx context.Context) int {
	login, _, _ := strings.Cut(strings.TrimPrefix(said(ctx, "authorization"), "Bearer a"), ".")
	number, _ := strconv.Atoi(login)
	return number
}

func refuse(reason streamverse.Reason) error {
	told, err := status.New(codes.Unauthenticated, "no").WithDetails(
		&errdetails.ErrorInfo{Reason: string(reason), Domain: "auth.streamverse"})
	if err != nil {
		return err
	}
	return told.Err()
}

func (s *loginServer) Login(context.Context, *authv1.LoginRequest) (*authv1.LoginResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	made := s.begin()
	return &authv1.LoginResponse{AccessToken: made.access, RefreshToken: made.refresh, ExpiresIn: 3600}, nil
}

func (s *loginServer) SelectProfile(ctx context.Context, _ *authv1.SelectProfileRequest) (*authv1.SelectProfileResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended[shown(ctx)] {
		return nil, refuse(streamverse.ReasonTokenRevoked)
	}
	s.ended[shown(ctx)] = true
	made := s.begin()
	return &authv1.SelectProfileResponse{AccessToken: made.access, RefreshToken: made.refresh, ExpiresIn: 3600}, nil
}

func (s *loginServer) Logout(context.Context, *authv1.LogoutRequest) (*authv1.LogoutResponse, error) {
	return &authv1.LogoutResponse{}, nil
}

func (s *loginServer) Subscribe(context.Context, *rightsv1.SubscribeRequest) (*rightsv1.SubscribeResponse, error) {
	return &rightsv1.SubscribeResponse{}, nil
}

func (s *loginServer) Refresh(ctx context.Context, request *authv1.RefreshRequest) (*authv1.RefreshResponse, error) {
	key := said(ctx, "idempotency-key")
	s.mu.Lock()
	s.keys = append(s.keys, key)
	goes := s.goes
	s.mu.Unlock()
	if goes != nil {
		s.came <- struct{}{}
		<-goes
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var login, number int
	if _, err := fmt.Sscanf(request.RefreshToken, "%d.%d", &login, &number); err != nil {
		return nil, err
	}
	used, again := s.used[request.RefreshToken]
	switch {
	case s.fails:
		return nil, status.Error(codes.Internal, "no")
	case s.ended[login]:
		return nil, refuse(streamverse.ReasonRefreshTokenInvalid)
	case again && used != key:
		s.ended[login] = true
		return nil, refuse(streamverse.ReasonRefreshTokenReused)
	}
	s.used[request.RefreshToken] = key
	if s.lost > 0 {
		s.lost--
		return nil, status.Error(codes.Unavailable, "the connection broke")
	}
	made := pairOf(login, number+1)
	return &authv1.RefreshResponse{AccessToken: made.access, RefreshToken: made.refresh, ExpiresIn: 3600}, nil
}

func (s *loginServer) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// hold has refreshes wait; what it returns lets them go.
func (s *loginServer) hold() func() {
	goes := make(chan struct{})
	s.set(func() { s.goes = goes })
	return func() {
		s.set(func() { s.goes = nil })
		close(goes)
	}
}

func newLoginServer(t *testing.T) *loginServer {
	t.Helper()
	listener := must(net.Listen("tcp", "127.0.0.1:0"))(t)
	fake := &loginServer{
		url: "http://" + listener.Addr().String(), ended: map[int]bool{}, used: map[string]string{}, came: make(chan struct{}, 99),
	}
	server := grpc.NewServer()
	authv1.RegisterAuthServiceServer(server, fake)
	rightsv1.RegisterRightsServiceServer(server, fake)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return fake
}

// heard is what a client was told; "" for nil.
type heard struct {
	mu     sync.Mutex
	tokens []string
}

func (h *heard) note(session *streamverse.Session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tokens = append(h.tokens, refreshTokenOf(session))
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return fmt.Sprintf("%q", h.tokens)
}

func refreshTokenOf(session *streamverse.Session) string {
	if session == nil {
		return ""
	}
	return session.RefreshToken
}

func (s *loginServer) client(t *testing.T, with ...streamverse.Option) (*streamverse.Client, *heard) {
	t.Helper()
	told := &heard{}
	policy := streamverse.RetryPolicy{Attempts: 4, FirstPause: time.Millisecond, LongestPause: time.Second}
	with = append([]streamverse.Option{streamverse.WithRetry(policy), streamverse.OnSession(told.note)}, with...)
	client := must(streamverse.New(s.url, with...))(t)
	t.Cleanup(func() { _ = client.Close() })
	return client, told
}

func signIn(t *testing.T, client *streamverse.Client) {
	t.Helper()
	must(client.SignIn(t.Context(), "ana@example.org", "a password"))(t)
}

func TestARefreshWhoseAnswerWasLostIsTheSameOneAgain(t *testing.T) {
	t.Parallel()
	fake := newLoginServer(t)
	client, told := fake.client(t)
	signIn(t, client)
	kept := must(json.Marshal(client.Session()))(t)
	fake.set(func() { fake.lost = 8 })
	for range 2 {
		if client.Refresh(t.Context()) == nil {
			t.Fatal("it was lost")
		}
	}
	if told.String() != `["1.0"]` {
		t.Fatal(told)
	}
	// The program starts anew.
	var session streamverse.Session
	if err := json.Unmarshal(kept, &session); err != nil {
		t.Fatal(err)
	}
	again, told := fake.client(t, streamverse.WithSession(&session))
	for range 2 {
		if err := again.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if told.String() != `["1.1" "1.2"]` || len(fake.keys) != 10 {
		t.Fatal(told, fake.keys)
	}
	for i, key := range fake.keys {
		if (key == fake.keys[0]) != (i < 9) {
			t.Fatal(fake.keys)
		}
	}
}

func TestASessionThatAnOlderVersionKeptHasAKey(t *testing.T) {
	t.Parallel()
	fake := newLoginServer(t)
	fake.logins, fake.lost = 1, 4
	old := &streamverse.Session{AccessToken: "a1.0", RefreshToken: "1.0"}
	client, told := fake.client(t, streamverse.WithSession(old))
	mine := metadata.AppendToOutgoingContext(t.Context(), "idempotency-key", "mine")
	if _, err := client.Rights.Subscribe(mine, &rightsv1.SubscribeRequest{}); err == nil {
		t.Fatal("it was lost")
	}
	must(client.Rights.Subscribe(t.Context(), &rightsv1.SubscribeRequest{}))(t)
	if told.String() != `["1.1"]` || fake.keys[0] == "" || fake.keys[0] == "mine" {
		t.Fatal(told, fake.keys)
	}
}

func TestWhoSignsInOrOutDuringARefreshIsRight(t *testing.T) {
	t.Parallel()
	for _, about := range []struct{ out, ended bool }{{false, true}, {false, false}, {true, false}} {
		fake := newLoginServer(t)
		client, told := fake.client(t)
		signIn(t, client)
		release := fake.hold()
		refreshed := make(chan error)
		go func() { refreshed <- client.Refresh(context.Background()) }()
		<-fake.came
		now := "2.0"
		if about.out {
			now = ""
			if err := client.SignOut(t.Context()); err != nil {
				t.Fatal(err)
			}
		} else {
			signIn(t, client)
		}
		fake.set(func() { fake.ended[1] = about.ended })
		release()
		if err := <-refreshed; err != nil {
			t.Fatal(about, err)
		}
		if refreshTokenOf(client.Session()) != now || told.String() != fmt.Sprintf("%q", []string{"1.0", now}) {
			t.Fatal(about, client.Session(), told)
		}
	}
}

func TestAProfileIsChosenWhileOthersRefresh(t *testing.T) {
	t.Parallel()
	fake := newLoginServer(t)
	client, told := fake.client(t)
	signIn(t, client)
	for round := 2; round < 22; round++ {
		var group sync.WaitGroup
		for i := range 3 {
			group.Add(1)
			go func() {
				defer group.Done()
				err := error(nil)
				if i == 1 {
					_, err = client.SelectProfile(context.Background(), &authv1.SelectProfileRequest{})
				} else {
					err = client.Refresh(context.Background())
				}
				if err != nil {
					t.Error(err)
				}
			}()
		}
		group.Wait()
		if now := refreshTokenOf(client.Session()); !strings.HasPrefix(now, fmt.Sprintf("%d.", round)) {
			t.Fatal(round, now)
		}
	}
	last := told.tokens[len(told.tokens)-1]
	if strings.Contains(told.String(), `""`) || last != client.Session().RefreshToken {
		t.Fatal(told)
	}
}

func TestAProfileIsChosenWithATokenThatHasEnded(t *testing.T) {
	t.Parallel()
	fake := newLoginServer(t)
	fake.logins = 1
	client, told := fake.client(t, streamverse.WithSession(&streamverse.Session{AccessToken: "a1.0", RefreshToken: "1.0"}))
	must(client.SelectProfile(t.Context(), &authv1.SelectProfileRequest{}))(t)
	if told.String() != `["2.0"]` || len(fake.keys) != 1 {
		t.Fatal(told, fake.keys)
	}
}

func TestGoroutinesShareARefreshAlsoOneThatFails(t *testing.T) {
	t.Parallel()
	fake := newLoginServer(t)
	client, _ := fake.client(t)
	signIn(t, client)
	fake.fails = true
	release := fake.hold()
	outcomes := make(chan error)
	for range 8 {
		go func() { outcomes <- client.Refresh(context.Background()) }()
	}
	<-fake.came
	time.Sleep(200 * time.Millisecond)
	release()
	for range 8 {
		if status.Code(<-outcomes) != codes.Internal {
			t.Fatal("it failed")
		}
	}
	if len(fake.keys) != 1 {
		t.Fatal(fake.keys)
	}
	fake.set(func() { fake.fails = false })
	if err := client.Refresh(t.Context()); err != nil || client.Session().RefreshToken != "1.1" {
		t.Fatal(err)
	}
}

func TestWhoGivesARefreshUpTakesNothingFromTheOthers(t *testing.T) {
	t.Parallel()
	fake := newLoginServer(t)
	client, _ := fake.client(t)
	signIn(t, client)
	release := fake.hold()
	ctx, giveUp := context.WithCancel(t.Context())
	first, second := make(chan error), make(chan error)
	go func() { first <- client.Refresh(ctx) }()
	<-fake.came
	go func() { second <- client.Refresh(context.Background()) }()
	time.Sleep(50 * time.Millisecond)
	giveUp()
	if status.Code(<-first) != codes.Canceled {
		t.Fatal("it was given up")
	}
	release()
	if err := <-second; err != nil || client.Session().RefreshToken != "1.1" {
		t.Fatal(err)
	}
}

func TestTheCallbackMayUseTheClient(t *testing.T) {
	t.Parallel()
	fake := newLoginServer(t)
	fake.logins, fake.ended[1] = 1, true
	var client *streamverse.Client
	told := func(session *streamverse.Session) {
		var err error
		switch refreshTokenOf(session) {
		case "":
			_, err = client.SignIn(context.Background(), "ana@example.org", "a password")
		case "2.0":
			_, err = client.SelectProfile(context.Background(), &authv1.SelectProfileRequest{})
		}
		if err != nil {
			t.Error(err)
		}
	}
	old := &streamverse.Session{AccessToken: "a1.0", RefreshToken: "1.0"}
	client, _ = fake.client(t, streamverse.WithSession(old), streamverse.OnSession(told))
	if err := client.Refresh(t.Context()); !errors.Is(err, streamverse.ReasonRefreshTokenInvalid) {
		t.Fatal(err)
	}
	if refreshTokenOf(client.Session()) != "3.0" {
		t.Fatal(client.Session())
	}
}

func TestTokensDoNotGoToLogs(t *testing.T) {
	t.Parallel()
	session := streamverse.Session{AccessToken: "secret", RefreshToken: "secret", RefreshKey: "secret"}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("signed in", "session", session, "again", &session)
	text := log.String() + fmt.Sprintf("%v %+v %#v %s %v %#v", session, session, session, session, &session, &session)
	if strings.Contains(text, "secret") {
		t.Fatal(text)
	}
}

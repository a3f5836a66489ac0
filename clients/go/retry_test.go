package streamverse_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	streamverse "streamverse.example/client"
	authv1 "streamverse.example/client/api/auth/v1"
	contentv1 "streamverse.example/client/api/content/v1"
	rightsv1 "streamverse.example/client/api/rights/v1"
)

type failure struct {
	code       codes.Code
	details    []protoadapt.MessageV1
	pushedBack bool
}

// failing is a server that fails with what is in failures first.
type failing struct {
	authv1.UnimplementedAuthServiceServer
	contentv1.UnimplementedBrowseServiceServer
	contentv1.UnimplementedContentAdminServiceServer
	rightsv1.UnimplementedRightsServiceServer
	failures []failure
	keys     []string
}

func (f *failing) called(ctx context.Context) error {
	said, _ := metadata.FromIncomingContext(ctx)
	key := ""
	if keys := said.Get("idempotency-key"); len(keys) > 0 {
		key = keys[0]
	}
	f.keys = append(f.keys, key)
	if len(f.failures) == 0 {
		return nil
	}
	next := f.failures[0]
	f.failures = f.failures[1:]
	if next.pushedBack {
		_ = grpc.SetTrailer(ctx, metadata.Pairs("grpc-retry-pushback-ms", "-1"))
	}
	told, err := status.New(next.code, "no").WithDetails(next.details...)
	if err != nil {
		return err
	}
	return told.Err()
}

func (f *failing) ListTitles(ctx context.Context, _ *contentv1.ListTitlesRequest) (*contentv1.ListTitlesResponse, error) {
	return &contentv1.ListTitlesResponse{}, f.called(ctx)
}

func (f *failing) WatchContent(_ *contentv1.WatchContentRequest, stream grpc.ServerStreamingServer[contentv1.WatchContentResponse]) error {
	if err := f.called(stream.Context()); err != nil {
		return err
	}
	for range 2 {
		if err := stream.Send(&contentv1.WatchContentResponse{}); err != nil {
			return err
		}
	}
	return status.Error(codes.Unavailable, "in the middle")
}

func (f *failing) Subscribe(ctx context.Context, _ *rightsv1.SubscribeRequest) (*rightsv1.SubscribeResponse, error) {
	return &rightsv1.SubscribeResponse{}, f.called(ctx)
}

func (f *failing) Login(ctx context.Context, _ *authv1.LoginRequest) (*authv1.LoginResponse, error) {
	return &authv1.LoginResponse{AccessToken: "a", RefreshToken: "b", ExpiresIn: 3600}, f.called(ctx)
}

func fails(t *testing.T, failures ...failure) (*failing, *streamverse.Client) {
	t.Helper()
	listener := must(net.Listen("tcp", "127.0.0.1:0"))(t)
	fake, server := &failing{failures: failures}, grpc.NewServer()
	authv1.RegisterAuthServiceServer(server, fake)
	contentv1.RegisterBrowseServiceServer(server, fake)
	contentv1.RegisterContentAdminServiceServer(server, fake)
	rightsv1.RegisterRightsServiceServer(server, fake)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	policy := streamverse.RetryPolicy{Attempts: 4, FirstPause: 10 * time.Millisecond, LongestPause: time.Second}
	client := must(streamverse.New("http://"+listener.Addr().String(), streamverse.WithRetry(policy)))(t)
	t.Cleanup(func() { _ = client.Close() })
	return fake, client
}

var info = because("UNAVAILABLE")

func because(reason string) *errdetails.ErrorInfo {
	return &errdetails.ErrorInfo{Reason: reason, Domain: "common.streamverse"}
}

func wait(d time.Duration) protoadapt.MessageV1 {
	return &errdetails.RetryInfo{RetryDelay: durationpb.New(d)}
}

func told(details ...protoadapt.MessageV1) failure {
	return failure{codes.Unavailable, append(details, info), false}
}

func broken() failure { return failure{codes.Unavailable, nil, false} }

func TestReadingIsRepeated(t *testing.T) {
	t.Parallel()
	fake, client := fails(t, broken(), told())
	must(client.Browse.ListTitles(t.Context(), &contentv1.ListTitlesRequest{}))(t)
	if len(fake.keys) != 3 || fake.keys[0] != "" {
		t.Fatal(fake.keys)
	}
}

func TestThePauseIsTheServers(t *testing.T) {
	t.Parallel()
	_, client := fails(t, told(wait(400*time.Millisecond)))
	began := time.Now()
	must(client.Browse.ListTitles(t.Context(), &contentv1.ListTitlesRequest{}))(t)
	if took := time.Since(began); took < 400*time.Millisecond {
		t.Fatal(took)
	}
}

func TestWhatTheServerHasNoRoomForIsRepeatedWhenItSays(t *testing.T) {
	t.Parallel()
	full := failure{codes.ResourceExhausted, []protoadapt.MessageV1{because("OVERLOADED"), wait(400 * time.Millisecond)}, false}
	fake, client := fails(t, full)
	began := time.Now()
	must(client.SignIn(t.Context(), "ana@example.org", "a password"))(t)
	if took := time.Since(began); took < 400*time.Millisecond || len(fake.keys) != 2 {
		t.Fatal(took, fake.keys)
	}
}

func TestWhatShallNotBeRepeatedIsNot(t *testing.T) {
	t.Parallel()
	pushed := told()
	pushed.pushedBack = true
	internal := told()
	internal.code = codes.Internal
	rated := failure{codes.ResourceExhausted, []protoadapt.MessageV1{because("RATE_LIMITED"), wait(time.Millisecond)}, false}
	for name, f := range map[string]failure{"rated": rated, "a long wait": told(wait(time.Minute)), "pushed back": pushed, "internal": internal} {
		fake, client := fails(t, f)
		if _, err := client.Browse.ListTitles(t.Context(), &contentv1.ListTitlesRequest{}); err == nil || len(fake.keys) != 1 {
			t.Fatal(name, err, fake.keys)
		}
	}
	fake, client := fails(t, told(), told(), told(), told(), told())
	if _, err := client.Browse.ListTitles(t.Context(), &contentv1.ListTitlesRequest{}); err == nil || len(fake.keys) != 4 {
		t.Fatal(err, fake.keys)
	}
}

func TestWhatWritesGoesByItsKey(t *testing.T) {
	t.Parallel()
	fake, client := fails(t, broken())
	must(client.Rights.Subscribe(t.Context(), &rightsv1.SubscribeRequest{}))(t)
	if len(fake.keys) != 2 || fake.keys[0] == "" || fake.keys[0] != fake.keys[1] {
		t.Fatal(fake.keys)
	}
	mine := metadata.AppendToOutgoingContext(t.Context(), "idempotency-key", "mine")
	must(client.Rights.Subscribe(mine, &rightsv1.SubscribeRequest{}))(t)
	if fake.keys[2] != "mine" {
		t.Fatal(fake.keys)
	}
	fake, client = fails(t, told())
	must(client.SignIn(t.Context(), "ana@example.org", "a password"))(t)
	fake, client = fails(t, broken())
	if _, err := client.SignIn(t.Context(), "ana@example.org", "a password"); err == nil || len(fake.keys) != 1 {
		t.Fatal("nobody knows what became of it", fake.keys)
	}
}

func TestAStreamBeginsAnewUntilItHasBegun(t *testing.T) {
	t.Parallel()
	fake, client := fails(t, broken(), told())
	stream := must(client.ContentAdmin.WatchContent(t.Context(), &contentv1.WatchContentRequest{}))(t)
	for range 2 {
		must(stream.Recv())(t)
	}
	var failed *streamverse.Error
	if _, err := stream.Recv(); err == nil || !errors.As(err, &failed) || failed.Message != "in the middle" || len(fake.keys) != 3 {
		t.Fatal(err, fake.keys)
	}
}

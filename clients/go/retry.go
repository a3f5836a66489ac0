package streamverse

import (
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"strings"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"

	optionsv1 "streamverse.example/client/api/options/v1"
)

// keyHeader names a call whose answer the server keeps.
const keyHeader = "idempotency-key"

// RetryPolicy says how often a call is made in all, and how long the pauses are.
type RetryPolicy struct {
	Attempts   int
	FirstPause time.Duration
	// The most that is waited once. Where the server asks for more, the call fails at once.
	LongestPause time.Duration
}

// DefaultRetry is the policy of clients that are given none.
var DefaultRetry = RetryPolicy{Attempts: 4, FirstPause: 100 * time.Millisecond, LongestPause: 5 * time.Second}

func (p RetryPolicy) pause(failures int, err *Error) (time.Duration, bool) {
	if failures >= p.Attempts || !err.passing() || err.pushedBack || err.RetryAfter > p.LongestPause {
		return 0, false
	}
	grown := min(p.LongestPause, p.FirstPause<<min(failures-1, 20))
	// Spread, so that clients that failed together do not come back together.
	spread := time.Duration(float64(grown) * (0.5 + mathrand.Float64()/2))
	return max(err.RetryAfter, spread), true
}

// method is what a method says about itself.
type method struct {
	// Whether it may be repeated where nobody knows what became of it.
	repeatable bool
	// Whether its answer is kept under a key.
	takesKey bool
	// Whether it shows other credentials, so that no token is sent.
	signsIn bool
}

var methods sync.Map

func methodOf(path string) method {
	if known, ok := methods.Load(path); ok {
		return known.(method)
	}
	about := method{}
	name := protoreflect.FullName(strings.ReplaceAll(strings.TrimPrefix(path, "/"), "/", "."))
	if found, err := protoregistry.GlobalFiles.FindDescriptorByName(name); err == nil {
		options, _ := found.Options().(*descriptorpb.MethodOptions)
		policy, _ := proto.GetExtension(options, optionsv1.E_Policy).(*optionsv1.Policy)
		about.repeatable = options.GetIdempotencyLevel() != descriptorpb.MethodOptions_IDEMPOTENCY_UNKNOWN
		about.takesKey = policy.GetIdempotencyKey() != optionsv1.IdempotencyKey_IDEMPOTENCY_KEY_UNSPECIFIED
	}
	switch path {
	case "/streamverse.auth.v1.AuthService/Register", "/streamverse.auth.v1.AuthService/Login",
		"/streamverse.auth.v1.AuthService/Refresh":
		about.signsIn = true
	}
	methods.Store(path, about)
	return about
}

// tries are those of one call.
type tries struct {
	method
	policy    RetryPolicy
	keyed     bool
	failures  int
	refreshed bool
}

// after says what to do before the next try: refresh, or wait; or that there is none.
func (t *tries) after(err *Error, signedIn bool) (refresh bool, pause time.Duration, again bool) {
	ended := err.Reason == ReasonTokenExpired || err.Reason == ReasonTokenInvalid
	if signedIn && !t.refreshed && ended {
		t.refreshed = true
		return true, 0, true
	}
	t.failures++
	// What the server itself says it cannot do now was not done; a connection that broke leaves that open.
	if err.Domain == "" && !t.repeatable && !t.keyed {
		return false, 0, false
	}
	pause, again = t.policy.pause(t.failures, err)
	return false, pause, again
}

// newKey makes a UUID.
func newKey() string {
	var b [16]byte
	// It never fails.
	_, _ = rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

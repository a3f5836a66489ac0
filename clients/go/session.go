package streamverse

import (
	"fmt"
	"log/slog"
	"time"
)

// margin before its end from which a token is not sent any more.
const margin = 30 * time.Second

// Session is a login, as it can be kept, e.g. as JSON: whoever has it is signed in. It does not change.
type Session struct {
	AccessToken string `json:"access_token"`
	// Exchanged for the next pair; works once.
	RefreshToken string `json:"refresh_token"`
	// When the access token ends.
	ExpiresAt time.Time `json:"expires_at"`
	// The idempotency-key of that exchange. It is kept with the token, so that the server takes a repetition, also by a
	// program that has started anew, for what it is: under another key the token would count as stolen. A session that
	// comes without one is given one.
	RefreshKey string `json:"refresh_key"`
}

// String keeps tokens out of logs.
func (s Session) String() string {
	return fmt.Sprintf("session until %s", s.ExpiresAt.Format(time.RFC3339))
}

// GoString keeps tokens out of logs.
func (s Session) GoString() string { return s.String() }

// LogValue keeps tokens out of logs, also of those in JSON.
func (s Session) LogValue() slog.Value { return slog.StringValue(s.String()) }

type tokens interface {
	GetAccessToken() string
	GetRefreshToken() string
	GetExpiresIn() int32
}

func sessionOf(made tokens) *Session {
	return &Session{
		AccessToken:  made.GetAccessToken(),
		RefreshToken: made.GetRefreshToken(),
		ExpiresAt:    time.Now().Add(time.Duration(made.GetExpiresIn()) * time.Second),
		RefreshKey:   newKey(),
	}
}

func (s *Session) keyed() *Session {
	if s == nil || s.RefreshKey != "" {
		return s
	}
	with := *s
	with.RefreshKey = newKey()
	return &with
}

func (s *Session) stale() bool { return time.Now().Add(margin).After(s.ExpiresAt) }

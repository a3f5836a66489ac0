package streamverse

import (
	"fmt"
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
}

// String keeps tokens out of logs.
func (s *Session) String() string {
	return fmt.Sprintf("session until %s", s.ExpiresAt.Format(time.RFC3339))
}

// GoString keeps tokens out of logs.
func (s *Session) GoString() string { return s.String() }

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
	}
}

func (s *Session) stale() bool { return time.Now().Add(margin).After(s.ExpiresAt) }

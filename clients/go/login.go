package streamverse

import (
	"context"
	"sync"

	"google.golang.org/grpc/status"
)

// login holds the session that is in force. What began with an older one does not replace it.
type login struct {
	// turn is of refreshing, and of choosing a profile, which ends the session that a refresh would begin with.
	turn      chan struct{}
	onSession func(*Session)

	mu      sync.Mutex
	session *Session
	told    *Session
	telling bool
	// changes counts how often somebody signed in or out or chose a profile; a session that is refreshed is still the
	// same login.
	changes int
	// failures counts the refreshes that failed, the last one with failure.
	failures int
	failure  error
}

func newLogin(session *Session, onSession func(*Session)) *login {
	session = session.keyed()
	return &login{turn: make(chan struct{}, 1), onSession: onSession, session: session, told: session}
}

func (l *login) now() (session *Session, changes, failures int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.session, l.changes, l.failures
}

// always stands for no condition of change.
const always = -1

// change takes over another login; only if there were so many changes until now, where they are not always.
func (l *login) change(session *Session, since int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if since == always || since == l.changes {
		l.session = session
		l.changes++
	}
}

// replace goes on with a session if the one that it comes of is still in force.
func (l *login) replace(stale, session *Session) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.session == stale {
		l.session = session
	}
}

// failed returns what a refresh was refused with, unless there is a newer session, which needs none. It is shared with
// those who wait for it, except where only this call was given up.
func (l *login) failed(ctx context.Context, stale *Session, err error) error {
	if sessionIsOver(err) {
		l.replace(stale, nil)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.session != nil && l.session != stale {
		return nil
	}
	if ctx.Err() == nil {
		l.failures++
		l.failure = err
	}
	return err
}

// settled says whether a refresh has nothing left to do: a refresh token works once, and another goroutine may have been
// here meanwhile, whose outcome holds for this one, too.
func (l *login) settled(stale *Session, failures int) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.session != stale {
		return true, nil
	}
	if failures != l.failures {
		return true, l.failure
	}
	return false, nil
}

// take waits for the turn.
func (l *login) take(ctx context.Context) error {
	select {
	case l.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return errorOf(status.FromContextError(ctx.Err()).Err(), nil, nil)
	}
}

// give ends the turn, and tells what came of it.
func (l *login) give() {
	<-l.turn
	l.tell()
}

// tell says what is in force now: one goroutine at a time, so that what is said last is what holds.
func (l *login) tell() {
	if l.onSession == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.telling {
		return
	}
	l.telling = true
	defer func() { l.telling = false }()
	for l.told != l.session {
		l.told = l.session
		l.say(l.told)
	}
}

// say calls back without the lock.
func (l *login) say(session *Session) {
	l.mu.Unlock()
	defer l.mu.Lock()
	l.onSession(session)
}

type turnKey struct{}

// withTurn marks the calls of whoever has the turn.
func withTurn(ctx context.Context) context.Context { return context.WithValue(ctx, turnKey{}, true) }

func hasTurn(ctx context.Context) bool { return ctx.Value(turnKey{}) != nil }

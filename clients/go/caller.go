package streamverse

import (
	"context"
	"errors"
	"io"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
)

// caller stands for a connection to the generated clients.
type caller struct{ client *Client }

func (c caller) tries(ctx context.Context, path string) (*tries, context.Context) {
	t := &tries{method: methodOf(path), policy: c.client.retry}
	said, _ := metadata.FromOutgoingContext(ctx)
	t.keyed = len(said.Get(keyHeader)) > 0
	if t.takesKey && !t.keyed {
		// With a key the server gives the first answer again, so that nothing is done twice.
		ctx = metadata.AppendToOutgoingContext(ctx, keyHeader, newKey())
		t.keyed = true
	}
	return t, ctx
}

// signed adds what every call says about its sender, with a token that is not about to end.
func (c caller) signed(ctx context.Context, about method) (context.Context, *Session, error) {
	session := c.client.Session()
	if about.signsIn {
		session = nil
	} else if session != nil && session.stale() {
		if err := c.client.refresh(ctx, session); err != nil {
			return nil, nil, err
		}
		session = c.client.Session()
	}
	said, _ := metadata.FromOutgoingContext(ctx)
	add := func(name, value string) {
		if value != "" && len(said.Get(name)) == 0 {
			ctx = metadata.AppendToOutgoingContext(ctx, name, value)
		}
	}
	if session != nil {
		add("authorization", "Bearer "+session.AccessToken)
	}
	c.client.mu.Lock()
	profile := c.client.profile
	c.client.mu.Unlock()
	add("x-device-id", c.client.headers.device)
	add("x-client-platform", c.client.headers.platform)
	add("x-profile-id", profile)
	add("accept-language", c.client.headers.language)
	return ctx, session, nil
}

// before waits or refreshes, as a failed try asks for. It returns what ends the call.
func (c caller) before(ctx context.Context, t *tries, failed *Error, session *Session) error {
	refresh, pause, again := t.after(failed, session != nil)
	switch {
	case !again:
		return failed
	case refresh:
		return c.client.refresh(ctx, session)
	}
	select {
	case <-time.After(pause):
		return nil
	case <-ctx.Done():
		return failed
	}
}

// Invoke makes a call with one answer.
func (c caller) Invoke(ctx context.Context, path string, request, answer any, options ...grpc.CallOption) error {
	t, ctx := c.tries(ctx, path)
	for {
		signed, session, err := c.signed(ctx, t.method)
		if err != nil {
			return err
		}
		cancel := func() {}
		if _, bounded := ctx.Deadline(); !bounded {
			signed, cancel = context.WithTimeout(signed, c.client.timeout)
		}
		var header, trailer metadata.MD
		with := append(options[:len(options):len(options)], grpc.Header(&header), grpc.Trailer(&trailer))
		err = c.client.conn.Invoke(signed, path, request, answer, with...)
		cancel()
		if err == nil {
			return nil
		}
		if err = c.before(ctx, t, errorOf(err, header, trailer), session); err != nil {
			return err
		}
	}
}

// NewStream makes a call with many answers.
func (c caller) NewStream(
	ctx context.Context, about *grpc.StreamDesc, path string, options ...grpc.CallOption,
) (grpc.ClientStream, error) {
	t, ctx := c.tries(ctx, path)
	s := &stream{}
	// The stream's own context ends with it.
	s.before = func(failed *Error) error { return c.before(ctx, t, failed, s.session) }
	s.open = func() error {
		signed, session, err := c.signed(ctx, t.method)
		if err != nil {
			return err
		}
		s.session = session
		if s.ClientStream, err = c.client.conn.NewStream(signed, about, path, options...); err != nil {
			return errorOf(err, nil, nil)
		}
		return nil
	}
	if err := s.open(); err != nil {
		return nil, err
	}
	return s, nil
}

// stream begins anew until its first message has come.
type stream struct {
	grpc.ClientStream
	session *Session
	open    func() error
	before  func(*Error) error
	sent    any
	begun   bool
}

func (s *stream) SendMsg(message any) error {
	s.sent = message
	return s.ClientStream.SendMsg(message)
}

func (s *stream) RecvMsg(message any) error {
	for {
		err := s.ClientStream.RecvMsg(message)
		if err == nil {
			s.begun = true
			return nil
		}
		if errors.Is(err, io.EOF) {
			return err
		}
		header, _ := s.Header()
		failed := errorOf(err, header, s.Trailer())
		if s.begun {
			return failed
		}
		if err := s.before(failed); err != nil {
			return err
		}
		if err := s.open(); err != nil {
			return err
		}
		// A failure here is told by the next answer.
		_ = s.ClientStream.SendMsg(s.sent)
		_ = s.CloseSend()
	}
}

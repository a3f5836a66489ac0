package streamverse

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/url"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"

	authv1 "streamverse.example/client/api/auth/v1"
	usersv1 "streamverse.example/client/api/users/v1"
)

// Client calls an installation. It may be used by many goroutines.
type Client struct {
	Services

	base    *url.URL
	conn    *grpc.ClientConn
	headers headers
	retry   RetryPolicy
	timeout time.Duration
	login   *login

	mu      sync.Mutex
	profile string
}

type headers struct{ device, language, platform string }

// Option sets up a client.
type Option func(*options)

type options struct {
	client    Client
	session   *Session
	onSession func(*Session)
	dial      []grpc.DialOption
}

// WithSession goes on with a login that was kept.
func WithSession(session *Session) Option {
	return func(o *options) { o.session = session }
}

// OnSession is told each login that takes the place of the last one, and nil when it is over.
func OnSession(told func(*Session)) Option {
	return func(o *options) { o.onSession = told }
}

// WithDevice names the device to its people, e.g. "Living room".
func WithDevice(name string) Option {
	return func(o *options) { o.client.headers.device = name }
}

// WithPlatform says what the device is: "web", "android", "ios", "tv", "desktop" or "console".
func WithPlatform(name string) Option {
	return func(o *options) { o.client.headers.platform = name }
}

// WithLanguage asks for texts in a language, e.g. "nb".
func WithLanguage(tag string) Option {
	return func(o *options) { o.client.headers.language = tag }
}

// WithRetry says how calls are repeated.
func WithRetry(policy RetryPolicy) Option {
	return func(o *options) { o.client.retry = policy }
}

// WithTimeout bounds one try of a call whose context has no deadline; the default is 30 s. Streams have none.
func WithTimeout(timeout time.Duration) Option {
	return func(o *options) { o.client.timeout = timeout }
}

// WithDialOptions adds options of gRPC, e.g. other credentials of the transport.
func WithDialOptions(more ...grpc.DialOption) Option {
	return func(o *options) { o.dial = append(o.dial, more...) }
}

// New sets up a client of the installation at an address such as "https://tv.example.org". It connects with the first call.
func New(address string, with ...Option) (*Client, error) {
	base, err := url.Parse(address)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, fmt.Errorf("an address such as http://localhost:3000 is needed, not %q", address)
	}
	transport, port := insecure.NewCredentials(), "80"
	if base.Scheme == "https" {
		transport, port = credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS12}), "443"
	}
	target := base.Host
	if base.Port() == "" {
		target += ":" + port
	}
	set := options{
		client: Client{base: base, retry: DefaultRetry, timeout: 30 * time.Second},
		dial: []grpc.DialOption{
			grpc.WithTransportCredentials(transport),
			// Repeating is ours, by what the methods say about themselves.
			grpc.WithDisableRetry(),
			grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: time.Minute, Timeout: 10 * time.Second}),
		},
	}
	for _, option := range with {
		option(&set)
	}
	client := &set.client
	if client.conn, err = grpc.NewClient(target, set.dial...); err != nil {
		return nil, err
	}
	client.login = newLogin(set.session, set.onSession)
	client.Services = newServices(caller{client})
	return client, nil
}

// Close closes the connection; the login stays.
func (c *Client) Close() error { return c.conn.Close() }

// Session returns the login; nil where nobody is signed in.
func (c *Client) Session() *Session {
	session, _, _ := c.login.now()
	return session
}

// WatchAs has calls act for a profile of the account; "" for its default.
func (c *Client) WatchAs(profileID string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.profile = profileID
}

// URL completes an address of an answer, e.g. of a poster; an empty one stays so.
func (c *Client) URL(place string) string {
	at, err := url.Parse(place)
	if place == "" || err != nil {
		return ""
	}
	return c.base.ResolveReference(at).String()
}

// Register makes an account and signs it in.
func (c *Client) Register(ctx context.Context, request *authv1.RegisterRequest) (*usersv1.User, error) {
	made, err := c.Auth.Register(ctx, request)
	if err != nil {
		return nil, err
	}
	c.change(sessionOf(made), always)
	return made.User, nil
}

// SignIn signs in by a password.
func (c *Client) SignIn(ctx context.Context, email, password string) (*usersv1.User, error) {
	made, err := c.Auth.Login(ctx, &authv1.LoginRequest{Email: email, Password: password})
	if err != nil {
		return nil, err
	}
	c.change(sessionOf(made), always)
	return made.User, nil
}

// SelectProfile binds the login to a profile, as children need it: the token changes.
func (c *Client) SelectProfile(ctx context.Context, request *authv1.SelectProfileRequest) (*usersv1.Profile, error) {
	if err := c.login.take(ctx); err != nil {
		return nil, err
	}
	defer c.login.give()
	_, since, _ := c.login.now()
	made, err := c.Auth.SelectProfile(withTurn(ctx), request)
	if err != nil {
		return nil, err
	}
	c.login.change(sessionOf(made), since)
	return made.Profile, nil
}

// SignOut ends the login.
func (c *Client) SignOut(ctx context.Context) error {
	_, since, _ := c.login.now()
	if _, err := c.Auth.Logout(ctx, &authv1.LogoutRequest{}); err != nil {
		return err
	}
	c.change(nil, since)
	return nil
}

// Refresh gets another access token now. Calls do it by themselves when it is time.
func (c *Client) Refresh(ctx context.Context) error { return c.refresh(ctx, c.Session()) }

func (c *Client) change(session *Session, since int) {
	c.login.change(session, since)
	c.login.tell()
}

func (c *Client) refresh(ctx context.Context, stale *Session) error {
	if stale == nil {
		return nil
	}
	if hasTurn(ctx) {
		return c.renew(ctx, stale)
	}
	_, _, failures := c.login.now()
	if err := c.login.take(ctx); err != nil {
		return err
	}
	defer c.login.give()
	if settled, err := c.login.settled(stale, failures); settled {
		return err
	}
	return c.renew(ctx, stale)
}

func (c *Client) renew(ctx context.Context, stale *Session) error {
	// What the call that needs it says of itself, e.g. a key of its own, does not hold here.
	keyed := metadata.NewOutgoingContext(ctx, metadata.Pairs(keyHeader, stale.RefreshKey))
	made, err := c.Auth.Refresh(keyed, &authv1.RefreshRequest{RefreshToken: stale.RefreshToken})
	if err != nil {
		return c.login.failed(ctx, stale, err)
	}
	c.login.replace(stale, sessionOf(made))
	return nil
}

package streamverse

import (
	"context"
	"errors"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	streamingv1 "streamverse.example/client/api/streaming/v1"
)

// Playback is a running playback: it reports to the server until Close gives the stream back.
type Playback struct {
	// The answer of the start: title, markers, length.
	*streamingv1.PlayResponse
	// Address of the HLS master playlist, for the player.
	URL string

	client  *Client
	stopped chan struct{}
	ended   chan struct{}
	end     context.CancelFunc

	mu       sync.Mutex
	at       streamingv1.HeartbeatRequest
	interval time.Duration
	reason   streamingv1.StopReason
}

// Play starts playback of a title or channel. Heartbeats go out until ctx or the playback ends.
func (c *Client) Play(ctx context.Context, contentID string) (*Playback, error) {
	started, err := c.Playback.Play(ctx, &streamingv1.PlayRequest{ContentId: contentID})
	if err != nil {
		return nil, err
	}
	reports, end := context.WithCancel(ctx)
	p := &Playback{
		PlayResponse: started,
		URL:          c.URL(started.PlaybackUrl),
		client:       c,
		stopped:      make(chan struct{}),
		ended:        make(chan struct{}),
		end:          end,
		interval:     time.Duration(started.HeartbeatIntervalSeconds) * time.Second,
	}
	p.at.SessionId = started.SessionId
	go p.report(reports)
	return p, nil
}

// SetPosition says where the player stands, in seconds. It is sent when the next heartbeat is due.
func (p *Playback) SetPosition(seconds float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at.PositionSeconds = &seconds
}

// SetState says what is played, how much is loaded ahead, and how fast it plays: 0 while it is paused.
func (p *Playback) SetState(quality string, bufferSeconds, rate float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at.Quality, p.at.BufferSeconds, p.at.Rate = quality, bufferSeconds, &rate
}

// Stopped is closed where the server ends playback: another device stopped it, the rental is over.
func (p *Playback) Stopped() <-chan struct{} { return p.stopped }

// StopReason says why the server ended it.
func (p *Playback) StopReason() streamingv1.StopReason {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reason
}

// Heartbeat reports now, e.g. after a seek or a pause. It happens by itself when it is due.
func (p *Playback) Heartbeat(ctx context.Context) error {
	p.mu.Lock()
	at := proto.CloneOf(&p.at)
	p.mu.Unlock()
	answer, err := p.client.PlaySession.Heartbeat(ctx, at)
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.interval = time.Duration(answer.NextIntervalSeconds) * time.Second
	p.mu.Unlock()
	if answer.Stop {
		p.stop(answer.StopReason)
	}
	return nil
}

// Close ends playback at the position that was said last. It may be repeated.
func (p *Playback) Close(ctx context.Context) error {
	p.end()
	<-p.ended
	p.mu.Lock()
	position, reason := p.at.PositionSeconds, p.reason
	p.mu.Unlock()
	if reason != streamingv1.StopReason_STOP_REASON_UNSPECIFIED {
		return nil
	}
	_, err := p.client.PlaySession.CompletePlay(ctx, &streamingv1.CompletePlayRequest{
		SessionId: p.SessionId, PositionSeconds: position,
	})
	return err
}

func (p *Playback) report(ctx context.Context) {
	defer close(p.ended)
	for {
		p.mu.Lock()
		due := time.After(p.interval)
		p.mu.Unlock()
		select {
		case <-ctx.Done():
			return
		case <-p.stopped:
			return
		case <-due:
		}
		err := p.Heartbeat(ctx)
		var failed *Error
		switch {
		case errors.Is(err, ReasonPlaySessionNotFound):
			p.stop(streamingv1.StopReason_STOP_REASON_EXPIRED)
		case errors.As(err, &failed) && failed.Code == codes.Unauthenticated:
			return
		}
		// Else the next one may come through: a stream bears 90 s of silence.
	}
}

func (p *Playback) stop(why streamingv1.StopReason) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reason == streamingv1.StopReason_STOP_REASON_UNSPECIFIED {
		p.reason = why
		close(p.stopped)
	}
}

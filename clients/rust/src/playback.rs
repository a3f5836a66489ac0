//! Playback that reports itself.

use std::time::Duration;

use sv_proto::streaming::{
    CompletePlayRequest, HeartbeatRequest, PlayRequest, PlayResponse, StopReason, StreamingReason,
};
use tokio::{
    runtime::Handle,
    sync::watch,
    task::JoinHandle,
    time::{Instant, sleep_until},
};
use tonic::Code;

use crate::{Client, Result, system};

/// A running playback: it reports to the server until it is closed or dropped.
#[derive(Debug)]
pub struct Playback {
    /// The answer of the start: title, markers, length, where to resume.
    pub started: PlayResponse,
    /// Address of the HLS master playlist, for the player.
    pub url: String,
    running: Running,
    reports: JoinHandle<()>,
    closed: bool,
}

/// What the player and the reports share.
#[derive(Clone, Debug)]
struct Running {
    client: Client,
    at: watch::Sender<HeartbeatRequest>,
    stopped: watch::Sender<Option<StopReason>>,
}

impl Client {
    /// Starts playback of a title or channel. Heartbeats go out until it is closed, or until the server
    /// ends it.
    pub async fn play(&self, content_id: &str) -> Result<Playback> {
        let request = PlayRequest {
            content_id: content_id.to_owned(),
        };
        let started = self.playback().play(request).await?.into_inner();
        let running = Running {
            client: self.clone(),
            at: watch::Sender::new(HeartbeatRequest {
                session_id: started.session_id.clone(),
                ..HeartbeatRequest::default()
            }),
            stopped: watch::Sender::new(None),
        };
        let first = interval(started.heartbeat_interval_seconds);
        Ok(Playback {
            url: self.url(&started.playback_url),
            reports: system::spawn(running.clone().report(first)),
            started,
            running,
            closed: false,
        })
    }
}

impl Playback {
    /// Says where the player stands, in seconds. It is sent when the next heartbeat is due.
    pub fn set_position(&self, seconds: f64) {
        let at = &self.running.at;
        at.send_modify(|at| at.position_seconds = Some(seconds));
    }

    /// Says what is played, e.g. `480p`, how many seconds are loaded ahead, and how fast it plays: 0
    /// while it is paused.
    pub fn set_state(&self, quality: &str, buffer_seconds: f64, rate: f64) {
        self.running.at.send_modify(|at| {
            quality.clone_into(&mut at.quality);
            at.buffer_seconds = buffer_seconds;
            at.rate = Some(rate);
        });
    }

    /// Reports now, e.g. after a seek or a pause. It happens by itself when it is due.
    pub async fn heartbeat(&self) -> Result<()> {
        self.running.beat().await?;
        Ok(())
    }

    /// Returns why the server ended playback; `None` while it goes on.
    pub fn stop_reason(&self) -> Option<StopReason> {
        *self.running.stopped.borrow()
    }

    /// Waits until the server ends playback: another device stopped it, the rental is over.
    pub async fn stopped(&self) -> StopReason {
        let mut stopped = self.running.stopped.subscribe();
        // The sender is ours, so that there always is one.
        let told = stopped.wait_for(Option::is_some).await;
        told.ok().and_then(|why| *why).unwrap_or_default()
    }

    /// Ends playback at the position that was said last, and gives the stream back.
    pub async fn close(mut self) -> Result<()> {
        self.closed = true;
        self.reports.abort();
        match self.stop_reason() {
            Some(_) => Ok(()),
            None => self.running.complete().await,
        }
    }
}

/// Gives the stream back as well as it can.
impl Drop for Playback {
    fn drop(&mut self) {
        self.reports.abort();
        if self.closed || self.stop_reason().is_some() || Handle::try_current().is_err() {
            return;
        }
        let running = self.running.clone();
        system::spawn(async move {
            // Nobody is left to hear of it, and the stream ends after 90 s of silence.
            let _ = running.complete().await;
        });
    }
}

impl Running {
    async fn report(self, first: Duration) {
        let mut due = Instant::now() + first;
        while self.stopped.borrow().is_none() {
            sleep_until(due).await;
            match self.beat().await {
                Ok(next) => due = Instant::now() + next,
                Err(error) if error.is(StreamingReason::PlaySessionNotFound) => {
                    self.stop(StopReason::Expired);
                }
                Err(error) if error.code() == Code::Unauthenticated => return,
                // The next one may come through: a stream bears 90 s of silence.
                Err(_) => due = Instant::now() + first,
            }
        }
    }

    async fn beat(&self) -> Result<Duration> {
        let at = self.at.borrow().clone();
        let answer = self.client.play_session().heartbeat(at).await?.into_inner();
        if answer.stop {
            self.stop(answer.stop_reason());
        }
        Ok(interval(answer.next_interval_seconds))
    }

    async fn complete(&self) -> Result<()> {
        let at = self.at.borrow().clone();
        let request = CompletePlayRequest {
            session_id: at.session_id,
            position_seconds: at.position_seconds,
        };
        self.client.play_session().complete_play(request).await?;
        Ok(())
    }

    fn stop(&self, why: StopReason) {
        self.stopped.send_if_modified(|stopped| {
            let first = stopped.is_none();
            stopped.get_or_insert(why);
            first
        });
    }
}

fn interval(seconds: i32) -> Duration {
    Duration::from_secs(u64::try_from(seconds).unwrap_or_default().max(1))
}

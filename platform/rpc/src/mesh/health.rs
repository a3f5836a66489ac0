//! Whether a service elsewhere serves, by its own word (`grpc.health.v1`).
//!
//! It does not ask the breaker, which is about calls that failed: a peer that nobody calls is to be known,
//! too. One that serves again is probed by the next call.

use std::time::Duration;

use tonic::{Code, Request};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use super::peer::Peer;
use crate::transport::Transport;

/// How long an answer holds.
const HOLDS: Duration = Duration::from_secs(2);
/// How long a replica has for its answer. All tries fit into the second that a check has.
const TIMEOUT: Duration = Duration::from_millis(300);
/// How many replicas are asked at most.
const TRIES: usize = 3;

impl Peer {
    /// Asks the peer, one question at a time for all who want to know.
    pub(super) async fn health(&self) -> Result<(), String> {
        let mut said = self.health.said.lock().await;
        let now = self.health.clock.now();
        if let Some((at, outcome)) = &*said
            && now >= *at
            && now.since(*at) < HOLDS
        {
            return outcome.clone();
        }
        let outcome = self.ask().await;
        if outcome.is_ok() {
            self.breakers.endpoint.serves_again();
        }
        *said = Some((now, outcome.clone()));
        outcome
    }

    /// Asks a replica, and another one where that does not serve.
    async fn ask(&self) -> Result<(), String> {
        let name = &self.name;
        let mut said = format!("{name} cannot be reached");
        for _ in 0..TRIES {
            let chosen = match tokio::time::timeout(TIMEOUT, self.choose(true)).await {
                Ok(Ok(Some(chosen))) => chosen,
                Ok(Ok(None)) => {
                    let setting = format!("{}_SERVICE_URL", name.to_uppercase().replace('-', "_"));
                    return Err(format!(
                        "{name} has not started on this machine; start it, or set {setting} (peers.{name})"
                    ));
                }
                Ok(Err(_)) | Err(_) => return Err(said),
            };
            said = match word(name, chosen.transport()).await {
                Ok(()) => {
                    chosen.answered();
                    return Ok(());
                }
                Err(said) => said,
            };
            let is_the_last = chosen.lost(false);
            if is_the_last {
                break;
            }
        }
        Err(said)
    }
}

/// Returns what one process says of itself.
async fn word(name: &str, transport: Transport) -> Result<(), String> {
    let mut client = HealthClient::new(transport);
    let question = Request::new(HealthCheckRequest::default());
    match tokio::time::timeout(TIMEOUT, client.check(question)).await {
        Ok(Ok(answer)) if answer.get_ref().status() == ServingStatus::Serving => Ok(()),
        Ok(Ok(_)) => Err(format!("{name} does not serve: it starts or ends")),
        // Whoever knows no health checks, or tells nobody, is there all the same: `*_SERVICE_URL`
        // may name an edge (C22).
        Ok(Err(status)) if answers(status.code()) => Ok(()),
        Ok(Err(status)) => Err(format!("{name} does not answer: {}", status.code())),
        Err(_) => Err(format!("{name} does not answer in time")),
    }
}

fn answers(code: Code) -> bool {
    matches!(
        code,
        Code::Unimplemented | Code::NotFound | Code::PermissionDenied | Code::Unauthenticated
    )
}

//! The keys of an address: asked for again and again, so that those who publish them may change them.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use arc_swap::ArcSwapOption;
use bytes::Bytes;
use http::{Request, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::time::{Instant, sleep, timeout};

use crate::{
    failure::causes,
    jwk::{Key, read_keys},
    options::GuardOptions,
    upstream,
};

/// How long one question may take, from its connection to the end of the answer.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The most bytes of an answer.
const MOST: usize = 1024 * 1024;
/// How long after a question that failed the next one is asked.
const AGAIN: Duration = Duration::from_secs(5);
/// How often calls with a key that nobody knows may have the keys asked for: whoever makes up names of keys asks no
/// more often.
const AT_MOST_EVERY: Duration = Duration::from_secs(5);

/// The keys of an address.
pub(crate) struct Remote {
    address: Uri,
    client: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
    every: Duration,
    /// None before they were there for the first time.
    keys: ArcSwapOption<Vec<Key>>,
    /// When they were asked for last; held while they are.
    asked: tokio::sync::Mutex<Option<Instant>>,
    problem: Mutex<Option<String>>,
}

impl std::fmt::Debug for Remote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Remote")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Remote {
    /// Prepares to ask; there are no keys yet.
    pub(crate) fn new(address: &Uri, options: &GuardOptions) -> Result<Self, String> {
        if !is_safe(address) {
            return Err(format!(
                "the keys of {address} could be anybody's on the way: give an address with https://, or a file"
            ));
        }
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        let tls = upstream::tls(options.authorities.as_deref(), b"http/1.1")?;
        let connector = HttpsConnector::from((tcp, tls));
        Ok(Self {
            address: address.clone(),
            client: Client::builder(TokioExecutor::new()).build(connector),
            every: options.every,
            keys: ArcSwapOption::empty(),
            asked: tokio::sync::Mutex::default(),
            problem: Mutex::new(Some(format!("the keys of {address} are not there yet"))),
        })
    }

    /// Returns the keys that were there last; `None` before the first.
    pub(crate) fn keys(&self) -> Option<Arc<Vec<Key>>> {
        self.keys.load_full()
    }

    /// Says why the keys could not be had when they were asked for last.
    pub(crate) fn problem(&self) -> Option<String> {
        let problem = self.problem.lock().unwrap_or_else(PoisonError::into_inner);
        problem.clone()
    }

    /// Asks for the keys again and again, without end.
    pub(crate) async fn keep(&self) {
        loop {
            let pause = {
                let mut asked = self.asked.lock().await;
                *asked = Some(Instant::now());
                if self.ask().await { self.every } else { AGAIN }
            };
            sleep(pause).await;
        }
    }

    /// Asks now, because somebody shows a key that is not known, but for one who has asked just before; then its answer
    /// is there when this returns.
    pub(crate) async fn ask_anew(&self) {
        let begun = Instant::now();
        let mut asked = self.asked.lock().await;
        let lately = asked.is_some_and(|at| at >= begun || at.elapsed() < AT_MOST_EVERY);
        if !lately {
            *asked = Some(Instant::now());
            self.ask().await;
        }
    }

    /// Asks once, and says whether there was an answer. What it does not name any more is withdrawn; where there was
    /// none, the keys from before stay.
    async fn ask(&self) -> bool {
        let answer = timeout(TIMEOUT, self.read()).await;
        let answer = answer.unwrap_or_else(|_| Err(format!("no answer within {TIMEOUT:?}")));
        let problem = match answer {
            Ok(keys) => {
                if keys.is_empty() {
                    tracing::warn!("{} has no public key for signatures", self.address);
                }
                self.keys.store(Some(Arc::new(keys)));
                None
            }
            Err(cause) => Some(format!(
                "the keys of {} cannot be had: {cause}",
                self.address
            )),
        };
        let mut known = self.problem.lock().unwrap_or_else(PoisonError::into_inner);
        match &problem {
            Some(problem) if known.as_ref() != Some(problem) => {
                let stay = match self.keys() {
                    Some(_) => "those from before stay",
                    None => "there are none from before",
                };
                tracing::warn!("{problem}; {stay}");
            }
            None if known.is_some() => tracing::info!("the keys of {} are there", self.address),
            _ => {}
        }
        known.clone_from(&problem);
        problem.is_none()
    }

    async fn read(&self) -> Result<Vec<Key>, String> {
        let request = Request::get(self.address.clone())
            .header(header::ACCEPT, "application/json")
            .body(Empty::new())
            .map_err(|cause| cause.to_string())?;
        let answer = self
            .client
            .request(request)
            .await
            .map_err(|cause| causes(&cause))?;
        if answer.status() != StatusCode::OK {
            return Err(format!("the answer is {}", answer.status()));
        }
        let body = Limited::new(answer.into_body(), MOST).collect().await;
        let body = body.map_err(|cause| causes(&*cause))?;
        read_keys(&body.to_bytes())
    }
}

/// Says whether nobody on the way can put other keys in their place.
fn is_safe(address: &Uri) -> bool {
    let host = address.host().unwrap_or_default();
    let host = host.trim_matches(['[', ']']);
    let here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    address.scheme_str() == Some("https") || here
}

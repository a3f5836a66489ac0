//! A plain REST client that keeps its token.

use std::time::{Duration, Instant};

use serde_json::Value;

#[cfg(feature = "test-replicas")]
use super::tls::Authorities;

/// How long a test waits for what becomes visible a little later, on a loaded machine.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);
/// The pause after the first look.
pub(crate) const FIRST_PAUSE: Duration = Duration::from_millis(25);

/// Returns the next pause: whoever asks too often is refused for it.
pub(crate) fn longer(pause: Duration) -> Duration {
    (pause * 3 / 2).min(Duration::from_millis(400))
}

/// A client of the public port.
#[derive(Clone)]
pub(crate) struct Client {
    base: String,
    agent: ureq::Agent,
    /// Whom it believes, where the port has TLS.
    #[cfg(feature = "test-replicas")]
    pub(super) authorities: Option<Authorities>,
    /// The access token that calls carry, once there is one.
    pub(crate) token: Option<String>,
}

/// An answer, whatever its status.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: ureq::http::HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Client {
    pub(crate) fn new(base: &str) -> Self {
        Self::with(base, ureq::tls::TlsConfig::default())
    }

    fn with(base: &str, tls: ureq::tls::TlsConfig) -> Self {
        let agent = ureq::Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .build()
            .into();
        Self {
            base: base.trim_end_matches('/').to_owned(),
            agent,
            #[cfg(feature = "test-replicas")]
            authorities: None,
            token: None,
        }
    }

    /// Makes a client of a port with TLS.
    #[cfg(feature = "test-replicas")]
    pub(crate) fn believing(authorities: &Authorities, base: &str) -> Self {
        Self {
            authorities: Some(authorities.clone()),
            ..Self::with(base, authorities.rest())
        }
    }

    /// Returns the same client without its token.
    pub(crate) fn signed_out(&self) -> Self {
        Self {
            token: None,
            ..self.clone()
        }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.call("GET", path, None, &[])
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.call("POST", path, Some(body.to_string().as_bytes()), &[])
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Answer {
        self.call("PUT", path, Some(body.to_string().as_bytes()), &[])
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path, None, &[])
    }

    /// Makes any call.
    pub(crate) fn call(
        &self,
        method: &str,
        path: &str,
        body: Option<&[u8]>,
        headers: &[(&str, &str)],
    ) -> Answer {
        self.try_call(method, path, body, headers)
            .unwrap_or_else(|failure| panic!("{method} {path}: {failure}"))
    }

    /// Makes any call; fails where no whole answer came, whatever the server did.
    pub(crate) fn try_call(
        &self,
        method: &str,
        path: &str,
        body: Option<&[u8]>,
        headers: &[(&str, &str)],
    ) -> Result<Answer, ureq::Error> {
        let request = ureq::http::Request::builder().method(method);
        let mut request = request.uri(self.address(path));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if body.is_some() && !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = match body {
            Some(body) => self.agent.run(request.body(body).expect("a request")),
            None => self.agent.run(request.body(()).expect("a request")),
        }?;
        let body = response.body_mut().with_config().limit(1 << 30);
        let bytes = body.read_to_vec()?;
        Ok(Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            bytes,
        })
    }

    /// Returns the whole address of a path of ours, or of one that is whole already.
    pub(crate) fn address(&self, path: &str) -> String {
        if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}{path}", self.base)
        }
    }

    /// Registers an account and signs in as it.
    pub(crate) fn register(&mut self, email: &str) -> Value {
        let answer = self.post(
            "/auth/register",
            &serde_json::json!({"email": email, "password": "a long enough password", "name": "Ana"}),
        );
        let data = answer.data(201);
        self.token = Some(data["accessToken"].as_str().expect("a token").to_owned());
        data
    }

    /// Signs in.
    pub(crate) fn login(&mut self, email: &str, password: &str) -> Value {
        let body = serde_json::json!({"email": email, "password": password});
        let data = self.post("/auth/login", &body).data(200);
        self.token = Some(data["accessToken"].as_str().expect("a token").to_owned());
        data
    }

    /// Repeats a call until its answer is wanted, for what becomes visible a little later.
    pub(crate) fn until(&self, path: &str, wanted: impl Fn(&Answer) -> bool) -> Answer {
        self.until_with(path, &[], wanted)
    }

    /// Does the same with headers.
    pub(crate) fn until_with(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        wanted: impl Fn(&Answer) -> bool,
    ) -> Answer {
        let begin = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let answer = self.call("GET", path, None, headers);
            if wanted(&answer) {
                return answer;
            }
            assert!(begin.elapsed() < TIMEOUT, "{path} stays {answer:?}");
            std::thread::sleep(pause);
            pause = longer(pause);
        }
    }
}

impl Answer {
    /// Reads the answer as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|_| panic!("not JSON: {}", String::from_utf8_lossy(&self.bytes)))
    }

    /// Checks the status and the envelope of success, and returns what is inside.
    pub(crate) fn data(&self, status: u16) -> Value {
        let mut json = self.json();
        assert_eq!(self.status, status, "{json}");
        assert_eq!(json["success"], true, "{json}");
        assert!(json["timestamp"].is_string(), "{json}");
        json["data"].take()
    }

    /// Checks status and reason of a refusal, and returns the error.
    pub(crate) fn refused(&self, status: u16, reason: &str) -> Value {
        let mut json = self.json();
        assert_eq!(
            (self.status, json["error"]["code"].as_str()),
            (status, Some(reason)),
            "{json}"
        );
        assert_eq!(json["success"], false, "{json}");
        assert!(
            json["error"]["message"]
                .as_str()
                .is_some_and(|m| !m.is_empty()),
            "{json}"
        );
        json["error"].take()
    }

    /// Returns a header's text.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
    }

    /// Returns the body as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).expect("text")
    }
}

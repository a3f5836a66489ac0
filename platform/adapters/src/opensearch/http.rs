//! Requests to OpenSearch, each with a deadline; answers that are not a success are errors.

use std::time::Duration;

use bytes::Bytes;
use opensearch::{
    OpenSearch,
    auth::Credentials,
    cert::{Certificate, CertificateValidation},
    http::{
        Method, StatusCode, Url,
        headers::{CONTENT_TYPE, HeaderMap, HeaderValue},
        transport::{SingleNodeConnectionPool, TransportBuilder},
    },
};
use serde_json::Value;
use sv_ports::{PortError, PortResult};

use super::{DEADLINE, unavailable};

/// The server.
#[derive(Clone, Debug)]
pub(super) struct Http(OpenSearch);

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum HttpError {
    /// The server was not reached, or its answer not read.
    #[error("opensearch cannot be reached")]
    Unreachable(#[source] opensearch::Error),
    /// The server refused.
    #[error("opensearch answered {status}: {reason}")]
    Refused {
        /// The status.
        status: u16,
        /// The kind and text of the error.
        reason: String,
    },
}

impl HttpError {
    /// Says whether the index that was to be made is there, or another in its place.
    pub(super) fn exists_already(&self) -> bool {
        let said = |reason: &str| {
            reason.starts_with("resource_already_exists")
                || reason.contains("more than one write index")
        };
        matches!(self, Self::Refused { reason, .. } if said(reason))
    }
}

impl From<HttpError> for PortError {
    fn from(error: HttpError) -> Self {
        unavailable(error)
    }
}

impl Http {
    /// Reads the address, with credentials in it. Authorities in PEM vouch for the server besides those of the machine.
    pub(super) fn new(url: &str, authorities: Option<&[u8]>) -> PortResult<Self> {
        let bad = |why: String| PortError::invalid(format!("the address of OpenSearch: {why}"));
        let mut url = Url::parse(url).map_err(|error| bad(error.to_string()))?;
        let (user, password) = (url.username().to_owned(), url.password().map(str::to_owned));
        let plain = url.set_username("").and_then(|()| url.set_password(None));
        plain.map_err(|()| bad("it has no host".into()))?;
        let mut transport =
            TransportBuilder::new(SingleNodeConnectionPool::new(url)).timeout(DEADLINE);
        if !user.is_empty() {
            transport = transport.auth(Credentials::Basic(user, password.unwrap_or_default()));
        }
        if let Some(pem) = authorities {
            let trusted = Certificate::from_pem(pem).map_err(|error| bad(error.to_string()))?;
            transport = transport.cert_validation(CertificateValidation::Full(trusted));
        }
        let transport = transport.build().map_err(|error| bad(error.to_string()))?;
        Ok(Self(OpenSearch::new(transport)))
    }

    /// Asks for something that may not be there.
    pub(super) async fn get(
        &self,
        path: &str,
        deadline: Duration,
    ) -> Result<Option<Value>, HttpError> {
        match self.send(Method::Get, path, None, deadline).await {
            Err(HttpError::Refused { status: 404, .. }) => Ok(None),
            answer => answer.map(Some),
        }
    }

    /// Makes something.
    pub(super) async fn put(&self, path: &str, body: &Value) -> Result<Value, HttpError> {
        self.send(Method::Put, path, Some(body.to_string().into()), DEADLINE)
            .await
    }

    /// Asks with a body.
    pub(super) async fn post(
        &self,
        path: &str,
        body: &Value,
        deadline: Duration,
    ) -> Result<Value, HttpError> {
        self.send(Method::Post, path, Some(body.to_string().into()), deadline)
            .await
    }

    /// Sends lines of JSON.
    pub(super) async fn post_lines(&self, path: &str, lines: Bytes) -> Result<Value, HttpError> {
        self.send(Method::Post, path, Some(lines), DEADLINE).await
    }

    /// Removes something, if it is there.
    pub(super) async fn delete(&self, path: &str) -> Result<(), HttpError> {
        match self.send(Method::Delete, path, None, DEADLINE).await {
            Err(HttpError::Refused { status: 404, .. }) => Ok(()),
            answer => answer.map(drop),
        }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Bytes>,
        deadline: Duration,
    ) -> Result<Value, HttpError> {
        // The client would take JSON in lines for JSON.
        let lines = path.ends_with("_bulk");
        let kind = if lines {
            "application/x-ndjson"
        } else {
            "application/json"
        };
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        let answer = self
            .0
            .send(method, path, headers, None::<&()>, body, Some(deadline))
            .await
            .map_err(HttpError::Unreachable)?;
        let status = answer.status_code();
        let text = answer.bytes().await.map_err(HttpError::Unreachable)?;
        let value: Value = serde_json::from_slice(&text).unwrap_or(Value::Null);
        if status.is_success() {
            return Ok(value);
        }
        Err(refusal(status, &value))
    }
}

fn refusal(status: StatusCode, answer: &Value) -> HttpError {
    let error = &answer["error"];
    let text = |name: &str| error[name].as_str().unwrap_or_default();
    HttpError::Refused {
        status: status.as_u16(),
        reason: format!("{}: {}", text("type"), text("reason")),
    }
}

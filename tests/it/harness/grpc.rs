//! A gRPC caller that keeps its token, and what it reads from a refusal.

use std::collections::HashMap;

use prost::Message as _;
use sv_proto::{
    auth::{LoginRequest, LoginResponse, RegisterRequest, auth_service_client::AuthServiceClient},
    content::{
        content_admin_service_client::ContentAdminServiceClient,
        content_service_client::ContentServiceClient,
    },
    rights::rights_service_client::RightsServiceClient,
    search::search_service_client::SearchServiceClient,
    streaming::{
        media_admin_service_client::MediaAdminServiceClient,
        playback_service_client::PlaybackServiceClient,
    },
    users::user_service_client::UserServiceClient,
};
use tonic::{
    Code, Request, Response, Status,
    service::{Interceptor, interceptor::InterceptedService},
    transport::Channel,
};
use tonic_types::{ErrorDetails, StatusExt as _, pb};

/// A channel whose calls carry a token.
pub(crate) type Line = InterceptedService<Channel, Token>;

/// The token of a caller, if there is one.
#[derive(Clone)]
pub(crate) struct Token(Option<String>);

impl Interceptor for Token {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            let value = format!("Bearer {token}");
            let value = value.parse().expect("a token is plain text");
            request.metadata_mut().insert("authorization", value);
        }
        Ok(request)
    }
}

/// A caller of the public port.
#[derive(Clone)]
pub(crate) struct Caller {
    channel: Channel,
    /// The access token that calls carry, once there is one.
    pub(crate) token: Option<String>,
}

impl Caller {
    pub(crate) async fn connect(edge: &str) -> Self {
        let endpoint = Channel::from_shared(edge.to_owned()).expect("an address");
        Self {
            channel: endpoint.connect().await.expect("the public port answers"),
            token: None,
        }
    }

    /// Makes a caller of the port of a REST client, with its token.
    #[cfg(feature = "test-replicas")]
    pub(crate) async fn beside(client: &super::Client) -> Self {
        let address = client.address("");
        let Some(authorities) = &client.authorities else {
            panic!("{address} has no TLS");
        };
        Self {
            channel: authorities.channel(&address).await,
            token: client.token.clone(),
        }
    }

    /// Returns the same caller without its token.
    pub(crate) fn signed_out(&self) -> Self {
        Self {
            token: None,
            ..self.clone()
        }
    }

    fn line(&self) -> Line {
        InterceptedService::new(self.channel.clone(), Token(self.token.clone()))
    }

    pub(crate) fn auth(&self) -> AuthServiceClient<Line> {
        AuthServiceClient::new(self.line())
    }

    pub(crate) fn users(&self) -> UserServiceClient<Line> {
        UserServiceClient::new(self.line())
    }

    pub(crate) fn content(&self) -> ContentServiceClient<Line> {
        ContentServiceClient::new(self.line())
    }

    pub(crate) fn editing(&self) -> ContentAdminServiceClient<Line> {
        ContentAdminServiceClient::new(self.line())
    }

    pub(crate) fn search(&self) -> SearchServiceClient<Line> {
        SearchServiceClient::new(self.line())
    }

    pub(crate) fn rights(&self) -> RightsServiceClient<Line> {
        RightsServiceClient::new(self.line())
    }

    pub(crate) fn media(&self) -> MediaAdminServiceClient<Line> {
        MediaAdminServiceClient::new(self.line())
    }

    pub(crate) fn playback(&self) -> PlaybackServiceClient<Line> {
        PlaybackServiceClient::new(self.line())
    }

    /// Registers an account and signs in as it.
    pub(crate) async fn register(&mut self, email: &str) {
        let request = RegisterRequest {
            email: email.to_owned(),
            password: PASSWORD.to_owned(),
            name: "Gro".to_owned(),
            ..RegisterRequest::default()
        };
        let answer = self.auth().register(request).await.expect("registered");
        self.token = Some(answer.into_inner().access_token);
    }

    /// Signs in.
    pub(crate) async fn login(&mut self, email: &str, password: &str) -> LoginResponse {
        let request = LoginRequest {
            email: email.to_owned(),
            password: password.to_owned(),
        };
        // Without the token of before, which may not hold any more.
        let answer = self.signed_out().auth().login(request).await;
        let answer = answer.expect("signed in");
        let answer = answer.into_inner();
        self.token = Some(answer.access_token.clone());
        answer
    }
}

/// The password of accounts that [`Caller::register`] makes.
pub(crate) const PASSWORD: &str = "a long enough password";

/// What a program reads from a refusal.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) reason: String,
    pub(crate) domain: String,
    pub(crate) metadata: HashMap<String, String>,
    pub(crate) details: ErrorDetails,
    /// Our own message among the details, if there is one.
    pub(crate) more: Option<prost_types::Any>,
}

impl Refusal {
    /// Reads `google.rpc.ErrorInfo`, which every refusal carries.
    pub(crate) fn of(status: &Status) -> Self {
        let details = status.get_error_details();
        let info = details.error_info();
        let info = info.unwrap_or_else(|| panic!("without ErrorInfo: {status:?}"));
        Self {
            reason: info.reason.clone(),
            domain: info.domain.clone(),
            metadata: info.metadata.clone(),
            details: details.clone(),
            more: pb::Status::decode(status.details())
                .expect("details are a google.rpc.Status")
                .details
                .into_iter()
                .find(|any| any.type_url.contains("/streamverse.")),
        }
    }
}

/// Checks code and reason of a refused call, and returns what it says.
pub(crate) fn refused<T: std::fmt::Debug>(
    answer: Result<Response<T>, Status>,
    code: Code,
    reason: &str,
) -> Refusal {
    let status = answer.expect_err("a refusal");
    let refusal = Refusal::of(&status);
    assert_eq!(
        (status.code(), refusal.reason.as_str()),
        (code, reason),
        "{status:?}"
    );
    assert!(!status.message().is_empty(), "{status:?}");
    refusal
}

//! JSON in front of the RPCs that only services call, on the services' own port (C10): who cannot speak gRPC
//! sends the same token, made out to the same RPC service, to the path that the RPC declares. The public
//! port serves none of these paths.

use std::sync::Arc;

use bytes::{BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Version, header};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use serde_json::{Value, json};
use sv_kernel::{Clock as _, Error, Result, SystemClock};
use sv_proto::common::CommonReason;
use sv_rest::{BindError, Matched, Parts, Plan, codec::Codec, route::RouteError};
use sv_rpc::{end_code, error};
use tonic::{Code, Status, body::Body};
use tower::ServiceExt as _;

/// The most bytes of a request: a batch of 100 ids is a twentieth of it.
const MOST_ASKED: usize = 64 << 10;
/// The most bytes of an answer.
const MOST_ANSWERED: usize = 4 << 20;
/// Bytes before each message: a flag and the length.
const PREFIX: usize = 5;

/// The routes of internal RPCs. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Internal(Arc<Plan>);

impl Internal {
    /// Compiles the routes.
    pub(crate) fn new() -> Result<Self, Vec<String>> {
        let pool = sv_rpc::our_pool();
        let plan = Codec::compile(pool)
            .and_then(|codec| Plan::compile_internal(pool, Arc::new(codec)))
            .map_err(|errors| errors.0)?;
        Ok(Self(Arc::new(plan)))
    }

    /// Finds the RPC that a path stands for, whatever the method of the request.
    pub(crate) fn rpc_of(&self, path: &str) -> Option<&str> {
        let posted = self.0.route(Method::POST.as_str(), path, "");
        posted.ok().map(|matched| matched.method().path.as_str())
    }

    /// Answers a request for such a path by the services of this process, which decide who may call.
    pub(crate) async fn serve(
        &self,
        routes: axum::Router,
        request: Request<Body>,
    ) -> Response<Body> {
        self.answer(routes, request)
            .await
            .unwrap_or_else(|refusal| refused(&refusal))
    }

    async fn answer(&self, routes: axum::Router, request: Request<Body>) -> Result<Response<Body>> {
        let (head, body) = request.into_parts();
        let query = head.uri.query().unwrap_or_default();
        let matched = self
            .0
            .route(head.method.as_str(), head.uri.path(), query)
            .map_err(not_routed)?;
        let body = read(body).await?;
        let content_type = head.headers.get(header::CONTENT_TYPE);
        let parts = Parts {
            query,
            content_type: content_type.map(|kind| kind.to_str().unwrap_or("unreadable")),
            body: &body,
        };
        let wire = matched.bind(parts).map_err(|fault| not_bound(&fault))?;
        let message = call(routes, matched.method().path.as_str(), head.headers, &wire).await?;
        succeeded(&matched, &message)
    }
}

/// Reads a body whole.
async fn read(body: Body) -> Result<Bytes> {
    let collected = Limited::new(body, MOST_ASKED).collect().await;
    match collected {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(cause) if cause.is::<LengthLimitError>() => {
            Err(Error::from(CommonReason::TooLarge).with("limit", MOST_ASKED))
        }
        Err(_) => {
            Err(Error::from(CommonReason::HttpInvalid).with("problem", "the body breaks off"))
        }
    }
}

/// Calls an RPC of this process as the one that has sent the headers.
async fn call(
    routes: axum::Router,
    path: &str,
    mut headers: HeaderMap,
    message: &[u8],
) -> Result<Bytes> {
    for name in [
        header::CONTENT_LENGTH,
        header::HOST,
        header::ACCEPT_ENCODING,
    ] {
        headers.remove(name);
    }
    let grpc = HeaderValue::from_static("application/grpc");
    headers.insert(header::CONTENT_TYPE, grpc);
    headers.insert(header::TE, HeaderValue::from_static("trailers"));
    let mut framed = BytesMut::with_capacity(PREFIX + message.len());
    framed.put_u8(0);
    framed.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
    framed.extend_from_slice(message);
    let mut request = Request::new(axum::body::Body::new(Full::new(framed.freeze())));
    *request.method_mut() = Method::POST;
    *request.version_mut() = Version::HTTP_2;
    *request.uri_mut() = path.parse().map_err(broken)?;
    *request.headers_mut() = headers;
    let response = match routes.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let (head, body) = response.into_parts();
    let whole = Limited::new(body, MOST_ANSWERED).collect().await;
    let whole = whole.map_err(broken)?;
    let trailers = whole.trailers().cloned().unwrap_or_default();
    for ended in [&head.headers, &trailers] {
        if end_code(ended).is_some_and(|code| code != Code::Ok)
            && let Some(status) = Status::from_header_map(ended)
        {
            return Err(error(status));
        }
    }
    let answer = whole.to_bytes();
    if answer.len() < PREFIX {
        return Err(broken("a unary answer without a message"));
    }
    Ok(answer.slice(PREFIX..))
}

fn succeeded(matched: &Matched<'_>, message: &[u8]) -> Result<Response<Body>> {
    let mut data = br#"{"success":true,"data":"#.to_vec();
    matched.write_json(message, &mut data).map_err(broken)?;
    let end = format!(r#","timestamp":"{}"}}"#, SystemClock.now());
    data.extend_from_slice(end.as_bytes());
    let status = matched.method().success_codes.first().copied();
    let status = status.and_then(|code| StatusCode::from_u16(code).ok());
    Ok(json_answer(status.unwrap_or(StatusCode::OK), data.into()))
}

/// Writes a refusal in the envelope of REST.
pub(crate) fn refused(refusal: &Error) -> Response<Body> {
    let mut details: serde_json::Map<String, Value> = refusal
        .metadata()
        .iter()
        .map(|(key, value)| ((*key).to_owned(), Value::from(value.as_str())))
        .collect();
    if !refusal.violations().is_empty() {
        let violations = refusal.violations().iter().map(|violation| {
            json!({
                "field": violation.field,
                "rule": violation.rule,
                "description": violation.description,
            })
        });
        details.insert("violations".to_owned(), violations.collect());
    }
    let body = format!(
        r#"{{"success":false,"error":{{"code":{},"message":{},"details":{}}},"timestamp":"{}"}}"#,
        Value::from(refusal.reason()),
        Value::from(refusal.message()),
        Value::from(details),
        SystemClock.now(),
    );
    let status = StatusCode::from_u16(refusal.info().http);
    let mut response = json_answer(
        status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        body.into(),
    );
    if let Some(allow) = refusal.metadata().get("allow")
        && let Ok(allow) = HeaderValue::from_str(allow)
    {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}

fn json_answer(status: StatusCode, body: Bytes) -> Response<Body> {
    let mut response = Response::new(Body::new(Full::new(body)));
    *response.status_mut() = status;
    for (name, value) in [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

fn not_routed(fault: RouteError) -> Error {
    match fault {
        RouteError::NotFound => CommonReason::RouteNotFound.into(),
        RouteError::Invalid { problem } => {
            Error::from(CommonReason::PathInvalid).with("problem", problem)
        }
        RouteError::MethodNotAllowed { allow } => {
            Error::from(CommonReason::MethodNotAllowed).with("allow", allow.join(", "))
        }
    }
}

fn not_bound(fault: &BindError) -> Error {
    let (reason, problem) = match fault {
        BindError::Query { problem } => (CommonReason::QueryInvalid, problem.clone()),
        BindError::Path { problem } => (CommonReason::PathInvalid, problem.clone()),
        BindError::Json(error) => (CommonReason::JsonInvalid, error.to_string()),
        BindError::MediaType => return CommonReason::UnsupportedMediaType.into(),
        BindError::IdRequired => return CommonReason::IdRequired.into(),
    };
    Error::from(reason).with("problem", problem)
}

fn broken(cause: impl Into<sv_kernel::BoxError>) -> Error {
    Error::from(CommonReason::Internal).because(cause)
}

#[cfg(test)]
mod tests {
    use sv_handlers::rights::{FakeRightsService, RightsServiceServer};
    use sv_proto::rights::{AccessBasis, AccessDecision, CheckAccessResponse};
    use sv_rpc::testing::Harness;

    use super::*;

    const PATH: &str = "/rights/check_access";
    const RIGHTS: &str = "streamverse.rights.v1.RightsService";
    const ID: &str = "0190b8e1-7c3a-7d2f-8a44-5f0c2b9d1e67";

    /// Sends JSON to the services of a process as a service, or as nobody.
    async fn send(method: Method, body: &str, caller: Option<&str>) -> (u16, Value) {
        let harness = Harness::new(&["rights"]);
        let mut builder = harness.builder();
        let rights = FakeRightsService::new().on_check_access(|_, request| async move {
            let decision = |id: String| AccessDecision {
                content_id: id,
                allowed: true,
                basis: AccessBasis::Free.into(),
                ..AccessDecision::default()
            };
            let decisions = request.content_ids.into_iter().map(decision).collect();
            Ok(CheckAccessResponse { decisions })
        });
        harness.peer(&mut builder, "rights", RightsServiceServer::new(rights));
        let routes = harness.serve(builder).routes().into_axum_router();
        let mut request = Request::new(Body::new(Full::new(Bytes::from(body.to_owned()))));
        *request.method_mut() = method;
        *request.uri_mut() = PATH.parse().unwrap();
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(header::CONTENT_TYPE, json);
        if let Some(caller) = caller {
            let token = harness.identities.token(&caller.into(), RIGHTS).unwrap();
            let token = token.parse().unwrap();
            request.headers_mut().insert("x-sv-service", token);
        }
        let answer = Internal::new().unwrap().serve(routes, request).await;
        let status = answer.status().as_u16();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap())
    }

    #[test]
    fn internal_rpcs_with_a_path_have_routes_here_and_others_have_none() {
        let internal = Internal::new().unwrap();
        let rpc = format!("/{RIGHTS}/CheckAccess");
        assert_eq!(internal.rpc_of(PATH), Some(rpc.as_str()));
        for path in ["/subscriptions", "/rights", &rpc] {
            assert_eq!(internal.rpc_of(path), None, "{path}");
        }
    }

    /// C10, RGT-1.
    #[tokio::test]
    async fn a_service_asks_in_json_what_it_may_ask_in_grpc() {
        let ask = json!({"userId": ID, "contentIds": [ID]}).to_string();
        let (status, answer) = send(Method::POST, &ask, Some("streaming")).await;
        assert_eq!(status, 200, "{answer}");
        let decision = &answer["data"]["decisions"][0];
        assert_eq!(decision["contentId"], ID);
        assert_eq!(decision["basis"], "free");
        assert_eq!(answer["success"], true);

        let (status, answer) = send(Method::POST, &ask, Some("content")).await;
        assert_eq!((status, &answer["success"]), (403, &Value::from(false)));
        // The port's gate refuses strangers before (401 SERVICES_ONLY); behind it the RPC is not there for them.
        let (status, _) = send(Method::POST, &ask, None).await;
        assert_eq!(status, 404);
        let (status, answer) = send(Method::POST, "{", Some("streaming")).await;
        assert_eq!(
            (status, &answer["error"]["code"]),
            (400, &"JSON_INVALID".into())
        );
        let many = json!({"userId": ID, "contentIds": vec![ID; 101]}).to_string();
        let (status, answer) = send(Method::POST, &many, Some("streaming")).await;
        assert_eq!(
            (status, &answer["error"]["code"]),
            (400, &"VALIDATION_FAILED".into())
        );
        let (status, _) = send(Method::POST, &" ".repeat(70_000), Some("streaming")).await;
        assert_eq!(status, 413);
        let (status, answer) = send(Method::GET, "", Some("streaming")).await;
        assert_eq!(
            (status, &answer["error"]["code"]),
            (405, &"METHOD_NOT_ALLOWED".into())
        );
    }
}

//! Uploads over plain HTTP, as tus 1.0.0 speaks them: its core with creation, creation-with-upload, expiration, checksum
//! and termination.
//!
//! A request is read ([`tus`]), let in by the policy of its RPC, and carried out by a task of its own: a connection that
//! breaks takes nothing with it of what has arrived.

mod tus;

use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use sv_boot::Lifecycle;
use sv_kernel::{Ctx, Error, Result};
use sv_proto::{
    common::CommonReason,
    streaming::{ImportStage, StreamingReason},
};
use sv_rpc::{mount::Door, status};
use tonic::body::Body;
use uuid::Uuid;

use self::tus::Place;
use crate::{
    app::{App, Arriving},
    domain::Import,
};

/// The service whose RPCs these are.
const SERVICE: &str = "/streamverse.streaming.v1.ImportAdminService";

/// Answers requests of uploads. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Uploads {
    app: App,
    door: Door,
    lifecycle: Lifecycle,
}

impl Uploads {
    pub(crate) const fn new(app: App, door: Door, lifecycle: Lifecycle) -> Self {
        Self {
            app,
            door,
            lifecycle,
        }
    }

    /// Says whether a path is one of uploads.
    pub(crate) fn has(path: &str) -> bool {
        Place::is_ours(path)
    }

    /// Answers one request.
    pub(crate) async fn serve(self, request: Request<Body>) -> Response<Body> {
        let lifecycle = self.lifecycle.clone();
        let answer = lifecycle.work(async move { self.answer(request).await });
        let answered = match answer.await {
            Ok(answered) => answered,
            Err(ended) => Err(Error::from(CommonReason::Internal).because(ended)),
        };
        let mut response = answered.unwrap_or_else(refusal);
        put(response.headers_mut(), "tus-resumable", tus::VERSION);
        response
    }

    async fn answer(&self, request: Request<Body>) -> Result<Response<Body>> {
        let (head, body) = request.into_parts();
        let place = Place::read(head.uri.path())?;
        let method = match (tus::method(&head.method, &head.headers)?, place.upload) {
            // Of an upload that is there, a client that cannot send PATCH means just that.
            (Method::POST, Some(_)) => Method::PATCH,
            (method, _) => method,
        };
        let rpc = match (&method, place.upload) {
            (&Method::OPTIONS, None) => "DescribeUploads",
            (&Method::POST, None) => "CreateUpload",
            (&Method::HEAD, Some(_)) => "ReadUpload",
            (&Method::PATCH, Some(_)) => "AppendUpload",
            (&Method::DELETE, Some(_)) => "CancelUpload",
            _ => return Err(CommonReason::MethodNotAllowed.into()),
        };
        let ctx = self
            .door
            .enter(&format!("{SERVICE}/{rpc}"), &head.headers)
            .await?;
        if method == Method::OPTIONS {
            return Ok(self.describe());
        }
        let done = async {
            tus::speaks(&head.headers)?;
            match (method, place.upload) {
                (Method::POST, None) => self.create(&ctx, place.content, &head.headers, body).await,
                (Method::PATCH, Some(id)) => {
                    self.append(&ctx, (place.content, id), &head.headers, body)
                        .await
                }
                (Method::HEAD, Some(id)) => {
                    let upload = self.app.own_upload(&ctx, place.content, id).await?;
                    Ok(told(&upload))
                }
                (_, Some(id)) => {
                    self.app.cancel_upload(&ctx, place.content, id).await?;
                    Ok(answer(StatusCode::NO_CONTENT))
                }
                (_, None) => Err(CommonReason::MethodNotAllowed.into()),
            }
        };
        let done = done.await;
        if let Err(refused) = &done {
            self.door.refused(&ctx, refused).await;
        }
        done
    }

    fn describe(&self) -> Response<Body> {
        let mut response = answer(StatusCode::NO_CONTENT);
        let headers = response.headers_mut();
        put(headers, "tus-version", tus::VERSION);
        put(headers, "tus-extension", tus::EXTENSIONS);
        put(headers, "tus-checksum-algorithm", tus::CHECKSUMS);
        let most = self.app.importing.bounds.file_bytes.to_string();
        put(headers, "tus-max-size", &most);
        response
    }

    async fn create(
        &self,
        ctx: &Ctx,
        content: Uuid,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<Response<Body>> {
        let announced = tus::announced(headers)?;
        let brings = tus::brings_bytes(headers)?;
        let checksum = tus::checksum(headers)?;
        let mut upload = self.app.begin_upload(ctx, content, announced).await?;
        let location = format!("/admin/media/{content}/uploads/{}", upload.id);
        if brings {
            let arriving = Arriving {
                offset: 0,
                length: tus::length(headers)?,
                checksum,
                body,
            };
            let begun = upload.clone();
            match self.app.append(ctx, &self.door, upload, arriving).await {
                Ok(further) => upload = further,
                // What was begun is there; its address is told, and where it goes on is asked for.
                Err(failure) if is_passing(&failure) => {
                    upload = self.app.own_upload(ctx, content, begun.id).await?;
                }
                Err(refused) => {
                    self.app.cancel_upload(ctx, content, begun.id).await?;
                    return Err(refused);
                }
            }
        }
        let mut response = answer(StatusCode::CREATED);
        put(response.headers_mut(), "location", &location);
        progress(response.headers_mut(), &upload);
        Ok(response)
    }

    async fn append(
        &self,
        ctx: &Ctx,
        (content, id): (Uuid, Uuid),
        headers: &HeaderMap,
        body: Body,
    ) -> Result<Response<Body>> {
        tus::is_of_bytes(headers)?;
        let arriving = Arriving {
            offset: tus::offset(headers)?,
            length: tus::length(headers)?,
            checksum: tus::checksum(headers)?,
            body,
        };
        let upload = self.app.own_upload(ctx, content, id).await?;
        // All of it is here: asked again for nothing, that is said again.
        let upload = if upload.progress.stage != ImportStage::Uploading
            && arriving.offset == upload.size
            && arriving.length == Some(0)
        {
            upload
        } else {
            self.app.append(ctx, &self.door, upload, arriving).await?
        };
        let mut response = answer(StatusCode::NO_CONTENT);
        progress(response.headers_mut(), &upload);
        Ok(response)
    }
}

/// Says whether a failure says nothing of what was asked for: the connection broke, or the disk is full.
fn is_passing(failure: &Error) -> bool {
    failure.is(&CommonReason::HttpInvalid)
        || failure.is(&StreamingReason::UploadStorageFull)
        || failure.is(&CommonReason::Unavailable)
}

/// Tells how far an upload is.
fn told(upload: &Import) -> Response<Body> {
    let mut response = answer(StatusCode::OK);
    let headers = response.headers_mut();
    progress(headers, upload);
    put(headers, "upload-length", &upload.size.to_string());
    if !upload.metadata.is_empty() {
        put(headers, "upload-metadata", &upload.metadata);
    }
    response
}

fn progress(headers: &mut HeaderMap, upload: &Import) {
    put(headers, "upload-offset", &upload.arrived.to_string());
    let expires = upload.expires_at.http_date();
    if let Some(expires) = expires.filter(|_| upload.progress.stage == ImportStage::Uploading) {
        put(headers, "upload-expires", &expires);
    }
}

fn answer(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    put(
        response.headers_mut(),
        header::CACHE_CONTROL.as_str(),
        "no-store",
    );
    response
}

fn refusal(error: Error) -> Response<Body> {
    let version = error.is(&StreamingReason::UploadVersionUnsupported);
    let offset = error.metadata().get("offset").cloned();
    let mut response = status(error).into_http();
    if version {
        put(response.headers_mut(), "tus-version", tus::VERSION);
    }
    if let Some(offset) = offset {
        put(response.headers_mut(), "upload-offset", &offset);
    }
    response
}

fn put(headers: &mut HeaderMap, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (name.parse::<header::HeaderName>(), value.parse()) {
        headers.insert(name, value);
    }
}

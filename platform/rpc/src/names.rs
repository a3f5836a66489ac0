//! Names of metadata.

/// The viewer's access token, `Bearer …`.
pub const AUTHORIZATION: &str = "authorization";
/// A service's identity across processes.
pub const SERVICE: &str = "x-sv-service";
/// The profile that the client chose (C44).
pub const PROFILE: &str = "x-profile-id";
/// The device, as the client names it.
pub const DEVICE: &str = "x-device-id";
/// The language of messages.
pub const LANGUAGE: &str = "accept-language";
/// Ties logs of one request together.
pub const REQUEST_ID: &str = "x-request-id";
/// The tenant; taken from services only (C26).
pub const TENANT: &str = "x-tenant-id";
/// The client's address; taken from services only.
pub const CLIENT: &str = "x-client-address";
/// The country that the client is in; taken from services only.
pub const COUNTRY: &str = "x-client-country";
/// The kind of device, as the client names it (X-CAT-5).
pub const PLATFORM: &str = "x-client-platform";
/// The client's key of a call that is to have one effect.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// The versions that a change may find.
pub const IF_MATCH: &str = "if-match";
/// What a browser asks for.
pub const PURPOSE: &str = "sec-purpose";
/// How long the caller waits.
pub const TIMEOUT: &str = "grpc-timeout";
/// The W3C trace context.
pub const TRACEPARENT: &str = "traceparent";
/// In answers: the HTTP status of success that the method chose among its RPC's.
pub const HTTP_STATUS: &str = "x-http-status";

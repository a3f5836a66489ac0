// @generated from the packages of proto/.
pub use crate::pb::streamverse::admin::v1 as admin;
pub use crate::pb::streamverse::auth::v1 as auth;
pub use crate::pb::streamverse::common::v1 as common;
pub use crate::pb::streamverse::content::v1 as content;
pub use crate::pb::streamverse::jobs::v1 as jobs;
pub use crate::pb::streamverse::livetv::v1 as livetv;
pub use crate::pb::streamverse::options::v1 as options;
pub use crate::pb::streamverse::payments::v1 as payments;
pub use crate::pb::streamverse::rights::v1 as rights;
pub use crate::pb::streamverse::search::v1 as search;
pub use crate::pb::streamverse::streaming::v1 as streaming;
pub use crate::pb::streamverse::users::v1 as users;
pub use crate::pb::streamverse::webhooks::v1 as webhooks;

/// The services of the protos.
pub const SERVICES: &[&str] = &["admin", "auth", "content", "livetv", "payments", "rights", "search", "streaming", "users", "webhooks"];

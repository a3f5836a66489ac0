//! The services of the program. Generated from services/ by `make gen`.

use sv_boot::Service;

/// Every service, by name.
pub const SERVICES: &[&Service] = &[
    &sv_admin::SERVICE,
    &sv_auth::SERVICE,
    &sv_content::SERVICE,
    &sv_livetv::SERVICE,
    &sv_payments::SERVICE,
    &sv_rights::SERVICE,
    &sv_search::SERVICE,
    &sv_streaming::SERVICE,
    &sv_users::SERVICE,
    &sv_webhooks::SERVICE,
];

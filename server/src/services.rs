//! The services of this program, and nothing else of them: each says of itself what there is to know.

use sv_boot::Service;

/// Every service, in the order of their ports.
pub(crate) const TABLE: &[&Service] = &[
    &sv_auth::SERVICE,
    &sv_users::SERVICE,
    &sv_content::SERVICE,
    &sv_streaming::SERVICE,
    &sv_search::SERVICE,
    &sv_admin::SERVICE,
    &sv_rights::SERVICE,
    &sv_livetv::SERVICE,
];

/// Lists the names of all services.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|service| service.name)
}

/// Finds a service by its name.
pub(crate) fn find(name: &str) -> Option<&'static Service> {
    TABLE.iter().copied().find(|service| service.name == name)
}

//! The services of this program, and nothing else of them: each says of itself what there is to know.

use std::sync::LazyLock;

use sv_boot::Service;

/// Every service, in the order of their ports.
pub(crate) static TABLE: LazyLock<Vec<&'static Service>> = LazyLock::new(|| {
    let mut services = sv_services::SERVICES.to_vec();
    services.sort_by_key(|service| service.grpc_port);
    services
});

/// Lists the names of all services.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|service| service.name)
}

/// Finds a service by its name.
pub(crate) fn find(name: &str) -> Option<&'static Service> {
    TABLE.iter().copied().find(|service| service.name == name)
}

//! Listeners of ports, and how they are reached.

use std::net::{Ipv4Addr, SocketAddr};

use sv_kernel::BoxError;
use tokio::net::TcpListener;

/// Listens on an address; who cannot is told by which option to give another one.
pub(crate) async fn bind(address: SocketAddr, option: &str) -> Result<TcpListener, BoxError> {
    TcpListener::bind(address).await.map_err(|cause| {
        format!("cannot listen on {address}: {cause}; give another address by {option}").into()
    })
}

/// Turns "any address" into one that a client of this machine can use.
pub(crate) fn reachable(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        (Ipv4Addr::LOCALHOST, address.port()).into()
    } else {
        address
    }
}

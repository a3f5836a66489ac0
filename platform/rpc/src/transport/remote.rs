//! Calls to another process.

use std::time::Duration;

use tonic::transport::{Channel, Endpoint};
use tower::ServiceExt as _;

use super::{Transport, Unreachable};

const CONNECT: Duration = Duration::from_secs(2);
const KEEPALIVE: Duration = Duration::from_secs(20);
const KEEPALIVE_ANSWER: Duration = Duration::from_secs(5);

/// The address of a service cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{address:?} is not an address such as http://users:9093 (several are separated by commas)"
)]
pub struct BadAddress {
    /// What was given.
    pub address: String,
}

/// Makes a transport to one address, or to several separated by commas, over which calls are
/// balanced. Connects with the first call and again whenever the connection is lost.
pub fn remote(addresses: &str) -> Result<Transport, BadAddress> {
    let endpoints = addresses
        .split(',')
        .map(|address| endpoint(address.trim()))
        .collect::<Result<Vec<_>, _>>()?;
    let channel = match <[Endpoint; 1]>::try_from(endpoints) {
        Ok([one]) => one.connect_lazy(),
        Err(several) => Channel::balance_list(several.into_iter()),
    };
    Ok(Transport::new(
        channel.map_err(|cause| Unreachable(cause.into())),
    ))
}

fn endpoint(address: &str) -> Result<Endpoint, BadAddress> {
    let bad = || BadAddress {
        address: address.to_owned(),
    };
    let uri: http::Uri = address.parse().map_err(|_| bad())?;
    if uri.scheme_str() != Some("http") || uri.authority().is_none() {
        return Err(bad());
    }
    Ok(Endpoint::from(uri)
        .connect_timeout(CONNECT)
        .tcp_nodelay(true)
        .http2_keep_alive_interval(KEEPALIVE)
        .keep_alive_timeout(KEEPALIVE_ANSWER)
        .keep_alive_while_idle(true)
        .http2_adaptive_window(true))
}

//! The ways to the services: one HTTP/2 connection each, opened with the first call and again when it is lost.

use std::{path::Path, sync::Arc, time::Duration};

use hyper_rustls::{ConfigBuilderExt as _, HttpsConnector};
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use tonic::transport::{Channel, Endpoint};

use crate::{
    options::{Options, Upstream},
    regular,
};

/// How long a connection may take to open.
const CONNECTING: Duration = Duration::from_secs(5);
/// How long a service may take to answer a ping.
const PING: Duration = Duration::from_secs(10);
/// How often the kernel looks whether a silent machine is still there.
const PROBE: Duration = Duration::from_secs(30);
/// The bytes of one answer that are under way before its client has taken them.
const AHEAD: u32 = 64 * 1024;
/// The most bytes of an answer's headers. What has more ends that call only, up to some times as much; beyond, the
/// connection, and with it everybody's calls.
const HEADERS: u32 = 256 * 1024;
/// The largest window that HTTP/2 knows (RFC 9113 section 6.9.1).
const LARGEST_WINDOW: u32 = (1 << 31) - 1;

/// Prepares the way to a service; nothing is sent yet.
pub(crate) fn connect(upstream: &Upstream, options: &Options) -> Result<Channel, String> {
    // All answers share the connection's window: it holds what every client leaves in it that hesitates, so that
    // those keep nobody else's answer from coming.
    let requests = u32::try_from(options.connections.requests).unwrap_or(u32::MAX);
    let in_all = requests.saturating_mul(AHEAD).clamp(AHEAD, LARGEST_WINDOW);
    let endpoint = Endpoint::from(upstream.address.clone())
        .connect_timeout(CONNECTING)
        .tcp_nodelay(true)
        .tcp_keepalive(Some(PROBE))
        .http2_keep_alive_interval(options.keepalive)
        .keep_alive_timeout(PING)
        .http2_max_header_list_size(HEADERS)
        .initial_stream_window_size(AHEAD)
        .initial_connection_window_size(in_all);
    if upstream.address.scheme_str() != Some("https") {
        return Ok(endpoint.connect_lazy());
    }
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_keepalive(Some(PROBE));
    let tls = tls(options.authorities.as_deref(), b"h2")?;
    Ok(endpoint.connect_with_connector_lazy(HttpsConnector::from((tcp, tls))))
}

/// Prepares TLS to a server that speaks a protocol.
pub(crate) fn tls(authorities: Option<&Path>, protocol: &[u8]) -> Result<ClientConfig, String> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|cause| format!("TLS cannot be used: {cause}"))?;
    let mut config = match authorities {
        None => builder.with_webpki_roots(),
        Some(file) => builder.with_root_certificates(roots(file)?),
    }
    .with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    Ok(config)
}

/// Reads certificates of authorities.
fn roots(file: &Path) -> Result<RootCertStore, String> {
    let problem =
        |cause: &dyn std::fmt::Display| format!("cannot read {}: {cause}", file.display());
    let text = regular::read(file, regular::SMALL)?;
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_slice_iter(&text);
    for certificate in certificates {
        let certificate = certificate.map_err(|cause| problem(&cause))?;
        roots.add(certificate).map_err(|cause| problem(&cause))?;
    }
    if roots.is_empty() {
        return Err(problem(&"it holds no certificate in PEM"));
    }
    Ok(roots)
}

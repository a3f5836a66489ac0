//! What is known about a request before anyone looks at what it wants.

use std::{fmt::Write as _, net::IpAddr, sync::Arc, time::Instant};

use http::{HeaderMap, HeaderName, HeaderValue, header};
use sv_kernel::{Country, Error, Result, Tenant, network};
use sv_proto::common::CommonReason;
use sv_rpc::{Env, names};
use uuid::Uuid;

use crate::options::EdgeOptions;

/// Headers of clients that go on to services; all others end here (E2).
static FORWARDED: [HeaderName; 9] = [
    header::AUTHORIZATION,
    HeaderName::from_static(names::PROFILE),
    HeaderName::from_static(names::DEVICE),
    HeaderName::from_static(names::PLATFORM),
    header::ACCEPT_LANGUAGE,
    HeaderName::from_static(names::IDEMPOTENCY_KEY),
    header::IF_MATCH,
    // A prefetch must start nothing (C8); the method decides.
    HeaderName::from_static("sec-purpose"),
    header::USER_AGENT,
];

/// Headers by which a proxy shows.
static PROXIED: [HeaderName; 4] = [
    header::FORWARDED,
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-real-ip"),
    header::VIA,
];

/// What a proxy of ours says about the client's country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whereabouts {
    /// Nothing.
    Unsaid,
    /// That it is not known.
    Unknown,
    Known(Country),
}

/// The facts of a request.
#[derive(Clone, Debug)]
pub(crate) struct RequestInfo {
    /// Ties logs of the request together.
    pub(crate) request_id: Arc<str>,
    /// The client's address.
    pub(crate) address: IpAddr,
    /// Who asks: the client's address, IPv6 shortened to its network.
    pub(crate) client: IpAddr,
    /// Whether the caller is on this machine and came by no proxy.
    pub(crate) local: bool,
    /// The tenant that the host stands for (C45).
    pub(crate) tenant: Tenant,
    /// What a proxy of ours says about the client's country.
    told: Whereabouts,
    /// The W3C trace context that goes on.
    pub(crate) traceparent: String,
    /// When the request arrived.
    pub(crate) started: Instant,
}

impl RequestInfo {
    /// Reads the facts.
    pub(crate) fn of(
        env: &Env,
        options: &EdgeOptions,
        peer: IpAddr,
        authority: Option<&str>,
        headers: &HeaderMap,
    ) -> Self {
        let proxied = PROXIED.iter().any(|name| headers.contains_key(name));
        let address = client(options.trusted_proxies, peer, headers).to_canonical();
        Self {
            request_id: request_id(env, headers),
            address,
            client: network(address),
            local: peer.to_canonical().is_loopback() && !proxied,
            tenant: tenant(options, authority, headers),
            told: whereabouts(options, headers),
            traceparent: traceparent(env, headers),
            started: Instant::now(),
        }
    }

    /// Returns the country in which the client is, or is taken to be as a caller of a tenant.
    pub(crate) fn country(&self, options: &EdgeOptions, tenant: &Tenant) -> Option<Country> {
        match self.told {
            Whereabouts::Known(country) => Some(country),
            Whereabouts::Unknown => None,
            Whereabouts::Unsaid => options.country_of(tenant),
        }
    }

    /// Returns the metadata of a call: what the client may say, and what we say.
    pub(crate) fn metadata(&self, headers: &HeaderMap) -> HeaderMap {
        let mut metadata = HeaderMap::with_capacity(16);
        for name in &FORWARDED {
            for value in headers.get_all(name) {
                let mut value = value.clone();
                value.set_sensitive(*name == header::AUTHORIZATION);
                metadata.append(name.clone(), value);
            }
        }
        for (name, value) in [
            (
                HeaderName::from_static(names::REQUEST_ID),
                &*self.request_id,
            ),
            (HeaderName::from_static(names::TENANT), self.tenant.as_str()),
            (
                HeaderName::from_static(names::TRACEPARENT),
                &self.traceparent,
            ),
        ] {
            if let Ok(value) = HeaderValue::from_str(value) {
                metadata.insert(name, value);
            }
        }
        if let Ok(value) = HeaderValue::try_from(self.address.to_string()) {
            metadata.insert(HeaderName::from_static(names::CLIENT), value);
        }
        metadata
    }
}

/// Takes the client's request id if it is short and plain, else makes one.
fn request_id(env: &Env, headers: &HeaderMap) -> Arc<str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    match single(headers, names::REQUEST_ID) {
        Some(id) if (1..=64).contains(&id.len()) && id.bytes().all(plain) => id.into(),
        _ => {
            let id = env.ids.next::<RequestInfo>().uuid();
            let mut text = Uuid::encode_buffer();
            Arc::from(&*id.hyphenated().encode_lower(&mut text))
        }
    }
}

/// Finds the client behind the proxies that we trust: each of them appended the address that it
/// saw, so what stands further left is only what the client claims (E18).
fn client(trusted: usize, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    if trusted == 0 {
        return peer;
    }
    let entries: Vec<_> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    entries
        .len()
        .checked_sub(trusted)
        .and_then(|index| address(entries[index]))
        .unwrap_or(peer)
}

/// Reads an address that may carry a port or brackets.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    text.parse()
        .ok()
        .or_else(|| {
            let socket: std::net::SocketAddr = text.parse().ok()?;
            Some(socket.ip())
        })
        .or_else(|| text.strip_prefix('[')?.strip_suffix(']')?.parse().ok())
}

fn tenant(options: &EdgeOptions, authority: Option<&str>, headers: &HeaderMap) -> Tenant {
    if options.tenants.is_empty() {
        return Tenant::default();
    }
    let host = authority
        .or_else(|| single(headers, header::HOST.as_str()))
        .unwrap_or_default();
    let host = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    // A whole domain name may end in the root's dot.
    let host = host.strip_suffix('.').unwrap_or(host);
    options
        .tenants
        .get(&host.to_ascii_lowercase())
        .and_then(|name| Tenant::parse(name).ok())
        .unwrap_or_default()
}

/// Reads what a proxy of ours says about the client's country. What it says twice, or so that nobody
/// understands it, is not known: a client may have added to it.
fn whereabouts(options: &EdgeOptions, headers: &HeaderMap) -> Whereabouts {
    let name = options.country_header.as_str();
    if name.is_empty() || options.trusted_proxies == 0 || !headers.contains_key(name) {
        return Whereabouts::Unsaid;
    }
    let said = single(headers, name).and_then(|text| Country::parse(text.trim()).ok());
    said.map_or(Whereabouts::Unknown, Whereabouts::Known)
}

/// Writes the country in which a client is for the service that it calls.
pub(crate) fn locate(metadata: &mut HeaderMap, country: Option<Country>) {
    let value = country.and_then(|country| HeaderValue::from_str(country.as_str()).ok());
    if let Some(value) = value {
        metadata.insert(HeaderName::from_static(names::COUNTRY), value);
    }
}

/// Continues the client's trace, or starts one (W3C Trace Context).
fn traceparent(env: &Env, headers: &HeaderMap) -> String {
    if let Some(given) = single(headers, names::TRACEPARENT)
        && sv_rpc::is_traceparent(given)
    {
        return given.to_owned();
    }
    let (mut trace, mut span) = ([0; 16], [0; 8]);
    env.entropy.fill(&mut trace);
    env.entropy.fill(&mut span);
    // Neither id may be all zeros.
    trace[0] |= 1;
    span[0] |= 1;
    let (trace, span) = (Uuid::from_bytes(trace).simple(), u64::from_be_bytes(span));
    let mut made = String::with_capacity(55);
    // Writing to a text never fails.
    let _ = write!(made, "00-{trace}-{span:016x}-01");
    made
}

/// Returns a header that stands once, as text.
pub(crate) fn single<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

/// Returns the token of `Authorization: Bearer …`; anything else there is refused.
pub(crate) fn bearer(headers: &HeaderMap) -> Result<Option<&str>> {
    if !headers.contains_key(header::AUTHORIZATION) {
        return Ok(None);
    }
    let token = single(headers, header::AUTHORIZATION.as_str())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .filter(|token| !token.is_empty());
    match token {
        Some(token) => Ok(Some(token)),
        None => Err(Error::from(CommonReason::TokenInvalid)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    fn info(options: &EdgeOptions, peer: &str, pairs: &[(&'static str, &str)]) -> RequestInfo {
        let peer = peer.parse().unwrap();
        RequestInfo::of(&Env::system(), options, peer, None, &headers(pairs))
    }

    #[test]
    fn only_entries_of_trusted_proxies_are_believed() {
        // E18.
        let one = EdgeOptions {
            trusted_proxies: 1,
            ..EdgeOptions::default()
        };
        let two = EdgeOptions {
            trusted_proxies: 2,
            ..EdgeOptions::default()
        };
        let forged: [(&'static str, &str); 2] = [
            ("x-forwarded-for", "1.1.1.1, 2.2.2.2"),
            ("x-forwarded-for", "[2001:db8::5]:443"),
        ];
        let client = |options: &EdgeOptions, pairs: &[(&'static str, &str)]| {
            info(options, "10.0.0.9", pairs).client.to_string()
        };
        assert_eq!(client(&EdgeOptions::default(), &forged), "10.0.0.9");
        assert_eq!(client(&one, &forged), "2001:db8::");
        assert_eq!(client(&two, &forged), "2.2.2.2");
        assert_eq!(client(&two, &[("x-forwarded-for", "1.1.1.1")]), "10.0.0.9");
        assert_eq!(client(&one, &[("x-forwarded-for", "nonsense")]), "10.0.0.9");
        assert_eq!(client(&one, &[]), "10.0.0.9");
    }

    #[test]
    fn headers_that_speak_of_identity_end_here() {
        // E2.
        let sent = headers(&[
            ("x-user-id", "1"),
            ("x-roles", "admin"),
            ("x-tenant-id", "acme"),
            ("x-sv-service", "auth"),
            ("x-client-address", "192.0.2.66"),
            ("x-client-country", "NO"),
            ("grpc-timeout", "1H"),
            ("grpc-encoding", "gzip"),
            ("x-anything-bin", "AA"),
            ("cookie", "a=b"),
            ("x-profile-id", "p"),
            ("if-match", "\"3\""),
            ("accept-language", "nb"),
        ]);
        let info = RequestInfo::of(
            &Env::system(),
            &EdgeOptions::default(),
            [127, 0, 0, 1].into(),
            None,
            &sent,
        );
        let metadata = info.metadata(&sent);
        let mut names: Vec<_> = metadata.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "accept-language",
                "if-match",
                "traceparent",
                "x-client-address",
                "x-profile-id",
                "x-request-id",
                "x-tenant-id"
            ]
        );
        assert_eq!(metadata["x-tenant-id"], "default");
        assert_eq!(metadata["x-client-address"], "127.0.0.1");
    }

    #[test]
    fn hosts_stand_for_tenants() {
        // C45.
        let options = EdgeOptions {
            tenants: [("tv.acme.example".to_owned(), "acme".to_owned())].into(),
            ..EdgeOptions::default()
        };
        let tenant = |host| {
            info(&options, "10.0.0.1", &[("host", host)])
                .tenant
                .to_string()
        };
        assert_eq!(tenant("TV.acme.example:3000"), "acme");
        assert_eq!(tenant("tv.acme.example.:3000"), "acme");
        assert_eq!(tenant("other.example"), "default");
    }

    #[test]
    fn a_country_is_said_by_a_proxy_of_ours_or_by_the_tenant() {
        // X-CAT-5.
        let proxied = EdgeOptions {
            trusted_proxies: 1,
            country_header: "X-Country".to_owned(),
            countries: [("default".to_owned(), "SE".to_owned())].into(),
            ..EdgeOptions::default()
        };
        let bare = EdgeOptions {
            trusted_proxies: 0,
            ..proxied.clone()
        };
        let country = |options: &EdgeOptions, pairs: &[(&'static str, &str)]| {
            let info = info(options, "10.0.0.1", pairs);
            let country = info.country(options, &Tenant::default());
            country.map(|country| country.to_string())
        };
        assert_eq!(
            country(&proxied, &[("x-country", "no")]).as_deref(),
            Some("NO")
        );
        assert_eq!(country(&proxied, &[]).as_deref(), Some("SE"));
        assert_eq!(
            country(&bare, &[("x-country", "NO")]).as_deref(),
            Some("SE")
        );
        assert_eq!(country(&proxied, &[("x-country", "XX")]), None);
        let twice = [("x-country", "NO"), ("x-country", "DK")];
        assert_eq!(country(&proxied, &twice), None);
        assert_eq!(bare.problems().len(), 1);
    }

    #[test]
    fn traces_are_continued_and_ids_taken_if_plain() {
        let given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let with =
            |pairs: &[(&'static str, &str)]| info(&EdgeOptions::default(), "10.0.0.1", pairs);
        assert_eq!(with(&[("traceparent", given)]).traceparent, given);
        for bad in [
            "",
            "00-0-0-01",
            &given.to_uppercase(),
            &given.replace("b7ad6b7169203331", "0000000000000000"),
        ] {
            let made = with(&[("traceparent", bad)]).traceparent;
            assert_ne!(made, bad);
            assert_eq!(made.len(), 55);
        }
        assert_eq!(
            &*with(&[("x-request-id", "abc-1.x_Y")]).request_id,
            "abc-1.x_Y"
        );
        assert_ne!(&*with(&[("x-request-id", "a b")]).request_id, "a b");
    }

    #[test]
    fn local_callers_come_by_no_proxy() {
        // C39.
        let local =
            |peer, pairs: &[(&'static str, &str)]| info(&EdgeOptions::default(), peer, pairs).local;
        assert!(local("127.0.0.1", &[]) && local("::1", &[]) && local("::ffff:127.0.0.1", &[]));
        assert!(!local("10.0.0.1", &[]));
        assert!(!local("127.0.0.1", &[("x-forwarded-for", "127.0.0.1")]));
        assert!(!local("127.0.0.1", &[("forwarded", "for=127.0.0.1")]));
    }

    #[test]
    fn only_bearer_tokens_are_taken() {
        let of = |value: &str| {
            bearer(&headers(&[("authorization", value)])).map(|t| t.map(str::to_owned))
        };
        assert_eq!(bearer(&HeaderMap::new()).unwrap(), None);
        assert_eq!(of("bearer abc").unwrap().as_deref(), Some("abc"));
        for bad in ["Basic abc", "Bearer", "Bearer ", "abc"] {
            assert!(
                of(bad).unwrap_err().is(&CommonReason::TokenInvalid),
                "{bad}"
            );
        }
        assert!(
            bearer(&headers(&[
                ("authorization", "Bearer a"),
                ("authorization", "Bearer b")
            ]))
            .is_err()
        );
    }
}

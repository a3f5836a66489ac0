//! What stands in front of what, and within which bounds.

use std::{path::PathBuf, str::FromStr, time::Duration};

use sv_listen::{ConnectionOptions, Secure};

/// How services are put in front.
#[derive(Clone, Debug)]
pub struct Options {
    /// Files with a `FileDescriptorSet` each. A proto file that stands in several is taken from the first.
    pub descriptor_sets: Vec<PathBuf>,
    /// Where the services are.
    pub upstreams: Vec<Upstream>,
    /// How fields are named in JSON answers; requests may use either.
    pub names: Names,
    /// Whether fields that hold their default are written, too.
    pub defaults: bool,
    /// Skips unknown fields, enum names and query parameters instead of refusing them.
    pub ignore_unknown: bool,
    /// Gives RPCs without a rule the route `POST /package.Service/Method`.
    pub unbound: bool,
    /// The largest body of a REST request.
    pub max_request_bytes: usize,
    /// The largest message of an answer that REST takes from a service.
    pub max_response_bytes: usize,
    /// How long a call may take that says nothing else by `Grpc-Timeout`; streams may go on. None: for ever.
    pub timeout: Option<Duration>,
    /// How long a stream of requests or a WebSocket may last that says nothing else by `Grpc-Timeout`.
    pub stream: Duration,
    /// How long such a stream may say nothing.
    pub idle: Duration,
    /// How often the client of a WebSocket or of events is asked for, or given, a sign of life.
    pub heartbeat: Duration,
    /// How often the token that opened a WebSocket or a stream is looked at again.
    pub token_every: Duration,
    /// How often a connection to a service that is in use is asked for a sign of life. Servers on grpc-go
    /// close connections that ask more often than every five minutes, if they are not told otherwise.
    pub keepalive: Duration,
    /// A file with the certificates (PEM) of those who vouch for services behind `https://`; none: the
    /// authorities that browsers trust.
    pub authorities: Option<PathBuf>,
    /// Whose tokens open the services; none: everybody may call.
    pub guard: Option<GuardOptions>,
    /// How many streams each caller may have open: whom its token names, or without tokens its address.
    pub streams_per_caller: usize,
    /// How many calls each caller may have under way at one service, unary ones, streams and answers that the caller does
    /// not take among them: all callers share the connection to it, on which many servers take 100 calls at once.
    pub streams_per_upstream: usize,
    /// Origins of pages that may call and read answers, e.g. `https://app.example.com`; `*`: any.
    pub origins: Vec<String>,
    /// The bounds of the port.
    pub connections: ConnectionOptions,
    /// TLS of the port; none is plain HTTP.
    pub secure: Option<Secure>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            descriptor_sets: Vec::new(),
            upstreams: Vec::new(),
            names: Names::default(),
            defaults: false,
            ignore_unknown: false,
            unbound: false,
            max_request_bytes: 4 * 1024 * 1024,
            max_response_bytes: 16 * 1024 * 1024,
            timeout: Some(Duration::from_secs(30)),
            stream: Duration::from_hours(1),
            idle: Duration::from_mins(5),
            heartbeat: Duration::from_secs(15),
            token_every: Duration::from_secs(10),
            keepalive: Duration::from_mins(5),
            authorities: None,
            guard: None,
            streams_per_caller: 100,
            streams_per_upstream: 25,
            origins: Vec::new(),
            connections: ConnectionOptions::default(),
            secure: None,
        }
    }
}

/// Whose tokens open the services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuardOptions {
    /// Where the keys are (JWKS, RFC 7517).
    pub jwks: Jwks,
    /// What `iss` has to be; none: anything.
    pub issuer: Option<String>,
    /// What `aud` has to name; none: anything.
    pub audience: Option<String>,
    /// How often keys of an address are asked for.
    pub every: Duration,
    /// A file with the certificates (PEM) of those who vouch for that address; none: the authorities that browsers
    /// trust.
    pub authorities: Option<PathBuf>,
}

/// Where the keys that sign callers' tokens are (RFC 7517).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Jwks {
    /// In a file, which is read again when it changes.
    File(PathBuf),
    /// At an address, which is asked again and again, and when a token names a key that is not known.
    Address(http::Uri),
}

impl FromStr for Jwks {
    type Err = String;

    /// Reads `https://…`, or the path of a file.
    fn from_str(text: &str) -> Result<Self, String> {
        let Some((scheme, _)) = text.split_once("://") else {
            return Ok(Self::File(text.into()));
        };
        let bad =
            || format!("`{text}` is no address of keys: expected https://HOST/PATH, or a file");
        if !["http", "https"].contains(&&*scheme.to_ascii_lowercase()) {
            return Err(bad());
        }
        let address: http::Uri = text.parse().map_err(|_| bad())?;
        let authority = address.authority().ok_or_else(bad)?;
        if authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(bad());
        }
        Ok(Self::Address(address))
    }
}

/// How fields are named in answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Names {
    /// `displayName`, or what `json_name` says.
    #[default]
    Camel,
    /// `display_name`, as in the proto file.
    Original,
}

/// Where some services are, or all that no other one names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    /// A service (`library.v1.Library`) or a package (`library.v1`); empty means all.
    pub of: String,
    /// The address: `http://` in the clear (HTTP/2 with prior knowledge), `https://` with TLS.
    pub address: http::Uri,
}

impl Upstream {
    /// Says how closely the address is meant for a service: the longer the name, the closer.
    pub(crate) fn fits(&self, service: &str) -> Option<usize> {
        let rest = service.strip_prefix(&self.of)?;
        let fits = self.of.is_empty() || rest.is_empty() || rest.starts_with('.');
        fits.then_some(self.of.len())
    }
}

impl FromStr for Upstream {
    type Err = String;

    /// Reads `[package.Service=]URL`.
    fn from_str(text: &str) -> Result<Self, String> {
        let of_names = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
        let (of, url) = match text.split_once('=') {
            Some((of, url)) if of.chars().all(of_names) => (of, url),
            _ => ("", text),
        };
        let bad = || {
            format!(
                "`{url}` is no address of a service: expected http://HOST:PORT or https://HOST:PORT"
            )
        };
        let full = if url.contains("://") {
            url.to_owned()
        } else {
            format!("http://{url}")
        };
        let address: http::Uri = full.parse().map_err(|_| bad())?;
        let sound = matches!(address.scheme_str(), Some("http" | "https"))
            && address.host().is_some_and(|host| !host.is_empty())
            && address
                .authority()
                .is_some_and(|all| !all.as_str().contains('@'))
            && matches!(address.path(), "" | "/")
            && address.query().is_none();
        if !sound {
            return Err(bad());
        }
        Ok(Self {
            of: of.trim_end_matches('.').to_owned(),
            address,
        })
    }
}

/// Why services cannot be put in front, all reasons at once.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct Problems(pub Vec<String>);

impl From<String> for Problems {
    fn from(problem: String) -> Self {
        Self(vec![problem])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upstreams_name_their_services_or_none() {
        let read = |text: &str| text.parse::<Upstream>();
        let one = read("library.v1.Library=http://127.0.0.1:50051").unwrap();
        assert_eq!(one.of, "library.v1.Library");
        assert_eq!(one.address, "http://127.0.0.1:50051/");
        assert_eq!(
            read("localhost:9000").unwrap().address.port_u16(),
            Some(9000)
        );
        assert_eq!(read("https://[::1]:9000/").unwrap().of, "");
        for bad in [
            "",
            "http://",
            "ftp://x",
            "http://h/path",
            "http://u:p@h",
            "a b=http://h",
            "x=",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn keys_are_in_a_file_or_at_an_address() {
        let file = Jwks::File("keys/jwks.json".into());
        assert_eq!("keys/jwks.json".parse(), Ok(file));
        let address = "https://id.example.com/jwks".parse::<Jwks>().unwrap();
        assert!(matches!(address, Jwks::Address(_)));
        let shouted = "HTTPS://id.example.com/jwks".parse::<Jwks>().unwrap();
        assert_eq!(shouted, address);
        for bad in [
            "https://",
            "https://a:b@id.example.com/",
            "http:///jwks",
            "ftp://id.example.com/jwks",
        ] {
            assert!(bad.parse::<Jwks>().is_err(), "{bad}");
        }
    }

    fn named(of: &str) -> Upstream {
        format!("{of}http://h").parse().unwrap()
    }

    #[test]
    fn the_closest_name_wins() {
        let fits = |of: &str| named(of).fits("library.v1.Library");
        assert_eq!(fits("library.v1.Library="), Some(18));
        assert_eq!(fits("library.v1="), Some(10));
        assert_eq!(fits(""), Some(0));
        assert_eq!(fits("library.v="), None);
        assert_eq!(fits("library.v1.LibraryAdmin="), None);
    }
}

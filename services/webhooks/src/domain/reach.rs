//! Where requests may go: to the public internet and nowhere else, so that nobody calls by way of us what only we can
//! reach (SSRF).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::Uri;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// What is not the public internet (IANA IPv4 Special-Purpose Address Registry, and multicast).
const SPECIAL_V4: [(Ipv4Addr, u8); 15] = [
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];
/// Where the public internet of IPv6 is.
const GLOBAL_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
/// What of it is not (IANA IPv6 Special-Purpose Address Registry): protocols, Teredo and 6to4, which hold addresses of
/// IPv4, and examples.
const SPECIAL_V6: [(Ipv6Addr, u8); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Where requests may go.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reach {
    /// Networks that are not public, and allowed all the same.
    pub(crate) allowed: Vec<IpNet>,
    /// Whether this is a developer's machine: then http and the machine itself will do, too.
    pub(crate) development: bool,
}

/// What is wrong with an address.
pub(crate) type Unfit = (&'static str, &'static str);

impl Reach {
    /// Says whether requests may go to an address.
    pub(crate) fn allows(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        is_public(address)
            || (self.development && address.is_loopback())
            || self
                .allowed
                .iter()
                .any(|network| network.contains(&address))
    }

    /// Reads where a webhook is. Where its host is a name, it is looked at when it is known where that leads.
    pub(crate) fn read(&self, url: &str) -> Result<Uri, Unfit> {
        let no_url = (
            "FORMAT_URL",
            "is an absolute address, e.g. https://example.com/hooks",
        );
        let uri: Uri = url.parse().map_err(|_| no_url)?;
        let authority = uri.authority().ok_or(no_url)?;
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if self.development => {}
            _ => return Err(("HTTPS", "begins with https://")),
        }
        if authority.as_str().contains('@') {
            return Err(("NO_CREDENTIALS", "has no name or password before the host"));
        }
        if url.contains('#') {
            return Err(("NO_FRAGMENT", "has no part behind #"));
        }
        if literal(authority.host()).is_some_and(|address| !self.allows(address)) {
            return Err(("PUBLIC", "leads to a public address"));
        }
        Ok(uri)
    }
}

/// Returns an address without what its query says, in which receivers have tokens: for records that others read.
pub(crate) fn without_values(url: &str) -> String {
    let Some((place, query)) = url.split_once('?') else {
        return url.to_owned();
    };
    let names = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) => format!("{name}=…"),
        None => "…".to_owned(),
    });
    format!("{place}?{}", names.collect::<Vec<_>>().join("&"))
}

/// Reads a host that is an address and no name.
fn literal(host: &str) -> Option<IpAddr> {
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    bare.unwrap_or(host).parse().ok()
}

/// Says whether an address is one of the public internet.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !SPECIAL_V4
            .iter()
            .any(|(first, bits)| Ipv4Net::new_assert(*first, *bits).contains(&address)),
        IpAddr::V6(address) => {
            let within =
                |(first, bits): (Ipv6Addr, u8)| Ipv6Net::new_assert(first, bits).contains(&address);
            within(GLOBAL_V6) && !SPECIAL_V6.into_iter().any(within)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(reach: &Reach, text: &str) -> bool {
        reach.allows(text.parse().unwrap())
    }

    #[test]
    fn only_the_public_internet_is_reached() {
        let reach = Reach::default();
        for public in [
            "1.1.1.1",
            "93.184.216.34",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "198.20.0.0",
            "223.255.255.255",
            "::ffff:1.1.1.1",
            "2606:4700:4700::1111",
            "2a00:1450:4001::1",
        ] {
            assert!(allows(&reach, public), "{public}");
        }
        for private in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!allows(&reach, private), "{private}");
        }
    }

    #[test]
    fn networks_that_are_named_and_on_a_developers_machine_the_machine_itself_are_reached_too() {
        let named = Reach {
            allowed: vec!["10.20.0.0/16".parse().unwrap()],
            development: false,
        };
        assert!(allows(&named, "10.20.3.4") && allows(&named, "::ffff:10.20.3.4"));
        assert!(!allows(&named, "10.21.0.1") && !allows(&named, "127.0.0.1"));
        let developer = Reach {
            development: true,
            ..Reach::default()
        };
        assert!(allows(&developer, "127.0.0.1") && allows(&developer, "::1"));
        assert!(!allows(&developer, "10.0.0.1"));
    }

    #[test]
    fn a_record_names_what_a_query_asks_and_not_by_which_token() {
        for (url, shown) in [
            ("https://example.com/a", "https://example.com/a"),
            ("https://example.com/a?", "https://example.com/a?…"),
            (
                "https://example.com/?token=s3cret&b=c=d",
                "https://example.com/?token=…&b=…",
            ),
            ("https://example.com/?s3cret", "https://example.com/?…"),
        ] {
            assert_eq!(without_values(url), shown);
        }
    }

    #[test]
    fn an_address_is_https_public_and_without_credentials() {
        let reach = Reach::default();
        let rule = |url: &str| reach.read(url).map(drop).map_err(|(rule, _)| rule);
        for url in [
            "https://example.com",
            "HTTPS://Example.com/a",
            "https://example.com:8443/hooks?a=b",
            "https://1.1.1.1/",
            "https://[2606:4700:4700::1111]/",
        ] {
            assert_eq!(rule(url), Ok(()), "{url}");
        }
        for (url, broken) in [
            ("http://example.com", "HTTPS"),
            ("ftp://example.com", "HTTPS"),
            ("/hooks", "FORMAT_URL"),
            ("https://", "FORMAT_URL"),
            ("https://exa mple.com", "FORMAT_URL"),
            ("https://user:secret@example.com", "NO_CREDENTIALS"),
            ("https://example.com/#here", "NO_FRAGMENT"),
            ("https://127.0.0.1/", "PUBLIC"),
            ("https://[::1]:8443/", "PUBLIC"),
            ("https://[::ffff:10.0.0.1]/", "PUBLIC"),
            ("https://169.254.169.254/latest/meta-data", "PUBLIC"),
        ] {
            assert_eq!(rule(url), Err(broken), "{url}");
        }
        let developer = Reach {
            development: true,
            ..Reach::default()
        };
        assert!(developer.read("http://127.0.0.1:8000/hooks").is_ok());
        assert!(developer.read("http://10.0.0.1/").is_err());
    }
}

//! Addresses to listen on.

use std::net::{Ipv4Addr, SocketAddr};

use serde::{Deserialize as _, Deserializer, de::Error as _};

/// Reads `127.0.0.1:3000`, `[::1]:3000` or `localhost:3000`.
///
/// Other names are refused: what they stand for may change between two starts.
pub(crate) fn listen_address(text: &str) -> Result<SocketAddr, String> {
    let wrong = || {
        format!(
            "{text:?} is no address to listen on, such as 127.0.0.1:3000, localhost:3000 or 0.0.0.0:3000"
        )
    };
    match text.rsplit_once(':') {
        Some((host, port)) if host.eq_ignore_ascii_case("localhost") => {
            let port: u16 = port.parse().map_err(|_| wrong())?;
            Ok((Ipv4Addr::LOCALHOST, port).into())
        }
        _ => text.parse().map_err(|_| wrong()),
    }
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(from)?;
    listen_address(&text).map_err(D::Error::custom)
}

/// Says whether each address of `scheme://[user@]host:port/…` or `host:port`, between commas, is on
/// this machine.
pub(super) fn is_of_this_machine(addresses: &str) -> bool {
    addresses.split(',').all(|address| {
        let rest = address
            .trim()
            .split_once("://")
            .map_or(address.trim(), |(_, rest)| rest);
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let host_and_port = authority.rsplit_once('@').map_or(authority, |(_, h)| h);
        let host = match host_and_port.strip_prefix('[') {
            Some(v6) => v6.split(']').next().unwrap_or_default(),
            None => host_and_port.split(':').next().unwrap_or_default(),
        };
        host.eq_ignore_ascii_case("localhost")
            || host
                .parse::<std::net::IpAddr>()
                .is_ok_and(|ip| ip.is_loopback())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn localhost_is_an_address_and_other_names_are_not() {
        let read = |text| listen_address(text).map(|a| a.to_string());
        assert_eq!(read("localhost:3000").unwrap(), "127.0.0.1:3000");
        assert_eq!(read("LocalHost:0").unwrap(), "127.0.0.1:0");
        assert_eq!(read("[::1]:3000").unwrap(), "[::1]:3000");
        for wrong in ["localhost", "localhost:high", "example.org:80", ":80", ""] {
            let said = read(wrong).unwrap_err();
            assert!(
                said.starts_with(&format!("{wrong:?} is no address")),
                "{said}"
            );
        }
    }

    #[test]
    fn this_machine_is_known_in_every_spelling() {
        for here in [
            "http://127.0.0.1:9081",
            "http://localhost:9081,http://[::1]:9082",
            "postgres://sv:p@ss@localhost/sv?sslmode=disable",
            "127.0.0.2:9092",
        ] {
            assert!(is_of_this_machine(here), "{here}");
        }
        for there in [
            "http://auth:9081",
            "http://127.0.0.1:9081,http://auth:9081",
            "http://localhost@example.org/",
            "http://localhost.example.org/",
            "10.0.0.1:9092",
        ] {
            assert!(!is_of_this_machine(there), "{there}");
        }
    }
}

//! Addresses of clients, and the networks that stand for them.

use std::net::{IpAddr, Ipv6Addr};

/// Returns what stands for a client where clients are counted: its IPv4 address, or its IPv6 /64,
/// of which a household has a whole one.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_client_is_its_64_bits_and_an_ipv4_client_itself() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("192.0.2.7"), "192.0.2.7");
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(of("2001:db8::5"), "2001:db8::");
        assert_eq!(of("2001:db8:0:1:ffff::5"), "2001:db8:0:1::");
    }
}

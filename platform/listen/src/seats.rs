//! How many connections there may be, in all and per address.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use sv_kernel::network;

/// Counts connections.
#[derive(Clone, Debug)]
pub(crate) struct Seats {
    taken: Arc<Mutex<Taken>>,
    in_all: usize,
    per_address: usize,
}

#[derive(Debug, Default)]
struct Taken {
    in_all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// One connection's place; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    seats: Seats,
    address: IpAddr,
}

impl Seats {
    /// `per_address` of `None` does not count addresses: all clients come through one proxy.
    pub(crate) fn new(in_all: usize, per_address: Option<usize>) -> Self {
        Self {
            taken: Arc::default(),
            in_all,
            per_address: per_address.unwrap_or(in_all),
        }
    }

    /// Takes a place, if there is one.
    pub(crate) fn take(&self, address: IpAddr) -> Option<Seat> {
        let address = network(address);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.in_all >= self.in_all {
            return None;
        }
        let of_address = taken.by_address.entry(address).or_default();
        if *of_address >= self.per_address {
            return None;
        }
        *of_address += 1;
        taken.in_all += 1;
        Some(Seat {
            seats: self.clone(),
            address,
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self
            .seats
            .taken
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        taken.in_all -= 1;
        if let Some(count) = taken.by_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                taken.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn places_are_bounded_in_all_and_per_address_and_come_back() {
        let seats = Seats::new(3, Some(2));
        let one = seats.take(address("10.0.0.1")).unwrap();
        let _two = seats.take(address("10.0.0.1")).unwrap();
        assert!(seats.take(address("10.0.0.1")).is_none());
        let _three = seats.take(address("10.0.0.2")).unwrap();
        assert!(seats.take(address("10.0.0.3")).is_none());
        drop(one);
        assert!(seats.take(address("10.0.0.1")).is_some());
        assert_eq!(seats.taken.lock().unwrap().by_address.len(), 2);
    }

    #[test]
    fn one_ipv6_network_is_one_client() {
        let seats = Seats::new(3, Some(1));
        let _one = seats.take(address("2001:db8::1")).unwrap();
        assert!(seats.take(address("2001:db8::ffff:1")).is_none());
        assert!(seats.take(address("2001:db8:0:1::1")).is_some());
    }
}

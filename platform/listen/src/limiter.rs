//! How many connections there may be, in all and per address, who gives way to a newcomer, and how many requests and
//! handshakes of one address may be under way.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use sv_kernel::network;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::{ConnectionOptions, account::Account};

/// Counts connections.
#[derive(Clone, Debug)]
pub(crate) struct ConnectionLimiter {
    taken: Arc<Mutex<Taken>>,
    in_all: usize,
    per_address: usize,
    /// The most requests of one address.
    requests: usize,
    /// The most handshakes of one address.
    handshakes: usize,
}

#[derive(Debug, Default)]
struct Taken {
    seated: HashMap<u64, Seated>,
    by_address: HashMap<IpAddr, OfAddress>,
    next: u64,
    /// Connections that were told to give way and have not gone yet.
    leaving: usize,
}

/// What the connections of one address share.
#[derive(Debug)]
struct OfAddress {
    connections: usize,
    /// A place for every request under way.
    requests: Arc<Semaphore>,
    /// A place for every handshake.
    handshakes: Arc<Semaphore>,
}

#[derive(Debug)]
struct Seated {
    address: IpAddr,
    account: Arc<Account>,
    give_way: CancellationToken,
}

/// One connection's place; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct ConnectionPermit {
    limiter: ConnectionLimiter,
    number: u64,
    give_way: CancellationToken,
    requests: Arc<Semaphore>,
    handshakes: Arc<Semaphore>,
}

impl ConnectionLimiter {
    /// Does not count by addresses where all clients come through one proxy.
    pub(crate) fn new(options: &ConnectionOptions, behind_proxy: bool) -> Self {
        let (per_address, requests, handshakes) = if behind_proxy {
            (options.in_all, options.requests, options.handshakes)
        } else {
            (
                options.per_address,
                options.requests_per_address,
                options.handshakes_per_address,
            )
        };
        Self {
            taken: Arc::default(),
            in_all: options.in_all,
            per_address,
            requests,
            handshakes,
        }
    }

    /// Takes a place. Where there is none, the connection that has been idle for longest gives way: of
    /// the same address where that has too many.
    pub(crate) fn take(&self, address: IpAddr, account: &Arc<Account>) -> Option<ConnectionPermit> {
        let address = network(address);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let of_address = taken.by_address.get(&address);
        if of_address.map_or(0, |of| of.connections) >= self.per_address {
            self.make_way(&mut taken, Some(address))?;
        } else if taken.seated.len() >= self.in_all {
            self.make_way(&mut taken, None)?;
        }
        let (number, give_way) = (taken.next, CancellationToken::new());
        taken.next += 1;
        let of_address = taken.by_address.entry(address);
        let of_address = of_address.or_insert_with(|| OfAddress {
            connections: 0,
            requests: Arc::new(Semaphore::new(self.requests)),
            handshakes: Arc::new(Semaphore::new(self.handshakes)),
        });
        of_address.connections += 1;
        let requests = of_address.requests.clone();
        let handshakes = of_address.handshakes.clone();
        let seated = Seated {
            address,
            account: account.clone(),
            give_way: give_way.clone(),
        };
        taken.seated.insert(number, seated);
        Some(ConnectionPermit {
            limiter: self.clone(),
            number,
            give_way,
            requests,
            handshakes,
        })
    }

    /// Has an idle connection give way. `None` where all are busy, or where too many are about to go:
    /// each of them still holds what the newcomer would take.
    fn make_way(&self, taken: &mut Taken, of: Option<IpAddr>) -> Option<()> {
        if taken.leaving > self.in_all / 8 {
            return None;
        }
        let seated = taken.seated.iter();
        let may_go = seated.filter(|(_, seated)| of.is_none_or(|of| of == seated.address));
        let idle =
            may_go.filter_map(|(number, seated)| Some((seated.account.idle_since()?, *number)));
        let (_, longest) = idle.min()?;
        taken.leave(longest)?.give_way.cancel();
        taken.leaving += 1;
        Some(())
    }
}

impl Taken {
    fn leave(&mut self, number: u64) -> Option<Seated> {
        let seated = self.seated.remove(&number)?;
        if let Some(of_address) = self.by_address.get_mut(&seated.address) {
            of_address.connections -= 1;
            if of_address.connections == 0 {
                self.by_address.remove(&seated.address);
            }
        }
        Some(seated)
    }
}

impl ConnectionPermit {
    /// Returns the signal to give way to a newcomer.
    pub(crate) fn give_way(&self) -> CancellationToken {
        self.give_way.clone()
    }

    /// Returns the places for requests of its address.
    pub(crate) fn requests(&self) -> Arc<Semaphore> {
        self.requests.clone()
    }

    /// Returns the places for handshakes of its address.
    pub(crate) fn handshakes(&self) -> Arc<Semaphore> {
        self.handshakes.clone()
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let taken = self.limiter.taken.lock();
        let mut taken = taken.unwrap_or_else(PoisonError::into_inner);
        if taken.leave(self.number).is_none() {
            taken.leaving -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Pool;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn bounds(in_all: usize, per_address: usize) -> ConnectionLimiter {
        let options = ConnectionOptions {
            in_all,
            per_address,
            requests_per_address: 2,
            ..ConnectionOptions::default()
        };
        ConnectionLimiter::new(&options, false)
    }

    fn account() -> Arc<Account> {
        let options = ConnectionOptions::default();
        Account::new(&options, Pool::new(options.bytes_in_all))
    }

    /// A place of a connection that is busy with a request.
    fn busy(
        limiter: &ConnectionLimiter,
        address: &str,
    ) -> Option<(ConnectionPermit, crate::account::UnderWay)> {
        let account = account();
        let permit = limiter.take(self::address(address), &account)?;
        Some((permit, account.begin()))
    }

    #[test]
    fn places_are_bounded_in_all_and_per_address_and_come_back() {
        let limiter = bounds(3, 2);
        let one = busy(&limiter, "10.0.0.1").unwrap();
        let _two = busy(&limiter, "10.0.0.1").unwrap();
        assert!(busy(&limiter, "10.0.0.1").is_none());
        let _three = busy(&limiter, "10.0.0.2").unwrap();
        assert!(busy(&limiter, "10.0.0.3").is_none());
        drop(one);
        assert!(busy(&limiter, "10.0.0.1").is_some());
        assert_eq!(limiter.taken.lock().unwrap().by_address.len(), 2);
    }

    #[test]
    fn requests_of_one_address_are_bounded_over_its_connections() {
        let limiter = bounds(10, 10);
        let take = |from| limiter.take(address(from), &account()).unwrap();
        let (one, other, stranger) = (take("10.0.0.1"), take("10.0.0.1"), take("10.0.0.2"));
        let begin = |permit: &ConnectionPermit| permit.requests().try_acquire_owned();
        let (first, _second) = (begin(&one).unwrap(), begin(&other).unwrap());
        assert!(begin(&one).is_err() && begin(&other).is_err());
        assert!(begin(&stranger).is_ok());
        drop(first);
        assert!(begin(&other).is_ok());
        // A connection that goes takes no place of the others with it.
        drop(one);
        assert!(begin(&take("10.0.0.1")).is_ok());
        let left = begin(&take("10.0.0.1")).unwrap();
        assert!(begin(&take("10.0.0.1")).is_err(), "{left:?}");
    }

    #[test]
    fn one_ipv6_network_is_one_client() {
        let limiter = bounds(3, 1);
        let _one = busy(&limiter, "2001:db8::1").unwrap();
        assert!(busy(&limiter, "2001:db8::ffff:1").is_none());
        assert!(busy(&limiter, "2001:db8:0:1::1").is_some());
    }

    #[test]
    fn whoever_is_idle_for_longest_gives_way_and_of_the_same_address_where_that_is_full() {
        let limiter = bounds(20, 3);
        let take = |from: &str| limiter.take(address(from), &account());
        let first = take("10.0.0.9").unwrap();
        let own: Vec<_> = (0..3).map(|_| take("10.0.0.1").unwrap()).collect();
        let _fourth = take("10.0.0.1").unwrap();
        let gone = |permit: &ConnectionPermit| permit.give_way().is_cancelled();
        assert!(!gone(&first), "it is another address's");
        assert_eq!(own.iter().filter(|permit| gone(permit)).count(), 1);

        let limiter = bounds(2, 2);
        let take = || limiter.take(address("10.0.0.1"), &account());
        let _busy = busy(&limiter, "10.0.0.1").unwrap();
        let idle = take().unwrap();
        let newcomer = take().unwrap();
        assert!(gone(&idle) && !gone(&newcomer));
        assert!(
            take().is_none(),
            "one is about to go, and still holds what it has"
        );
        drop(idle);
        assert!(take().is_some());
    }
}

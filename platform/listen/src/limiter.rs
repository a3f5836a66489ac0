//! How many connections there may be, in all and per address, and who gives way to a newcomer.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use sv_kernel::network;
use tokio_util::sync::CancellationToken;

use crate::account::Account;

/// Counts connections.
#[derive(Clone, Debug)]
pub(crate) struct ConnectionLimiter {
    taken: Arc<Mutex<Taken>>,
    in_all: usize,
    per_address: usize,
}

#[derive(Debug, Default)]
struct Taken {
    seated: HashMap<u64, Seated>,
    by_address: HashMap<IpAddr, usize>,
    next: u64,
    /// Connections that were told to give way and have not gone yet.
    leaving: usize,
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
}

impl ConnectionLimiter {
    /// `per_address` of `None` does not count addresses: all clients come through one proxy.
    pub(crate) fn new(in_all: usize, per_address: Option<usize>) -> Self {
        Self {
            taken: Arc::default(),
            in_all,
            per_address: per_address.unwrap_or(in_all),
        }
    }

    /// Takes a place. Where there is none, the connection that has been idle for longest gives way: of
    /// the same address where that has too many.
    pub(crate) fn take(&self, address: IpAddr, account: &Arc<Account>) -> Option<ConnectionPermit> {
        let address = network(address);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let of_address = taken.by_address.get(&address).copied().unwrap_or_default();
        if of_address >= self.per_address {
            self.make_way(&mut taken, Some(address))?;
        } else if taken.seated.len() >= self.in_all {
            self.make_way(&mut taken, None)?;
        }
        let (number, give_way) = (taken.next, CancellationToken::new());
        taken.next += 1;
        *taken.by_address.entry(address).or_default() += 1;
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
        if let Some(count) = self.by_address.get_mut(&seated.address) {
            *count -= 1;
            if *count == 0 {
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
    use crate::{ConnectionOptions, account::Pool};

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
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
        let limiter = ConnectionLimiter::new(3, Some(2));
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
    fn one_ipv6_network_is_one_client() {
        let limiter = ConnectionLimiter::new(3, Some(1));
        let _one = busy(&limiter, "2001:db8::1").unwrap();
        assert!(busy(&limiter, "2001:db8::ffff:1").is_none());
        assert!(busy(&limiter, "2001:db8:0:1::1").is_some());
    }

    #[test]
    fn whoever_is_idle_for_longest_gives_way_and_of_the_same_address_where_that_is_full() {
        let limiter = ConnectionLimiter::new(20, Some(3));
        let take = |from: &str| limiter.take(address(from), &account());
        let first = take("10.0.0.9").unwrap();
        let own: Vec<_> = (0..3).map(|_| take("10.0.0.1").unwrap()).collect();
        let _fourth = take("10.0.0.1").unwrap();
        let gone = |permit: &ConnectionPermit| permit.give_way().is_cancelled();
        assert!(!gone(&first), "it is another address's");
        assert_eq!(own.iter().filter(|permit| gone(permit)).count(), 1);

        let limiter = ConnectionLimiter::new(2, None);
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

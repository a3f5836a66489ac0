//! Bounds how many streams each caller has open.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use crate::failure::Failure;

/// Who calls: whom the token names, or the address that calls without one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Caller {
    /// The issuer and the subject of a token.
    Subject(String, String),
    /// An address, or its network.
    Address(IpAddr),
}

impl Caller {
    /// Returns the one who calls from an address. Who has an address of IPv6 has a whole network of them.
    pub(crate) fn at(address: IpAddr) -> Self {
        Self::Address(match address.to_canonical() {
            IpAddr::V6(address) => {
                let network = u128::from(address) >> 64 << 64;
                IpAddr::V6(network.into())
            }
            address @ IpAddr::V4(_) => address,
        })
    }
}

/// The bounds, and the streams of all callers. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct StreamLimit {
    in_all: usize,
    at_one: usize,
    open: Arc<Mutex<HashMap<Caller, OfCaller>>>,
}

/// The streams of a caller.
#[derive(Debug, Default)]
struct OfCaller {
    in_all: usize,
    /// By the address of the service: its connection is shared by all callers, and has so many places.
    at: HashMap<Arc<str>, usize>,
}

/// Leave for one stream, until it is dropped.
#[derive(Debug)]
pub(crate) struct StreamPermit {
    caller: Caller,
    upstream: Arc<str>,
    limit: StreamLimit,
}

impl StreamLimit {
    /// Gives each caller so many, and so many of them at one service.
    pub(crate) fn new(in_all: usize, at_one: usize) -> Self {
        Self {
            in_all,
            at_one,
            open: Arc::default(),
        }
    }

    /// Takes a permit for one more stream of a caller at a service, or refuses it.
    pub(crate) fn take(
        &self,
        caller: &Caller,
        upstream: &Arc<str>,
    ) -> Result<StreamPermit, Failure> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(has) = open.get(caller) {
            if has.in_all >= self.in_all {
                return Err(Failure::too_many_streams(self.in_all));
            }
            if has.at.get(upstream).is_some_and(|at| *at >= self.at_one) {
                return Err(Failure::too_many_streams_at_one(self.at_one));
            }
        }
        let has = open.entry(caller.clone()).or_default();
        has.in_all += 1;
        *has.at.entry(upstream.clone()).or_default() += 1;
        Ok(StreamPermit {
            caller: caller.clone(),
            upstream: upstream.clone(),
            limit: self.clone(),
        })
    }
}

impl OfCaller {
    fn give_back(&mut self, upstream: &Arc<str>) {
        self.in_all -= 1;
        if let Some(at) = self.at.get_mut(upstream) {
            *at -= 1;
            if *at == 0 {
                self.at.remove(upstream);
            }
        }
    }
}

impl Drop for StreamPermit {
    fn drop(&mut self) {
        let open = &self.limit.open;
        let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(has) = open.get_mut(&self.caller) {
            has.give_back(&self.upstream);
            if has.in_all == 0 {
                open.remove(&self.caller);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_has_so_many_streams_and_gets_them_back() {
        let limit = StreamLimit::new(2, 2);
        let at = |address: &str| Caller::at(address.parse().unwrap());
        let take = |address: &str| limit.take(&at(address), &"one".into());
        let one = take("2001:db8::1").unwrap();
        let two = take("2001:db8::2").unwrap();
        assert!(take("2001:db8::3").is_err(), "of the same network");
        let other = take("2001:db8:0:1::1").unwrap();
        let old = take("::ffff:10.0.0.1").unwrap();
        assert_eq!(old.caller, at("10.0.0.1"));
        drop((one, two, other));
        assert!(take("2001:db8::3").is_ok());
        assert_eq!(limit.open.lock().unwrap().len(), 1);
    }

    #[test]
    fn a_caller_leaves_places_of_each_service_to_others() {
        let limit = StreamLimit::new(3, 2);
        let caller = Caller::at([10, 0, 0, 1].into());
        let take = |service: &str| limit.take(&caller, &service.into());
        let one = take("one").unwrap();
        let _two = take("one").unwrap();
        let told = take("one").unwrap_err().status();
        assert!(told.message().contains("at this service"), "{told}");
        let _three = take("other").unwrap();
        let told = take("other").unwrap_err().status();
        assert!(
            told.message().starts_with("3 streams of this caller"),
            "{told}"
        );
        drop(one);
        assert!(take("one").is_ok());
    }
}

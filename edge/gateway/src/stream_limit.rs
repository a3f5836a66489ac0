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

/// The bound, and the streams of all callers. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct StreamLimit {
    most: usize,
    open: Arc<Mutex<HashMap<Caller, usize>>>,
}

/// Leave for one stream, until it is dropped.
#[derive(Debug)]
pub(crate) struct StreamPermit {
    caller: Caller,
    limit: StreamLimit,
}

impl StreamLimit {
    /// Gives each caller so many.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            open: Arc::default(),
        }
    }

    /// Takes a permit for one more stream of a caller, or refuses it.
    pub(crate) fn take(&self, caller: &Caller) -> Result<StreamPermit, Failure> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(caller.clone()).or_default();
        if *count >= self.most {
            return Err(Failure::too_many_streams(self.most));
        }
        *count += 1;
        Ok(StreamPermit {
            caller: caller.clone(),
            limit: self.clone(),
        })
    }
}

impl Drop for StreamPermit {
    fn drop(&mut self) {
        let open = &self.limit.open;
        let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.caller) {
            *count -= 1;
            if *count == 0 {
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
        let limit = StreamLimit::new(2);
        let at = |address: &str| Caller::at(address.parse().unwrap());
        let one = limit.take(&at("2001:db8::1")).unwrap();
        let two = limit.take(&at("2001:db8::2")).unwrap();
        assert!(
            limit.take(&at("2001:db8::3")).is_err(),
            "of the same network"
        );
        let other = limit.take(&at("2001:db8:0:1::1")).unwrap();
        let old = limit.take(&at("::ffff:10.0.0.1")).unwrap();
        assert_eq!(old.caller, at("10.0.0.1"));
        drop((one, two, other));
        assert!(limit.take(&at("2001:db8::3")).is_ok());
        assert_eq!(limit.open.lock().unwrap().len(), 1);
    }
}

//! Bounds how many streams each caller has open, and how many calls of any kind at one service.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
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

/// How long a call waits for others of its caller to end: a burst of short ones is no reason to refuse any.
const PATIENCE: Duration = Duration::from_secs(1);

/// The bounds, and the streams and calls of all callers. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct StreamLimit {
    streams: usize,
    at_one: usize,
    open: Arc<Mutex<HashMap<Caller, OfCaller>>>,
}

/// What a caller has under way.
#[derive(Debug, Default)]
struct OfCaller {
    streams: usize,
    /// By the address of the service: its connection is shared by all callers, and has so many places.
    at: HashMap<Arc<str>, AtOne>,
}

/// A caller's part of the places of a service.
#[derive(Debug)]
struct AtOne {
    free: Arc<Semaphore>,
    /// How many calls have one or wait for one.
    users: usize,
}

/// Leave for one call, until it is dropped.
#[derive(Debug)]
pub(crate) struct CallPermit {
    _place: OwnedSemaphorePermit,
    user: User,
}

/// A call that has a place or waits for one.
#[derive(Debug)]
struct User {
    caller: Caller,
    upstream: Arc<str>,
    limit: StreamLimit,
    streams: bool,
}

impl StreamLimit {
    /// Gives each caller so many streams, and so many calls at one service, streams among them.
    pub(crate) fn new(streams: usize, at_one: usize) -> Self {
        Self {
            streams,
            at_one: at_one.min(Semaphore::MAX_PERMITS),
            open: Arc::default(),
        }
    }

    /// Takes a permit for one more stream of a caller at a service; waits a little for one, or refuses it.
    pub(crate) async fn take_stream(
        &self,
        caller: &Caller,
        upstream: &Arc<str>,
    ) -> Result<CallPermit, Failure> {
        let (mut user, free) = self.begin(caller, upstream);
        user.begin_stream()?;
        self.wait(user, free).await
    }

    /// Takes a permit for one more call of a caller at a service; waits a little for one, or refuses it.
    pub(crate) async fn take_call(
        &self,
        caller: &Caller,
        upstream: &Arc<str>,
    ) -> Result<CallPermit, Failure> {
        let (user, free) = self.begin(caller, upstream);
        self.wait(user, free).await
    }

    async fn wait(&self, user: User, free: Arc<Semaphore>) -> Result<CallPermit, Failure> {
        match timeout(PATIENCE, free.acquire_owned()).await {
            Ok(Ok(place)) => Ok(CallPermit {
                _place: place,
                user,
            }),
            _ => Err(Failure::too_many_streams_at_one(self.at_one)),
        }
    }

    /// Counts a call, and returns the places that it may take one of.
    fn begin(&self, caller: &Caller, upstream: &Arc<str>) -> (User, Arc<Semaphore>) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let of_caller = open.entry(caller.clone()).or_default();
        let at = of_caller.at.entry(upstream.clone());
        let at = at.or_insert_with(|| AtOne {
            free: Arc::new(Semaphore::new(self.at_one)),
            users: 0,
        });
        at.users += 1;
        let user = User {
            caller: caller.clone(),
            upstream: upstream.clone(),
            limit: self.clone(),
            streams: false,
        };
        (user, at.free.clone())
    }
}

impl CallPermit {
    /// Makes a stream of the call, where its caller may have one more.
    pub(crate) fn into_stream(mut self) -> Result<Self, Failure> {
        self.user.begin_stream()?;
        Ok(self)
    }
}

impl User {
    fn begin_stream(&mut self) -> Result<(), Failure> {
        let most = self.limit.streams;
        let open = &self.limit.open;
        let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
        let of_caller = open.entry(self.caller.clone()).or_default();
        if of_caller.streams >= most {
            return Err(Failure::too_many_streams(most));
        }
        of_caller.streams += 1;
        self.streams = true;
        Ok(())
    }
}

impl Drop for User {
    fn drop(&mut self) {
        let open = &self.limit.open;
        let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(of_caller) = open.get_mut(&self.caller) else {
            return;
        };
        of_caller.streams -= usize::from(self.streams);
        if let Some(at) = of_caller.at.get_mut(&self.upstream) {
            at.users -= 1;
            if at.users == 0 {
                of_caller.at.remove(&self.upstream);
            }
        }
        if of_caller.at.is_empty() {
            open.remove(&self.caller);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_caller_has_so_many_streams_and_gets_them_back() {
        let limit = StreamLimit::new(2, 2);
        let at = |address: &str| Caller::at(address.parse().unwrap());
        let take = async |address: &str| limit.take_stream(&at(address), &"one".into()).await;
        let one = take("2001:db8::1").await.unwrap();
        let two = take("2001:db8::2").await.unwrap();
        assert!(take("2001:db8::3").await.is_err(), "of the same network");
        let other = take("2001:db8:0:1::1").await.unwrap();
        let old = take("::ffff:10.0.0.1").await.unwrap();
        assert_eq!(old.user.caller, at("10.0.0.1"));
        drop((one, two, other));
        assert!(take("2001:db8::3").await.is_ok());
        assert_eq!(limit.open.lock().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn a_caller_leaves_places_of_each_service_to_others() {
        let limit = StreamLimit::new(3, 2);
        let caller = Caller::at([10, 0, 0, 1].into());
        let take = async |service: &str| limit.take_stream(&caller, &service.into()).await;
        let one = take("one").await.unwrap();
        let _two = take("one").await.unwrap();
        let told = take("one").await.unwrap_err().status();
        assert!(told.message().contains("at this service"), "{told}");
        let _three = take("other").await.unwrap();
        let told = take("other").await.unwrap_err().status();
        assert!(
            told.message().starts_with("3 streams of this caller"),
            "{told}"
        );
        drop(one);
        assert!(take("one").await.is_ok());
    }

    #[tokio::test]
    async fn calls_wait_a_little_for_others_of_their_caller_and_count_beside_streams() {
        let limit = StreamLimit::new(1, 2);
        let (caller, service) = (Caller::at([10, 0, 0, 1].into()), "one".into());
        let call = || limit.take_call(&caller, &service);
        let stream = limit.take_stream(&caller, &service).await.unwrap();
        let short = call().await.unwrap();
        let told = call().await.unwrap_err().status();
        assert!(told.message().starts_with("2 calls"), "{told}");
        let (waited, ()) = tokio::join!(call(), async {
            tokio::time::sleep(PATIENCE / 2).await;
            drop(short);
        });
        let waited = waited.unwrap();
        let other = Caller::at([10, 0, 0, 2].into());
        assert!(limit.take_call(&other, &service).await.is_ok());
        assert!(waited.into_stream().is_err(), "the one stream is open");
        drop(stream);
        let rest = call().await.unwrap().into_stream().unwrap();
        assert!(limit.take_stream(&caller, &service).await.is_err());
        drop(rest);
        assert!(limit.open.lock().unwrap().is_empty());
    }
}

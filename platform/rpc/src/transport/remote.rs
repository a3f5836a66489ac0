//! Calls to another process, or to any of several that run the same service.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use futures::future::BoxFuture;
use sv_tls::Tls;
use tokio::time::Instant;
use tonic::transport::Endpoint;
use tower::ServiceExt as _;

use super::{Transport, Unreachable, secure::Dialer};

const CONNECT: Duration = Duration::from_secs(2);
const KEEPALIVE: Duration = Duration::from_secs(20);
const KEEPALIVE_ANSWER: Duration = Duration::from_secs(5);
/// The bytes of one answer that are under way before its caller has taken them: enough to fill a network, and
/// little enough that ten thousand callers who hesitate at once (`ConnectionOptions::requests`) have room.
const AHEAD: u32 = 64 * 1024;
/// What all answers of a connection together may have under way. All share it, so it has to hold what callers who
/// hesitate leave in it: a few slow players must not keep everybody else's answers from coming.
const AHEAD_IN_ALL: u32 = 10_000 * AHEAD;
/// How often a name is looked up: replicas come and go.
const LOOK_UP: Duration = Duration::from_secs(5);
/// How long one look may take.
const TIMEOUT: Duration = Duration::from_secs(2);
/// The first and the longest time that a replica is left alone after it could not be reached.
const ALONE: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(5));
/// How long one call at most finds out whether a replica is back, while all others leave it alone.
const TRIAL: Duration = Duration::from_secs(5);
/// The most replicas of one service that a process calls.
const MOST: usize = 256;

/// The address of a service cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{address:?} is not an address such as http://users:9093, or https:// where mesh.tls names a certificate \
     (several are separated by commas)"
)]
pub struct BadAddress {
    /// What was given.
    pub address: String,
}

/// Makes a transport to one address, or to several separated by commas. A name that stands for
/// several machines is one address of each of them. Calls take turns among those that can be reached;
/// connections are made with the first call and again whenever they are lost. `tls` is what `https://` addresses are
/// called with.
pub fn remote(addresses: &str, tls: Option<&Tls>) -> Result<Transport, BadAddress> {
    let replicas = Arc::new(Replicas::new(addresses, tls)?);
    Ok(Transport::new(tower::service_fn(move |request| {
        let replicas = replicas.clone();
        async move {
            let replica = replicas.choose(true).await?.replica;
            let answer = replica.transport.clone().oneshot(request).await;
            match &answer {
                Ok(_) => replica.answered(),
                Err(_) => replica.lost(),
            }
            answer
        }
    })))
}

/// Finds the machines that a name stands for.
type LookUp =
    Arc<dyn Fn(String, u16) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// The processes that run one service.
pub(crate) struct Replicas {
    addresses: Vec<Address>,
    look_up: LookUp,
    known: ArcSwap<Vec<Arc<Replica>>>,
    turn: AtomicUsize,
    /// When names were last looked up; one at a time.
    looked: tokio::sync::Mutex<Option<Instant>>,
}

struct Address {
    uri: http::Uri,
    /// What connections are made with; none where they are plain.
    dialer: Option<Dialer>,
    /// Host and port, where the host is a name.
    name: Option<(String, u16)>,
}

/// One of them.
pub(crate) struct Replica {
    pub(crate) transport: Transport,
    place: (usize, Option<SocketAddr>),
    trouble: Mutex<Option<Trouble>>,
}

/// A replica that was lost.
#[derive(Clone, Copy)]
struct Trouble {
    /// When it was last called or lost: where all are in trouble, they take turns by it.
    at: Instant,
    /// Until when it is left alone.
    until: Instant,
    /// For how long it was.
    pause: Duration,
    /// Whether a call finds out how it does.
    tried: bool,
}

/// The replica that one call goes to.
pub(crate) struct Choice {
    pub(crate) replica: Arc<Replica>,
    /// Whether it was left alone, and this call finds out how it does.
    pub(crate) trial: bool,
}

impl Replicas {
    pub(crate) fn new(addresses: &str, tls: Option<&Tls>) -> Result<Self, BadAddress> {
        let look_up: LookUp = Arc::new(|host, port| {
            Box::pin(async move { Ok(tokio::net::lookup_host((host, port)).await?.collect()) })
        });
        Self::with_look_up(addresses, tls, look_up)
    }

    pub(crate) fn with_look_up(
        addresses: &str,
        tls: Option<&Tls>,
        look_up: LookUp,
    ) -> Result<Self, BadAddress> {
        let addresses = addresses
            .split(',')
            .map(|address| parse(address.trim(), tls));
        let replicas = Self {
            addresses: addresses.collect::<Result<_, _>>()?,
            look_up,
            known: ArcSwap::default(),
            turn: AtomicUsize::new(0),
            looked: tokio::sync::Mutex::default(),
        };
        let fixed = replicas.addresses.iter().enumerate();
        let fixed = fixed
            .filter(|(_, address)| address.name.is_none())
            .map(|(n, address)| Arc::new(Replica::new(address, (n, None))));
        replicas.known.store(Arc::new(fixed.collect()));
        Ok(replicas)
    }

    /// Chooses the replica whose turn it is. One that was left alone is tried again by one call, which
    /// `may_try`. Where there is no other, whichever call comes tries the one that was not called for longest.
    pub(crate) async fn choose(&self, may_try: bool) -> Result<Choice, Unreachable> {
        self.look_up_names().await?;
        let chosen = self.choose_at(may_try, Instant::now());
        chosen.ok_or_else(|| Unreachable("its name stands for no machine".into()))
    }

    fn choose_at(&self, may_try: bool, now: Instant) -> Option<Choice> {
        let known = self.known.load();
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let in_turn = (0..known.len()).map(|n| &known[(turn.wrapping_add(n)) % known.len()]);
        for replica in in_turn.clone() {
            let trial = match replica.alone_until() {
                None => false,
                Some(until) if may_try && until <= now && replica.is_mine_to_try(now) => true,
                Some(_) => continue,
            };
            let replica = replica.clone();
            return Some(Choice { replica, trial });
        }
        let replica = in_turn.min_by_key(|replica| replica.troubled_at())?;
        replica.is_called_at(now);
        Some(Choice {
            replica: replica.clone(),
            trial: true,
        })
    }

    /// Says whether there is more than one.
    pub(crate) fn are_several(&self) -> bool {
        self.known.load().len() > 1
    }

    /// Says whether another replica answers, as far as is known.
    pub(crate) fn has_another(&self, than: &Arc<Replica>) -> bool {
        let (known, now) = (self.known.load(), Instant::now());
        let mut others = known.iter().filter(|other| !Arc::ptr_eq(other, than));
        // One whose time alone is over counts as one: it was restarted, and nobody has tried it yet.
        others.any(|other| other.alone_until().is_none_or(|until| until <= now))
    }

    /// Looks names up that were not looked up lately. Whoever finds them old does it; the others go on
    /// with what is known.
    async fn look_up_names(&self) -> Result<(), Unreachable> {
        if self.addresses.iter().all(|address| address.name.is_none()) {
            return Ok(());
        }
        let mut looked = if self.known.load().is_empty() {
            self.looked.lock().await
        } else if let Ok(looked) = self.looked.try_lock() {
            looked
        } else {
            return Ok(());
        };
        if looked.is_some_and(|at| at.elapsed() < LOOK_UP) && !self.known.load().is_empty() {
            return Ok(());
        }
        *looked = Some(Instant::now());
        let old = self.known.load_full();
        let mut places = Vec::new();
        for (n, address) in self.addresses.iter().enumerate() {
            let Some((host, port)) = &address.name else {
                places.push((n, None));
                continue;
            };
            let look = (self.look_up)(host.clone(), *port);
            let found = tokio::time::timeout(TIMEOUT, look).await;
            let found = found.map_err(io::Error::from).and_then(|found| found);
            match found {
                Ok(found) if !found.is_empty() => {
                    places.extend(found.into_iter().map(|machine| (n, Some(machine))));
                }
                // A look-up that failed says nothing about who is there.
                _ => places.extend(old.iter().map(|r| r.place).filter(|place| place.0 == n)),
            }
        }
        places.sort_unstable();
        places.dedup();
        places.truncate(MOST);
        let same = |place: &(usize, Option<SocketAddr>)| {
            old.iter().find(|replica| replica.place == *place).cloned()
        };
        let replicas = places.into_iter().map(|place| {
            same(&place).unwrap_or_else(|| Arc::new(Replica::new(&self.addresses[place.0], place)))
        });
        self.known.store(Arc::new(replicas.collect()));
        Ok(())
    }
}

impl Replica {
    fn new(address: &Address, place: (usize, Option<SocketAddr>)) -> Self {
        let uri = &address.uri;
        let endpoint = match place.1 {
            // The name stays in `:authority`.
            Some(machine) => numeric(uri, machine)
                .map_or_else(|| Endpoint::from(uri.clone()), Endpoint::from)
                .origin(uri.clone()),
            None => Endpoint::from(uri.clone()),
        };
        let endpoint = endpoint
            .connect_timeout(CONNECT)
            .tcp_nodelay(true)
            .http2_keep_alive_interval(KEEPALIVE)
            .keep_alive_timeout(KEEPALIVE_ANSWER)
            .keep_alive_while_idle(true)
            .initial_stream_window_size(AHEAD)
            .initial_connection_window_size(AHEAD_IN_ALL);
        let channel = match &address.dialer {
            Some(dialer) => endpoint.connect_with_connector_lazy(dialer.clone().into_service()),
            None => endpoint.connect_lazy(),
        };
        Self {
            transport: Transport::new(channel.map_err(|cause| Unreachable(cause.into()))),
            place,
            trouble: Mutex::default(),
        }
    }

    fn alone_until(&self) -> Option<Instant> {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        trouble.map(|trouble| trouble.until)
    }

    fn troubled_at(&self) -> Option<Instant> {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        trouble.map(|trouble| trouble.at)
    }

    /// Hears that a call goes to it though it is left alone.
    fn is_called_at(&self, now: Instant) {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = &mut *trouble {
            known.at = now;
        }
    }

    /// Takes it upon this call to find out how the replica does, unless another does.
    fn is_mine_to_try(&self, now: Instant) -> bool {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *trouble {
            Some(known) if known.until <= now => {
                known.at = now;
                known.until = now + TRIAL;
                known.tried = true;
                true
            }
            _ => false,
        }
    }

    /// Hears that the replica answered.
    pub(crate) fn answered(&self) {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        *trouble = None;
    }

    /// Hears that the replica could not be reached, or gave no sound answer or none in time: it is left
    /// alone a while.
    pub(crate) fn lost(&self) {
        self.lost_at(Instant::now());
    }

    fn lost_at(&self, now: Instant) {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        let pause = match &mut *trouble {
            // Calls that fail at once are one failure.
            Some(known) if now < known.until && !known.tried => {
                known.at = now;
                return;
            }
            Some(known) => (known.pause * 2).min(ALONE.1),
            None => ALONE.0,
        };
        let until = now + pause;
        *trouble = Some(Trouble {
            at: now,
            until,
            pause,
            tried: false,
        });
    }
}

fn parse(address: &str, tls: Option<&Tls>) -> Result<Address, BadAddress> {
    let bad = || BadAddress {
        address: address.to_owned(),
    };
    let uri: http::Uri = address.parse().map_err(|_| bad())?;
    let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(bad)?;
    let (dialer, port) = match (uri.scheme_str(), tls) {
        (Some("http"), _) => (None, 80),
        (Some("https"), Some(tls)) => (Some(Dialer::new(tls, host).ok_or_else(bad)?), 443),
        _ => return Err(bad()),
    };
    let literal = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    let name = (!literal).then(|| (host.to_owned(), uri.port_u16().unwrap_or(port)));
    Ok(Address { uri, dialer, name })
}

/// Puts a machine in the place of its name.
fn numeric(uri: &http::Uri, machine: SocketAddr) -> Option<http::Uri> {
    let mut parts = uri.clone().into_parts();
    parts.authority = Some(machine.to_string().parse().ok()?);
    http::Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(replicas: &Replicas) -> Vec<u16> {
        let known = replicas.known.load();
        known.iter().map(|r| r.place.1.unwrap().port()).collect()
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_name_stands_for_all_machines_that_it_has_and_follows_them() {
        let answers = Arc::new(Mutex::new(vec![1_u16, 2]));
        let told = answers.clone();
        let look_up: LookUp = Arc::new(move |_, _| {
            let ports = told.lock().unwrap().clone();
            Box::pin(async move {
                Ok(ports
                    .into_iter()
                    .map(|port| ([127, 0, 0, 1], port).into())
                    .collect())
            })
        });
        let replicas = Replicas::with_look_up("http://users:9082", None, look_up).unwrap();
        let (one, two) = (
            replicas.choose(true).await.unwrap().replica,
            replicas.choose(true).await.unwrap().replica,
        );
        assert_ne!(one.place, two.place, "they take turns");
        assert_eq!(places(&replicas), [1, 2]);

        *answers.lock().unwrap() = vec![2, 3];
        *replicas.looked.lock().await = None;
        replicas.choose(true).await.unwrap();
        assert_eq!(places(&replicas), [2, 3]);

        // A name server that is away takes nobody away.
        *answers.lock().unwrap() = Vec::new();
        *replicas.looked.lock().await = None;
        replicas.choose(true).await.unwrap();
        assert_eq!(places(&replicas), [2, 3]);
    }

    fn chosen(replicas: &Replicas, may_try: bool, now: Instant) -> (Arc<Replica>, bool) {
        let choice = replicas.choose_at(may_try, now).unwrap();
        (choice.replica, choice.trial)
    }

    fn two() -> (Replicas, Instant) {
        let replicas = Replicas::new("http://127.0.0.1:1,http://127.0.0.1:2", None);
        (replicas.unwrap(), Instant::now())
    }

    #[tokio::test]
    async fn a_replica_that_is_lost_is_left_alone_while_another_is_there() {
        let (replicas, now) = two();
        let (lost, _) = chosen(&replicas, true, now);
        lost.lost_at(now);
        for _ in 0..4 {
            let (other, trial) = chosen(&replicas, true, now);
            assert!(other.place != lost.place && !trial);
            assert!(!replicas.has_another(&other) && replicas.has_another(&lost));
        }
        let (other, _) = chosen(&replicas, true, now);
        other.lost_at(now + Duration::from_millis(1));
        let (first, trial) = chosen(&replicas, false, now + Duration::from_millis(2));
        assert_eq!(first.place, lost.place, "the first to be tried again");
        assert!(trial && !replicas.has_another(&lost));
        lost.lost_at(now + Duration::from_millis(3));
        let (next, _) = chosen(&replicas, false, now + Duration::from_millis(4));
        assert_eq!(next.place, other.place, "they take turns in trouble, too");
        lost.answered();
        assert!(replicas.has_another(&other));
    }

    #[tokio::test]
    async fn one_call_that_can_be_repeated_finds_out_whether_a_replica_is_back() {
        let (replicas, now) = two();
        let (lost, _) = chosen(&replicas, true, now);
        lost.lost_at(now);
        let now = now + ALONE.0;
        for _ in 0..4 {
            let (other, trial) = chosen(&replicas, false, now);
            let what = "what cannot be repeated";
            assert!(other.place != lost.place && !trial, "{what}");
        }
        let trials = |now, of: usize| {
            let calls = (0..of).map(|_| chosen(&replicas, true, now));
            let tried = calls.filter(|(_, trial)| *trial);
            tried.map(|(replica, _)| replica.place).collect::<Vec<_>>()
        };
        assert_eq!(trials(now, 4), [lost.place], "one of four");
        // It fails: the pause grows.
        lost.lost_at(now);
        assert_eq!(trials(now + ALONE.0, 4), []);
        let now = now + 2 * ALONE.0;
        assert_eq!(trials(now, 4), [lost.place]);
        lost.answered();
        assert_eq!(trials(now, 4), []);
        let (one, other) = (chosen(&replicas, true, now), chosen(&replicas, true, now));
        assert_ne!(one.0.place, other.0.place, "they take turns again");
    }
}

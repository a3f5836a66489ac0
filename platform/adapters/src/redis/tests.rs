//! Redis keeps the promises of all counters, and may go away and come back. Needs `REDIS_URL`.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use deadpool_redis::redis::cmd;
use sv_kernel::{Entropy as _, SystemEntropy, causes};
use sv_ports::{Counters as _, PortError, conformance::counters::Stand};
use sv_tls_front::{Begin, Front};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{sleep, timeout},
};

use super::{DEADLINE, RedisCounters};

const WINDOW: Duration = Duration::from_secs(30);

#[expect(
    clippy::disallowed_methods,
    reason = "tests take the servers' addresses from there"
)]
fn address() -> String {
    std::env::var("REDIS_URL")
        .unwrap_or_else(|_| panic!("REDIS_URL is not set; tests/stack/up redis prints it"))
}

/// Makes counters of an installation of their own.
fn counters(url: &str) -> RedisCounters {
    let mut random = [0; 8];
    SystemEntropy.fill(&mut random);
    let installation = format!("test-{:016x}", u64::from_be_bytes(random));
    RedisCounters::new(url, None, &installation).unwrap()
}

/// Lets time pass for some counters, whose clock is that of Redis: brings the ends of their windows nearer.
async fn pass(counters: RedisCounters, time: Duration) {
    const NEARER: &str = "
        for _, key in ipairs(redis.call('KEYS', ARGV[1] .. '*')) do
            redis.call('PEXPIRE', key, redis.call('PTTL', key) - tonumber(ARGV[2]))
        end";
    let mut connection = counters.pool.get().await.unwrap();
    let mut script = cmd("EVAL");
    script.arg(NEARER).arg(0).arg(&counters.prefix);
    script.arg(u64::try_from(time.as_millis()).unwrap());
    script.exec_async(&mut connection).await.unwrap();
}

async fn stand() -> Stand {
    let counters = counters(&address());
    Stand {
        counters: Arc::new(counters.clone()),
        pass: Box::new(move |time| Box::pin(pass(counters.clone(), time))),
    }
}

sv_ports::counters_suite!(stand);

#[tokio::test]
async fn processes_of_an_installation_count_together_and_installations_do_not() {
    let one = counters(&address());
    let same = RedisCounters {
        pool: counters(&address()).pool,
        prefix: one.prefix.clone(),
    };
    let other = counters(&address());
    assert_eq!(one.add("c", 2, WINDOW).await.unwrap().value, 2);
    assert_eq!(same.add("c", 1, WINDOW).await.unwrap().value, 3);
    assert_eq!(other.add("c", 1, WINDOW).await.unwrap().value, 1);
}

#[tokio::test]
async fn windows_end_by_the_clock_of_redis() {
    let counters = counters(&address());
    counters
        .add("c", 1, Duration::from_micros(20_500))
        .await
        .unwrap();
    let ended = async {
        while counters.add("c", 0, WINDOW).await.unwrap().value > 0 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(10), ended).await.unwrap();
}

#[tokio::test]
async fn a_counter_that_somebody_has_made_without_an_end_gets_one() {
    let counters = counters(&address());
    let mut connection = counters.pool.get().await.unwrap();
    let mut set = cmd("SET");
    set.arg(format!("{}c", counters.prefix)).arg(7);
    set.exec_async(&mut connection).await.unwrap();
    let counter = counters.add("c", 1, WINDOW).await.unwrap();
    assert_eq!((counter.value, counter.resets_in), (8, WINDOW));
}

/// While Redis is away or silent who counts hears of it in time; afterwards the same counters go on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_goes_away_or_falls_silent_is_found_again() {
    let gate = Gate::before(&address()).await;
    let counters = counters(&gate.url);
    assert_eq!(counters.add("c", 1, WINDOW).await.unwrap().value, 1);
    for (way, value) in [(Way::Shut, 2), (Way::Silent, 3), (Way::Shut, 4)] {
        gate.turn(way);
        for _ in 0..2 {
            let begin = Instant::now();
            let failure = counters.add("c", 1, WINDOW).await.unwrap_err();
            assert!(failure.is_transient(), "{failure}");
            assert!(begin.elapsed() < 2 * DEADLINE, "{way:?}: {failure}");
        }
        gate.turn(Way::Open);
        let counted = async {
            loop {
                match counters.add("c", 1, WINDOW).await {
                    Ok(counter) => return counter.value,
                    Err(failure) => assert!(failure.is_transient(), "{failure}"),
                }
            }
        };
        let counted = timeout(Duration::from_secs(20), counted).await.unwrap();
        assert_eq!(counted, value, "after {way:?}");
    }
}

#[tokio::test]
async fn what_is_said_of_a_failure_holds_no_password() {
    let url = address().replace("redis://", "redis://viewer:sesame@");
    let counters = counters(&url);
    let refused = counters.add("c", 1, WINDOW).await.unwrap_err();
    let unreadable = RedisCounters::new("redis://:sesame@host:port", None, "test").unwrap_err();
    assert!(matches!(unreadable, PortError::Invalid(_)));
    let told = format!("{}; {unreadable}; {counters:?}", causes(&refused));
    assert!(told.contains("redis cannot be reached"), "{told}");
    assert!(!told.contains("sesame"), "{told}");
}

/// What becomes of connections to Redis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Open,
    /// They break, and none is taken.
    Shut,
    /// They are taken and kept, and nothing comes.
    Silent,
}

/// Stands before Redis.
struct Gate {
    url: String,
    way: watch::Sender<Way>,
}

impl Gate {
    async fn before(url: &str) -> Self {
        let server = url.trim_start_matches("redis://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("redis://{}", listener.local_addr().unwrap());
        let (way, seen) = watch::channel(Way::Open);
        tokio::spawn(async move {
            // Ends with the runtime of its test.
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(lead(client, server.clone(), seen.clone()));
            }
        });
        Self { url, way }
    }

    fn turn(&self, way: Way) {
        self.way.send_replace(way);
    }
}

/// Leads a connection through as long as the gate stays as it is.
async fn lead(mut client: TcpStream, server: String, mut seen: watch::Receiver<Way>) {
    let way = *seen.borrow_and_update();
    if way == Way::Open {
        let mut server = TcpStream::connect(server).await.unwrap();
        tokio::select! {
            _ = copy_bidirectional(&mut client, &mut server) => return,
            _ = seen.changed() => {}
        }
    }
    let silent = *seen.borrow_and_update() == Way::Silent;
    if silent {
        let _ = seen.changed().await;
    }
}

/// Counts once behind TLS; returns what went wrong, with its causes.
async fn count(front: &Front, host: &str, ca: &Front) -> Result<u64, String> {
    let url = format!("rediss://{host}:{}", front.port());
    let ca = std::fs::read(ca.ca()).unwrap();
    let counters = RedisCounters::new(&url, Some(&ca), "tls").unwrap();
    let counted = counters.add("once", 1, WINDOW).await;
    counted
        .map(|counter| counter.value)
        .map_err(|failure| causes(&failure))
}

#[tokio::test]
async fn redis_is_held_to_its_certificate() {
    let address = address();
    let server = address.trim_start_matches("redis://");
    let front = Front::before(server, Begin::AtOnce).await.unwrap();
    let expired = Front::expired(server, Begin::AtOnce).await.unwrap();
    assert!(count(&front, "localhost", &front).await.unwrap() > 0);
    for (of, host, ca, said) in [
        (&front, "127.0.0.1", &front, "not valid for name"),
        (&front, "localhost", &expired, "UnknownIssuer"),
        (&expired, "localhost", &expired, "expired"),
    ] {
        let refused = count(of, host, ca).await.unwrap_err();
        assert!(refused.contains(said), "{said}: {refused}");
    }
}

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use sv_kernel::{Clock, Doubt, MovableClock, Timestamp};
use tokio::sync::Notify;

use super::*;

const TIMEOUT: Duration = Duration::from_secs(30);

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let watching = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let came = tokio::time::timeout(TIMEOUT, watching).await;
    assert!(came.is_ok(), "never: {what}");
}

#[tokio::test]
async fn the_end_waits_for_tasks_that_listen() {
    let lifecycle = Lifecycle::new();
    let done = Arc::new(AtomicBool::new(false));
    let flag = done.clone();
    lifecycle.listen("port", |stop| async move {
        stop.cancelled().await;
        flag.store(true, Ordering::SeqCst);
    });
    assert!(lifecycle.end(TIMEOUT).await);
    assert!(done.load(Ordering::SeqCst));
}

#[tokio::test]
async fn a_task_that_does_not_listen_is_reported_and_does_not_use_up_the_time_of_others() {
    let lifecycle = Lifecycle::new();
    lifecycle.listen("deaf", |_| std::future::pending());
    let published = Arc::new(AtomicBool::new(false));
    let flag = published.clone();
    lifecycle.at(Stage::Events, "relay", async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        flag.store(true, Ordering::SeqCst);
    });
    assert!(!lifecycle.end(Duration::from_millis(500)).await);
    assert!(published.load(Ordering::SeqCst));
}

/// What a call left behind may still write and call; then writers end, then events go out.
#[tokio::test]
async fn the_end_takes_nothing_from_those_who_still_need_it() {
    let lifecycle = Lifecycle::new();
    let order = Arc::new(Mutex::new(Vec::new()));
    let stages = [
        (Stage::Operators, "operators' port"),
        (Stage::Stores, "tables"),
        (Stage::Support, "keys"),
        (Stage::Events, "relay"),
        (Stage::Work, "consumer"),
    ];
    for (stage, name) in stages {
        let order = order.clone();
        lifecycle.at(stage, name, async move { order.lock().unwrap().push(name) });
    }
    let (work, let_go) = (order.clone(), Arc::new(Notify::new()));
    let may_end = let_go.clone();
    let left = lifecycle.work(async move {
        may_end.notified().await;
        work.lock().unwrap().push("what a call left");
    });
    drop(left); // The caller has gone away.
    let ending = lifecycle.clone();
    let end = tokio::spawn(async move { ending.end(TIMEOUT).await });
    lifecycle.draining().cancelled().await;
    assert_eq!(order.lock().unwrap().len(), 0, "everything waits for it");
    let_go.notify_one();
    assert!(end.await.unwrap());
    assert_eq!(
        *order.lock().unwrap(),
        [
            "what a call left",
            "consumer",
            "relay",
            "keys",
            "tables",
            "operators' port"
        ]
    );
}

#[tokio::test]
async fn while_the_end_is_announced_calls_are_taken_and_no_work_is_wanted() {
    let lifecycle = Lifecycle::new();
    let announcing = lifecycle.clone();
    let announced = tokio::spawn(async move { announcing.announce(Duration::from_hours(1)).await });
    lifecycle.leaving().cancelled().await;
    assert_eq!(lifecycle.readiness().report().await.failing, ["draining"]);
    assert!(!lifecycle.draining().is_cancelled());
    announced.abort();
}

#[tokio::test]
async fn a_task_that_ends_or_panics_is_started_again_and_shown_meanwhile() {
    let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_000)));
    let lifecycle = Lifecycle::with(HealthOptions::default(), clock.clone());
    let runs = Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    lifecycle.supervise(Stage::Work, "test.worker", move |task| {
        let run = counted.fetch_add(1, Ordering::SeqCst);
        async move {
            match run {
                0 => {}
                1 => panic!("out of luck"),
                _ => {
                    task.stop().cancelled().await;
                }
            }
        }
    });
    until("a third run", async || runs.load(Ordering::SeqCst) == 3).await;
    clock.advance(Duration::from_secs(10));
    let report = lifecycle.readiness().report().await;
    assert!(report.ready);
    assert_eq!(report.degraded, ["test.worker"]);
    assert_eq!(
        report.causes["test.worker"],
        "the task panicked: out of luck"
    );
    clock.advance(Duration::from_mins(2));
    let report = lifecycle.readiness().report().await;
    assert_eq!(report.degraded, [""; 0], "it has run well since");
    assert!(lifecycle.end(TIMEOUT).await);
    assert_eq!(runs.load(Ordering::SeqCst), 3, "the end starts nothing");
}

#[tokio::test]
async fn a_task_that_ends_says_why() {
    let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_000)));
    let lifecycle = Lifecycle::with(HealthOptions::default(), clock.clone());
    let runs = Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    lifecycle.supervise(Stage::Work, "test.worker", move |task| {
        let run = counted.fetch_add(1, Ordering::SeqCst);
        async move {
            match run {
                0 | 1 => task.pulse().failed("there is no such topic"),
                2 => {}
                _ => task.stop().cancelled().await,
            }
        }
    });
    for (run, wanted) in [
        (2, "the task ended by itself: there is no such topic"),
        (4, "the task ended by itself"),
    ] {
        until("the next run", async || runs.load(Ordering::SeqCst) >= run).await;
        clock.advance(Duration::from_secs(10));
        let report = lifecycle.readiness().report().await;
        assert_eq!(report.causes["test.worker"], wanted);
    }
    assert!(lifecycle.end(TIMEOUT).await);
}

#[tokio::test]
async fn a_listener_that_ended_by_itself_is_shown() {
    let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_000)));
    let lifecycle = Lifecycle::with(HealthOptions::default(), clock.clone());
    lifecycle.listen("port", |_| async {});
    until("the port is shown", async || {
        clock.advance(Duration::from_secs(10));
        lifecycle.readiness().report().await.degraded == ["port"]
    })
    .await;
}

#[tokio::test]
async fn a_job_that_fails_is_shown_and_tried_again_and_its_success_is_known() {
    let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_000)));
    let lifecycle = Lifecycle::with(HealthOptions::default(), clock.clone());
    let fails = Arc::new(AtomicBool::new(true));
    let failing = fails.clone();
    lifecycle.every("test.job", Duration::from_millis(1), move || {
        let fails = failing.load(Ordering::SeqCst);
        async move {
            if fails {
                return Err("the till is closed".into());
            }
            Ok(())
        }
    });
    until("the failure is shown", async || {
        clock.advance(Duration::from_secs(10));
        let report = lifecycle.readiness().report().await;
        report.causes.get("test.job").map(String::as_str) == Some("the till is closed")
    })
    .await;
    fails.store(false, Ordering::SeqCst);
    until("it is well again", async || {
        lifecycle.readiness().report().await.degraded.is_empty()
    })
    .await;
    assert!(lifecycle.end(TIMEOUT).await);
}

/// The machine's clock has jumped for as long as a test says so.
#[derive(Debug, Default)]
struct Jumping(AtomicBool);

impl Clock for Jumping {
    fn now(&self) -> Timestamp {
        Timestamp::from_secs(1_700_000_000)
    }

    fn doubt(&self) -> Option<Doubt> {
        let ahead = 86_400_000_000;
        let jumped = self.0.load(Ordering::SeqCst);
        jumped.then_some(Doubt::Jumped { ahead })
    }
}

#[tokio::test]
async fn ready_says_why_the_machines_clock_is_not_believed_and_work_goes_on() {
    let clock = Arc::new(Jumping::default());
    let lifecycle = Lifecycle::with(HealthOptions::default(), clock.clone());
    let report = lifecycle.readiness().report().await;
    assert!(!report.causes.contains_key(CLOCK), "{report:?}");
    clock.0.store(true, Ordering::SeqCst);
    let report = lifecycle.readiness().report().await;
    assert!(report.ready);
    assert!(report.causes[CLOCK].contains("1 d 0 h 0 min ahead; time goes on"));
}

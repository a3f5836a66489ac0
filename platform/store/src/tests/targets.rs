//! Guesses at one target: bounded in all, and never at the cost of whoever was there before.

use std::{sync::Arc, time::Duration};

use sv_kernel::{
    Ctx, MovableClock, Timestamp,
    targets::{Ended, TargetBudgets as _},
};
use sv_proto::common::CommonReason;

use crate::{Counters, TargetLimits, Targets, testing::TestDb};

const TARGET: &str = "ana@example.com";

struct World {
    db: TestDb,
    clock: Arc<MovableClock>,
    targets: Targets,
}

impl World {
    fn on(db: TestDb) -> Self {
        let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_000)));
        let counters = Counters::new((*db).clone(), db.ctx_at(clock.clone()));
        let lower = |text: &str| text.trim().to_lowercase();
        let limits = TargetLimits::default();
        Self {
            targets: Targets::new((*db).clone(), Arc::new(counters), limits, lower),
            db,
            clock,
        }
    }

    async fn all() -> Vec<Self> {
        let dbs = TestDb::all(&[]).await;
        dbs.into_iter().map(Self::on).collect()
    }

    fn from(&self, address: &str, device: Option<&str>) -> Ctx {
        Ctx {
            client: address.parse().ok(),
            device: device.map(Arc::from),
            ..self.db.ctx_at(self.clock.clone())
        }
    }

    /// Makes a guess; `false` if it was refused before it was tried.
    async fn tries(&self, ctx: &Ctx, target: &str, ended: Ended) -> bool {
        match self.targets.admit(ctx, target).await {
            Ok(pass) => {
                self.targets.ended(ctx, target, pass, ended).await.unwrap();
                true
            }
            Err(refused) => {
                assert!(refused.is(&CommonReason::RateLimited), "{refused}");
                assert!(refused.retry_delay().is_some());
                false
            }
        }
    }

    /// Guesses wrongly from so many addresses; how many were tried.
    async fn storm(&self, target: &str, addresses: u32) -> usize {
        let mut tried = 0;
        for n in 0..addresses {
            let ctx = self.from(&format!("198.51.{}.{}", n / 200, n % 200), None);
            tried += usize::from(self.tries(&ctx, target, Ended::Failed).await);
        }
        tried
    }
}

#[tokio::test]
async fn sixty_guesses_from_sixty_addresses_are_ten() {
    for world in World::all().await {
        let forms = [TARGET, " ANA@example.com", "Ana@Example.Com "];
        let mut tried = 0;
        for (n, form) in (0_u8..60).zip(forms.iter().cycle()) {
            let ctx = world.from(&format!("203.0.113.{n}"), None);
            tried += usize::from(world.tries(&ctx, form, Ended::Failed).await);
        }
        assert_eq!(tried, 10, "whatever form the target is written in");
        assert_eq!(
            world.storm("bo@example.com", 3).await,
            3,
            "others are not concerned"
        );
    }
}

#[tokio::test]
async fn where_the_target_was_reached_before_strangers_lock_nobody_out() {
    for world in World::all().await {
        let home = world.from("192.0.2.7", None);
        let travelling = world.from("192.0.2.200", Some("tv-1"));
        assert!(world.tries(&home, TARGET, Ended::Reached).await);
        assert!(world.tries(&travelling, TARGET, Ended::Reached).await);
        assert_eq!(world.storm(TARGET, 60).await, 10);
        // From home, and with the known device from wherever it is.
        for ctx in [home, world.from("203.0.113.77", Some("tv-1"))] {
            assert!(world.targets.knows(&ctx, TARGET).await.unwrap());
            assert!(world.tries(&ctx, TARGET, Ended::Failed).await, "a slip");
            assert!(world.tries(&ctx, TARGET, Ended::Reached).await);
        }
        assert!(
            !world
                .targets
                .knows(&world.from("203.0.113.9", None), TARGET)
                .await
                .unwrap()
        );
    }
}

#[tokio::test]
async fn a_known_place_guesses_a_bounded_number_of_times_too() {
    for world in World::all().await {
        let home = world.from("192.0.2.7", None);
        world.tries(&home, TARGET, Ended::Reached).await;
        let mut tried = 0;
        for _ in 0..100 {
            tried += usize::from(world.tries(&home, TARGET, Ended::Failed).await);
        }
        // Ten as one who is known, then five as any stranger of one network.
        assert_eq!(tried, 15);
    }
}

#[tokio::test]
async fn beyond_the_budget_one_is_let_through_ever_more_rarely() {
    for world in World::all().await {
        assert_eq!(world.storm(TARGET, 60).await, 10);
        let mut gaps = Vec::new();
        for _ in 0..3 {
            let mut waited = 0;
            while world.storm(TARGET, 60).await == 0 {
                world.clock.advance(Duration::from_secs(5));
                waited += 5;
            }
            gaps.push(waited);
        }
        assert_eq!(gaps, [30, 60, 120]);
        // A quarter of an hour after the first, the budget is whole again.
        world.clock.advance(Duration::from_mins(15));
        assert_eq!(world.storm(TARGET, 60).await, 10);
    }
}

#[tokio::test]
async fn who_reaches_the_target_or_finds_us_at_fault_uses_nothing_up() {
    for world in World::all().await {
        for n in 0..30_u8 {
            let ctx = world.from(&format!("203.0.113.{n}"), None);
            assert!(world.tries(&ctx, TARGET, Ended::Undone).await);
        }
        for n in 100..130_u8 {
            let ctx = world.from(&format!("203.0.113.{n}"), None);
            assert!(world.tries(&ctx, TARGET, Ended::Reached).await);
        }
    }
}

#[tokio::test]
async fn guesses_at_the_same_time_are_all_counted() {
    for world in World::all().await {
        let contexts: Vec<_> = (0..60_u8)
            .map(|n| world.from(&format!("203.0.113.{n}"), None))
            .collect();
        let all = contexts.iter().map(|ctx| world.targets.admit(ctx, TARGET));
        let admitted = futures::future::join_all(all).await;
        let admitted = admitted.iter().filter(|admitted| admitted.is_ok()).count();
        assert_eq!(admitted, 10);
    }
}

/// The try is taken before it is known how it ends, so no two of them see the same one left.
#[tokio::test]
async fn guesses_at_the_same_time_from_a_known_place_are_all_counted() {
    for world in World::all().await {
        let home = world.from("192.0.2.7", None);
        world.tries(&home, TARGET, Ended::Reached).await;
        // Another process of the same service.
        let lower = |text: &str| text.trim().to_lowercase();
        let counters = Counters::new((*world.db).clone(), world.db.ctx_at(world.clock.clone()));
        let limits = TargetLimits::default();
        let other = Targets::new((*world.db).clone(), Arc::new(counters), limits, lower);
        let both = [&world.targets, &other];
        let all = (0..60).map(|n| both[n % 2].admit(&home, TARGET));
        let admitted = futures::future::join_all(all).await;
        let passes: Vec<_> = admitted.into_iter().flatten().collect();
        assert_eq!(
            passes.len(),
            15,
            "ten as one who is known, five as a stranger"
        );
        for pass in passes {
            world
                .targets
                .ended(&home, TARGET, pass, Ended::Reached)
                .await
                .unwrap();
        }
        for _ in 0..60 {
            assert!(
                world.tries(&home, TARGET, Ended::Reached).await,
                "given back"
            );
        }
    }
}

#[tokio::test]
async fn another_way_to_the_target_draws_from_the_same_budget() {
    for world in World::all().await {
        let mut tried = 0;
        for n in 0..60_u8 {
            let ctx = world.from(&format!("203.0.113.{n}"), None);
            if n % 2 == 0 {
                tried += usize::from(world.tries(&ctx, TARGET, Ended::Failed).await);
                continue;
            }
            let attempt = async {
                tried += 1;
                Ok(())
            };
            let refused = world
                .targets
                .guess(&ctx, TARGET, attempt, |()| Ended::Failed);
            if let Err(refused) = refused.await {
                assert!(refused.is(&CommonReason::RateLimited), "{refused}");
            }
        }
        assert_eq!(tried, 10);
        let home = world.from("198.51.100.1", None);
        world.clock.advance(Duration::from_mins(15));
        let fault = async { Err::<(), _>(CommonReason::Unavailable.into()) };
        let failed = world
            .targets
            .guess(&home, TARGET, fault, |()| Ended::Failed);
        assert!(failed.await.unwrap_err().is(&CommonReason::Unavailable));
        assert_eq!(
            world.storm(TARGET, 60).await,
            10,
            "a fault of ours is no guess"
        );
    }
}

#[tokio::test]
async fn one_network_does_not_use_up_what_all_strangers_have() {
    for world in World::all().await {
        let mut tried = 0;
        for n in 1..100_u8 {
            // One household of IPv6.
            let ctx = world.from(&format!("2001:db8::{n}"), None);
            tried += usize::from(world.tries(&ctx, TARGET, Ended::Failed).await);
        }
        assert_eq!(tried, 5);
        let elsewhere = world.from("203.0.113.5", None);
        assert!(world.tries(&elsewhere, TARGET, Ended::Reached).await);
    }
}

#[tokio::test]
async fn where_nothing_can_be_counted_the_refusal_says_what_the_tables_say() {
    let world = World::on(TestDb::sqlite(&[]).await);
    world.db.fill(true).await;
    let home = world.from("192.0.2.7", None);
    // The first ones find room in pages that are there.
    let mut refused = None;
    for n in 0..1_000 {
        let target = format!("{n}@example.com");
        refused = world.targets.admit(&home, &target).await.err();
        if refused.is_some() {
            break;
        }
    }
    let refused = refused.unwrap();
    assert!(refused.is(&CommonReason::StorageFull), "{refused:?}");
}

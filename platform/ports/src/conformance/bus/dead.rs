//! Faults: what passes is retried, what does not becomes a dead letter (EVT-9).

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;

use super::{Stand, eventually, record, take_nothing, unique};
use crate::{Delivery, HandleError, Handler, dead_letters, drop_dead_letters, retry_dead_letters};

/// Fails by the record's key as told, and remembers what it was given and what it did.
#[derive(Default)]
struct Faulty {
    /// How often each version was given.
    given: Mutex<BTreeMap<i64, u32>>,
    done: Mutex<Vec<Delivery>>,
    /// Handled, but not flushed.
    pending: Mutex<Vec<Delivery>>,
    healed: Mutex<bool>,
}

impl Faulty {
    fn given(&self, version: i64) -> u32 {
        self.given
            .lock()
            .unwrap()
            .get(&version)
            .copied()
            .unwrap_or(0)
    }

    fn done(&self) -> Vec<i64> {
        self.done
            .lock()
            .unwrap()
            .iter()
            .map(|delivery| delivery.record.version)
            .collect()
    }

    fn heal(&self) {
        *self.healed.lock().unwrap() = true;
    }

    fn is_healed(&self) -> bool {
        *self.healed.lock().unwrap()
    }
}

/// Versions that the handlers here stumble over.
const TRANSIENT: i64 = 100;
const POISON: i64 = 200;
const PANIC: i64 = 300;
const FLUSH_POISON: i64 = 400;

#[async_trait]
impl Handler for Faulty {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandleError> {
        let version = delivery.record.version;
        *self.given.lock().unwrap().entry(version).or_default() += 1;
        if !self.is_healed() {
            match version {
                TRANSIENT => return Err(HandleError::transient("the database is away")),
                POISON => return Err(HandleError::poison("no such field")),
                PANIC => panic!("a bug"),
                _ => {}
            }
        }
        self.pending.lock().unwrap().push(delivery.clone());
        Ok(())
    }

    async fn flush(&self) -> Result<(), HandleError> {
        let pending = std::mem::take(&mut *self.pending.lock().unwrap());
        if pending
            .iter()
            .any(|delivery| delivery.record.version == FLUSH_POISON)
        {
            return Err(HandleError::poison("the batch is refused"));
        }
        self.done.lock().unwrap().extend(pending);
        Ok(())
    }
}

/// A fault that passes is retried more than five times, and only its partition waits.
pub async fn transient_faults_are_retried_while_other_partitions_go_on(stand: Stand) {
    let topic = stand.retained().await;
    let (a, b) = stand.two_keys(&topic).await;
    let (group, handler) = (unique("g"), Arc::new(Faulty::default()));
    let running = stand.run(&group, &topic, &handler);
    stand
        .publish(&[record(&topic, &a, TRANSIENT), record(&topic, &a, 101)])
        .await;
    eventually("it is tried", || async { handler.given(TRANSIENT) > 2 }).await;
    stand.publish(&[record(&topic, &b, 1)]).await;
    eventually("others go on", || async { handler.done().contains(&1) }).await;
    eventually("it is tried on", || async { handler.given(TRANSIENT) > 7 }).await;
    assert_eq!(handler.given(101), 0, "the key's next record waits");
    handler.heal();
    eventually("it passes", || async { handler.done().contains(&101) }).await;
    let done: Vec<_> = handler
        .done()
        .into_iter()
        .filter(|version| *version >= 100)
        .collect();
    assert_eq!(done, [TRANSIENT, 101]);
    assert_eq!(
        dead_letters(&*stand.two, &topic.name, 10).await.unwrap(),
        []
    );
    running.stop().await;
}

/// Five tries, then the record goes to `<topic>.dlq` and the partition goes on.
pub async fn poison_becomes_a_dead_letter_after_five_tries(stand: Stand) {
    let topic = stand.retained().await;
    let (group, handler) = (unique("g"), Arc::new(Faulty::default()));
    let mut poison = record(&topic, "k", POISON);
    poison.headers.insert("kind".into(), "odd".into());
    let at = stand
        .publish(&[poison, record(&topic, "k", 201)])
        .await
        .remove(0);
    let running = stand.run(&group, &topic, &handler);
    eventually("the next one is handled", || async {
        handler.done() == [201]
    })
    .await;
    running.stop().await;
    assert_eq!(handler.given(POISON), 5);
    assert_eq!(stand.one.lag(&group, &topic.name).await.unwrap(), 0);
    let letters = dead_letters(&*stand.two, &topic.name, 10).await.unwrap();
    let [letter] = &*letters else {
        panic!("one dead letter, not {letters:?}");
    };
    assert_eq!(
        (&letter.group, &letter.position, &*letter.key),
        (&group, &at, "k")
    );
    assert_eq!((letter.version, letter.attempts), (POISON, 5));
    assert!(letter.error.contains("no such field"), "{}", letter.error);
}

/// A handler that panics does not end its consumer.
pub async fn a_panic_is_poison(stand: Stand) {
    let topic = stand.retained().await;
    let (group, handler) = (unique("g"), Arc::new(Faulty::default()));
    stand
        .publish(&[record(&topic, "k", PANIC), record(&topic, "k", 301)])
        .await;
    let running = stand.run(&group, &topic, &handler);
    eventually("the next one is handled", || async {
        handler.done() == [301]
    })
    .await;
    running.stop().await;
    assert_eq!(handler.given(PANIC), 5);
    assert_eq!(
        dead_letters(&*stand.two, &topic.name, 10)
            .await
            .unwrap()
            .len(),
        1
    );
}

/// A mended consumer gets its dead letter as it was; other groups do not see it again.
pub async fn dead_letters_are_tried_again_by_their_group_only(stand: Stand) {
    let topic = stand.retained().await;
    let (group, handler) = (unique("g"), Arc::new(Faulty::default()));
    let (other_group, other) = (unique("g"), Arc::new(Faulty::default()));
    other.heal();
    let mut poison = record(&topic, "k", POISON);
    poison.headers.insert("kind".into(), "odd".into());
    let at = stand.publish(std::slice::from_ref(&poison)).await.remove(0);
    let running = [
        stand.run(&group, &topic, &handler),
        stand.run(&other_group, &topic, &other),
    ];
    let letters = || async { dead_letters(&*stand.two, &topic.name, 10).await.unwrap() };
    eventually("it is dead", || async { letters().await.len() == 1 }).await;
    let ids = [letters().await.remove(0).id];
    // Still poisonous: it comes back under the same id.
    assert_eq!(
        retry_dead_letters(&*stand.two, &topic.name, &ids)
            .await
            .unwrap(),
        1
    );
    eventually("it is tried again", || async {
        handler.given(POISON) == 10
    })
    .await;
    eventually("it is dead again", || async { letters().await.len() == 1 }).await;
    handler.heal();
    assert_eq!(
        retry_dead_letters(&*stand.two, &topic.name, &ids)
            .await
            .unwrap(),
        1
    );
    eventually("it is done", || async { handler.done() == [POISON] }).await;
    assert_eq!(letters().await, []);
    let done = handler.done.lock().unwrap().remove(0);
    assert_eq!((done.record, done.position), (poison, at));
    eventually("others have it", || async { other.given(POISON) > 0 }).await;
    for running in running {
        running.stop().await;
    }
    assert_eq!(other.given(POISON), 1);
}

/// A deletion that failed is a deletion when it is tried again.
pub async fn dead_tombstones_are_tried_again_as_tombstones(stand: Stand) {
    let topic = stand.retained().await;
    let (group, handler) = (unique("g"), Arc::new(Faulty::default()));
    let mut gone = record(&topic, "k", POISON);
    gone.payload = None;
    stand.publish(&[gone]).await;
    let running = stand.run(&group, &topic, &handler);
    let letters = || async { dead_letters(&*stand.two, &topic.name, 10).await.unwrap() };
    eventually("it is dead", || async { letters().await.len() == 1 }).await;
    handler.heal();
    let ids = [letters().await.remove(0).id];
    retry_dead_letters(&*stand.two, &topic.name, &ids)
        .await
        .unwrap();
    eventually("it is done", || async { handler.done() == [POISON] }).await;
    assert!(handler.done.lock().unwrap()[0].record.is_tombstone());
    running.stop().await;
}

/// An operator may decide that a dead letter does not matter.
pub async fn dead_letters_can_be_dropped(stand: Stand) {
    let topic = stand.retained().await;
    let (group, handler) = (unique("g"), Arc::new(Faulty::default()));
    stand.publish(&[record(&topic, "k", POISON)]).await;
    let running = stand.run(&group, &topic, &handler);
    let letters = || async { dead_letters(&*stand.two, &topic.name, 10).await.unwrap() };
    eventually("it is dead", || async { letters().await.len() == 1 }).await;
    running.stop().await;
    let ids = [letters().await.remove(0).id];
    assert_eq!(
        drop_dead_letters(&*stand.two, &topic.name, &["other".into()])
            .await
            .unwrap(),
        0
    );
    assert_eq!(
        drop_dead_letters(&*stand.two, &topic.name, &ids)
            .await
            .unwrap(),
        1
    );
    assert_eq!(letters().await, []);
    let mut consumer = stand.consumer(&group, &topic).await;
    take_nothing(&mut *consumer).await;
}

/// When a batch cannot be made durable its records are tried one by one, and all but the one at
/// fault take effect, in order.
pub async fn a_failed_flush_finds_the_record_at_fault(stand: Stand) {
    let topic = stand.retained().await;
    let (group, handler) = (unique("g"), Arc::new(Faulty::default()));
    let versions = [1, 2, FLUSH_POISON, 401, 402];
    stand
        .publish(&versions.map(|version| record(&topic, "k", version)))
        .await;
    let running = stand.run(&group, &topic, &handler);
    eventually("the others are done", || async {
        handler.done() == [1, 2, 401, 402]
    })
    .await;
    running.stop().await;
    assert_eq!(stand.one.lag(&group, &topic.name).await.unwrap(), 0);
    let letters = dead_letters(&*stand.two, &topic.name, 10).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].version, FLUSH_POISON);
}

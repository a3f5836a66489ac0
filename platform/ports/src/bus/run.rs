//! The one loop that drives every consumer.

mod lane;

use std::{
    collections::BTreeMap, convert::Infallible, panic::AssertUnwindSafe, sync::Arc, time::Duration,
};

use futures::FutureExt as _;
use sv_kernel::{Pulse, causes};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use self::lane::{Lane, Work};
use super::{
    Bus, Consumer, Delivery, HandleError, Handler, Position, Topic, TopicPartition,
    dead::{self, retry_topic},
};
use crate::PortResult;

/// The longest wait of one poll; bounds how late revocations and shutdown are seen.
const POLL: Duration = Duration::from_secs(1);

/// The longest time between two polls, apart from one handler's own deadline: a broker takes the
/// partitions from a member that does not poll.
const ROUND: Duration = Duration::from_secs(30);

/// How often the lag is measured.
const LAG_EVERY: Duration = Duration::from_secs(10);
/// How often it is measured where the group is not behind.
const LAG_AT_REST: Duration = Duration::from_secs(30);
/// How often dead letters are counted.
const DEAD_EVERY: Duration = Duration::from_mins(1);
/// How long that may take.
const DEAD_TIME: Duration = Duration::from_secs(10);

/// The longest that a consumer is silent, unless one record takes as long.
const SILENCE: Duration = Duration::from_mins(1);

/// What a consumer listens to and how patient it is.
#[derive(Clone, Debug)]
pub struct ConsumerOptions {
    /// The group, e.g. `search`: each record is handled by one member of each group.
    pub group: String,
    /// The topics.
    pub topics: Vec<Topic>,
    /// How often a poisonous record is tried before it becomes a dead letter (EVT-9).
    pub tries: u32,
    /// The wait after a first failure; it doubles with each further one.
    pub first_wait: Duration,
    /// The longest wait between two tries.
    pub longest_wait: Duration,
    /// The most records handled between two commits.
    pub batch: usize,
    /// How long one record may take before it counts as a transient fault.
    pub deadline: Duration,
    /// How many records the group may be behind before that shows in `/ready`.
    pub alarm_lag: u64,
    /// Where the consumer tells how it goes.
    pub pulse: Pulse,
}

impl ConsumerOptions {
    /// Listens to topics as a group, with the usual patience.
    pub fn new(group: impl Into<String>, topics: impl IntoIterator<Item = Topic>) -> Self {
        Self {
            group: group.into(),
            topics: topics.into_iter().collect(),
            tries: 5,
            first_wait: Duration::from_millis(100),
            longest_wait: Duration::from_secs(30),
            batch: 64,
            deadline: Duration::from_mins(1),
            alarm_lag: 1_000,
            pulse: Pulse::default(),
        }
    }

    fn wait(&self, failures: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
        self.first_wait
            .saturating_mul(doubled)
            .min(self.longest_wait)
    }
}

/// Drives a handler with the records of its topics until `shutdown`, and commits offsets after
/// effects (EVT-7).
///
/// A transient fault pauses its partition and is tried again for as long as it takes; a poisonous
/// record, or one on which the handler panics, becomes a dead letter after five tries (EVT-9).
/// Other partitions go on meanwhile. A record that the bus itself cannot read becomes a dead letter
/// at once. Faults of the bus are retried; only settings that can never work are returned. What
/// fails is told to [`ConsumerOptions::pulse`] until it succeeds.
pub async fn run_consumer(
    bus: Arc<dyn Bus>,
    options: ConsumerOptions,
    handler: Arc<dyn Handler>,
    shutdown: CancellationToken,
) -> PortResult<()> {
    let mut failures = 0;
    options.pulse.expect_every(SILENCE + options.deadline);
    loop {
        let mut session = Session::new(&*bus, &options, &*handler, &shutdown);
        let Err(error) = session.run().await else {
            return Ok(());
        };
        options.pulse.failed(causes(&error));
        if !error.is_transient() {
            return Err(error);
        }
        failures = if session.progressed { 1 } else { failures + 1 };
        let wait = options.wait(failures);
        tracing::warn!(group = options.group, cause = ?error, ?wait, "bus.consumer.failed");
        if timeout(wait, shutdown.cancelled()).await.is_ok() {
            return Ok(());
        }
    }
}

/// One membership in the group.
struct Session<'a> {
    bus: &'a dyn Bus,
    options: &'a ConsumerOptions,
    handler: &'a dyn Handler,
    shutdown: &'a CancellationToken,
    /// Work that was delivered and is not done, per partition.
    lanes: BTreeMap<TopicPartition, Lane>,
    /// Work that is done and not flushed, in order per partition.
    done: Vec<Work>,
    /// Whether each record is flushed by itself, to find the one that cannot be.
    one_by_one: bool,
    progressed: bool,
    /// Why records wait that were handled in vain.
    trouble: Option<String>,
}

impl<'a> Session<'a> {
    fn new(
        bus: &'a dyn Bus,
        options: &'a ConsumerOptions,
        handler: &'a dyn Handler,
        shutdown: &'a CancellationToken,
    ) -> Self {
        Self {
            bus,
            options,
            handler,
            shutdown,
            lanes: BTreeMap::new(),
            done: Vec::new(),
            one_by_one: false,
            progressed: false,
            trouble: None,
        }
    }

    async fn run(&mut self) -> PortResult<()> {
        let retries = retry_topic(&self.options.group);
        let mut topics = self.options.topics.clone();
        topics.push(retries.clone());
        self.bus.ensure_topics(&topics).await?;
        let dead: Vec<_> = self
            .options
            .topics
            .iter()
            .map(Topic::dead_letters)
            .collect();
        self.bus.ensure_topics(&dead).await?;
        let names: Vec<_> = topics.iter().map(|topic| topic.name.as_str()).collect();
        let mut consumer = self.bus.subscribe(&self.options.group, &names).await?;
        let (bus, options) = (self.bus, self.options);
        let result = tokio::select! {
            result = self.serve(&mut *consumer) => result,
            never = tell_dead_letters(bus, &options.topics) => match never {},
        };
        let closed = consumer.close().await;
        result.and(closed)
    }

    async fn serve(&mut self, consumer: &mut dyn Consumer) -> PortResult<()> {
        let mut next_lag = Instant::now();
        self.begin_figures();
        loop {
            let wait = self.next_due().map_or(POLL, |due| {
                POLL.min(due.saturating_duration_since(Instant::now()))
            });
            let batch = tokio::select! {
                biased;
                () = self.shutdown.cancelled() => return Ok(()),
                batch = consumer.poll(self.options.batch, wait) => batch?,
            };
            self.progressed = true;
            for partition in batch.revoked {
                self.lanes.remove(&partition);
            }
            if !batch.deliveries.is_empty() {
                // No longer than so until it is told how far behind the group is.
                next_lag = next_lag.min(Instant::now() + LAG_EVERY);
            }
            for delivery in batch.deliveries {
                let work = Work::new(delivery);
                let lane = self.lanes.entry(work.at.partition.clone()).or_default();
                lane.queue.push_back(work);
            }
            self.work().await;
            let stands = self.flush().await;
            if !stands.is_empty() {
                consumer.commit(&stands).await?;
            }
            self.balance(consumer).await?;
            self.tell();
            if Instant::now() >= next_lag {
                let lag = self.measure_lag().await;
                let every = if lag == Some(0) {
                    LAG_AT_REST
                } else {
                    LAG_EVERY
                };
                next_lag = Instant::now() + every;
            }
        }
    }

    /// Tells how it goes: well where no record waits for another try.
    fn tell(&mut self) {
        if self.lanes.values().all(|lane| lane.failures == 0) {
            self.trouble = None;
        }
        match &self.trouble {
            Some(cause) => self.options.pulse.failed(cause),
            None => self.options.pulse.succeeded(),
        }
    }

    /// Returns when the next waiting lane wants to go on.
    fn next_due(&self) -> Option<Instant> {
        let open = self.lanes.values().filter(|lane| !lane.queue.is_empty());
        open.map(|lane| lane.due.unwrap_or_else(Instant::now)).min()
    }

    /// Handles what is due, until a record of each lane fails or the round is over.
    async fn work(&mut self) {
        let start = Instant::now();
        let mut lanes = std::mem::take(&mut self.lanes);
        self.one_by_one = lanes.values().any(|lane| lane.alone > 0);
        for lane in lanes.values_mut() {
            while lane.is_due() && !self.shutdown.is_cancelled() && start.elapsed() < ROUND {
                let Some(work) = lane.queue.pop_front() else {
                    break;
                };
                self.attempt(lane, work).await;
            }
        }
        self.lanes = lanes;
    }

    async fn attempt(&mut self, lane: &mut Lane, work: Work) {
        if let Some(damage) = work.delivery.damage.clone() {
            return self.dead_letter(lane, work, damage).await;
        }
        let mut result = self
            .guarded(&work.delivery, self.handler.handle(&work.delivery))
            .await;
        if result.is_ok() && self.one_by_one {
            result = self.guarded(&work.delivery, self.handler.flush()).await;
        }
        match result {
            Ok(()) => {
                metrics::counter!("streamverse_bus_records_handled_total", &self.labels(&work))
                    .increment(1);
                lane.succeeded();
                self.done.push(work);
            }
            Err(HandleError::Poison(cause)) if lane.tries + 1 >= self.options.tries => {
                self.dead_letter(lane, work, causes(&*cause)).await;
            }
            Err(error) => {
                lane.tries += u32::from(matches!(error, HandleError::Poison(_)));
                self.put_back(lane, work, &error);
            }
        }
    }

    /// Publishes a dead letter; what cannot even be published is only logged.
    async fn dead_letter(&mut self, lane: &mut Lane, work: Work, cause: String) {
        let letter = dead::letter(
            &self.options.group,
            &work.delivery,
            self.options.tries,
            &cause,
        );
        match self.bus.publish(vec![letter]).await {
            Err(error) if error.is_transient() => {
                self.put_back(lane, work, &HandleError::transient(error));
                return;
            }
            published => {
                let refused = published.err();
                let (group, at) = (&self.options.group, &work.delivery.position);
                tracing::error!(group, %at, cause, ?refused, "bus.record.dead");
            }
        }
        metrics::counter!("streamverse_bus_records_dead_total", &self.labels(&work)).increment(1);
        lane.succeeded();
        self.done.push(work);
    }

    fn put_back(&mut self, lane: &mut Lane, work: Work, error: &HandleError) {
        lane.failures += 1;
        let wait = self.options.wait(lane.failures);
        lane.due = Some(Instant::now() + wait);
        let (group, at, tries) = (&self.options.group, &work.delivery.position, lane.failures);
        let cause = causes(error);
        tracing::warn!(group, %at, tries, ?wait, cause, "bus.record.retried");
        metrics::counter!("streamverse_bus_records_retried_total", &self.labels(&work))
            .increment(1);
        self.trouble = Some(format!("{at}: {cause}"));
        lane.queue.push_front(work);
    }

    /// Flushes what is done and returns where the group now stands; after a failure the records
    /// are put back, to be handled one by one.
    async fn flush(&mut self) -> Vec<Position> {
        let Some(last) = self.done.last() else {
            return Vec::new();
        };
        let flushed = self.guarded(&last.delivery, self.handler.flush()).await;
        let done = std::mem::take(&mut self.done);
        let Err(error) = flushed else {
            return done.into_iter().map(|work| work.at).collect();
        };
        for work in done.into_iter().rev() {
            let lane = self.lanes.entry(work.at.partition.clone()).or_default();
            if lane.due.is_none() {
                lane.failures += 1;
                lane.due = Some(Instant::now() + self.options.wait(lane.failures));
            }
            lane.alone += 1;
            lane.queue.push_front(work);
        }
        let (group, cause) = (&self.options.group, causes(&error));
        tracing::warn!(group, cause, "bus.flush.failed");
        self.trouble = Some(cause);
        Vec::new()
    }

    /// Pauses partitions with undone work, so that no more is delivered, and resumes the others.
    async fn balance(&mut self, consumer: &mut dyn Consumer) -> PortResult<()> {
        for (partition, lane) in &mut self.lanes {
            let waits = !lane.queue.is_empty();
            if waits && !lane.paused {
                consumer.pause(partition).await?;
            } else if !waits && lane.paused {
                consumer.resume(partition).await?;
            }
            lane.paused = waits;
        }
        self.lanes.retain(|_, lane| lane.paused);
        Ok(())
    }

    /// Runs the handler with a deadline, and takes a panic for the record's fault.
    async fn guarded(
        &self,
        delivery: &Delivery,
        work: impl Future<Output = Result<(), HandleError>> + Send,
    ) -> Result<(), HandleError> {
        let span = tracing::info_span!(
            "bus.record.handle",
            group = self.options.group,
            at = %delivery.position,
            event.id = %delivery.record.event_id,
            tenant = %delivery.record.tenant,
            traceparent = delivery.record.traceparent,
        );
        let work = AssertUnwindSafe(work.instrument(span)).catch_unwind();
        match timeout(self.options.deadline, work).await {
            Ok(Ok(result)) => result,
            Ok(Err(_panic)) => Err(HandleError::poison("the handler panicked")),
            Err(elapsed) => Err(HandleError::transient(elapsed)),
        }
    }

    /// Tells that nothing has happened yet, which is not the same as nothing being known.
    fn begin_figures(&self) {
        for topic in &self.options.topics {
            let labels = [
                ("group", self.options.group.clone()),
                ("topic", topic.name.clone()),
            ];
            metrics::counter!("streamverse_bus_records_handled_total", &labels).increment(0);
            metrics::counter!("streamverse_bus_records_retried_total", &labels).increment(0);
            metrics::counter!("streamverse_bus_records_dead_total", &labels).increment(0);
        }
    }

    /// Measures how many records the group is behind; `None` where that is not known.
    async fn measure_lag(&self) -> Option<u64> {
        let (mut behind, mut known) = (0, true);
        for topic in &self.options.topics {
            let labels = [
                ("group", self.options.group.clone()),
                ("topic", topic.name.clone()),
            ];
            match self.bus.lag(&self.options.group, &topic.name).await {
                #[expect(clippy::cast_precision_loss, reason = "a gauge needs no last digit")]
                Ok(lag) => {
                    metrics::gauge!("streamverse_bus_consumer_lag_records", &labels)
                        .set(lag as f64);
                    behind += lag;
                }
                Err(error) => {
                    known = false;
                    tracing::debug!(cause = ?error, "bus.lag.failed");
                }
            }
        }
        let group = &self.options.group;
        if known {
            let lags = behind > self.options.alarm_lag;
            let lag = lags.then(|| format!("{group} is {behind} events behind"));
            self.options.pulse.worry("lag", lag);
        }
        known.then_some(behind)
    }

    fn labels(&self, work: &Work) -> [(&'static str, String); 2] {
        [
            ("group", self.options.group.clone()),
            ("topic", work.delivery.record.topic.to_string()),
        ]
    }
}

/// Tells how many dead letters of topics wait for somebody, beside the records: they are read for it. Of several groups of
/// a topic all tell the same.
async fn tell_dead_letters(bus: &dyn Bus, topics: &[Topic]) -> Infallible {
    loop {
        for topic in topics {
            match timeout(DEAD_TIME, dead::count(bus, &topic.name)).await {
                Ok(Ok(count)) => {
                    #[expect(clippy::cast_precision_loss, reason = "a gauge needs no last digit")]
                    let count = count as f64;
                    metrics::gauge!("streamverse_bus_dead_letters", "topic" => topic.name.clone())
                        .set(count);
                }
                Ok(Err(error)) => tracing::debug!(cause = ?error, "bus.dead_letters.failed"),
                Err(_) => tracing::debug!("bus.dead_letters.late"),
            }
        }
        sleep(DEAD_EVERY).await;
    }
}

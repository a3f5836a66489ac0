//! The suite of the port, on the tables.

use std::sync::Arc;

use sv_kernel::{MovableClock, Timestamp};
use sv_ports::conformance::counters::Stand;

use crate::{Counters, testing::TestDb};

fn stand(db: TestDb) -> Stand {
    let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_000)));
    let ctx = db.ctx_at(clock.clone());
    let counters = Counters::new((*db).clone(), ctx);
    // The database lasts as long as its stand.
    let db = Arc::new(db);
    Stand {
        counters: Arc::new(counters),
        pass: Box::new(move |time| {
            let _ = &db;
            clock.advance(time);
            Box::pin(std::future::ready(()))
        }),
    }
}

mod sqlite {
    use super::{Stand, TestDb, stand};

    async fn make() -> Stand {
        stand(TestDb::sqlite(&[]).await)
    }

    sv_ports::counters_suite!(make);
}

#[cfg(feature = "test-postgres")]
mod postgres {
    use super::{Stand, TestDb, stand};

    async fn make() -> Stand {
        stand(TestDb::postgres(&[]).await)
    }

    sv_ports::counters_suite!(make);
}

//! The embedded bus keeps the promises of every bus, and some of its own.

use std::sync::Arc;

use super::{Bus, BusOptions};
use crate::conformance::bus::Stand;

async fn stand() -> Stand {
    let folder = tempfile::tempdir().unwrap();
    let open = || Bus::open(folder.path(), BusOptions::default());
    Stand {
        one: Arc::new(open().await.unwrap()),
        two: Arc::new(open().await.unwrap()),
        keep: Box::new(folder),
    }
}

crate::bus_suite!(stand);

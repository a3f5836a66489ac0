//! Tests through the generated clients, over the in-process transport, with stand-ins for the services
//! that streaming calls.

mod artwork;
mod captions;
mod ending;
mod events;
mod fake_peers;
mod history;
mod leftovers;
mod live;
mod memory_blob;
mod play;
mod player;
mod publish;
mod reports;
mod streams;
mod test_app;
mod uploads;

pub(crate) use self::{memory_blob::MemoryBlob, test_app::TestApp};

/// C40.
#[tokio::test]
async fn the_tables_survive_a_full_disk() {
    sv_store::testing::survives_a_full_disk(crate::MIGRATIONS).await;
}

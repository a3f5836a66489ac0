//! Tests through the generated clients, over the in-process transport, with stand-ins for the services
//! that streaming calls.

mod artwork;
mod captions;
mod ending;
mod events;
mod history;
mod house;
mod live;
mod memory_blob;
mod neighbours;
mod play;
mod player;
mod publish;
mod reports;
mod streams;
mod uploads;

pub(crate) use self::{house::House, memory_blob::MemoryBlob};

/// C40.
#[tokio::test]
async fn the_tables_survive_a_full_disk() {
    sv_store::testing::survives_a_full_disk(crate::MIGRATIONS).await;
}

//! Through the generated client, past the real stacks, on a real bus and a real index.

mod catalogue;
mod corpus;
mod fallback;
mod finding;
mod first;
mod golden;
mod indexing;
mod live;
mod ranking;
mod rebuilding;
mod world;

/// C40.
#[tokio::test]
async fn the_tables_survive_a_full_disk() {
    sv_store::testing::survives_a_full_disk(crate::MIGRATIONS).await;
}

//! Through the generated client, past the real stacks, on a real bus and a real index.

mod catalogue;
mod collections;
mod corpus;
mod fallback;
mod finding;
mod first;
mod fixture;
mod golden;
mod indexing;
mod journal;
mod live;
mod properties;
mod queries;
mod ranking;
mod rebuilding;
mod suggesting;
mod test_app;
mod tuning;

/// C40.
#[tokio::test]
async fn the_tables_survive_a_full_disk() {
    sv_store::testing::survives_a_full_disk(crate::MIGRATIONS).await;
}

//! Tests of live television as its callers see it: through the real clients and the real stack, on every
//! database under test.

mod airing;
mod channels;
mod editing;
mod guide;
mod test_app;
mod upload;

/// C40.
#[tokio::test]
async fn the_tables_survive_a_full_disk() {
    sv_store::testing::survives_a_full_disk(crate::MIGRATIONS).await;
}

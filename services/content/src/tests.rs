//! Tests of the catalogue as its callers see it: through the real clients and the real stack, on
//! every database under test.

mod availability;
mod change;
mod client;
mod collections;
mod demo;
mod external;
mod freshness;
mod home;
mod import;
mod lists;
mod natural_keys;
mod people;
mod playlists;
mod plays;
mod read;
#[cfg(feature = "test-data")]
mod real;
mod series;
mod snapshot;
mod test_app;
mod videos;
mod watch;

/// C40.
#[tokio::test]
async fn the_tables_survive_a_full_disk() {
    sv_store::testing::survives_a_full_disk(crate::MIGRATIONS).await;
}

//! Several processes on one PostgreSQL server.

use crate::{
    DbConfig,
    presence::{Presence, PresenceError},
    testing::TestDb,
};

async fn announce(home: &TestDb, services: &[&str], several: bool) -> Result<Presence, String> {
    let DbConfig::Postgres(config) = home.elsewhere() else {
        unreachable!("it is asked for PostgreSQL only");
    };
    let announced = Presence::announce(&config, services.iter().copied(), several).await;
    announced.map_err(|refused| match refused {
        PresenceError::Taken { service } => service,
        other => panic!("{other:?}"),
    })
}

#[tokio::test]
async fn a_service_runs_alone_or_among_those_that_know_of_each_other() {
    for home in TestDb::all(&[]).await {
        if let DbConfig::Sqlite { .. } = home.elsewhere() {
            continue;
        }
        let alone = announce(&home, &["users", "auth"], false).await.unwrap();
        for several in [false, true] {
            let refused = announce(&home, &["content", "auth"], several).await;
            assert_eq!(refused.unwrap_err(), "auth");
        }
        let others = announce(&home, &["content"], false).await.unwrap();
        alone.keep().await.unwrap();
        drop(alone);
        // A connection that is dropped is closed by the server a moment later.
        let one = until(async || announce(&home, &["users", "auth"], true).await.ok()).await;
        let two = announce(&home, &["auth"], true).await.unwrap();
        assert_eq!(announce(&home, &["auth"], false).await.unwrap_err(), "auth");
        drop((one, two, others));
    }
}

async fn until<T>(mut asked: impl AsyncFnMut() -> Option<T>) -> T {
    let begin = std::time::Instant::now();
    loop {
        if let Some(found) = asked().await {
            return found;
        }
        assert!(begin.elapsed().as_secs() < 20, "it does not come");
    }
}

//! TLS to PostgreSQL (feature `test-postgres`): the server is held to its certificate.

use sv_kernel::causes;
use sv_tls_front::{Begin, Front};

use crate::{Db, DbConfig, testing::TestDb};

/// Asks the server through a front by a name, believing the authority of one; returns what went wrong, with its causes.
async fn ask(url: &str, front: &Front, host: &str, ca: &Front) -> Result<(), String> {
    let (scheme, rest) = url.split_once("://").unwrap();
    let (login, place) = rest.split_once('@').unwrap();
    let database = place.split_once('/').unwrap().1;
    let (port, ca) = (front.port(), ca.ca());
    let url = format!(
        "{scheme}://{login}@{host}:{port}/{database}?sslmode=verify-full&sslrootcert={}",
        ca.display()
    );
    let config = DbConfig::postgres(url);
    let pending = Db::pending(&config, "tls", &[]).await;
    pending.map(drop).map_err(|failure| causes(&failure))
}

#[tokio::test]
async fn postgresql_is_held_to_its_certificate() {
    let home = TestDb::postgres(&[]).await;
    let DbConfig::Postgres(postgres) = home.config() else {
        panic!("PostgreSQL");
    };
    let url = postgres.url.clone();
    let server = url.split_once('@').unwrap().1.split_once('/').unwrap().0;
    let front = Front::before(server, Begin::AsPostgres).await.unwrap();
    let expired = Front::expired(server, Begin::AsPostgres).await.unwrap();
    ask(&url, &front, "localhost", &front).await.unwrap();
    for (of, host, ca, said) in [
        (&front, "127.0.0.1", &front, "not valid for name"),
        (&front, "localhost", &expired, "UnknownIssuer"),
        (&expired, "localhost", &expired, "expired"),
    ] {
        let refused = ask(&url, of, host, ca).await.unwrap_err();
        assert!(refused.contains(said), "{said}: {refused}");
    }
    // A server without TLS hears nothing.
    let plain = format!("{url}?sslmode=require");
    let refused = Db::pending(&DbConfig::postgres(plain), "tls", &[]).await;
    let refused = causes(&refused.unwrap_err());
    assert!(refused.contains("TLS"), "{refused}");
}

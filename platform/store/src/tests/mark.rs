//! Whose tables these are, and by which secrets they are sealed, on both databases.

use sv_sqlite::Mark;

use crate::{platform::PlatformStore, seal_of, testing::TestDb};

fn of(id: &str, part: &str) -> Mark {
    Mark::Of {
        id: id.to_owned(),
        part: Some(part.to_owned()),
    }
}

#[tokio::test]
async fn tables_say_which_part_of_which_installation_they_are_whoever_comes_later() {
    for db in TestDb::all(&[]).await {
        let part = db.service().to_owned();
        assert_eq!(db.mark("one").await.unwrap(), of("one", &part));
        assert_eq!(db.mark("two").await.unwrap(), of("one", &part));
    }
}

#[tokio::test]
async fn a_mark_of_an_older_program_gets_the_name_of_its_part() {
    for db in TestDb::all(&[]).await {
        let tx = db.begin(&db.ctx()).await.unwrap();
        let sql = "INSERT INTO installation (part, id) VALUES ('all', 'one')";
        tx.run(sql, []).await.unwrap();
        tx.commit().await.unwrap();
        let part = db.service().to_owned();
        assert_eq!(db.mark("one").await.unwrap(), of("one", &part));
    }
}

#[tokio::test]
async fn a_seal_holds_until_it_is_broken_and_is_no_mark() {
    for db in TestDb::all(&[]).await {
        assert_eq!(db.seal("pins").await.unwrap(), None);
        let seal = seal_of(&[1; 32]);
        assert_eq!(db.set_seal("pins", &seal).await.unwrap(), seal);
        let other = seal_of(&[2; 32]);
        assert_eq!(db.set_seal("pins", &other).await.unwrap(), seal);
        let part = db.service().to_owned();
        assert_eq!(db.mark("one").await.unwrap(), of("one", &part));
        db.break_seal("pins").await.unwrap();
        assert_eq!(db.seal("pins").await.unwrap(), None);
        assert_eq!(db.set_seal("pins", &other).await.unwrap(), other);
    }
}

#[tokio::test]
async fn a_shared_secret_is_known_once_it_is_made_and_no_more_once_it_is_given_up() {
    for home in TestDb::all(&[]).await {
        let tables = home.elsewhere();
        let store = PlatformStore::open(&tables, home.ctx()).await.unwrap();
        assert_eq!(store.known_secret("pins").await.unwrap(), None);
        let made = store.secret("pins", &[1; 32]).await.unwrap();
        assert_eq!(store.known_secret("pins").await.unwrap(), Some(made));
        store.drop_secret("pins").await.unwrap();
        assert_eq!(store.known_secret("pins").await.unwrap(), None);
    }
}

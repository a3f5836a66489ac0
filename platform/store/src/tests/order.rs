use sea_orm::{ConnectionTrait as _, QueryResult, Statement};

use crate::{Migration, Step, sort_key, testing::TestDb};

const TITLES: &[Migration] = &[Migration {
    id: "0001_titles",
    steps: &[Step::Sql(
        "CREATE TABLE titles (title TEXT NOT NULL, key {sort_key} NOT NULL);
         CREATE INDEX titles_order ON titles (key);",
    )],
}];

/// A page begins after a key, so the databases must agree with each other and with Rust on what is
/// after.
#[tokio::test]
async fn both_databases_sort_and_compare_keys_byte_by_byte() {
    let titles = [
        "zebra",
        "Zebra 2",
        "Ärger",
        "arger",
        "a b",
        "ab",
        "a-b",
        "Łódź",
        "東京物語",
        "1984",
        "2001",
        "Œuvre",
        "éclair",
        "eclairs",
        "ß",
        "SS",
        "",
        "😀",
    ];
    let mut expected: Vec<String> = titles.iter().map(|title| sort_key(title)).collect();
    expected.sort_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
    for db in TestDb::all(TITLES).await {
        let tx = db.begin(&db.ctx()).await.unwrap();
        for title in titles {
            let sql = "INSERT INTO titles (title, key) VALUES ($1, $2)";
            tx.run(sql, [title.into(), sort_key(title).into()])
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        let keys = async |sql: &str, after: &str| {
            let query = Statement::from_sql_and_values(db.backend(), sql, [after.into()]);
            let rows = db.read().query_all_raw(query).await.unwrap();
            let key = |row: &QueryResult| row.try_get::<String>("", "key").unwrap();
            rows.iter().map(key).collect::<Vec<_>>()
        };
        assert_eq!(
            keys("SELECT key FROM titles WHERE key >= $1 ORDER BY key", "").await,
            expected
        );
        for (place, key) in expected.iter().enumerate() {
            let before = keys("SELECT key FROM titles WHERE key < $1 ORDER BY key", key).await;
            let first = expected.iter().position(|other| other == key).unwrap();
            assert_eq!(before, expected[..first], "{place}");
        }
    }
}

//! What search is held against: the full-text index that comes with SQLite, asked for the same words.

use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, Statement, Value,
};
use sv_search::domain::{Entry, Field};

/// How many titles are written by one statement.
const PART: usize = 100;

/// An FTS5 table of titles, in memory.
pub(crate) struct Fts5(DatabaseConnection);

impl Fts5 {
    /// Writes titles, each with its name and all its other texts.
    pub(crate) async fn of(titles: &[Entry]) -> Self {
        let mut options = ConnectOptions::new("sqlite::memory:");
        options.max_connections(1).sqlx_logging(false);
        let db = Database::connect(options).await.unwrap();
        let table = "CREATE VIRTUAL TABLE titles USING fts5(id UNINDEXED, title, texts,
                     tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3')";
        db.execute_unprepared(table).await.unwrap();
        for part in titles.chunks(PART) {
            let rows = vec!["(?, ?, ?)"; part.len()].join(", ");
            let sql = format!("INSERT INTO titles (id, title, texts) VALUES {rows}");
            let values = part.iter().flat_map(|entry| {
                let others = entry.texts.iter();
                let others = others.filter(|text| text.field != Field::Title);
                let others: Vec<&str> = others.map(|text| text.text.as_str()).collect();
                [
                    Value::from(entry.id.clone()),
                    Value::from(entry.title.clone()),
                    Value::from(others.join(" ")),
                ]
            });
            let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
            db.execute_raw(statement).await.unwrap();
        }
        Self(db)
    }

    /// Returns the best 20 of those that have all the words, the last of them as a beginning, and how many there are.
    pub(crate) async fn ask(&self, typed: &str) -> (Vec<String>, i64) {
        let words: Vec<String> = typed
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(|word| format!("\"{word}\""))
            .collect();
        if words.is_empty() {
            return (Vec::new(), 0);
        }
        let wanted = format!("{}*", words.join(" "));
        let ask = async |sql: &str| {
            let backend = self.0.get_database_backend();
            let values = [Value::from(wanted.clone())];
            let statement = Statement::from_sql_and_values(backend, sql, values);
            self.0.query_all_raw(statement).await.unwrap()
        };
        let sql =
            "SELECT id FROM titles WHERE titles MATCH ? ORDER BY bm25(titles, 0, 10, 1) LIMIT 20";
        let rows = ask(sql).await;
        let best = rows.iter().map(|row| row.try_get("", "id").unwrap());
        let counted = ask("SELECT count(*) AS n FROM titles WHERE titles MATCH ?").await;
        (best.collect(), counted[0].try_get("", "n").unwrap())
    }
}

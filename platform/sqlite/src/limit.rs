//! Limits of queries, which are written into their text.

use sea_orm::{Statement, Value};

/// Writes the bound limit at the end of a query into its text.
///
/// `SQLite` plans by the value of a limit and so prepares a statement anew whenever one is bound to it: that took
/// longer than most of our queries run. There are few limits, so there are few texts to keep.
#[must_use]
pub fn with_limit_written(mut statement: Statement) -> Statement {
    let Some(values) = &mut statement.values else {
        return statement;
    };
    let (head, offset) = match statement.sql.strip_suffix(" OFFSET ?") {
        Some(head) => (head, " OFFSET ?"),
        None => (statement.sql.as_str(), ""),
    };
    let at = values
        .0
        .len()
        .checked_sub(if offset.is_empty() { 1 } else { 2 });
    let (Some((head, mark)), Some(at)) = (head.rsplit_once(" LIMIT "), at) else {
        return statement;
    };
    let is_last = |number: &str| {
        let stands_elsewhere = head.contains(mark);
        number.parse() == Ok(at + 1) && offset.is_empty() && !stands_elsewhere
    };
    if (mark == "?" || mark.strip_prefix('$').is_some_and(is_last))
        && let Some(limit) = values.0.get(at).and_then(number)
    {
        let sql = format!("{head} LIMIT {limit}{offset}");
        values.0.remove(at);
        statement.sql = sql;
    }
    statement
}

fn number(value: &Value) -> Option<u64> {
    match value {
        Value::BigUnsigned(limit) => *limit,
        Value::BigInt(limit) => limit.and_then(|limit| limit.try_into().ok()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{DbBackend, Value};

    use super::*;

    fn written(sql: &str, values: Vec<Value>) -> (String, Vec<Value>) {
        let statement = Statement::from_sql_and_values(DbBackend::Sqlite, sql, values);
        let statement = with_limit_written(statement);
        (statement.sql, statement.values.unwrap().0)
    }

    #[test]
    fn the_last_limit_is_written_and_not_bound() {
        let name = || Value::from("ana");
        let of = "SELECT 1 FROM users WHERE name = ?";
        let (sql, left) = written(&format!("{of} LIMIT ?"), vec![name(), 20_u64.into()]);
        assert_eq!((sql, left), (format!("{of} LIMIT 20"), vec![name()]));
        let numbered = "SELECT 1 FROM users WHERE name = $1";
        let (sql, left) = written(&format!("{numbered} LIMIT $2"), vec![name(), 20_i64.into()]);
        assert_eq!((sql, left), (format!("{numbered} LIMIT 20"), vec![name()]));
        let both = vec![name(), 20_u64.into(), 40_u64.into()];
        let (sql, left) = written(&format!("{of} LIMIT ? OFFSET ?"), both);
        let rest = vec![name(), 40_u64.into()];
        assert_eq!((sql, left), (format!("{of} LIMIT 20 OFFSET ?"), rest));
    }

    #[test]
    fn what_is_no_limit_stays_bound() {
        for sql in [
            "SELECT ?, ?",
            "SELECT ? OFFSET ?",
            "SELECT ? LIMIT ?",
            "SELECT $2 LIMIT $1",
            "SELECT $1, $2 LIMIT $2",
        ] {
            let values = vec![Value::from(20_u64), Value::from("20")];
            assert_eq!(written(sql, values.clone()), (sql.to_owned(), values));
        }
        // Numbers behind it would be others.
        let paged = "SELECT 1 LIMIT $1 OFFSET $2";
        let values = vec![Value::from(20_u64), Value::from(40_u64)];
        assert_eq!(written(paged, values.clone()), (paged.to_owned(), values));
    }
}

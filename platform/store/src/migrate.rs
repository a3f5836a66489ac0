//! Brings tables to the shape that migrations describe.

use sea_orm::{ConnectionTrait, QueryResult, Statement};
use sv_kernel::{Clock as _, SystemClock};

use crate::{Migration, MigrationError, StoreError, common, transaction::Transaction};

/// Applies what is missing, in one transaction that other processes wait for.
pub(crate) async fn run(
    tx: Transaction,
    schema: Option<&str>,
    migrations: &[Migration],
) -> Result<(), StoreError> {
    match apply(&tx, schema, migrations).await {
        Ok(()) => Ok(tx.commit().await?),
        Err(error) => {
            tx.rollback().await?;
            Err(error)
        }
    }
}

async fn apply(
    tx: &Transaction,
    schema: Option<&str>,
    migrations: &[Migration],
) -> Result<(), StoreError> {
    let backend = tx.get_database_backend();
    if let Some(schema) = schema {
        let lock = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
        let name = format!("streamverse migrations of {schema}");
        tx.query_one_raw(Statement::from_sql_and_values(backend, lock, [name.into()]))
            .await?;
        let quoted = schema.replace('"', "\"\"");
        tx.execute_unprepared(&format!("CREATE SCHEMA IF NOT EXISTS \"{quoted}\""))
            .await?;
    }
    tx.execute_unprepared(
        "CREATE TABLE IF NOT EXISTS migrations (
            id TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)",
    )
    .await?;
    let levels = knows_levels(tx, schema).await?;
    if !levels {
        tx.execute_unprepared("ALTER TABLE migrations ADD COLUMN lowest TEXT")
            .await?;
    }
    let applied = applied(tx, true).await?;
    let lists = [common::MIGRATIONS, migrations];
    for migration in missing(&lists, &applied)? {
        for sql in migration.steps.iter().filter_map(|step| step.sql(backend)) {
            tx.execute_unprepared(&sql).await?;
        }
        tx.execute_raw(Statement::from_sql_and_values(
            backend,
            "INSERT INTO migrations (id, checksum, applied_at, lowest) VALUES ($1, $2, $3, $4)",
            [
                migration.id.into(),
                migration.checksum().into(),
                SystemClock.now().micros().into(),
                migration.lowest().into(),
            ],
        ))
        .await?;
        tracing::info!(migration.id, "applied migration");
    }
    if !levels {
        // What was applied before this was written down.
        for migration in lists.into_iter().flatten() {
            if let Some(lowest) = migration.lowest() {
                let sql = "UPDATE migrations SET lowest = $1 WHERE id = $2";
                let values = [lowest.into(), migration.id.into()];
                tx.execute_raw(Statement::from_sql_and_values(backend, sql, values))
                    .await?;
            }
        }
    }
    for Applied { id, .. } in unknown(&lists, &applied) {
        tracing::info!(
            migration.id = id,
            "store.tables.ahead: a later program has changed the tables; this one may still run on them"
        );
    }
    Ok(())
}

/// Says whether the history tells who may run on the tables, as it does not yet where an early
/// program made it.
async fn knows_levels(db: &impl ConnectionTrait, schema: Option<&str>) -> Result<bool, StoreError> {
    let backend = db.get_database_backend();
    let column = match schema {
        Some(schema) => Statement::from_sql_and_values(
            backend,
            "SELECT 1 FROM information_schema.columns
                WHERE table_schema = $1 AND table_name = 'migrations' AND column_name = 'lowest'",
            [schema.into()],
        ),
        None => Statement::from_string(
            backend,
            "SELECT 1 FROM pragma_table_info('migrations') WHERE name = 'lowest'",
        ),
    };
    Ok(db.query_one_raw(column).await?.is_some())
}

/// Lists the ids of what a database still lacks, without changing it.
pub(crate) async fn pending(
    db: &impl ConnectionTrait,
    schema: Option<&str>,
    migrations: &'static [Migration],
) -> Result<Vec<&'static str>, StoreError> {
    let backend = db.get_database_backend();
    let history = match schema {
        Some(schema) => Statement::from_sql_and_values(
            backend,
            "SELECT 1 FROM information_schema.tables WHERE table_schema = $1 AND table_name = 'migrations'",
            [schema.into()],
        ),
        None => Statement::from_string(
            backend,
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'",
        ),
    };
    let applied = match db.query_one_raw(history).await? {
        Some(_) => applied(db, knows_levels(db, schema).await?).await?,
        None => Vec::new(),
    };
    let missing = missing(&[common::MIGRATIONS, migrations], &applied)?;
    Ok(missing.into_iter().map(|migration| migration.id).collect())
}

/// A line of the history.
struct Applied {
    id: String,
    checksum: String,
    /// What a program has to know to run on it.
    lowest: Option<String>,
}

/// Lists what was applied before.
async fn applied(db: &impl ConnectionTrait, levels: bool) -> Result<Vec<Applied>, StoreError> {
    let lowest = if levels { "lowest" } else { "NULL" };
    let rows = db
        .query_all_raw(Statement::from_string(
            db.get_database_backend(),
            format!("SELECT id, checksum, {lowest} AS lowest FROM migrations ORDER BY id"),
        ))
        .await?;
    let line = |row: &QueryResult| {
        Ok(Applied {
            id: row.try_get("", "id")?,
            checksum: row.try_get("", "checksum")?,
            lowest: row.try_get("", "lowest")?,
        })
    };
    rows.iter().map(line).collect()
}

/// Lists what is still to be done, each list after the one before.
fn missing<'a>(
    lists: &[&'a [Migration]],
    applied: &[Applied],
) -> Result<Vec<&'a Migration>, MigrationError> {
    let mut missing = Vec::new();
    let mut known = Vec::new();
    for list in lists {
        let mut gap = None;
        for migration in *list {
            if known.contains(&migration.id) {
                return Err(MigrationError::Duplicate(migration.id));
            }
            known.push(migration.id);
            if let Some(lowest) = migration.lowest().filter(|lowest| !known.contains(lowest)) {
                return Err(MigrationError::NoSuchLowest(migration.id, lowest));
            }
            match applied.iter().find(|line| line.id == migration.id) {
                Some(_) if gap.is_some() => {
                    return Err(MigrationError::OutOfOrder(gap.unwrap_or_default()));
                }
                Some(line) if line.checksum != migration.checksum() => {
                    return Err(MigrationError::Changed(line.id.clone()));
                }
                Some(_) => {}
                None => {
                    gap = gap.or(Some(migration.id));
                    missing.push(migration);
                }
            }
        }
    }
    may_run(lists, applied, &missing)?;
    Ok(missing)
}

/// Lists what a later program has applied.
fn unknown<'a>(
    lists: &[&[Migration]],
    applied: &'a [Applied],
) -> impl Iterator<Item = &'a Applied> {
    let known: Vec<&str> = lists
        .iter()
        .copied()
        .flatten()
        .map(|migration| migration.id)
        .collect();
    applied
        .iter()
        .filter(move |line| !known.contains(&line.id.as_str()))
}

/// Refuses tables on which a later program has left no place for this one.
fn may_run(
    lists: &[&[Migration]],
    applied: &[Applied],
    missing: &[&Migration],
) -> Result<(), MigrationError> {
    for line in unknown(lists, applied) {
        let known = |id: &str| {
            lists
                .iter()
                .copied()
                .flatten()
                .any(|migration| migration.id == id)
        };
        if let Some(lowest) = line.lowest.as_deref().filter(|lowest| !known(lowest)) {
            return Err(MigrationError::Newer {
                id: line.id.clone(),
                lowest: lowest.to_owned(),
            });
        }
        if let Some(ours) = missing.first() {
            return Err(MigrationError::Diverged {
                theirs: line.id.clone(),
                ours: ours.id,
            });
        }
    }
    Ok(())
}

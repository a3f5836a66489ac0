use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use sea_orm::{ColumnTrait as _, sea_query::Expr};
use sea_orm::{ConnectionTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use sv_kernel::{Ctx, Tenant};
use sv_proto::common::CommonReason;
use tokio::sync::Barrier;

use super::{NOTES, insert, note};
use crate::{Db, StoreError, TenantTable as _, testing::TestDb, work};

async fn count(db: &Db) -> u64 {
    note::Entity::find().count(db.read()).await.unwrap()
}

#[tokio::test]
async fn a_transaction_is_all_or_nothing() {
    for db in TestDb::all(NOTES).await {
        let ctx = db.ctx();
        db.write(&ctx, |tx| work(async move { insert(tx, 1, "a").await }))
            .await
            .unwrap();
        let failed = db.write(&ctx, |tx| {
            work(async move {
                insert(tx, 2, "a").await?;
                insert(tx, 1, "a").await
            })
        });
        assert!(failed.await.unwrap_err().is_duplicate());
        assert_eq!(count(&db).await, 1);
    }
}

/// Only PostgreSQL has such transactions; what becomes of them is the same for both.
#[tokio::test]
async fn work_that_others_were_in_the_way_of_runs_again_from_the_beginning() {
    for db in TestDb::all(NOTES).await {
        let ctx = db.ctx();
        let tries = AtomicU32::new(0);
        let second = db.write(&ctx, |tx| {
            work(async {
                insert(tx, 1, "a").await?;
                if tries.fetch_add(1, Ordering::SeqCst) == 0 {
                    tx.contend();
                    return insert(tx, 1, "a").await;
                }
                Ok(())
            })
        });
        second.await.unwrap();
        assert_eq!(tries.load(Ordering::SeqCst), 2);
        assert_eq!(count(&db).await, 1);

        let vain = db.write(&ctx, |tx| {
            tries.fetch_add(1, Ordering::SeqCst);
            tx.contend();
            work(insert(tx, 1, "a"))
        });
        assert!(vain.await.unwrap_err().is_duplicate());
        assert_eq!(tries.load(Ordering::SeqCst), 6, "four times at most");
    }
}

#[tokio::test]
async fn a_call_that_is_dropped_leaves_nothing_and_blocks_nobody() {
    for db in TestDb::all(NOTES).await {
        let ctx = db.ctx();
        let never = db.write(&ctx, |tx| {
            work(async move {
                insert(tx, 1, "a").await?;
                std::future::pending::<Result<(), StoreError>>().await
            })
        });
        tokio::time::timeout(Duration::from_millis(200), never)
            .await
            .unwrap_err();
        db.write(&ctx, |tx| work(async move { insert(tx, 1, "a").await }))
            .await
            .unwrap();
        assert_eq!(count(&db).await, 1);
    }
}

#[tokio::test]
async fn a_call_that_waits_for_the_writer_hears_before_its_deadline_that_others_are_in_the_way() {
    let db = TestDb::sqlite(NOTES).await;
    let ctx = db.ctx();
    let held = db.begin(&ctx).await.unwrap();
    let hurried = Ctx {
        deadline: Some(std::time::Instant::now() + Duration::from_millis(500)),
        ..ctx.clone()
    };
    let refused = db
        .write(&hurried, |tx| work(async move { insert(tx, 1, "a").await }))
        .await;
    assert!(hurried.remaining().is_some_and(|left| !left.is_zero()));
    assert!(
        matches!(refused, Err(StoreError::Contended(_))),
        "{refused:?}"
    );
    let told = sv_kernel::Error::from(refused.unwrap_err());
    // It closes no breaker.
    assert!(told.is(&CommonReason::Contended));
    held.rollback().await.unwrap();
    db.write(&ctx, |tx| work(async move { insert(tx, 1, "a").await }))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_statement_stops_at_the_deadline_of_its_call() {
    for db in TestDb::all(NOTES).await {
        if db.backend() != sea_orm::DbBackend::Postgres {
            continue;
        }
        let ctx = Ctx {
            deadline: Some(std::time::Instant::now() + Duration::from_millis(200)),
            ..db.ctx()
        };
        let slow = db.write(&ctx, |tx| {
            work(async move { tx.run("SELECT pg_sleep(60)", []).await.map(drop) })
        });
        let stopped = slow.await;
        assert!(
            matches!(stopped, Err(StoreError::Unavailable(_))),
            "{stopped:?}"
        );
    }
}

#[tokio::test]
async fn nothing_is_written_through_the_reader() {
    let db = TestDb::sqlite(NOTES).await;
    let write = db
        .read()
        .execute_unprepared("INSERT INTO notes VALUES (1, 'a', 'x')");
    write.await.unwrap_err();
    assert_eq!(count(&db).await, 0);
}

#[tokio::test]
async fn many_writers_of_two_processes_all_get_their_turn() {
    for db in TestDb::all(NOTES).await {
        let other = db.reopen(NOTES).await.unwrap();
        let tasks = (0..60).map(|id| {
            let ctx = db.ctx();
            let db = if id % 2 == 0 {
                (*db).clone()
            } else {
                other.clone()
            };
            tokio::spawn(async move {
                db.write(&ctx, |tx| work(async move { insert(tx, id, "a").await }))
                    .await
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap().unwrap();
        }
        assert_eq!(count(&db).await, 60);
        other.close().await.unwrap();
    }
}

#[tokio::test]
async fn transactions_that_lock_each_other_both_succeed() {
    for db in TestDb::all(NOTES).await {
        if db.backend() != sea_orm::DbBackend::Postgres {
            continue; // One writer cannot lock itself.
        }
        let ctx = db.ctx();
        db.write(&ctx, |tx| {
            work(async move {
                insert(tx, 1, "a").await?;
                insert(tx, 2, "a").await
            })
        })
        .await
        .unwrap();
        let both_hold_one = Arc::new(Barrier::new(2));
        let swap = |first: i64, second: i64| {
            let (db, ctx, barrier) = ((*db).clone(), ctx.clone(), both_hold_one.clone());
            let waited = std::sync::atomic::AtomicBool::new(false);
            tokio::spawn(async move {
                let (barrier, waited) = (&barrier, &waited);
                db.write(&ctx, |tx| {
                    work(async move {
                        let sql = "UPDATE notes SET body = body || 'y' WHERE id = $1";
                        tx.run(sql, [first.into()]).await?;
                        if !waited.swap(true, std::sync::atomic::Ordering::SeqCst) {
                            barrier.wait().await;
                        }
                        tx.run(sql, [second.into()]).await.map(drop)
                    })
                })
                .await
            })
        };
        let (one, two) = (swap(1, 2), swap(2, 1));
        one.await.unwrap().unwrap();
        two.await.unwrap().unwrap();
        let all = note::Entity::find().all(db.read()).await.unwrap();
        assert!(all.iter().all(|row| row.body == "xyy"), "{all:?}");
    }
}

/// TEN-1, C26.
#[tokio::test]
async fn a_tenant_never_sees_changes_or_deletes_what_is_anothers() {
    for db in TestDb::all(NOTES).await {
        let (a, b) = (Tenant::parse("a").unwrap(), Tenant::parse("b").unwrap());
        db.write(&db.ctx(), |tx| {
            work(async move {
                insert(tx, 1, "a").await?;
                insert(tx, 2, "b").await
            })
        })
        .await
        .unwrap();
        let seen = note::Entity::of(&a).all(db.read()).await.unwrap();
        assert_eq!(seen.iter().map(|row| row.id).collect::<Vec<_>>(), [1]);
        let by_id = note::Entity::of(&a).filter(note::Column::Id.eq(2));
        assert_eq!(by_id.one(db.read()).await.unwrap(), None);
        let tx = db.begin(&db.ctx()).await.unwrap();
        let change = note::Entity::update_of(&a).col_expr(note::Column::Body, Expr::val("y"));
        assert_eq!(change.exec(&tx).await.unwrap().rows_affected, 1);
        let deletion = note::Entity::delete_of(&a).filter(note::Column::Id.eq(2));
        assert_eq!(deletion.exec(&tx).await.unwrap().rows_affected, 0);
        tx.commit().await.unwrap();
        let theirs = note::Entity::of(&b).one(db.read()).await.unwrap().unwrap();
        assert_eq!(theirs.body, "x");
    }
}

/// The shape of every handler: a boxed future that must be `Send`, with borrowed values inside.
#[tokio::test]
async fn transactions_fit_into_handlers() {
    #[async_trait::async_trait]
    trait Handler {
        async fn call(&self, ctx: &Ctx, names: Vec<String>) -> Result<u64, sv_kernel::Error>;
    }
    struct App(Db);
    #[async_trait::async_trait]
    impl Handler for App {
        async fn call(&self, ctx: &Ctx, names: Vec<String>) -> Result<u64, sv_kernel::Error> {
            let names = &names;
            let write = self.0.write(ctx, |tx| {
                work(async move {
                    for (id, name) in names.iter().enumerate() {
                        insert(tx, i64::try_from(id).unwrap(), name).await?;
                    }
                    let mine = note::Entity::of(&ctx.tenant).count(tx).await;
                    Ok(mine.map_err(StoreError::from)?)
                })
            });
            write.await
        }
    }
    let db = TestDb::sqlite(NOTES).await;
    let (app, ctx) = (App((*db).clone()), db.ctx());
    let call = async move { app.call(&ctx, vec!["default".into(), "acme".into()]).await };
    assert_eq!(tokio::spawn(call).await.unwrap().unwrap(), 1);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let db = TestDb::sqlite(NOTES).await;
    let crate::DbConfig::Sqlite { folder } = db.config() else {
        panic!("SQLite")
    };
    db.write(&db.ctx(), |tx| {
        work(async move { insert(tx, 1, "a").await })
    })
    .await
    .unwrap();
    let files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(files.len(), 3, "{files:?}");
    for file in files {
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file:?}");
    }
}

#[tokio::test]
async fn calls_are_let_in_between_what_nobody_waits_for() {
    for db in TestDb::all(NOTES).await {
        if db.sqlite_writer().is_none() {
            // PostgreSQL lets many write at once.
            continue;
        }
        let ctx = db.ctx();
        let call = Ctx {
            deadline: Some(std::time::Instant::now() + Duration::from_mins(1)),
            ..ctx.clone()
        };
        let before = db.begin(&ctx).await.unwrap();
        let done = Arc::new(AtomicU32::new(0));
        let background = (0..100).map(|id| {
            let (db, ctx, done) = (db.clone(), ctx.clone(), done.clone());
            tokio::spawn(async move {
                let written = db.write(&ctx, |tx| work(insert(tx, id, "a"))).await;
                done.fetch_add(1, Ordering::SeqCst);
                written.unwrap();
            })
        });
        let background: Vec<_> = background.collect();
        // All of them wait.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let asked = async {
            let asked = db.write(&call, |tx| work(insert(tx, 1000, "a")));
            asked.await.unwrap();
            done.load(Ordering::SeqCst)
        };
        let end = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            drop(before);
        };
        let (earlier, ()) = tokio::join!(asked, end);
        assert!(earlier < 50, "{earlier} of 100 were let in before a call");
        for one in background {
            one.await.unwrap();
        }
        assert_eq!(count(&db).await, 101);
    }
}

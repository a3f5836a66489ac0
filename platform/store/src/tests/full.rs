use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use sv_proto::common::CommonReason;

use super::{NOTES, insert, note};
use crate::{
    StoreError,
    testing::{self, TestDb},
    work,
};

#[tokio::test]
async fn what_is_acknowledged_after_a_full_disk_is_there_at_the_next_start() {
    testing::survives_a_full_disk(NOTES).await;
}

#[tokio::test]
async fn a_full_disk_has_a_reason_of_its_own_and_shows_until_there_is_room() {
    let db = TestDb::sqlite(NOTES).await;
    let ctx = db.ctx();
    db.check_room().await.unwrap();
    db.fill(true).await;
    let big = db.write(&ctx, |tx| {
        work(async move {
            let sql = "INSERT INTO notes (id, tenant, body) VALUES (1, 'a', $1)";
            tx.run(sql, ["x".repeat(100_000).into()]).await.map(drop)
        })
    });
    let refused = big.await.unwrap_err();
    assert!(matches!(refused, StoreError::Full(_)), "{refused:?}");
    let shown = sv_kernel::Error::from(refused);
    assert!(shown.is(&CommonReason::StorageFull), "{shown:?}");
    let room = db.check_room().await;
    assert!(matches!(room, Err(StoreError::Full(_))), "{room:?}");
    assert_eq!(note::Entity::find().count(db.read()).await.unwrap(), 0);

    db.fill(false).await;
    db.check_room().await.unwrap();
}

#[tokio::test]
async fn a_transaction_whose_statement_failed_is_never_half_acknowledged() {
    for db in TestDb::all(NOTES).await {
        let ctx = db.ctx();
        let tx = db.begin(&ctx).await.unwrap();
        insert(&tx, 1, "a").await.unwrap();
        assert!(insert(&tx, 1, "a").await.unwrap_err().is_duplicate());
        let acknowledged = u64::from(tx.commit().await.is_ok());
        assert_eq!(
            note::Entity::find().count(db.read()).await.unwrap(),
            acknowledged
        );
    }
}

#[cfg(unix)]
#[tokio::test]
async fn tables_whose_file_is_gone_take_nothing_more_and_say_why() {
    let db = TestDb::sqlite(NOTES).await;
    let ctx = db.ctx();
    db.check_place().await.unwrap();
    let crate::DbConfig::Sqlite { folder } = db.config() else {
        unreachable!()
    };
    let files = std::fs::read_dir(folder).unwrap();
    let mut files = files.map(|file| file.unwrap().path());
    let file = files.find(|file| file.extension().is_some_and(|end| end == "db"));
    std::fs::remove_file(file.unwrap()).unwrap();
    let refused = db.begin(&ctx).await.unwrap_err();
    assert!(matches!(refused, StoreError::Lost(_)), "{refused:?}");
    let told = sv_kernel::causes(&db.check_place().await.unwrap_err());
    assert!(
        told.contains(" was deleted: nothing more is written"),
        "{told}"
    );
    let shown = sv_kernel::Error::from(refused);
    assert!(shown.is(&CommonReason::StorageLost), "{shown:?}");
    assert_eq!(note::Entity::find().count(db.read()).await.unwrap(), 0);
}

#[test]
fn too_many_open_files_are_the_cause_that_is_told() {
    let refused = std::io::Error::from_raw_os_error(24);
    let refused = sea_orm::sqlx::Error::Io(refused);
    let refused = sea_orm::DbErr::Conn(sea_orm::RuntimeErr::SqlxError(refused.into()));
    let refused = StoreError::from(refused);
    assert!(matches!(refused, StoreError::Files(_)), "{refused:?}");
    assert!(refused.to_string().contains("ulimit -n"), "{refused}");
    let shown = sv_kernel::Error::from(refused);
    assert!(shown.is(&CommonReason::FilesExhausted), "{shown:?}");
}

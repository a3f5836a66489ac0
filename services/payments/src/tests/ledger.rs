//! The books are appended to.

use sea_orm::ConnectionTrait as _;

use super::World;

#[tokio::test]
async fn nothing_in_the_books_is_changed_or_taken_out_by_whatever_sql() {
    for world in World::all().await {
        world.charged(&world.bill("")).await;
        let before = world.balances().await;
        for sql in [
            "UPDATE journal_lines SET amount_minor = 1",
            "DELETE FROM journal_lines",
            "UPDATE journal_entries SET event = 'x'",
            "DELETE FROM journal_entries",
        ] {
            let tx = world.db.begin(&world.background).await.unwrap();
            let refused = tx.execute_unprepared(sql).await.unwrap_err().to_string();
            assert!(refused.contains("never changed"), "{sql}: {refused}");
            tx.rollback().await.unwrap();
        }
        assert_eq!(world.balances().await, before);
    }
}

/// Whoever wrote it: what does not add up is not shown as if it did.
#[tokio::test]
async fn an_entry_that_does_not_add_up_is_a_fault() {
    for world in World::all().await {
        let bill = world.bill("");
        world.charged(&bill).await;
        let tx = world.db.begin(&world.background).await.unwrap();
        tx.execute_unprepared(
            "INSERT INTO journal_lines (entry_id, tenant, number, account, currency, amount_minor)
             SELECT id, tenant, 9, 'revenue', 'EUR', 5 FROM journal_entries",
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let id = bill.payment_id.parse().unwrap();
        let refused = world.app.get(&world.background, id).await.unwrap_err();
        assert_eq!(refused.reason(), "INTERNAL");
    }
}

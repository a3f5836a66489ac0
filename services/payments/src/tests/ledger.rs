//! The books are appended to.

use sea_orm::ConnectionTrait as _;

use super::TestApp;

#[tokio::test]
async fn nothing_in_the_books_is_changed_or_taken_out_by_whatever_sql() {
    for test in TestApp::all().await {
        test.charged(&test.bill("")).await;
        let before = test.balances().await;
        for sql in [
            "UPDATE journal_lines SET amount_minor = 1",
            "DELETE FROM journal_lines",
            "UPDATE journal_entries SET event = 'x'",
            "DELETE FROM journal_entries",
        ] {
            let tx = test.db.begin(&test.background).await.unwrap();
            let refused = tx.execute_unprepared(sql).await.unwrap_err().to_string();
            assert!(refused.contains("never changed"), "{sql}: {refused}");
            tx.rollback().await.unwrap();
        }
        assert_eq!(test.balances().await, before);
    }
}

/// Whoever wrote it: what does not add up is not shown as if it did.
#[tokio::test]
async fn an_entry_that_does_not_add_up_is_a_fault() {
    for test in TestApp::all().await {
        let bill = test.bill("");
        test.charged(&bill).await;
        let tx = test.db.begin(&test.background).await.unwrap();
        tx.execute_unprepared(
            "INSERT INTO journal_lines (entry_id, tenant, number, account, currency, amount_minor)
             SELECT id, tenant, 9, 'revenue', 'EUR', 5 FROM journal_entries",
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let id = bill.payment_id.parse().unwrap();
        let refused = test.app.get(&test.background, id).await.unwrap_err();
        assert_eq!(refused.reason(), "INTERNAL");
    }
}

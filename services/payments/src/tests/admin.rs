//! What administrators and support read.

use std::time::Duration;

use sv_kernel::{PageAsk, Tenant};
use sv_proto::{
    convert::timestamp,
    options::Role,
    payments::{self as pb, PaymentReason, PaymentStatus},
};
use sv_rpc::{call, error};

use super::TestApp;
use crate::domain::Filter;

impl TestApp {
    async fn list(&self, request: pb::AdminListPaymentsRequest) -> Vec<String> {
        let mut admin = self.admin.clone();
        let answer = admin
            .admin_list_payments(call(&self.reader(), request))
            .await;
        let items = answer.map_err(error).unwrap().into_inner().items;
        items.into_iter().map(|payment| payment.id).collect()
    }
}

#[tokio::test]
async fn payments_are_found_by_account_state_and_time_and_listed_in_pages() {
    for test in TestApp::all().await {
        let mut bills = Vec::new();
        for method in ["", "declined", "", "action", ""] {
            let bill = test.bill(method);
            test.charged(&bill).await;
            test.harness.clock.advance(Duration::from_secs(1));
            bills.push(bill);
        }
        let middle = timestamp(test.background.now() - Duration::from_millis(2_500));
        let ids = |places: &[usize]| -> Vec<String> {
            let found = places.iter().map(|at| bills[*at].payment_id.clone());
            found.collect()
        };
        let all = pb::AdminListPaymentsRequest::default();
        assert_eq!(test.list(all.clone()).await, ids(&[4, 3, 2, 1, 0]));
        let of_account = pb::AdminListPaymentsRequest {
            account_id: bills[2].account_id.clone(),
            ..all.clone()
        };
        assert_eq!(test.list(of_account).await, ids(&[2]));
        let mut confirmed = all.clone();
        confirmed.set_status(PaymentStatus::Confirmed);
        assert_eq!(test.list(confirmed.clone()).await, ids(&[4, 2, 0]));
        confirmed.from = Some(middle);
        assert_eq!(test.list(confirmed).await, ids(&[4]));
        let before = pb::AdminListPaymentsRequest {
            to: Some(middle),
            ..all.clone()
        };
        assert_eq!(test.list(before).await, ids(&[2, 1, 0]));

        let mut found = Vec::new();
        let mut ask = pb::AdminListPaymentsRequest {
            page_size: 2,
            ..all.clone()
        };
        loop {
            let mut admin = test.admin.clone();
            let answer = admin.admin_list_payments(call(&test.reader(), ask.clone()));
            let page = answer.await.map_err(error).unwrap().into_inner();
            found.extend(page.items.into_iter().map(|payment| payment.id));
            if page.next_page_token.is_empty() {
                break;
            }
            ask.page_token = page.next_page_token;
        }
        assert_eq!(found, ids(&[4, 3, 2, 1, 0]));
    }
}

#[tokio::test]
async fn another_tenants_payments_are_nobodys_here() {
    for test in TestApp::all().await {
        let bill = test.bill("");
        test.charged(&bill).await;
        let stranger = &test.background.for_tenant(Tenant::parse("acme").unwrap());
        let id = bill.payment_id.parse().unwrap();
        let refused = test.app.get(stranger, id).await.unwrap_err();
        assert!(refused.is(&PaymentReason::PaymentNotFound), "{refused:?}");
        let refused = test.app.cancel(stranger, id).await.unwrap_err();
        assert!(refused.is(&PaymentReason::PaymentNotFound), "{refused:?}");
        let all = Filter::default();
        let listed = test.app.list(stranger, &all, PageAsk::default()).await;
        assert_eq!(listed.unwrap().0, []);
        assert_eq!(test.app.balances(stranger).await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_viewer_reads_no_books() {
    for test in TestApp::all().await {
        let viewer = test
            .harness
            .viewer(test.harness.env.ids.next(), [Role::Viewer]);
        let request = call(&viewer, pb::GetLedgerRequest {});
        let refused = test.admin.clone().get_ledger(request).await;
        assert_eq!(
            refused.map_err(error).unwrap_err().reason(),
            "PERMISSION_DENIED"
        );
    }
}

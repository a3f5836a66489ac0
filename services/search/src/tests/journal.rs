//! What was looked for, as editors are told of it.

use std::time::Duration;

use sv_proto::{
    content::ContentType,
    search::{
        ListTopQueriesRequest, ListZeroResultsRequest, ListZeroResultsResponse,
        SearchGlobalRequest, SearchedQuery,
    },
};
use sv_rpc::{call, error};

use super::test_app::{TestApp, asked, changed, film};

fn told(items: &[SearchedQuery]) -> Vec<(&str, i64, i64)> {
    let items = items.iter();
    items
        .map(|item| (&*item.q, item.searches, item.zero_results))
        .collect()
}

async fn in_vain(test: &TestApp, request: ListZeroResultsRequest) -> ListZeroResultsResponse {
    let request = call(&test.administrator(), request);
    let answer = test.tuning.clone().list_zero_results(request).await;
    answer.unwrap().into_inner()
}

/// Waits until what was counted is written, and returns what was looked for in vain.
async fn zero_results(test: &TestApp, texts: usize) -> Vec<SearchedQuery> {
    // Who types has ended by then.
    test.clock.advance(Duration::from_secs(11));
    let written = async {
        loop {
            let told = in_vain(test, ListZeroResultsRequest::default()).await;
            if told.items.len() >= texts {
                return told.items;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), written)
        .await
        .unwrap()
}

#[tokio::test]
async fn editors_are_told_what_was_looked_for_in_vain_and_what_was_looked_for_most() {
    for test in TestApp::all().await {
        test.settle().await;
        test.tell([changed(film("film", "Solaris"), 1)]).await;
        test.settle().await;
        while test.find("solaris").await.degraded {}
        test.clock.advance(Duration::from_secs(11));
        for typed in ["stal", "stalk", "stalker", "solaris"] {
            test.find(typed).await;
        }
        test.find("Stalker").await;
        test.find("nothing@example.org").await;
        // Children, filters and further pages are not counted.
        test.ask_as(&test.child, asked("mirror")).await.unwrap();
        let filtered = SearchGlobalRequest {
            r#type: vec![ContentType::Series.into()],
            ..asked("nostalgia")
        };
        test.ask(filtered).await.unwrap();
        let further = SearchGlobalRequest {
            offset: 20,
            ..asked("sacrifice")
        };
        test.ask(further).await.unwrap();
        let items = zero_results(&test, 1).await;
        assert_eq!(told(&items), [("stalker", 2, 2)]);
        assert!(items[0].last_time.is_some());
        let request = call(&test.operator, ListTopQueriesRequest::default());
        let top = test.tuning.clone().list_top_queries(request).await;
        let top = top.unwrap().into_inner();
        // While it was waited for the index, `solaris` was looked for, too.
        assert!(told(&top.items).contains(&("stalker", 2, 2)), "{top:?}");
        assert!(top.items.iter().any(|item| item.q == "solaris"), "{top:?}");

        // Days pass: what is old is neither told nor kept.
        test.clock.advance(Duration::from_hours(72));
        let days = |days| ListZeroResultsRequest {
            days,
            ..ListZeroResultsRequest::default()
        };
        assert_eq!(in_vain(&test, days(2)).await.items.len(), 0);
        assert_eq!(in_vain(&test, days(5)).await.items.len(), 1);
        test.clock.advance(Duration::from_hours(720));
        let forgotten = async {
            while !in_vain(&test, days(30)).await.items.is_empty() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), forgotten)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn the_list_is_paged_bounded_and_for_editors_alone() {
    for test in TestApp::all().await {
        test.settle().await;
        while test.find("something").await.degraded {}
        for n in 0..5 {
            test.clock.advance(Duration::from_secs(11));
            test.find(&format!("missing thing {n}")).await;
        }
        zero_results(&test, 6).await;
        let mut request = ListZeroResultsRequest {
            page_size: 2,
            ..ListZeroResultsRequest::default()
        };
        let mut all = Vec::new();
        loop {
            let part = in_vain(&test, request.clone()).await;
            assert!(part.items.len() <= 2);
            all.extend(part.items.into_iter().map(|item| item.q));
            if part.next_page_token.is_empty() {
                break;
            }
            request.page_token = part.next_page_token;
        }
        let mut once = all.clone();
        once.sort();
        once.dedup();
        assert_eq!((all.len(), once.len()), (6, 6));
        for (ctx, request, reason) in [
            (
                &test.operator,
                ListZeroResultsRequest {
                    days: 31,
                    ..request.clone()
                },
                "VALIDATION_FAILED",
            ),
            (
                &test.viewer,
                ListZeroResultsRequest::default(),
                "PERMISSION_DENIED",
            ),
        ] {
            let refused = test
                .tuning
                .clone()
                .list_zero_results(call(ctx, request))
                .await;
            assert_eq!(refused.map_err(error).unwrap_err().reason(), reason);
        }
    }
}

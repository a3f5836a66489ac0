use std::time::Duration;

use sv_proto::{auth as pb, auth::AuthReason, common::CommonReason};

use super::{PASSWORD, TestApp, options, read};
use crate::Options;

/// AUTH-3, AUTH-8, A21.
#[tokio::test]
async fn logging_out_ends_this_session_only() {
    for test in TestApp::all().await {
        let here = test.register("ana@example.com", PASSWORD).await.unwrap();
        let there = test.login("ana@example.com", PASSWORD).await.unwrap();
        assert_eq!(test.logout(&here.access_token, false).await.unwrap(), 1);
        let refused = test.verify(&here.access_token).await.unwrap_err();
        assert!(refused.is(&CommonReason::TokenRevoked), "{refused}");
        let refused = test.refresh(&here.refresh_token, None).await.unwrap_err();
        assert!(refused.is(&AuthReason::RefreshTokenInvalid), "{refused}");
        test.verify(&there.access_token).await.unwrap();
        test.refresh(&there.refresh_token, None).await.unwrap();
    }
}

/// A21: who signs out is out at once where auth runs, however old the process's news are.
#[tokio::test]
async fn the_process_of_auth_need_not_ask_what_ended() {
    for test in TestApp::all().await {
        let verifier = &test.harness.authenticator;
        let ana = test.register("ana@example.com", PASSWORD).await.unwrap();
        verifier.verify(&ana.access_token).await.unwrap();
        test.logout(&ana.access_token, false).await.unwrap();
        let refused = verifier.verify(&ana.access_token).await.unwrap_err();
        assert!(refused.is(&CommonReason::TokenRevoked), "{refused}");

        let ben = test.register("ben@example.com", PASSWORD).await.unwrap();
        test.refresh(&ben.refresh_token, None).await.unwrap();
        verifier.verify(&ben.access_token).await.unwrap();
        test.refresh(&ben.refresh_token, None).await.unwrap_err();
        let refused = verifier.verify(&ben.access_token).await.unwrap_err();
        assert!(refused.is(&CommonReason::TokenRevoked), "{refused}");
    }
}

#[tokio::test]
async fn all_sessions_of_the_account_end_at_once_and_no_others() {
    for test in TestApp::all().await {
        let other = test.register("ben@example.com", PASSWORD).await.unwrap();
        let first = test.register("ana@example.com", PASSWORD).await.unwrap();
        let second = test.login("ana@example.com", PASSWORD).await.unwrap();
        let third = test.login("ana@example.com", PASSWORD).await.unwrap();
        assert_eq!(test.logout(&second.access_token, true).await.unwrap(), 3);
        for token in [
            &first.access_token,
            &second.access_token,
            &third.access_token,
        ] {
            let refused = test.verify(token).await.unwrap_err();
            assert!(refused.is(&CommonReason::TokenRevoked), "{refused}");
        }
        test.verify(&other.access_token).await.unwrap();
    }
}

async fn news(test: &TestApp, after: i64) -> pb::ListRevocationsResponse {
    let request = pb::ListRevocationsRequest {
        after_version: after,
    };
    let mut platform = test.platform.clone();
    let answer = platform.list_revocations(sv_rpc::call(&test.stranger(), request));
    answer.await.unwrap().into_inner()
}

/// Many sessions end at once in two processes, while a third follows: it misses none.
#[tokio::test]
async fn a_follower_hears_of_every_ended_session_once() {
    for test in TestApp::all().await {
        test.register("ana@example.com", PASSWORD).await.unwrap();
        let mut tokens = Vec::new();
        for _ in 0..20 {
            tokens.push(
                test.login("ana@example.com", PASSWORD)
                    .await
                    .unwrap()
                    .access_token,
            );
        }
        test.db.warm().await;
        let ends = tokens.into_iter().map(|token| {
            let test = test.clone();
            tokio::spawn(async move { test.logout(&token, false).await.unwrap() })
        });
        let ends = futures::future::join_all(ends.collect::<Vec<_>>());
        let (mut heard, mut version) = (Vec::new(), 0);
        let mut follow = async |heard: &mut Vec<String>| {
            let answer = news(&test, version).await;
            version = answer.version;
            heard.extend(answer.revocations.into_iter().map(|ended| ended.session_id));
        };
        tokio::pin!(ends);
        loop {
            tokio::select! {
                ended = &mut ends => {
                    assert!(ended.into_iter().all(|ended| ended.unwrap() == 1));
                    break;
                }
                () = follow(&mut heard) => {}
            }
        }
        follow(&mut heard).await;
        assert_eq!(heard.len(), 20);
        heard.sort();
        heard.dedup();
        assert_eq!(heard.len(), 20);
    }
}

#[tokio::test]
async fn revocations_are_kept_as_long_as_anything_lives_that_was_made_out_to_the_session() {
    for test in TestApp::all().await {
        let first = test.register("ana@example.com", PASSWORD).await.unwrap();
        test.logout(&first.access_token, false).await.unwrap();
        let ended = news(&test, 0).await;
        assert_eq!((ended.revocations.len(), ended.complete), (1, true));
        let until = ended.revocations[0].expire_time.unwrap().seconds;
        let now = sv_kernel::Clock::now(&*test.harness.clock).secs();
        assert_eq!(until, now + 24 * 3600);
        assert_eq!(news(&test, ended.version).await.revocations, []);
        test.harness.clock.advance(Duration::from_hours(24));
        assert_eq!(news(&test, 0).await.revocations.len(), 1, "clocks differ");
        test.harness.clock.advance(Duration::from_mins(1));
        let all = news(&test, 0).await;
        assert_eq!((all.revocations.len(), all.version), (0, ended.version));
    }
}

/// A lifetime that was shortened by configuration does not let the entry end before the token.
#[tokio::test]
async fn the_revocation_of_a_long_token_outlives_a_shortened_lifetime() {
    let options = |hours: u64| Options {
        access_token_seconds: hours * 3600,
        ..options()
    };
    let long = TestApp::sqlite(options(24 * 7)).await;
    let ana = long.register("ana@example.com", PASSWORD).await.unwrap();
    let short = long.with(options(1)).await;
    short.refresh(&ana.refresh_token, None).await.unwrap();
    short.logout(&ana.access_token, false).await.unwrap();
    let ended = news(&short, 0).await;
    let until = ended.revocations[0].expire_time.unwrap().seconds;
    assert_eq!(until, read(&ana.access_token).1["exp"]);
}

/// AUTH-8: 20,000 ended sessions and a restart. A process that starts reads all of them, page by
/// page, before it lets anybody in.
#[tokio::test]
async fn of_20_000_ended_sessions_none_returns_with_a_restart() {
    for test in TestApp::all().await {
        let ana = test.register("ana@example.com", PASSWORD).await.unwrap();
        let ben = test.register("ben@example.com", PASSWORD).await.unwrap();
        let ctx = test.db.ctx();
        let until = sv_kernel::Clock::now(&*test.harness.clock) + Duration::from_hours(1);
        let tx = test.db.begin(&ctx).await.unwrap();
        for _ in 0..20_000 {
            crate::store::revocations::append(&tx, ctx.new_id(), until)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        test.logout(&ana.access_token, false).await.unwrap();

        let restarted = test.with(options()).await;
        let verifier = &restarted.harness.authenticator;
        let refused = verifier.verify(&ana.access_token).await.unwrap_err();
        assert!(refused.is(&CommonReason::TokenRevoked), "{refused}");
        verifier.verify(&ben.access_token).await.unwrap();
    }
}

/// A snapshot that was taken before the tables went back to an older state is not believed to reach
/// further than they do.
#[tokio::test]
async fn a_follower_that_is_ahead_is_told_everything() {
    for test in TestApp::all().await {
        let ana = test.register("ana@example.com", PASSWORD).await.unwrap();
        test.logout(&ana.access_token, false).await.unwrap();
        let all = news(&test, 1_000_000).await;
        assert_eq!((all.revocations.len(), all.version), (1, 1));
    }
}

/// For processes that cannot keep the whole list.
#[tokio::test]
async fn auth_says_of_each_session_whether_it_has_ended() {
    for test in TestApp::all().await {
        let ana = test.register("ana@example.com", PASSWORD).await.unwrap();
        let ben = test.register("ben@example.com", PASSWORD).await.unwrap();
        test.logout(&ana.access_token, false).await.unwrap();
        for (token, expected) in [(&ana.access_token, true), (&ben.access_token, false)] {
            let request = pb::CheckSessionRequest {
                session_id: read(token).1["sid"].as_str().unwrap().into(),
            };
            let mut platform = test.platform.clone();
            let answer = platform.check_session(sv_rpc::call(&test.stranger(), request));
            assert_eq!(answer.await.unwrap().into_inner().ended, expected);
        }
    }
}

/// Neither an access token nor what is made out to it outlives the login.
#[tokio::test]
async fn an_access_token_ends_with_its_session_at_the_latest() {
    let test = TestApp::sqlite(options()).await;
    let ana = test.register("ana@example.com", PASSWORD).await.unwrap();
    let end = read(&ana.access_token).1["sxp"].as_i64().unwrap();
    test.harness
        .clock
        .advance(Duration::from_hours(30 * 24) - Duration::from_mins(10));
    let last = test.refresh(&ana.refresh_token, None).await.unwrap();
    assert_eq!(read(&last.access_token).1["exp"], end);
    assert_eq!(last.expires_in, 600);
}

#[tokio::test]
async fn strangers_cannot_log_out_or_read_what_ended() {
    let test = TestApp::all().await.remove(0);
    let request = sv_rpc::call(&test.stranger(), pb::LogoutRequest::default());
    let refused = test.edge.clone().logout(request).await.unwrap_err();
    assert!(sv_rpc::error(refused).is(&CommonReason::Unauthenticated));
    let request = sv_rpc::call(&test.stranger(), pb::ListRevocationsRequest::default());
    let refused = test
        .edge
        .clone()
        .list_revocations(request)
        .await
        .unwrap_err();
    assert!(sv_rpc::error(refused).is(&CommonReason::RouteNotFound));
}

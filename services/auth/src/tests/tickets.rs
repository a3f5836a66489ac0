//! Tickets (C19).

use std::time::Duration;

use sv_kernel::{Ctx, Error};
use sv_proto::{
    auth::{AuthReason, CreateTicketRequest, CreateTicketResponse, RedeemTicketRequest},
    common::CommonReason,
};
use sv_rpc::{call, error};

use super::{PASSWORD, TestApp};

const PATH: &str = "/admin/ondemand/changes";

async fn ticket(test: &TestApp, ctx: &Ctx) -> Result<CreateTicketResponse, Error> {
    let request = CreateTicketRequest { path: PATH.into() };
    let mut edge = test.edge.clone();
    let answer = edge.create_ticket(call(ctx, request)).await;
    Ok(answer.map_err(error)?.into_inner())
}

async fn redeem(test: &TestApp, ticket: &str, path: &str) -> Result<String, Error> {
    let request = RedeemTicketRequest {
        ticket: ticket.into(),
        path: path.into(),
    };
    let mut edge = test.edge.clone();
    let answer = edge.redeem_ticket(call(&test.stranger(), request)).await;
    Ok(answer.map_err(error)?.into_inner().access_token)
}

#[tokio::test]
async fn a_ticket_stands_for_its_token_once_and_for_half_a_minute() {
    for test in TestApp::all().await {
        let ana = test.register("ana@example.org", PASSWORD).await.unwrap();
        let ctx = test.holder(&ana.access_token);
        let refused = ticket(&test, &test.stranger()).await.unwrap_err();
        assert!(refused.is(&CommonReason::Unauthenticated));

        let made = ticket(&test, &ctx).await.unwrap();
        let token = redeem(&test, &made.ticket, PATH).await.unwrap();
        assert_eq!(token, ana.access_token);
        let again = redeem(&test, &made.ticket, PATH).await.unwrap_err();
        assert!(again.is(&AuthReason::TicketInvalid));

        let made = ticket(&test, &ctx).await.unwrap();
        let elsewhere = redeem(&test, &made.ticket, "/admin/ondemand/movies");
        assert!(elsewhere.await.unwrap_err().is(&AuthReason::TicketInvalid));
        let used_up = redeem(&test, &made.ticket, PATH).await.unwrap_err();
        assert!(used_up.is(&AuthReason::TicketInvalid));

        let made = ticket(&test, &ctx).await.unwrap();
        test.harness.clock.advance(Duration::from_secs(31));
        let late = redeem(&test, &made.ticket, PATH).await.unwrap_err();
        assert!(late.is(&AuthReason::TicketInvalid));
        let nonsense = redeem(&test, "nonsense", PATH).await.unwrap_err();
        assert!(nonsense.is(&AuthReason::TicketInvalid));
    }
}

#[tokio::test]
async fn of_two_who_show_a_ticket_one_is_let_in() {
    for test in TestApp::all().await {
        let ana = test.register("ana@example.org", PASSWORD).await.unwrap();
        let made = ticket(&test, &test.holder(&ana.access_token))
            .await
            .unwrap();
        let (here, there) = tokio::join!(
            redeem(&test, &made.ticket, PATH),
            redeem(&test, &made.ticket, PATH),
        );
        assert_eq!(usize::from(here.is_ok()) + usize::from(there.is_ok()), 1);
    }
}

//! Generated servers, called as gRPC calls them: a service with every kind of RPC.

#[allow(dead_code, reason = "no test asks for all of it")]
mod kinds {
    include!("tests/pb/kinds.rs");
}

use std::sync::Arc;

use futures::{StreamExt as _, stream};
use sv_kernel::{Ctx, MovableClock, Result, SeededEntropy, Timestamp as Instant};
use sv_proto::common::CommonReason;
use sv_rpc::{
    Reply, error,
    handler::{Answers, Messages},
};
use tonic::{Request, Status, client::Grpc};
use tonic_prost::ProstCodec;

use self::kinds::{FakeKinds, Kinds, KindsServer};

/// A message of whole seconds.
type Seconds = prost_types::Timestamp;

fn seconds(seconds: i64) -> Seconds {
    Seconds { seconds, nanos: 0 }
}

struct Counting;

impl Kinds for Counting {
    async fn one(&self, ctx: &Ctx, request: Seconds) -> Result<Reply<Seconds>> {
        let reply = Reply::new(seconds(request.seconds + 1));
        Ok(match request.seconds {
            0 => return Err(CommonReason::Unavailable.into()),
            1 => reply.status(202).etag(ctx.now().secs()),
            2 => reply.status(418),
            _ => reply,
        })
    }

    async fn down(&self, _: &Ctx, request: Seconds) -> Result<Answers<Seconds>> {
        let down = stream::iter((1..=request.seconds).rev()).map(|n| Ok(seconds(n)));
        let end = stream::iter([Err(CommonReason::Overloaded.into())]);
        Ok(Answers::new(down.chain(end)))
    }

    async fn sum(&self, _: &Ctx, mut request: Messages<Seconds>) -> Result<Seconds> {
        let mut sum = 0;
        while let Some(next) = request.next().await {
            sum += next?.seconds;
        }
        Ok(seconds(sum))
    }

    async fn r#move(&self, _: &Ctx, request: Messages<Seconds>) -> Result<Answers<Seconds>> {
        let sums = request.scan(0, |sum, next| {
            let next = next.map(|next| {
                *sum += next.seconds;
                seconds(*sum)
            });
            std::future::ready(Some(next))
        });
        Ok(Answers::new(sums))
    }

    async fn nothing(&self, _: &Ctx, (): ()) -> Result<()> {
        Ok(())
    }
}

fn ctx() -> Ctx {
    let clock = Arc::new(MovableClock::at(Instant::from_secs(7)));
    Ctx::background("test", clock, Arc::new(SeededEntropy::new(1)))
}

fn request<M>(message: M) -> Request<M> {
    let mut request = Request::new(message);
    request.extensions_mut().insert(ctx());
    request
}

/// Calls one RPC by its path.
macro_rules! call {
    ($handlers:expr, $kind:ident $path:literal $request:expr) => {{
        let mut client = Grpc::new(KindsServer::new($handlers));
        let codec = ProstCodec::<_, _>::default();
        let path = http::uri::PathAndQuery::from_static(concat!("/kinds.Kinds/", $path));
        client.$kind($request, path, codec).await
    }};
}

async fn one(handlers: impl Kinds, n: i64) -> Result<tonic::Response<Seconds>, Status> {
    call!(handlers, unary "One" request(seconds(n)))
}

#[tokio::test]
async fn a_message_or_a_reply_answers_one_message() {
    let plain = one(Counting, 3).await.unwrap();
    assert!(plain.metadata().get("x-http-status").is_none());
    assert_eq!(plain.into_inner().seconds, 4);

    let chosen = one(Counting, 1).await.unwrap();
    assert_eq!(chosen.metadata().get("x-http-status").unwrap(), "202");
    assert_eq!(chosen.metadata().get("etag").unwrap(), "\"7\"");

    let refused = error(one(Counting, 0).await.unwrap_err());
    assert!(refused.is(&CommonReason::Unavailable));
    let undeclared = error(one(Counting, 2).await.unwrap_err());
    assert!(undeclared.is(&CommonReason::Internal));

    let nothing: Result<tonic::Response<()>, _> = call!(Counting, unary "Nothing" request(()));
    nothing.unwrap();
}

#[tokio::test]
async fn streams_go_in_and_out_and_end_with_their_error() {
    let down = call!(Counting, server_streaming "Down" request(seconds(3)));
    let down: Vec<Result<Seconds, Status>> = down.unwrap().into_inner().collect().await;
    let (end, counted) = down.split_last().unwrap();
    let counted: Vec<_> = counted
        .iter()
        .map(|n| n.as_ref().unwrap().seconds)
        .collect();
    assert_eq!(counted, [3, 2, 1]);
    assert!(error(end.clone().unwrap_err()).is(&CommonReason::Overloaded));

    let numbers = || request(stream::iter([1, 2, 3].map(seconds)));
    let sum: tonic::Response<Seconds> = call!(Counting, client_streaming "Sum" numbers()).unwrap();
    assert_eq!(sum.into_inner().seconds, 6);

    let sums = call!(Counting, streaming "Move" numbers()).unwrap();
    let sums: Vec<Result<Seconds, Status>> = sums.into_inner().collect().await;
    let sums: Vec<_> = sums.into_iter().map(|n| n.unwrap().seconds).collect();
    assert_eq!(sums, [1, 3, 6]);
}

#[tokio::test]
async fn a_call_past_the_stack_and_one_of_no_rpc_are_refused() {
    let past: Result<tonic::Response<Seconds>, _> =
        call!(Counting, unary "One" Request::new(seconds(3)));
    assert!(error(past.unwrap_err()).is(&CommonReason::Internal));
    for none in ["Bytes", "Two"] {
        let path = format!("/kinds.Kinds/{none}").parse().unwrap();
        let codec = ProstCodec::<Seconds, Seconds>::default();
        let answer = Grpc::new(KindsServer::new(Counting))
            .unary(request(seconds(3)), path, codec)
            .await;
        assert!(error(answer.unwrap_err()).is(&CommonReason::Unimplemented));
    }
}

#[tokio::test]
async fn a_fake_answers_what_the_test_says_and_nothing_else() {
    let fake = FakeKinds::new();
    let unset = error(one(fake.clone(), 3).await.unwrap_err());
    assert!(unset.is(&CommonReason::Unimplemented));

    let _ = fake
        .clone()
        .on_one(|ctx, _| async move { Ok(seconds(ctx.now().secs())) })
        .on_down(|_, _| async move { Ok(Answers::new(stream::iter([Ok(seconds(9))]))) });
    assert_eq!(one(fake.clone(), 3).await.unwrap().into_inner().seconds, 7);
    let down = call!(fake, server_streaming "Down" request(seconds(3)));
    let down: Vec<Result<Seconds, Status>> = down.unwrap().into_inner().collect().await;
    assert_eq!(down[0].as_ref().unwrap().seconds, 9);
}

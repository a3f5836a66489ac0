//! Answers that go on: their forms, their ends, and how many there are (EDGE-7, X-API-1).

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::{StreamExt as _, stream};
use prost::Message as _;
use sv_kernel::Error;
use sv_proto::{
    auth::{AuthReason, RedeemTicketRequest, RedeemTicketResponse},
    common::CommonReason,
    content::{ContentReason, WatchContentRequest, WatchContentResponse},
    options::Role,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::support::{Flow, Got, Heard, Reply, Site, request};
use crate::{ConnectionOptions, EdgeOptions, StreamOptions};

const PATH: &str = "/admin/ondemand/changes";
const LINES: &str = "application/x-ndjson";
const EVENTS: &str = "text/event-stream";

fn message(position: u32) -> Vec<u8> {
    let message = WatchContentResponse {
        position: position.to_string(),
        id: format!("title {position}"),
        ..Default::default()
    };
    message.encode_to_vec()
}

/// Three messages, and what then comes.
fn three(then: impl futures::Stream<Item = Result<Vec<u8>, Error>> + Send + 'static) -> Reply {
    let three = stream::iter((1..=3).map(|n| Ok(message(n))));
    Reply::flowing(three.chain(then))
}

async fn site<F>(options: EdgeOptions, reply: F) -> Site
where
    F: Fn(Heard) -> Result<Reply, Error> + Send + Sync + 'static,
{
    Site::start(options, move |heard| std::future::ready(reply(heard))).await
}

async fn get(site: &Site, path: &str, headers: &[(&str, &str)]) -> Got {
    let token = site.token(&[Role::Admin]);
    let headers = [headers, &[("authorization", &*token)]].concat();
    site.send(request("GET", path, &headers, "")).await
}

/// A stream that is open.
struct Open {
    stream: TcpStream,
    got: String,
}

impl Open {
    async fn new(site: &Site, token: &str, accept: &str) -> Self {
        let mut stream = TcpStream::connect(site.address).await.unwrap();
        let head = format!(
            "GET {PATH} HTTP/1.1\r\nhost: localhost\r\nauthorization: {token}\r\naccept: {accept}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let got = String::new();
        Self { stream, got }
    }

    /// Reads until a text has come.
    async fn until(&mut self, wish: &str) -> &str {
        let reading = async {
            let mut piece = [0; 4096];
            while !self.got.contains(wish) {
                let length = self.stream.read(&mut piece).await.unwrap();
                assert!(length > 0, "ended with {:?}", self.got);
                self.got
                    .push_str(&String::from_utf8_lossy(&piece[..length]));
            }
        };
        let in_time = tokio::time::timeout(Duration::from_secs(10), reading).await;
        assert!(in_time.is_ok(), "{wish:?} did not come");
        &self.got
    }
}

#[tokio::test]
async fn a_stream_comes_as_lines_as_events_or_as_one_list() {
    let site = site(EdgeOptions::default(), |_| Ok(three(stream::empty()))).await;
    let lines = get(&site, PATH, &[("accept", LINES)]).await;
    assert_eq!(lines.header("content-type"), LINES);
    assert_eq!(lines.header("cache-control"), "no-store");
    let text = String::from_utf8(lines.body.to_vec()).unwrap();
    let positions = text.lines().map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        line["position"].as_str().unwrap().to_owned()
    });
    assert_eq!(positions.collect::<Vec<_>>(), ["1", "2", "3"]);

    let events = get(&site, PATH, &[("accept", EVENTS)]).await;
    assert_eq!(events.header("content-type"), EVENTS);
    let text = String::from_utf8(events.body.to_vec()).unwrap();
    let events: Vec<_> = text.split("\n\n").collect();
    assert_eq!(events[0], "retry: 2000");
    assert!(
        events[1].starts_with("id: 1\ndata: {\"position\":\"1\""),
        "{text}"
    );
    assert_eq!(events[4..], ["event: end\ndata: {}", ""]);

    for accept in ["*/*", "application/json"] {
        let one = get(&site, PATH, &[("accept", accept)]).await;
        let one = one.json();
        assert_eq!(one["success"], true);
        assert_eq!(one["data"].as_array().unwrap().len(), 3);
    }
    let raw = get(
        &site,
        PATH,
        &[("accept", "application/vnd.streamverse.raw+json")],
    )
    .await;
    assert_eq!(raw.json()[2]["position"], "3");

    let refused = get(&site, PATH, &[("accept", "image/png")]).await;
    assert_eq!(refused.refusal(), (406, "NOT_ACCEPTABLE".into()));
    let before = site.heard().len();
    let token = site.token(&[Role::Admin]);
    let headers = [("authorization", &*token), ("accept", EVENTS)];
    let head = site.send(request("HEAD", PATH, &headers, "")).await;
    assert_eq!(
        (head.status.as_u16(), head.header("content-type")),
        (200, EVENTS)
    );
    assert_eq!(site.heard().len(), before, "a look ahead opens nothing");
}

#[tokio::test]
async fn one_answer_is_what_there_is_and_the_next_goes_on() {
    let site = site(EdgeOptions::default(), |_| Ok(three(stream::pending()))).await;
    let got = get(&site, PATH, &[]).await;
    assert_eq!(got.json()["data"][2]["position"], "3");
    get(&site, &format!("{PATH}?after=3"), &[]).await;
    // The event is newer than the address, which is opened again as it is.
    get(&site, &format!("{PATH}?after=3"), &[("last-event-id", "7")]).await;
    let asked = site
        .heard()
        .into_iter()
        .map(|heard| heard.message::<WatchContentRequest>().after);
    assert_eq!(asked.collect::<Vec<_>>(), ["", "3", "7"]);
}

#[tokio::test]
async fn a_failure_is_the_last_word_of_what_has_begun_and_a_status_before() {
    let site = site(EdgeOptions::default(), |heard| {
        if heard.message::<WatchContentRequest>().after == "9" {
            return Err(ContentReason::PositionUnknown.into());
        }
        Ok(three(stream::iter([Err(CommonReason::Overloaded.into())])))
    })
    .await;
    for accept in [LINES, EVENTS, "application/json"] {
        let refused = get(&site, &format!("{PATH}?after=9"), &[("accept", accept)]).await;
        assert_eq!(refused.refusal(), (410, "POSITION_UNKNOWN".into()));
    }
    let lines = get(&site, PATH, &[("accept", LINES), ("accept-language", "nb")]).await;
    assert_eq!(lines.status, 200);
    let text = String::from_utf8(lines.body.to_vec()).unwrap();
    let last: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(last["success"], false);
    assert_eq!(last["error"]["code"], "OVERLOADED");
    assert!(
        last["error"]["message"]
            .as_str()
            .unwrap()
            .starts_with("For mye")
    );

    let events = get(&site, PATH, &[("accept", EVENTS)]).await;
    let text = String::from_utf8(events.body.to_vec()).unwrap();
    let last = text.trim_end().rsplit("\n\n").next().unwrap();
    assert!(
        last.starts_with("event: error\ndata: {\"success\":false"),
        "{text}"
    );
}

#[tokio::test]
async fn silence_has_a_heartbeat_and_a_drain_a_last_word() {
    let options = EdgeOptions {
        streams: StreamOptions {
            heartbeat_seconds: 1,
            ..StreamOptions::default()
        },
        ..EdgeOptions::default()
    };
    let site = site(options, |_| Ok(three(stream::pending()))).await;
    let token = site.token(&[Role::Admin]);
    let mut open = Open::new(&site, &token, EVENTS).await;
    open.until("id: 3").await;
    open.until("\n:\n\n").await;
    site.draining.cancel();
    let got = open.until("event: error").await.to_owned();
    let got = if got.contains("draining") {
        got
    } else {
        open.until("draining").await.to_owned()
    };
    assert!(got.contains("STREAM_ENDED"), "{got}");
    let done = tokio::time::timeout(Duration::from_secs(5), site.done);
    done.await
        .expect("a stream keeps the edge from going")
        .unwrap();
}

#[tokio::test]
async fn a_caller_has_so_many_streams_whatever_they_are_spoken_in() {
    let options = EdgeOptions {
        streams: StreamOptions {
            per_caller: 2,
            ..StreamOptions::default()
        },
        ..EdgeOptions::default()
    };
    let site = site(options, |_| Ok(three(stream::pending()))).await;
    let token = site.token(&[Role::Admin]);
    let mut first = Open::new(&site, &token, EVENTS).await;
    let mut second = Open::new(&site, &token, LINES).await;
    first.until("id: 3").await;
    second.until("title 3").await;
    let headers = [("authorization", &*token), ("accept", LINES)];
    let refused = site.send(request("GET", PATH, &headers, "")).await;
    assert_eq!(refused.refusal(), (429, "TOO_MANY_STREAMS".into()));
    let path = "/streamverse.content.v1.ContentAdminService/WatchContent";
    let grpc = [
        ("authorization", &*token),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
    ];
    let refused = site.send_h2(request("POST", path, &grpc, vec![0; 5])).await;
    assert_eq!(refused.header("grpc-status"), "8");
    assert_eq!(get(&site, PATH, &[]).await.status, 200, "another account");

    drop(first);
    let freed = async {
        while site
            .send(request("GET", PATH, &[("authorization", &token)], ""))
            .await
            .status
            != 200
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let freed = tokio::time::timeout(Duration::from_secs(10), freed);
    freed.await.expect("the place of a client that is gone");
}

#[tokio::test]
async fn grpc_and_grpc_web_carry_streams() {
    let site = site(EdgeOptions::default(), |_| Ok(three(stream::empty()))).await;
    let token = site.token(&[Role::Admin]);
    let path = "/streamverse.content.v1.ContentAdminService/WatchContent";
    for kind in ["application/grpc", "application/grpc-web+proto"] {
        let headers = [
            ("authorization", &*token),
            ("content-type", kind),
            ("te", "trailers"),
        ];
        let got = site
            .send_h2(request("POST", path, &headers, vec![0; 5]))
            .await;
        let whole = [&[0, 0, 0, 0, 12][..], &message(2)].concat();
        assert!(
            got.body.windows(whole.len()).any(|part| part == whole),
            "{kind}"
        );
    }
}

#[tokio::test]
async fn who_reads_nothing_is_cut_off_and_holds_little() {
    struct Gone(Arc<AtomicBool>);
    impl Drop for Gone {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }
    let options = EdgeOptions {
        connections: ConnectionOptions {
            write_seconds: 1,
            connection_bytes: 64 * 1024,
            ..ConnectionOptions::default()
        },
        ..EdgeOptions::default()
    };
    let gone = Arc::new(AtomicBool::new(false));
    let dropped = gone.clone();
    let made = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = made.clone();
    let site = site(options, move |_| {
        let (held, counted) = (Gone(dropped.clone()), counted.clone());
        let many = stream::repeat_with(move || {
            let _ = &held;
            let long = WatchContentResponse {
                position: counted.fetch_add(1, Ordering::SeqCst).to_string(),
                id: "x".repeat(10_000),
                ..Default::default()
            };
            Ok(long.encode_to_vec())
        });
        Ok(Reply {
            flow: Flow::of(many),
            ..Reply::default()
        })
    })
    .await;
    let token = site.token(&[Role::Admin]);
    let _open = Open::new(&site, &token, LINES).await;
    let cut = async {
        while !gone.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let cut = tokio::time::timeout(Duration::from_secs(20), cut).await;
    cut.expect("a client that reads nothing keeps its stream");
    // What lies in the buffers of sockets, and no more.
    assert!(made.load(Ordering::SeqCst) < 2_000);
}

/// C19.
#[tokio::test]
async fn a_ticket_opens_a_stream_and_nothing_else() {
    let held = Arc::new(std::sync::OnceLock::<String>::new());
    let token = held.clone();
    let site = site(EdgeOptions::default(), move |heard| match &*heard.method {
        "RedeemTicket" => {
            let asked: RedeemTicketRequest = heard.message();
            assert_eq!(asked.path, PATH);
            if asked.ticket != "good" {
                return Err(AuthReason::TicketInvalid.into());
            }
            let access_token = token.get().unwrap().clone();
            Ok(Reply::of(&RedeemTicketResponse { access_token }))
        }
        _ => Ok(three(stream::empty())),
    })
    .await;
    let token = site.token(&[Role::Admin]);
    held.set(token.trim_start_matches("Bearer ").to_owned())
        .unwrap();

    let opened = site.get(&format!("{PATH}?after=3&ticket=good")).await;
    assert_eq!(opened.status, 200);
    let heard = site.heard().pop().unwrap();
    assert_eq!(heard.message::<WatchContentRequest>().after, "3");
    assert!(
        heard.ctx.actor.viewer().is_some(),
        "as whoever asked for it"
    );
    let refused = site.get(&format!("{PATH}?ticket=used")).await;
    assert_eq!(refused.refusal(), (401, "TICKET_INVALID".into()));

    // A token that is shown, too, is what counts; and elsewhere a ticket opens nothing.
    let both = get(&site, &format!("{PATH}?ticket=used"), &[]).await;
    assert_eq!(both.status, 200);
    let list = site.get("/admin/ondemand/movies?ticket=good").await;
    assert_eq!(list.refusal(), (401, "UNAUTHENTICATED".into()));
}

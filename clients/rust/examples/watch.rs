//! Signs up, finds a film, subscribes, and plays ten seconds of it; the second run goes on where the first
//! one stopped:
//!
//! ```console
//! cargo run -p streamverse-client --example watch http://localhost:3000
//! ```

use std::time::Duration;

use futures::{StreamExt as _, TryStreamExt as _};
use streamverse_client::{
    Client, Result,
    proto::{
        auth::{AuthReason, RegisterRequest},
        content::ListTitlesRequest,
        rights::{Offers, SubscribeRequest},
        search::SearchGlobalRequest,
    },
};

const EMAIL: &str = "rust-example@example.org";
const PASSWORD: &str = "a long enough password";

#[tokio::main]
#[expect(clippy::print_stdout, reason = "what an example is for")]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments
        .next()
        .unwrap_or_else(|| "http://localhost:3000".to_owned());
    let seconds = arguments.next().and_then(|text| text.parse().ok());
    let seconds: u8 = seconds.unwrap_or(10);

    let client = Client::builder(url).device_id("Rust example").build()?;
    let account = RegisterRequest {
        email: EMAIL.to_owned(),
        password: PASSWORD.to_owned(),
        name: "Ana".to_owned(),
        ..RegisterRequest::default()
    };
    match client.register(account).await {
        Err(error) if error.is(AuthReason::EmailTaken) => client.sign_in(EMAIL, PASSWORD).await?,
        made => made?,
    };

    let dramas = ListTitlesRequest {
        genre: vec!["Drama".to_owned()],
        ..ListTitlesRequest::default()
    };
    let dramas: Vec<_> = client.pages(dramas).take(3).try_collect().await?;
    for title in dramas {
        println!("drama: {}", title.title);
    }

    let ask = SearchGlobalRequest {
        q: "endles coast".to_owned(),
        limit: 1,
        ..SearchGlobalRequest::default()
    };
    let found = client.search().search_global(ask).await?.into_inner();
    let Some(film) = found.items.first() else {
        println!("nothing was found");
        return Ok(());
    };
    println!("found: {}", film.title);

    let playback = match client.play(&film.id).await {
        Ok(playback) => playback,
        Err(error) => {
            let offers: Option<Offers> = error.detail("streamverse.rights.v1.Offers");
            let offer = offers.and_then(|offers| offers.offers.into_iter().next());
            let Some(plan) = offer.and_then(|offer| offer.plan) else {
                return Err(error);
            };
            println!("it opens with the plan {}", plan.code);
            let subscription = SubscribeRequest {
                plan_id: plan.code,
                ..SubscribeRequest::default()
            };
            client.rights().subscribe(subscription).await?;
            client.play(&film.id).await?
        }
    };
    let from = playback.started.resume_position_seconds;
    println!("plays from {from} s: {}", playback.url);
    tokio::time::sleep(Duration::from_secs(seconds.into())).await;
    playback.set_position(from + f64::from(seconds));
    playback.close().await
}

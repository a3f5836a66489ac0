//! A gRPC service to put `streamverse edge` in front of: it answers any call with its own message.
//!
//! `cargo run -p sv-gateway --example echo -- 127.0.0.1:50051`
#![expect(
    clippy::unwrap_used,
    reason = "an example may end where it cannot go on"
)]

#[path = "../src/tests/echo.rs"]
mod echo;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

fn main() {
    let address = std::env::args().nth(1);
    let address = address.unwrap_or_else(|| "127.0.0.1:50051".to_owned());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind(&address).await.unwrap();
        echo::run(listener, CancellationToken::new()).await;
    });
}

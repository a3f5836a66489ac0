//! The server that the suite's runner starts: the suite's service behind the server stack of our services,
//! on the guarded listener. With the argument `gateway`, `streamverse edge` stands in front of it.

use std::{error::Error, io, io::Write as _, sync::Arc};

use prost_reflect::DescriptorPool;
use sv_connect::{
    DESCRIPTORS,
    pb::{ServerCompatRequest, ServerCompatResponse},
    reasons,
    service::ConformanceService,
    speech,
};
use sv_gateway::{Gateway, Options};
use sv_listen::{ConnectionOptions, Port};
use sv_rpc::{Limits, PolicyTable, Server, ServerBuilder, ServerSettings, testing::Harness};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// The largest request, as the policies of the service say.
const LARGEST: u32 = 204_800;

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let asked: ServerCompatRequest =
        speech::read(&mut io::stdin().lock())?.ok_or("the runner says nothing")?;
    if asked.use_tls || ![0, LARGEST].contains(&asked.message_receive_limit) {
        return Err("neither TLS nor another limit is served".into());
    }
    let through = std::env::args().nth(1).unwrap_or_default();
    let services = TcpListener::bind("127.0.0.1:0").await?;
    let gateway = match &*through {
        "services" => None,
        "gateway" => Some((
            gateway(services.local_addr()?.port())?,
            TcpListener::bind("127.0.0.1:0").await?,
        )),
        other => return Err(format!("services or gateway, not {other}").into()),
    };
    let asked_at = match &gateway {
        Some((_, listener)) => listener.local_addr()?,
        None => services.local_addr()?,
    };
    let answer = ServerCompatResponse {
        host: asked_at.ip().to_string(),
        port: asked_at.port().into(),
        pem_cert: bytes::Bytes::new(),
    };
    speech::write(&mut io::stdout().lock(), &answer)?;
    // Until the runner ends the process.
    let never = CancellationToken::new();
    let serve = serve(services, server()?, never.clone());
    match gateway {
        Some((gateway, listener)) => {
            tokio::join!(serve, gateway.serve(listener, never));
        }
        None => serve.await,
    }
    Ok(())
}

/// Puts the stack of our services in front of the suite's.
fn server() -> Result<Server, Failure> {
    let harness = Harness::new(&[]);
    let policies = PolicyTable::compile(&DescriptorPool::decode(DESCRIPTORS)?);
    let mut builder = ServerBuilder::new(ServerSettings {
        env: harness.env.clone(),
        policies: Arc::new(policies.map_err(|problems| problems.join("\n"))?),
        authenticator: harness.authenticator.clone(),
        limits: Limits::default(),
    });
    builder.add("conformance", ConformanceService);
    Ok(builder.build().map_err(|problems| problems.join("\n"))?)
}

async fn serve(listener: TcpListener, server: Server, never: CancellationToken) {
    let handler = sv_listen::service(move |_, request| {
        let server = server.clone();
        async move {
            match server.oneshot(request).await {
                Ok(response) => reasons::taken_off(response),
                Err(never) => match never {},
            }
        }
    });
    let port = Port {
        name: "services",
        options: ConnectionOptions::of_mesh(),
        behind_proxy: false,
        secure: None,
    };
    sv_listen::serve(listener, Arc::new(handler), &port, never).await;
}

/// Makes a gateway to the services' port.
fn gateway(port: u16) -> Result<Gateway, Failure> {
    let mut descriptors = tempfile::NamedTempFile::new()?;
    descriptors.write_all(DESCRIPTORS)?;
    Ok(Gateway::new(Options {
        descriptor_sets: vec![descriptors.path().to_owned()],
        upstreams: vec![format!("http://127.0.0.1:{port}").parse()?],
        ..Options::default()
    })?)
}

//! Who is let in where: a service's own port takes services only, the operators' port has no RPC of a
//! service (answers 21 and 22).

use std::fs;

use serde_json::Value;
use tonic::Code;

use crate::harness::{Deployment, Raw};

const GET_ME: &str = "/streamverse.users.v1.UserService/GetMe";
const PLANS: &str = "/streamverse.rights.v1.RightsService/ListPlans";
const HEALTH: &str = "/grpc.health.v1.Health/Check";
const REFLECTION: &str = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";

fn in_runtime<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new()
        .expect("a runtime")
        .block_on(work)
}

async fn end(port: &str, path: &str, headers: &[(&'static str, &str)]) -> Code {
    Raw::call(port, path, headers, &[]).await.end().code()
}

#[test]
fn a_services_own_port_takes_services_only() {
    let deployment = Deployment::start(&["auth,users,rights", "others", "edge"], &[]);
    let announced = deployment.data.path().join("run/users.json");
    let announced: Value = serde_json::from_slice(&fs::read(announced).unwrap()).unwrap();
    let port = announced["url"].as_str().unwrap();
    in_runtime(async {
        assert_eq!(end(port, HEALTH, &[]).await, Code::Ok);
        // Not even what is open to everyone at the edge, and whatever is claimed.
        for headers in [
            &[][..],
            &[("authorization", "Bearer x")],
            &[("x-sv-service", "edge")],
            &[("x-sv-service", "a.b.c")],
        ] {
            for path in [GET_ME, PLANS, REFLECTION, "/stream/1/master.m3u8"] {
                assert_eq!(
                    end(port, path, headers).await,
                    Code::Unauthenticated,
                    "{path}"
                );
            }
        }
        assert_eq!(end(&deployment.edge, PLANS, &[]).await, Code::Ok);
        // C10: in JSON, too, it answers services, and the public port knows of no such path.
        let rights = deployment.data.path().join("run/rights.json");
        let rights: Value = serde_json::from_slice(&fs::read(rights).unwrap()).unwrap();
        let ask = async |port: &str| {
            let (post, path) = (http::Method::POST, "/rights/check_access");
            let answer = Raw::send(port, post, path, &[], bytes::Bytes::new()).await;
            let json: Value = serde_json::from_slice(&answer.body).unwrap();
            (answer.status.as_u16(), json["error"]["code"].clone())
        };
        let port = rights["url"].as_str().unwrap();
        assert_eq!(ask(port).await, (401, "SERVICES_ONLY".into()));
        assert_eq!(ask(&deployment.edge).await, (404, "ROUTE_NOT_FOUND".into()));
    });
}

#[test]
fn the_operators_port_has_no_rpc_of_a_service() {
    let deployment = Deployment::start(&["all"], &[]);
    let port = format!("http://{}", deployment.servers[0].operators_port());
    in_runtime(async {
        assert_eq!(end(&port, HEALTH, &[]).await, Code::Ok);
        for path in [GET_ME, PLANS] {
            assert_eq!(end(&port, path, &[]).await, Code::Unimplemented, "{path}");
        }
        for path in ["/health", "/metrics"] {
            let answer = Raw::send(&port, http::Method::GET, path, &[], bytes::Bytes::new()).await;
            assert_eq!(answer.status, 200, "{path}");
        }
    });
}

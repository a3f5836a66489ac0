//! The same cases over both transports: in this process and over a socket.

use std::sync::atomic::Ordering;

use sv_kernel::Id;
use sv_proto::{
    common::CommonReason,
    options::Role,
    users::{
        GetMeRequest, user_service_client::UserServiceClient,
        user_service_server::UserServiceServer,
    },
};

use super::services::Users;
use crate::{
    call, error,
    testing::{Harness, MemoryIdempotency},
};

#[tokio::test]
async fn a_viewer_reaches_a_method_and_a_stranger_does_not() {
    let harness = Harness::new(&["users"]);
    let users = Users::default();
    let mut builder = harness.builder();
    builder.add("users", UserServiceServer::new(users.clone()));
    builder.idempotency("users", std::sync::Arc::new(MemoryIdempotency::default()));
    harness.serve(builder);
    let mut client = UserServiceClient::new(harness.mesh.client_transport("users").unwrap());

    let user = Id::from_uuid(uuid::Uuid::from_u128(7));
    let viewer = harness.viewer(user, [Role::Viewer]);
    client.get_me(call(&viewer, GetMeRequest {})).await.unwrap();
    assert_eq!(users.last_ctx().actor, viewer.actor);

    let refused = client
        .get_me(call(&harness.anonymous(), GetMeRequest {}))
        .await
        .unwrap_err();
    assert!(error(refused).is(&CommonReason::Unauthenticated));
    assert_eq!(users.runs.load(Ordering::SeqCst), 1);
}

//! Clocks of tenants are for the development profile (X-PAY-8); what they do there, the journeys show.

use sv_proto::{
    admin::{self as pb, AdminReason, test_clock_service_client::TestClockServiceClient},
    options::Role,
};
use sv_rpc::{call, error};

use super::TestApp;
use crate::NAME;

#[tokio::test]
async fn where_the_profile_is_production_no_clock_is_put_on() {
    for test in TestApp::all().await {
        let mesh = test.harness.mesh.calling_as("edge");
        let mut client = TestClockServiceClient::new(mesh.client_transport(NAME).unwrap());
        let admin = test.person(Role::Admin);
        let asked = call(&admin, pb::GetTestClockRequest {});
        let refused = error(client.get_test_clock(asked).await.unwrap_err());
        assert!(refused.is(&AdminReason::TestClockOff), "{refused}");
        let wish = pb::MoveTestClockRequest {
            by_seconds: 1,
            ..Default::default()
        };
        let refused = client.move_test_clock(call(&admin, wish)).await;
        let refused = error(refused.unwrap_err());
        assert!(refused.is(&AdminReason::TestClockOff), "{refused}");
    }
}

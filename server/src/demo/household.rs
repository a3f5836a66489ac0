//! A household that has begun to watch: a child's profile and a PIN against it, a watchlist, an episode that was left in
//! the middle and one that is next, and a rental that ends two hours after the demonstration has begun: where the built-in
//! test provider takes payments, since nobody's card is charged for a demonstration.

use sv_kernel::{Bearer, BoxError, Ctx, Error};
use sv_proto::{
    auth::{AuthReason, LoginRequest, RegisterRequest, auth_service_client::AuthServiceClient},
    rights::{RentTitleRequest, RightsReason, order_service_client::OrderServiceClient},
    streaming::{
        HeartbeatRequest, PlayOnDemandRequest, StopPlaySessionRequest,
        play_session_service_client::PlaySessionServiceClient,
        playback_service_client::PlaybackServiceClient,
    },
    users::{
        AddToWatchlistRequest, CreateProfileRequest, GetMeRequest, Profile,
        SetProfileControlsRequest, UserReason, library_service_client::LibraryServiceClient,
        user_service_client::UserServiceClient,
    },
};
use sv_rpc::{Mesh, Transport, call, error, policy::EDGE};

use super::{
    editors::done_before,
    shelf::{RENTAL_HOURS, Shelf},
};
use crate::node::Node;

/// Who signs in to see it. The demonstration goes only into empty folders, and production refuses it.
pub(super) const EMAIL: &str = "demo@streamverse.example";
pub(super) const PASSWORD: &str = "a household that watches";
/// Keeps the child out of the profile of the grown-ups.
const PIN: &str = "2468";

/// The services that it takes.
pub(super) const NEEDED: [&str; 5] = [
    sv_auth::SERVICE.name,
    sv_users::SERVICE.name,
    sv_content::SERVICE.name,
    sv_rights::SERVICE.name,
    sv_streaming::SERVICE.name,
];

/// The household, signed in.
struct Household {
    mesh: Mesh,
    ctx: Ctx,
}

/// Makes the household do what it has done. It may be repeated.
pub(super) async fn load(node: &Node, shelf: &Shelf) -> Result<(), BoxError> {
    let mesh = node.mesh.calling_as(EDGE);
    let ctx = Ctx {
        bearer: Some(sign_in(node, &mesh).await?),
        ..node.operator()
    };
    let household = Household { mesh, ctx };
    household.profiles().await?;
    for title in [shelf.wanted, &shelf.harbour.id] {
        household.wants(title).await?;
    }
    // Of the series for children the first episode was seen to its end, so that the second one is next; of the
    // other one, the second was left.
    let [pool, harbour] = [&shelf.pool.episodes, &shelf.harbour.episodes];
    for (episode, seconds) in pool.iter().zip([30.0]) {
        household.watches(episode, seconds).await?;
    }
    for (episode, seconds) in harbour.iter().zip([30.0, 12.0]) {
        household.watches(episode, seconds).await?;
    }
    household.rents(shelf.rented).await
}

/// Registers, or signs in where it has registered before.
async fn sign_in(node: &Node, mesh: &Mesh) -> Result<Bearer, BoxError> {
    let mut auth = AuthServiceClient::new(mesh.client_transport(sv_auth::SERVICE.name)?);
    let request = RegisterRequest {
        email: EMAIL.into(),
        password: PASSWORD.into(),
        name: "Ana and Ben".into(),
        ..RegisterRequest::default()
    };
    let registered = auth.register(call(&node.operator(), request)).await;
    let token = match registered.map_err(error) {
        Ok(registered) => registered.into_inner().access_token,
        Err(refused) if refused.is(&AuthReason::EmailTaken) => {
            let request = LoginRequest {
                email: EMAIL.into(),
                password: PASSWORD.into(),
            };
            let known = auth.login(call(&node.operator(), request)).await;
            known.map_err(error)?.into_inner().access_token
        }
        Err(refused) => return Err(refused.into()),
    };
    Ok(Bearer::new(token))
}

impl Household {
    fn to(&self, service: &str) -> Result<Transport, BoxError> {
        Ok(self.mesh.client_transport(service)?)
    }

    /// Has a profile for the children, and a PIN on its own.
    async fn profiles(&self) -> Result<(), BoxError> {
        let mut users = UserServiceClient::new(self.to(sv_users::SERVICE.name)?);
        let profile = Profile {
            name: "Children".into(),
            is_kids: true,
            ..Profile::default()
        };
        let request = CreateProfileRequest {
            profile: Some(profile),
        };
        let made = users.create_profile(call(&self.ctx, request)).await;
        done_before(made.map_err(error), &UserReason::ProfileNameTaken)?;
        let me = users.get_me(call(&self.ctx, GetMeRequest {})).await;
        let me = me.map_err(error)?.into_inner().user.unwrap_or_default();
        let request = SetProfileControlsRequest {
            profile_id: me.default_profile_id,
            new_pin: Some(PIN.into()),
            password: PASSWORD.into(),
            ..SetProfileControlsRequest::default()
        };
        let set = users.set_profile_controls(call(&self.ctx, request)).await;
        set.map_err(error)?;
        Ok(())
    }

    /// Puts a title on the watchlist.
    async fn wants(&self, title: &str) -> Result<(), BoxError> {
        let mut library = LibraryServiceClient::new(self.to(sv_users::SERVICE.name)?);
        let request = AddToWatchlistRequest {
            content_id: title.to_owned(),
        };
        let added = library.add_to_watchlist(call(&self.ctx, request)).await;
        added.map_err(error)?;
        Ok(())
    }

    /// Plays a title up to a place, and stops.
    async fn watches(&self, title: &str, seconds: f64) -> Result<(), BoxError> {
        let streaming = self.to(sv_streaming::SERVICE.name)?;
        let mut playback = PlaybackServiceClient::new(streaming.clone());
        let mut sessions = PlaySessionServiceClient::new(streaming);
        let request = PlayOnDemandRequest {
            content_id: title.to_owned(),
        };
        let play = playback.play_on_demand(call(&self.ctx, request)).await;
        let session_id = play.map_err(error)?.into_inner().session_id;
        let request = HeartbeatRequest {
            session_id: session_id.clone(),
            position_seconds: Some(seconds),
            ..HeartbeatRequest::default()
        };
        let told = sessions.heartbeat(call(&self.ctx, request)).await;
        told.map_err(error)?;
        let request = StopPlaySessionRequest { session_id };
        let stopped = sessions.stop_play_session(call(&self.ctx, request)).await;
        stopped.map_err(error)?;
        Ok(())
    }

    /// Rents a title for a short time.
    async fn rents(&self, title: &str) -> Result<(), BoxError> {
        let mut orders = OrderServiceClient::new(self.to(sv_rights::SERVICE.name)?);
        let request = RentTitleRequest {
            content_id: title.into(),
            duration_hours: RENTAL_HOURS,
            ..RentTitleRequest::default()
        };
        let rented = orders.rent_title(call(&self.ctx, request)).await;
        match rented.map_err(error) {
            Err(refused) if is_unpayable(&refused) => {
                tracing::info!(
                    "the demonstration household rents nothing: payments.provider is not the built-in test provider"
                );
                Ok(())
            }
            rented => done_before(rented, &RightsReason::AlreadyRented),
        }
    }
}

/// Says whether nothing can be paid here by the means of the test provider.
fn is_unpayable(refused: &Error) -> bool {
    refused.is(&RightsReason::PaymentMethodUnknown) || refused.is(&RightsReason::PaymentsOff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_household_without_the_test_provider_goes_without_its_rental_and_tries_again_after_anything_else()
     {
        for unpayable in [
            RightsReason::PaymentMethodUnknown,
            RightsReason::PaymentsOff,
        ] {
            assert!(is_unpayable(&unpayable.into()));
        }
        for passing in [RightsReason::PaymentDeclined, RightsReason::ContentNotFound] {
            assert!(!is_unpayable(&passing.into()));
        }
    }
}

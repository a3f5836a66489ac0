//! What users tells others.

use std::time::Duration;

use prost::Message as _;
use sv_kernel::Ctx;
use sv_ports::Topic;
use sv_proto::users::UserRegistered;
use sv_store::{StoreError, Tx, outbox};

use crate::domain::Account;

const REGISTERED: &str = "user.registered";

/// Lists the topics that users publishes to.
pub(crate) fn topics() -> Vec<Topic> {
    vec![Topic::retained(REGISTERED, Duration::from_hours(7 * 24))]
}

/// Tells that there is a new account.
pub(crate) async fn registered(tx: &Tx, ctx: &Ctx, account: &Account) -> Result<(), StoreError> {
    let payload = UserRegistered {
        user: Some(account.into()),
    };
    let event = outbox::Event {
        topic: REGISTERED,
        key: account.id.to_string(),
        version: account.version,
        payload: Some(payload.encode_to_vec()),
    };
    outbox::append(tx, ctx, event).await?;
    Ok(())
}

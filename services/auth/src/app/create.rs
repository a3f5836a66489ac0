//! Accounts that those who run the installation make for others (USER-1, C23).

use sv_kernel::{Ctx, Result};
use sv_proto::auth as pb;
use sv_rpc::roles;
use sv_store::{audit, work};

use super::{Auth, NewAccount};

impl Auth {
    /// Makes an account, by the steps of registering, and signs nobody in.
    pub(crate) async fn create_account(
        &self,
        ctx: &Ctx,
        new: NewAccount,
        can_sign_in: bool,
    ) -> Result<pb::CreateAccountResponse> {
        let registration = &self.intend(ctx, new).await?;
        let user = &self.create_user(ctx, registration).await?;
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                self.finish(tx, ctx, registration).await?;
                let credential = &registration.credential;
                let values = serde_json::json!({
                    "roles": roles::names(&credential.roles),
                    "canSignIn": can_sign_in,
                });
                let act = audit::Act::on("account", credential.user);
                audit::record(tx, ctx, act.changed(serde_json::Value::Null, values)).await?;
                Ok(pb::CreateAccountResponse {
                    user: Some(user.clone()),
                    can_sign_in,
                })
            })
        });
        done.await
    }
}

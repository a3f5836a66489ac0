//! What services implement, generated from `proto/` by `make gen`.
//!
//! For `streamverse.users.v1.UserService` there is in [`users`] a trait of plain methods, a server that
//! leads calls to them, and with the feature `testing` a fake. A method is given the call's context and
//! its request, and returns its message, or a [`Reply`](sv_rpc::Reply) around it where it chooses a
//! status or sets a header:
//!
//! ```ignore
//! impl UserService for Users {
//!     async fn get_me(&self, ctx: &Ctx, _: GetMeRequest) -> Result<GetMeResponse> {
//!         let user = self.accounts.get(ctx, me(ctx)?).await?;
//!         Ok(GetMeResponse { user: Some((&user).into()) })
//!     }
//! }
//!
//! server.add(NAME, UserServiceServer::new(Users { .. }));
//! let peer = FakeUserService::new().on_get_user(|_ctx, request| async move { Ok(..) });
//! ```

// Generated code is judged by its generator.
#![allow(
    clippy::all,
    clippy::pedantic,
    missing_docs,
    refining_impl_trait,
    rustdoc::all,
    unreachable_pub
)]

#[cfg(any(feature = "testing", test))]
mod fake;
#[cfg(test)]
mod tests;

include!("pb/mod.rs");

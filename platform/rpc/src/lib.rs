//! What makes every RPC of StreamVerse the same, in one process or across processes.

mod body;
mod context;
mod encoding;
mod env;
mod frame;
pub mod idempotency;
pub mod identity;
pub mod mesh;
mod options;
pub mod policy;
mod reason;
pub mod roles;
mod server;
mod status;
pub mod testing;
mod timeout;
pub mod transport;
mod validate;
mod wire;

#[cfg(test)]
mod tests;

pub use self::{
    context::{call, ctx, names, set_http_status},
    env::Env,
    identity::{Authenticator, ServiceKey},
    mesh::{Mesh, MeshSettings},
    options::our_pool,
    policy::PolicyTable,
    reason::ReasonTable,
    server::{GrpcService, Limits, Server, ServerBuilder, ServerSettings},
    status::{error, status},
    transport::Transport,
    validate::Validator,
};

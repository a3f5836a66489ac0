//! The use cases.

mod airing;
mod change;
mod channels;
mod guide;
mod turn;
mod upload;

use sv_boot::{Audience, ServiceContext};
use sv_kernel::PageSigner;
use sv_store::{Db, lease::Leases};
use uuid::Uuid;

/// Live television.
#[derive(Debug)]
pub(crate) struct App {
    db: Db,
    pages: PageSigner,
    audience: Audience,
    /// Whose turn it is to write guides.
    turns: Leases,
}

impl App {
    pub(crate) fn new(context: &ServiceContext) -> Self {
        let clock = context.env.clock.clone();
        Self {
            db: context.db.clone(),
            pages: context.pages.clone(),
            audience: Audience::new(context.mesh.clone()),
            turns: Leases::new(context.db.clone(), clock, turn::LEASE),
        }
    }
}

/// Reads an id; what is none names nothing.
fn parse(id: &str) -> Option<Uuid> {
    Uuid::try_parse(id).ok().filter(|_| id.len() == 36)
}

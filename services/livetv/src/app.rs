//! The use cases.

mod airing;
mod change;
mod channels;
mod guide;
mod turn;
mod upload;

use sv_boot::{Audience, Parts};
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
    pub(crate) fn new(parts: &Parts) -> Self {
        let clock = parts.env.clock.clone();
        Self {
            db: parts.db.clone(),
            pages: parts.pages.clone(),
            audience: Audience::new(parts.mesh.clone()),
            turns: Leases::new(parts.db.clone(), clock, turn::LEASE),
        }
    }
}

/// Reads an id; what is none names nothing.
fn parse(id: &str) -> Option<Uuid> {
    Uuid::try_parse(id).ok().filter(|_| id.len() == 36)
}

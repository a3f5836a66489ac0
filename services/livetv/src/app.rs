//! The use cases.

mod change;
mod channels;
mod guide;
mod upload;

use sv_boot::Audience;
use sv_kernel::PageSigner;
use sv_store::Db;
use uuid::Uuid;

/// Live television.
#[derive(Debug)]
pub(crate) struct App {
    db: Db,
    pages: PageSigner,
    audience: Audience,
}

impl App {
    pub(crate) fn new(db: Db, pages: PageSigner, audience: Audience) -> Self {
        Self {
            db,
            pages,
            audience,
        }
    }
}

/// Reads an id; what is none names nothing.
fn parse(id: &str) -> Option<Uuid> {
    Uuid::try_parse(id).ok().filter(|_| id.len() == 36)
}

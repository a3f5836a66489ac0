//! Between the protos and the domain.

use sv_kernel::Timestamp;
use sv_proto::{
    admin::{AuditOutcome, AuditRecord, ListAuditRecordsRequest},
    convert::{instant, optional_text},
};
use sv_store::Position;

use crate::domain::Filter;

/// Reads what is asked for.
pub(crate) fn filter(asked: &ListAuditRecordsRequest) -> Filter {
    let outcome = match asked.outcome() {
        AuditOutcome::Unspecified => None,
        outcome => Some(outcome),
    };
    let said = |text: &String| optional_text(text.clone());
    Filter {
        actor: said(&asked.actor_id),
        subject_kind: said(&asked.subject_kind),
        subject: said(&asked.subject_id),
        action: said(&asked.action),
        outcome,
        from: asked.from.map(instant),
        to: asked.to.map(instant),
    }
}

/// Returns where a page ends that ends with this record.
pub(crate) fn position(record: &AuditRecord) -> Position {
    Position {
        at: record.time.map_or(Timestamp::EPOCH, instant),
        id: record.id.parse().unwrap_or_default(),
    }
}

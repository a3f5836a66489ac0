//! Between the protos and the domain.

use sv_kernel::{Error, Result, Timestamp};
use sv_proto::{
    admin::{AuditOutcome, AuditRecord, ListAuditRecordsRequest},
    common::CommonReason,
};
use uuid::Uuid;

use crate::domain::{Filter, Position};

/// Reads what is asked for.
pub(crate) fn filter(asked: &ListAuditRecordsRequest) -> Filter {
    let outcome = match asked.outcome() {
        AuditOutcome::Unspecified => None,
        outcome => Some(outcome),
    };
    let said = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
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

/// Reads an id, whose form was checked before.
pub(crate) fn id(text: &str) -> Result<Uuid> {
    text.parse()
        .map_err(|cause: uuid::Error| Error::from(CommonReason::Internal).because(cause))
}

/// Reads an instant; what lies beyond the range of our own is its end.
pub(crate) fn instant(at: prost_types::Timestamp) -> Timestamp {
    let micros = at.seconds.saturating_mul(1_000_000);
    Timestamp::from_micros(micros.saturating_add(i64::from(at.nanos) / 1_000))
}

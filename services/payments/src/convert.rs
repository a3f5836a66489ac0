//! Messages from and to the domain.

use sv_kernel::{Currency, Error, Money, Result};
use sv_proto::{
    common::CommonReason,
    convert::{count, id, instant, optional_id, timestamp},
    payments as pb,
};

use crate::domain::{
    Account, Bill, Entry, Filter, Kind, Line, Movement, Payment, PaymentMethod, Status, Transaction,
};

/// Reads what is to be paid.
pub(crate) fn bill(message: Option<pb::Bill>) -> Result<Bill> {
    let message = message.ok_or(CommonReason::Internal)?;
    let currency = Currency::parse(&message.currency)
        .map_err(|cause| Error::from(CommonReason::Internal).because(cause))?;
    Ok(Bill {
        id: id(&message.payment_id)?,
        account: id(&message.account_id)?,
        amount: Money::new(message.amount_minor.into(), currency),
        method: PaymentMethod::new(message.payment_method),
        reference: message.reference,
        description: message.description,
        off_session: message.off_session,
    })
}

/// Reads which payments are meant.
pub(crate) fn filter(request: &pb::AdminListPaymentsRequest) -> Result<Filter> {
    Ok(Filter {
        account: optional_id(&request.account_id)?,
        status: read_status(request.status()),
        from: request.from.map(instant),
        to: request.to.map(instant),
    })
}

fn read_status(status: pb::PaymentStatus) -> Option<Status> {
    let all = Status::NAMES.into_iter().map(|(known, _)| known);
    all.into_iter().find(|known| shown(*known) == status)
}

fn shown(status: Status) -> pb::PaymentStatus {
    match status {
        Status::Intended => pb::PaymentStatus::Intended,
        Status::ActionNeeded => pb::PaymentStatus::ActionNeeded,
        Status::Processing => pb::PaymentStatus::Processing,
        Status::Confirmed => pb::PaymentStatus::Confirmed,
        Status::Declined => pb::PaymentStatus::Declined,
        Status::Cancelling => pb::PaymentStatus::Cancelling,
        Status::Cancelled => pb::PaymentStatus::Cancelled,
        Status::Refunding => pb::PaymentStatus::Refunding,
        Status::Refunded => pb::PaymentStatus::Refunded,
        Status::ChargedBack => pb::PaymentStatus::ChargedBack,
    }
}

/// Writes a payment as it stands.
pub(crate) fn payment(of: &Payment) -> pb::Payment {
    pb::Payment {
        id: of.id.to_string(),
        account_id: of.account.to_string(),
        amount_minor: count(of.amount.minor),
        currency: of.amount.currency.to_string(),
        status: shown(of.status()).into(),
        refunded_minor: count(of.refunded()),
        reference: of.reference.clone(),
        description: of.description.clone(),
        provider: of.provider.clone(),
        provider_id: of.provider_id.clone(),
        create_time: Some(timestamp(of.created_at)),
        update_time: Some(timestamp(of.updated_at)),
    }
}

/// Writes the event of a change.
pub(crate) fn changed(of: &Payment) -> pb::PaymentChanged {
    pb::PaymentChanged {
        payment_id: of.id.to_string(),
        version: of.version,
        payment: Some(payment(of)),
    }
}

/// Writes a movement of money.
pub(crate) fn transaction(of: &Transaction) -> pb::Transaction {
    let kind = match of.kind {
        Kind::Charge => pb::TransactionType::Charge,
        Kind::Refund => pb::TransactionType::Refund,
        Kind::Chargeback => pb::TransactionType::Chargeback,
    };
    let status = match of.status {
        Movement::Pending => pb::TransactionStatus::Pending,
        Movement::Succeeded => pb::TransactionStatus::Succeeded,
        Movement::Failed => pb::TransactionStatus::Failed,
    };
    pb::Transaction {
        id: of.id.to_string(),
        r#type: kind.into(),
        amount_minor: count(of.minor),
        provider_id: of.provider_id.clone(),
        status: status.into(),
        create_time: Some(timestamp(of.created_at)),
        update_time: Some(timestamp(of.updated_at)),
    }
}

/// Writes an entry of the books.
pub(crate) fn entry(of: &Entry) -> pb::LedgerEntry {
    pb::LedgerEntry {
        id: of.id.to_string(),
        transaction_id: of.transaction.to_string(),
        event: of.event.clone(),
        lines: of.lines().iter().map(line).collect(),
        create_time: Some(timestamp(of.at)),
    }
}

/// Writes a sum on an account.
pub(crate) fn line(of: &Line) -> pb::LedgerLine {
    let account = match of.account {
        Account::Payer => pb::LedgerAccount::Payer,
        Account::Provider => pb::LedgerAccount::Provider,
        Account::Revenue => pb::LedgerAccount::Revenue,
        Account::Refunds => pb::LedgerAccount::Refunds,
        Account::Disputes => pb::LedgerAccount::Disputes,
    };
    pb::LedgerLine {
        account: account.into(),
        amount_minor: of.amount.minor,
        currency: of.amount.currency.to_string(),
    }
}

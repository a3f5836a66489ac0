import { LedgerAccount, TransactionStatus, TransactionType } from "@gen/streamverse/payments/v1/admin_pb";
import { PaymentStatus } from "@gen/streamverse/payments/v1/payments_pb";
import type { AdminTextKey } from "../texts";

type Tone = "ok" | "warn" | "danger" | undefined;

export const PAYMENTS = [
  [PaymentStatus.INTENDED, "intended", "payment.intended", "warn"],
  [PaymentStatus.ACTION_NEEDED, "action", "payment.action", "warn"],
  [PaymentStatus.PROCESSING, "processing", "payment.processing", "warn"],
  [PaymentStatus.CONFIRMED, "confirmed", "payment.confirmed", "ok"],
  [PaymentStatus.DECLINED, "declined", "payment.declined", undefined],
  [PaymentStatus.CANCELLING, "cancelling", "payment.cancelling", "warn"],
  [PaymentStatus.CANCELLED, "cancelled", "payment.cancelled", undefined],
  [PaymentStatus.REFUNDING, "refunding", "payment.refunding", "warn"],
  [PaymentStatus.REFUNDED, "refunded", "payment.refunded", undefined],
  [PaymentStatus.CHARGED_BACK, "charged-back", "payment.chargedBack", "danger"],
] as const satisfies readonly (readonly [PaymentStatus, string, AdminTextKey, Tone])[];

export const MOVEMENTS: Record<TransactionType, AdminTextKey> = {
  [TransactionType.UNSPECIFIED]: "movement.charge",
  [TransactionType.CHARGE]: "movement.charge",
  [TransactionType.REFUND]: "movement.refund",
  [TransactionType.CHARGEBACK]: "movement.chargeback",
};

export const PROGRESS: Record<TransactionStatus, AdminTextKey> = {
  [TransactionStatus.UNSPECIFIED]: "movement.pending",
  [TransactionStatus.PENDING]: "movement.pending",
  [TransactionStatus.SUCCEEDED]: "movement.succeeded",
  [TransactionStatus.FAILED]: "movement.failed",
};

export const BOOKS: Record<LedgerAccount, AdminTextKey> = {
  [LedgerAccount.UNSPECIFIED]: "ledger.payer",
  [LedgerAccount.PAYER]: "ledger.payer",
  [LedgerAccount.PROVIDER]: "ledger.provider",
  [LedgerAccount.REVENUE]: "ledger.revenue",
  [LedgerAccount.REFUNDS]: "ledger.refunds",
  [LedgerAccount.DISPUTES]: "ledger.disputes",
};

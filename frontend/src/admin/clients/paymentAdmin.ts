import { createClient } from "@connectrpc/connect";
import { PaymentAdminService } from "@gen/streamverse/payments/v1/admin_pb";
import { transport } from "@/wire/transport";

export const paymentAdmin = createClient(PaymentAdminService, transport);

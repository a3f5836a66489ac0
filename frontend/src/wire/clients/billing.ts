import { createClient } from "@connectrpc/connect";
import { BillingService } from "@gen/streamverse/rights/v1/billing_pb";
import { transport } from "../transport";

export const billing = createClient(BillingService, transport);

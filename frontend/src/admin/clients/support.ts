import { createClient } from "@connectrpc/connect";
import { SupportService } from "@gen/streamverse/rights/v1/support_pb";
import { transport } from "@/wire/transport";

export const support = createClient(SupportService, transport);

import { createClient } from "@connectrpc/connect";
import { OrderAdminService } from "@gen/streamverse/rights/v1/orders_pb";
import { transport } from "@/wire/transport";

export const orderAdmin = createClient(OrderAdminService, transport);

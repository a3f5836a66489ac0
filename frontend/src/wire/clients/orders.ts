import { createClient } from "@connectrpc/connect";
import { OrderService } from "@gen/streamverse/rights/v1/orders_pb";
import { transport } from "../transport";

export const orders = createClient(OrderService, transport);

import { createClient } from "@connectrpc/connect";
import { GiftService } from "@gen/streamverse/rights/v1/gifts_pb";
import { transport } from "../transport";

export const gifts = createClient(GiftService, transport);

import { createClient } from "@connectrpc/connect";
import { GiftAdminService } from "@gen/streamverse/rights/v1/gifts_pb";
import { transport } from "@/wire/transport";

export const giftAdmin = createClient(GiftAdminService, transport);

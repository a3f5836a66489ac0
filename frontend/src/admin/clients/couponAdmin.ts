import { createClient } from "@connectrpc/connect";
import { CouponAdminService } from "@gen/streamverse/rights/v1/coupons_pb";
import { transport } from "@/wire/transport";

export const couponAdmin = createClient(CouponAdminService, transport);

import { createClient } from "@connectrpc/connect";
import { CouponService } from "@gen/streamverse/rights/v1/coupons_pb";
import { transport } from "../transport";

export const coupons = createClient(CouponService, transport);

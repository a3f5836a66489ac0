import { createClient } from "@connectrpc/connect";
import { AuditService } from "@gen/streamverse/admin/v1/admin_pb";
import { JobAdminService } from "@gen/streamverse/admin/v1/jobs_pb";
import { ContentAdminService } from "@gen/streamverse/content/v1/catalogue_pb";
import { CollectionAdminService } from "@gen/streamverse/content/v1/collections_pb";
import { PersonAdminService } from "@gen/streamverse/content/v1/people_pb";
import { PlaylistAdminService } from "@gen/streamverse/content/v1/playlists_pb";
import { PopularityService } from "@gen/streamverse/content/v1/popularity_pb";
import { VideoAdminService } from "@gen/streamverse/content/v1/videos_pb";
import { GuideAdminService } from "@gen/streamverse/livetv/v1/guide_pb";
import { LiveTvAdminService } from "@gen/streamverse/livetv/v1/livetv_pb";
import { PaymentAdminService } from "@gen/streamverse/payments/v1/admin_pb";
import { RightsAdminService } from "@gen/streamverse/rights/v1/admin_pb";
import { CouponAdminService } from "@gen/streamverse/rights/v1/coupons_pb";
import { GiftAdminService } from "@gen/streamverse/rights/v1/gifts_pb";
import { OrderAdminService } from "@gen/streamverse/rights/v1/orders_pb";
import { SupportService } from "@gen/streamverse/rights/v1/support_pb";
import { SearchAdminService } from "@gen/streamverse/search/v1/search_pb";
import { SearchTuningService } from "@gen/streamverse/search/v1/tuning_pb";
import { ImportAdminService } from "@gen/streamverse/streaming/v1/imports_pb";
import { MediaAdminService } from "@gen/streamverse/streaming/v1/playback_pb";
import { UserAdminService } from "@gen/streamverse/users/v1/accounts_pb";
import { transport } from "@/wire/transport";

/** The services of the administration. */
export const audit = createClient(AuditService, transport);
export const channelAdmin = createClient(LiveTvAdminService, transport);
export const collectionAdmin = createClient(CollectionAdminService, transport);
export const contentAdmin = createClient(ContentAdminService, transport);
export const couponAdmin = createClient(CouponAdminService, transport);
export const giftAdmin = createClient(GiftAdminService, transport);
export const guideAdmin = createClient(GuideAdminService, transport);
export const importAdmin = createClient(ImportAdminService, transport);
export const jobAdmin = createClient(JobAdminService, transport);
export const mediaAdmin = createClient(MediaAdminService, transport);
export const orderAdmin = createClient(OrderAdminService, transport);
export const paymentAdmin = createClient(PaymentAdminService, transport);
export const personAdmin = createClient(PersonAdminService, transport);
export const playlistAdmin = createClient(PlaylistAdminService, transport);
export const popularity = createClient(PopularityService, transport);
export const rightsAdmin = createClient(RightsAdminService, transport);
export const searchAdmin = createClient(SearchAdminService, transport);
export const support = createClient(SupportService, transport);
export const tuning = createClient(SearchTuningService, transport);
export const userAdmin = createClient(UserAdminService, transport);
export const videoAdmin = createClient(VideoAdminService, transport);

/** Deletes only what was seen: another version is refused. */
export const ifMatch = (version: number) => ({ headers: { "if-match": `"${version}"` } });

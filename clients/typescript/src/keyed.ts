// Generated from proto/ by scripts/gen-clients.

/** Methods that keep their answer under an `idempotency-key`. */
export const KEYED: ReadonlySet<string> = new Set([
  "streamverse.auth.v1.AuthService/CreateAccount",
  "streamverse.auth.v1.AuthService/Refresh",
  "streamverse.content.v1.CollectionAdminService/CreateCollection",
  "streamverse.content.v1.ContentAdminService/CreateMovie",
  "streamverse.content.v1.ContentAdminService/CreateSeries",
  "streamverse.content.v1.ContentAdminService/CreateEpisode",
  "streamverse.rights.v1.CouponAdminService/CreateCoupon",
  "streamverse.rights.v1.GiftService/RedeemGift",
  "streamverse.rights.v1.GiftAdminService/CreateGift",
  "streamverse.admin.v1.JobAdminService/RunJob",
  "streamverse.admin.v1.JobAdminService/RetryWork",
  "streamverse.admin.v1.JobAdminService/DeleteWork",
  "streamverse.livetv.v1.LiveTvAdminService/CreateChannel",
  "streamverse.rights.v1.OrderService/PurchaseTitle",
  "streamverse.rights.v1.OrderService/RentTitle",
  "streamverse.content.v1.PersonAdminService/CreatePerson",
  "streamverse.content.v1.PlaylistAdminService/CreatePlaylist",
  "streamverse.rights.v1.RightsService/Subscribe",
  "streamverse.rights.v1.RightsAdminService/CreatePlan",
  "streamverse.rights.v1.RightsAdminService/CreateRule",
  "streamverse.search.v1.SearchTuningService/CreateSynonym",
  "streamverse.search.v1.SearchTuningService/CreatePin",
  "streamverse.users.v1.UserService/CreateProfile",
  "streamverse.content.v1.VideoAdminService/CreateVideo",
]);

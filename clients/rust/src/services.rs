//! The services of the public port. Generated from proto/ by scripts/gen-clients.

use sv_proto::{
    admin::audit_service_client::AuditServiceClient,
    admin::dead_letter_service_client::DeadLetterServiceClient,
    admin::job_admin_service_client::JobAdminServiceClient,
    auth::auth_service_client::AuthServiceClient,
    content::browse_service_client::BrowseServiceClient,
    content::collection_admin_service_client::CollectionAdminServiceClient,
    content::collection_service_client::CollectionServiceClient,
    content::content_admin_service_client::ContentAdminServiceClient,
    content::content_service_client::ContentServiceClient,
    content::person_admin_service_client::PersonAdminServiceClient,
    content::person_service_client::PersonServiceClient,
    content::playlist_admin_service_client::PlaylistAdminServiceClient,
    content::playlist_service_client::PlaylistServiceClient,
    content::popularity_service_client::PopularityServiceClient,
    content::video_admin_service_client::VideoAdminServiceClient,
    content::video_service_client::VideoServiceClient,
    livetv::guide_admin_service_client::GuideAdminServiceClient,
    livetv::guide_service_client::GuideServiceClient,
    livetv::live_tv_admin_service_client::LiveTvAdminServiceClient,
    livetv::live_tv_service_client::LiveTvServiceClient,
    payments::payment_admin_service_client::PaymentAdminServiceClient,
    rights::billing_service_client::BillingServiceClient,
    rights::coupon_admin_service_client::CouponAdminServiceClient,
    rights::coupon_service_client::CouponServiceClient,
    rights::gift_admin_service_client::GiftAdminServiceClient,
    rights::gift_service_client::GiftServiceClient,
    rights::order_admin_service_client::OrderAdminServiceClient,
    rights::order_service_client::OrderServiceClient,
    rights::rights_admin_service_client::RightsAdminServiceClient,
    rights::rights_service_client::RightsServiceClient,
    rights::support_service_client::SupportServiceClient,
    search::search_admin_service_client::SearchAdminServiceClient,
    search::search_service_client::SearchServiceClient,
    search::search_tuning_service_client::SearchTuningServiceClient,
    streaming::artwork_admin_service_client::ArtworkAdminServiceClient,
    streaming::caption_admin_service_client::CaptionAdminServiceClient,
    streaming::import_admin_service_client::ImportAdminServiceClient,
    streaming::media_admin_service_client::MediaAdminServiceClient,
    streaming::play_session_service_client::PlaySessionServiceClient,
    streaming::playback_service_client::PlaybackServiceClient,
    streaming::watch_history_service_client::WatchHistoryServiceClient,
    users::library_service_client::LibraryServiceClient,
    users::user_admin_service_client::UserAdminServiceClient,
    users::user_service_client::UserServiceClient,
};

use crate::{Caller, Client};

/// Methods that may be repeated, in order.
pub(crate) const REPEATABLE: &[&str] = &[
    "/streamverse.admin.v1.AuditService/GetAuditRecord",
    "/streamverse.admin.v1.AuditService/ListAuditRecords",
    "/streamverse.admin.v1.DeadLetterService/GetDeadLetter",
    "/streamverse.admin.v1.DeadLetterService/ListDeadLetters",
    "/streamverse.admin.v1.DeadLetterService/ReplayDeadLetter",
    "/streamverse.admin.v1.JobAdminService/GetJob",
    "/streamverse.admin.v1.JobAdminService/ListJobs",
    "/streamverse.admin.v1.JobAdminService/ListWork",
    "/streamverse.admin.v1.JobAdminService/RetryWork",
    "/streamverse.admin.v1.JobAdminService/RunJob",
    "/streamverse.auth.v1.AuthService/EndSession",
    "/streamverse.auth.v1.AuthService/GetKeys",
    "/streamverse.auth.v1.AuthService/GetRoles",
    "/streamverse.auth.v1.AuthService/ListSessions",
    "/streamverse.auth.v1.AuthService/Logout",
    "/streamverse.auth.v1.AuthService/SetRoles",
    "/streamverse.content.v1.BrowseService/GetHome",
    "/streamverse.content.v1.BrowseService/ListGenres",
    "/streamverse.content.v1.BrowseService/ListRecommendations",
    "/streamverse.content.v1.BrowseService/ListTitles",
    "/streamverse.content.v1.CollectionAdminService/AdminGetCollection",
    "/streamverse.content.v1.CollectionAdminService/AdminListCollections",
    "/streamverse.content.v1.CollectionAdminService/DeleteCollection",
    "/streamverse.content.v1.CollectionAdminService/UpdateCollection",
    "/streamverse.content.v1.CollectionService/GetCollection",
    "/streamverse.content.v1.CollectionService/ListCollectionItems",
    "/streamverse.content.v1.CollectionService/ListCollections",
    "/streamverse.content.v1.ContentAdminService/AdminGetEpisode",
    "/streamverse.content.v1.ContentAdminService/AdminGetMovie",
    "/streamverse.content.v1.ContentAdminService/AdminGetSeries",
    "/streamverse.content.v1.ContentAdminService/AdminListEpisodes",
    "/streamverse.content.v1.ContentAdminService/AdminListMovies",
    "/streamverse.content.v1.ContentAdminService/AdminListSeries",
    "/streamverse.content.v1.ContentAdminService/DeleteEpisode",
    "/streamverse.content.v1.ContentAdminService/DeleteMovie",
    "/streamverse.content.v1.ContentAdminService/DeleteSeries",
    "/streamverse.content.v1.ContentAdminService/ImportMovies",
    "/streamverse.content.v1.ContentAdminService/ImportTitles",
    "/streamverse.content.v1.ContentAdminService/UpdateEpisode",
    "/streamverse.content.v1.ContentAdminService/UpdateMovie",
    "/streamverse.content.v1.ContentAdminService/UpdateSeries",
    "/streamverse.content.v1.ContentAdminService/WatchContent",
    "/streamverse.content.v1.ContentService/GetEpisode",
    "/streamverse.content.v1.ContentService/GetMovie",
    "/streamverse.content.v1.ContentService/GetSeries",
    "/streamverse.content.v1.ContentService/ListEpisodes",
    "/streamverse.content.v1.ContentService/ListMovies",
    "/streamverse.content.v1.ContentService/ListSeries",
    "/streamverse.content.v1.PersonAdminService/AdminGetPerson",
    "/streamverse.content.v1.PersonAdminService/AdminListPeople",
    "/streamverse.content.v1.PersonAdminService/DeletePerson",
    "/streamverse.content.v1.PersonAdminService/UpdatePerson",
    "/streamverse.content.v1.PersonService/GetPerson",
    "/streamverse.content.v1.PersonService/ListPeople",
    "/streamverse.content.v1.PersonService/ListPersonTitles",
    "/streamverse.content.v1.PlaylistAdminService/AdminGetPlaylist",
    "/streamverse.content.v1.PlaylistAdminService/AdminListPlaylists",
    "/streamverse.content.v1.PlaylistAdminService/DeletePlaylist",
    "/streamverse.content.v1.PlaylistAdminService/UpdatePlaylist",
    "/streamverse.content.v1.PlaylistService/GetPlaylist",
    "/streamverse.content.v1.PlaylistService/ListPlaylistItems",
    "/streamverse.content.v1.PlaylistService/ListPlaylists",
    "/streamverse.content.v1.PopularityService/ListPopularity",
    "/streamverse.content.v1.VideoAdminService/AdminGetVideo",
    "/streamverse.content.v1.VideoAdminService/AdminListVideos",
    "/streamverse.content.v1.VideoAdminService/DeleteVideo",
    "/streamverse.content.v1.VideoAdminService/UpdateVideo",
    "/streamverse.content.v1.VideoService/GetVideo",
    "/streamverse.content.v1.VideoService/ListVideos",
    "/streamverse.livetv.v1.GuideAdminService/UploadGuide",
    "/streamverse.livetv.v1.GuideService/GetGuide",
    "/streamverse.livetv.v1.LiveTvAdminService/AdminGetChannel",
    "/streamverse.livetv.v1.LiveTvAdminService/AdminListChannels",
    "/streamverse.livetv.v1.LiveTvAdminService/DeleteChannel",
    "/streamverse.livetv.v1.LiveTvAdminService/UpdateChannel",
    "/streamverse.livetv.v1.LiveTvService/GetChannel",
    "/streamverse.livetv.v1.LiveTvService/ListChannels",
    "/streamverse.payments.v1.PaymentAdminService/AdminGetPayment",
    "/streamverse.payments.v1.PaymentAdminService/AdminListPayments",
    "/streamverse.payments.v1.PaymentAdminService/GetLedger",
    "/streamverse.rights.v1.BillingService/ChangePlan",
    "/streamverse.rights.v1.BillingService/GetInvoice",
    "/streamverse.rights.v1.BillingService/ListInvoices",
    "/streamverse.rights.v1.BillingService/PreviewPlanChange",
    "/streamverse.rights.v1.BillingService/SetPaymentMethod",
    "/streamverse.rights.v1.CouponAdminService/AdminGetCoupon",
    "/streamverse.rights.v1.CouponAdminService/AdminListCoupons",
    "/streamverse.rights.v1.CouponAdminService/DeleteCoupon",
    "/streamverse.rights.v1.CouponAdminService/UpdateCoupon",
    "/streamverse.rights.v1.CouponService/ValidateCoupon",
    "/streamverse.rights.v1.GiftAdminService/AdminListGifts",
    "/streamverse.rights.v1.GiftAdminService/RevokeGift",
    "/streamverse.rights.v1.OrderAdminService/RefundOrder",
    "/streamverse.rights.v1.OrderService/ConfirmPurchase",
    "/streamverse.rights.v1.OrderService/ConfirmRental",
    "/streamverse.rights.v1.OrderService/ListEntitlements",
    "/streamverse.rights.v1.OrderService/ListPurchases",
    "/streamverse.rights.v1.OrderService/ListRentals",
    "/streamverse.rights.v1.RightsAdminService/AdminGetPlan",
    "/streamverse.rights.v1.RightsAdminService/AdminGetRule",
    "/streamverse.rights.v1.RightsAdminService/AdminListPlans",
    "/streamverse.rights.v1.RightsAdminService/AdminListRules",
    "/streamverse.rights.v1.RightsAdminService/DeletePlan",
    "/streamverse.rights.v1.RightsAdminService/DeleteRule",
    "/streamverse.rights.v1.RightsAdminService/UpdatePlan",
    "/streamverse.rights.v1.RightsAdminService/UpdateRule",
    "/streamverse.rights.v1.RightsService/CancelSubscription",
    "/streamverse.rights.v1.RightsService/ConfirmPayment",
    "/streamverse.rights.v1.RightsService/ListPlans",
    "/streamverse.rights.v1.RightsService/ListSubscriptions",
    "/streamverse.rights.v1.SupportService/AdminGetInvoice",
    "/streamverse.rights.v1.SupportService/AdminListInvoices",
    "/streamverse.rights.v1.SupportService/AdminListOrders",
    "/streamverse.rights.v1.SupportService/AdminListSubscriptions",
    "/streamverse.rights.v1.SupportService/EndSubscription",
    "/streamverse.search.v1.SearchAdminService/GetIndexStatus",
    "/streamverse.search.v1.SearchService/SearchGlobal",
    "/streamverse.search.v1.SearchTuningService/DeletePin",
    "/streamverse.search.v1.SearchTuningService/DeleteSynonym",
    "/streamverse.search.v1.SearchTuningService/GetPin",
    "/streamverse.search.v1.SearchTuningService/GetSynonym",
    "/streamverse.search.v1.SearchTuningService/ListPins",
    "/streamverse.search.v1.SearchTuningService/ListSynonyms",
    "/streamverse.search.v1.SearchTuningService/ListTopQueries",
    "/streamverse.search.v1.SearchTuningService/ListZeroResults",
    "/streamverse.search.v1.SearchTuningService/UpdatePin",
    "/streamverse.search.v1.SearchTuningService/UpdateSynonym",
    "/streamverse.streaming.v1.ArtworkAdminService/ListArtwork",
    "/streamverse.streaming.v1.ArtworkAdminService/UploadArtwork",
    "/streamverse.streaming.v1.CaptionAdminService/ListCaptions",
    "/streamverse.streaming.v1.CaptionAdminService/UploadCaptions",
    "/streamverse.streaming.v1.ImportAdminService/GetImport",
    "/streamverse.streaming.v1.ImportAdminService/ListImports",
    "/streamverse.streaming.v1.ImportAdminService/WatchImport",
    "/streamverse.streaming.v1.MediaAdminService/GetMedia",
    "/streamverse.streaming.v1.MediaAdminService/PublishMedia",
    "/streamverse.streaming.v1.PlaySessionService/CompletePlay",
    "/streamverse.streaming.v1.PlaySessionService/Heartbeat",
    "/streamverse.streaming.v1.PlaySessionService/ListPlaySessions",
    "/streamverse.streaming.v1.PlaySessionService/StopPlaySession",
    "/streamverse.streaming.v1.PlaybackService/Play",
    "/streamverse.streaming.v1.PlaybackService/PlayLive",
    "/streamverse.streaming.v1.PlaybackService/PlayOnDemand",
    "/streamverse.streaming.v1.WatchHistoryService/ClearWatchHistory",
    "/streamverse.streaming.v1.WatchHistoryService/DeleteWatched",
    "/streamverse.streaming.v1.WatchHistoryService/HideContinueWatching",
    "/streamverse.streaming.v1.WatchHistoryService/ListContinueWatching",
    "/streamverse.streaming.v1.WatchHistoryService/ListWatchHistory",
    "/streamverse.users.v1.LibraryService/AddToWatchlist",
    "/streamverse.users.v1.LibraryService/DeleteRating",
    "/streamverse.users.v1.LibraryService/GetRating",
    "/streamverse.users.v1.LibraryService/ListRatings",
    "/streamverse.users.v1.LibraryService/ListWatchlist",
    "/streamverse.users.v1.LibraryService/RemoveFromWatchlist",
    "/streamverse.users.v1.LibraryService/SetRating",
    "/streamverse.users.v1.UserAdminService/AdminGetUser",
    "/streamverse.users.v1.UserAdminService/AdminListUsers",
    "/streamverse.users.v1.UserAdminService/DeleteUser",
    "/streamverse.users.v1.UserAdminService/UpdateUser",
    "/streamverse.users.v1.UserService/DeleteProfile",
    "/streamverse.users.v1.UserService/GetMe",
    "/streamverse.users.v1.UserService/GetProfile",
    "/streamverse.users.v1.UserService/ListProfiles",
    "/streamverse.users.v1.UserService/SetProfileControls",
    "/streamverse.users.v1.UserService/UpdateProfile",
];

/// Methods that keep their answer under an `idempotency-key`, in order.
pub(crate) const KEYED: &[&str] = &[
    "/streamverse.admin.v1.DeadLetterService/DropDeadLetter",
    "/streamverse.admin.v1.DeadLetterService/ReplayDeadLetter",
    "/streamverse.admin.v1.DeadLetterService/ReplayDeadLetters",
    "/streamverse.admin.v1.JobAdminService/DeleteWork",
    "/streamverse.admin.v1.JobAdminService/RetryWork",
    "/streamverse.admin.v1.JobAdminService/RunJob",
    "/streamverse.auth.v1.AuthService/CreateAccount",
    "/streamverse.auth.v1.AuthService/Refresh",
    "/streamverse.content.v1.CollectionAdminService/CreateCollection",
    "/streamverse.content.v1.ContentAdminService/CreateEpisode",
    "/streamverse.content.v1.ContentAdminService/CreateMovie",
    "/streamverse.content.v1.ContentAdminService/CreateSeries",
    "/streamverse.content.v1.PersonAdminService/CreatePerson",
    "/streamverse.content.v1.PlaylistAdminService/CreatePlaylist",
    "/streamverse.content.v1.VideoAdminService/CreateVideo",
    "/streamverse.livetv.v1.LiveTvAdminService/CreateChannel",
    "/streamverse.rights.v1.CouponAdminService/CreateCoupon",
    "/streamverse.rights.v1.GiftAdminService/CreateGift",
    "/streamverse.rights.v1.GiftService/RedeemGift",
    "/streamverse.rights.v1.OrderService/PurchaseTitle",
    "/streamverse.rights.v1.OrderService/RentTitle",
    "/streamverse.rights.v1.RightsAdminService/CreatePlan",
    "/streamverse.rights.v1.RightsAdminService/CreateRule",
    "/streamverse.rights.v1.RightsService/Subscribe",
    "/streamverse.search.v1.SearchTuningService/CreatePin",
    "/streamverse.search.v1.SearchTuningService/CreateSynonym",
    "/streamverse.users.v1.UserService/CreateProfile",
];

/// Methods that answer with a stream, in order.
pub(crate) const STREAMS: &[&str] = &[
    "/streamverse.content.v1.ContentAdminService/WatchContent",
    "/streamverse.streaming.v1.ImportAdminService/WatchImport",
];

impl Client {
    /// The pictures of titles as editors see to them.
    pub fn artwork_admin(&self) -> ArtworkAdminServiceClient<Caller> {
        ArtworkAdminServiceClient::new(self.caller())
    }

    /// Tells administrators who did what.
    pub fn audit(&self) -> AuditServiceClient<Caller> {
        AuditServiceClient::new(self.caller())
    }

    /// Signs people in and vouches for them.
    pub fn auth(&self) -> AuthServiceClient<Caller> {
        AuthServiceClient::new(self.caller())
    }

    /// Invoices of the account, and the way from one plan to another.
    pub fn billing(&self) -> BillingServiceClient<Caller> {
        BillingServiceClient::new(self.caller())
    }

    /// Where viewers begin.
    pub fn browse(&self) -> BrowseServiceClient<Caller> {
        BrowseServiceClient::new(self.caller())
    }

    /// The captions of titles as editors see to them.
    pub fn caption_admin(&self) -> CaptionAdminServiceClient<Caller> {
        CaptionAdminServiceClient::new(self.caller())
    }

    /// Groups of titles under a name, as viewers see them.
    pub fn collection(&self) -> CollectionServiceClient<Caller> {
        CollectionServiceClient::new(self.caller())
    }

    /// What editors do with collections.
    pub fn collection_admin(&self) -> CollectionAdminServiceClient<Caller> {
        CollectionAdminServiceClient::new(self.caller())
    }

    /// What viewers see of the catalogue.
    pub fn content(&self) -> ContentServiceClient<Caller> {
        ContentServiceClient::new(self.caller())
    }

    /// What editors do with the catalogue.
    pub fn content_admin(&self) -> ContentAdminServiceClient<Caller> {
        ContentAdminServiceClient::new(self.caller())
    }

    /// Codes that make plans cheaper.
    pub fn coupon(&self) -> CouponServiceClient<Caller> {
        CouponServiceClient::new(self.caller())
    }

    /// What editors do with coupons.
    pub fn coupon_admin(&self) -> CouponAdminServiceClient<Caller> {
        CouponAdminServiceClient::new(self.caller())
    }

    /// Shows administrators the records of their tenant that wait for somebody.
    pub fn dead_letter(&self) -> DeadLetterServiceClient<Caller> {
        DeadLetterServiceClient::new(self.caller())
    }

    /// Codes that give a plan for some months without a payment.
    pub fn gift(&self) -> GiftServiceClient<Caller> {
        GiftServiceClient::new(self.caller())
    }

    /// What editors do with codes.
    pub fn gift_admin(&self) -> GiftAdminServiceClient<Caller> {
        GiftAdminServiceClient::new(self.caller())
    }

    /// The guide as viewers see it.
    pub fn guide(&self) -> GuideServiceClient<Caller> {
        GuideServiceClient::new(self.caller())
    }

    /// The guide as editors fill it.
    pub fn guide_admin(&self) -> GuideAdminServiceClient<Caller> {
        GuideAdminServiceClient::new(self.caller())
    }

    /// Brings files of titles in.
    pub fn import_admin(&self) -> ImportAdminServiceClient<Caller> {
        ImportAdminServiceClient::new(self.caller())
    }

    /// Shows administrators what all services do beside their calls.
    pub fn job_admin(&self) -> JobAdminServiceClient<Caller> {
        JobAdminServiceClient::new(self.caller())
    }

    /// What a profile keeps for itself.
    pub fn library(&self) -> LibraryServiceClient<Caller> {
        LibraryServiceClient::new(self.caller())
    }

    /// What viewers see of live television.
    pub fn live_tv(&self) -> LiveTvServiceClient<Caller> {
        LiveTvServiceClient::new(self.caller())
    }

    /// What editors do with channels.
    pub fn live_tv_admin(&self) -> LiveTvAdminServiceClient<Caller> {
        LiveTvAdminServiceClient::new(self.caller())
    }

    /// Keeps the playable media of titles.
    pub fn media_admin(&self) -> MediaAdminServiceClient<Caller> {
        MediaAdminServiceClient::new(self.caller())
    }

    /// Sells single titles, and tells an account what it has.
    pub fn order(&self) -> OrderServiceClient<Caller> {
        OrderServiceClient::new(self.caller())
    }

    /// What support does with orders.
    pub fn order_admin(&self) -> OrderAdminServiceClient<Caller> {
        OrderAdminServiceClient::new(self.caller())
    }

    /// What those who help customers and keep the books see of payments.
    pub fn payment_admin(&self) -> PaymentAdminServiceClient<Caller> {
        PaymentAdminServiceClient::new(self.caller())
    }

    /// Who made titles and plays in them, as viewers see it.
    pub fn person(&self) -> PersonServiceClient<Caller> {
        PersonServiceClient::new(self.caller())
    }

    /// What editors do with people.
    pub fn person_admin(&self) -> PersonAdminServiceClient<Caller> {
        PersonAdminServiceClient::new(self.caller())
    }

    /// Running playback.
    pub fn play_session(&self) -> PlaySessionServiceClient<Caller> {
        PlaySessionServiceClient::new(self.caller())
    }

    /// Starts playback.
    pub fn playback(&self) -> PlaybackServiceClient<Caller> {
        PlaybackServiceClient::new(self.caller())
    }

    /// Lists of titles that editors put together, as viewers see them.
    pub fn playlist(&self) -> PlaylistServiceClient<Caller> {
        PlaylistServiceClient::new(self.caller())
    }

    /// What editors do with playlists.
    pub fn playlist_admin(&self) -> PlaylistAdminServiceClient<Caller> {
        PlaylistAdminServiceClient::new(self.caller())
    }

    /// How much titles are watched.
    pub fn popularity(&self) -> PopularityServiceClient<Caller> {
        PopularityServiceClient::new(self.caller())
    }

    /// Sells and decides access.
    pub fn rights(&self) -> RightsServiceClient<Caller> {
        RightsServiceClient::new(self.caller())
    }

    /// What editors do with plans and rules.
    pub fn rights_admin(&self) -> RightsAdminServiceClient<Caller> {
        RightsAdminServiceClient::new(self.caller())
    }

    /// Finds titles, channels and programmes while the viewer types.
    pub fn search(&self) -> SearchServiceClient<Caller> {
        SearchServiceClient::new(self.caller())
    }

    /// Keeps the index.
    pub fn search_admin(&self) -> SearchAdminServiceClient<Caller> {
        SearchAdminServiceClient::new(self.caller())
    }

    /// What editors do about what viewers find.
    pub fn search_tuning(&self) -> SearchTuningServiceClient<Caller> {
        SearchTuningServiceClient::new(self.caller())
    }

    /// What support sees and does about what an account has bought.
    pub fn support(&self) -> SupportServiceClient<Caller> {
        SupportServiceClient::new(self.caller())
    }

    /// Accounts and the profiles of a household.
    pub fn user(&self) -> UserServiceClient<Caller> {
        UserServiceClient::new(self.caller())
    }

    /// What those who run the installation do with accounts.
    pub fn user_admin(&self) -> UserAdminServiceClient<Caller> {
        UserAdminServiceClient::new(self.caller())
    }

    /// The catalogue as players of videos see it.
    pub fn video(&self) -> VideoServiceClient<Caller> {
        VideoServiceClient::new(self.caller())
    }

    /// What editors do with videos, and creators with their own.
    pub fn video_admin(&self) -> VideoAdminServiceClient<Caller> {
        VideoAdminServiceClient::new(self.caller())
    }

    /// What a profile has watched, and where it goes on.
    pub fn watch_history(&self) -> WatchHistoryServiceClient<Caller> {
        WatchHistoryServiceClient::new(self.caller())
    }
}

//! The services of the public port. Generated from proto/ by scripts/gen-clients.

use sv_proto::{
    admin::audit_service_client::AuditServiceClient,
    admin::dead_letter_service_client::DeadLetterServiceClient,
    admin::job_admin_service_client::JobAdminServiceClient,
    admin::test_clock_service_client::TestClockServiceClient,
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
    webhooks::webhook_admin_service_client::WebhookAdminServiceClient,
};

use crate::{Caller, Client};

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

    /// Puts the clock of the caller's tenant on, in the development profile only, so that what takes months is seen in seconds.
    pub fn test_clock(&self) -> TestClockServiceClient<Caller> {
        TestClockServiceClient::new(self.caller())
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

    /// Tells programs of others what happens here, by requests that are signed as Standard Webhooks says.
    pub fn webhook_admin(&self) -> WebhookAdminServiceClient<Caller> {
        WebhookAdminServiceClient::new(self.caller())
    }
}

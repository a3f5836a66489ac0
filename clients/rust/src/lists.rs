//! Requests that ask for a part of a list. Generated from proto/ by scripts/gen-clients.

use tonic::{Response, Status};

use crate::{Client, List};

impl List for sv_proto::admin::ListAuditRecordsRequest {
    type Page = sv_proto::admin::ListAuditRecordsResponse;
    type Item = sv_proto::admin::AuditRecord;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.audit().list_audit_records(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::rights::ListInvoicesRequest {
    type Page = sv_proto::rights::ListInvoicesResponse;
    type Item = sv_proto::rights::Invoice;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.billing().list_invoices(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::content::ListTitlesRequest {
    type Page = sv_proto::content::ListTitlesResponse;
    type Item = sv_proto::content::Content;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.browse().list_titles(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::content::ListGenresRequest {
    type Page = sv_proto::content::ListGenresResponse;
    type Item = sv_proto::content::Genre;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.browse().list_genres(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::content::ListCollectionsRequest {
    type Page = sv_proto::content::ListCollectionsResponse;
    type Item = sv_proto::content::Collection;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.collection().list_collections(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::content::ListCollectionItemsRequest {
    type Page = sv_proto::content::ListCollectionItemsResponse;
    type Item = sv_proto::content::Content;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.collection().list_collection_items(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::content::AdminListCollectionsRequest {
    type Page = sv_proto::content::AdminListCollectionsResponse;
    type Item = sv_proto::content::Collection;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.collection_admin().admin_list_collections(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::content::ListMoviesRequest {
    type Page = sv_proto::content::ListMoviesResponse;
    type Item = sv_proto::content::Content;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.content().list_movies(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::content::ListSeriesRequest {
    type Page = sv_proto::content::ListSeriesResponse;
    type Item = sv_proto::content::Content;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.content().list_series(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::content::ListEpisodesRequest {
    type Page = sv_proto::content::ListEpisodesResponse;
    type Item = sv_proto::content::Content;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.content().list_episodes(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::content::AdminListMoviesRequest {
    type Page = sv_proto::content::AdminListMoviesResponse;
    type Item = sv_proto::content::Content;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.content_admin().admin_list_movies(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::content::AdminListSeriesRequest {
    type Page = sv_proto::content::AdminListSeriesResponse;
    type Item = sv_proto::content::Content;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.content_admin().admin_list_series(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::content::AdminListEpisodesRequest {
    type Page = sv_proto::content::AdminListEpisodesResponse;
    type Item = sv_proto::content::Content;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.content_admin().admin_list_episodes(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::rights::AdminListCouponsRequest {
    type Page = sv_proto::rights::AdminListCouponsResponse;
    type Item = sv_proto::rights::Coupon;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.coupon_admin().admin_list_coupons(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::admin::ListDeadLettersRequest {
    type Page = sv_proto::admin::ListDeadLettersResponse;
    type Item = sv_proto::jobs::DeadLetter;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.dead_letter().list_dead_letters(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::rights::AdminListGiftsRequest {
    type Page = sv_proto::rights::AdminListGiftsResponse;
    type Item = sv_proto::rights::Gift;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.gift_admin().admin_list_gifts(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::livetv::GetGuideRequest {
    type Page = sv_proto::livetv::GetGuideResponse;
    type Item = sv_proto::livetv::ChannelGuide;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.guide().get_guide(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::admin::ListJobsRequest {
    type Page = sv_proto::admin::ListJobsResponse;
    type Item = sv_proto::jobs::Job;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.job_admin().list_jobs(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::admin::ListWorkRequest {
    type Page = sv_proto::admin::ListWorkResponse;
    type Item = sv_proto::jobs::WorkItem;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.job_admin().list_work(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::users::ListWatchlistRequest {
    type Page = sv_proto::users::ListWatchlistResponse;
    type Item = sv_proto::users::WatchlistItem;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.library().list_watchlist(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::users::ListRatingsRequest {
    type Page = sv_proto::users::ListRatingsResponse;
    type Item = sv_proto::users::Rating;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.library().list_ratings(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::livetv::ListChannelsRequest {
    type Page = sv_proto::livetv::ListChannelsResponse;
    type Item = sv_proto::livetv::Channel;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.live_tv().list_channels(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::livetv::AdminListChannelsRequest {
    type Page = sv_proto::livetv::AdminListChannelsResponse;
    type Item = sv_proto::livetv::Channel;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.live_tv_admin().admin_list_channels(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::rights::ListPurchasesRequest {
    type Page = sv_proto::rights::ListPurchasesResponse;
    type Item = sv_proto::rights::Purchase;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.order().list_purchases(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::rights::ListRentalsRequest {
    type Page = sv_proto::rights::ListRentalsResponse;
    type Item = sv_proto::rights::Rental;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.order().list_rentals(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::rights::ListEntitlementsRequest {
    type Page = sv_proto::rights::ListEntitlementsResponse;
    type Item = sv_proto::rights::Entitlement;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.order().list_entitlements(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::payments::AdminListPaymentsRequest {
    type Page = sv_proto::payments::AdminListPaymentsResponse;
    type Item = sv_proto::payments::Payment;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.payment_admin().admin_list_payments(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::content::ListPeopleRequest {
    type Page = sv_proto::content::ListPeopleResponse;
    type Item = sv_proto::content::Person;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.person().list_people(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::content::ListPersonTitlesRequest {
    type Page = sv_proto::content::ListPersonTitlesResponse;
    type Item = sv_proto::content::Content;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.person().list_person_titles(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::content::AdminListPeopleRequest {
    type Page = sv_proto::content::AdminListPeopleResponse;
    type Item = sv_proto::content::Person;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.person_admin().admin_list_people(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::streaming::ListPlaySessionsRequest {
    type Page = sv_proto::streaming::ListPlaySessionsResponse;
    type Item = sv_proto::streaming::PlaySession;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.play_session().list_play_sessions(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::content::ListPlaylistsRequest {
    type Page = sv_proto::content::ListPlaylistsResponse;
    type Item = sv_proto::content::Playlist;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.playlist().list_playlists(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::content::ListPlaylistItemsRequest {
    type Page = sv_proto::content::ListPlaylistItemsResponse;
    type Item = sv_proto::content::Content;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.playlist().list_playlist_items(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::content::AdminListPlaylistsRequest {
    type Page = sv_proto::content::AdminListPlaylistsResponse;
    type Item = sv_proto::content::Playlist;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.playlist_admin().admin_list_playlists(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::content::ListPopularityRequest {
    type Page = sv_proto::content::ListPopularityResponse;
    type Item = sv_proto::content::TitlePopularity;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.popularity().list_popularity(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::rights::ListPlansRequest {
    type Page = sv_proto::rights::ListPlansResponse;
    type Item = sv_proto::rights::Plan;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.rights().list_plans(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::rights::ListSubscriptionsRequest {
    type Page = sv_proto::rights::ListSubscriptionsResponse;
    type Item = sv_proto::rights::Subscription;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.rights().list_subscriptions(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::rights::AdminListPlansRequest {
    type Page = sv_proto::rights::AdminListPlansResponse;
    type Item = sv_proto::rights::Plan;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.rights_admin().admin_list_plans(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::rights::AdminListRulesRequest {
    type Page = sv_proto::rights::AdminListRulesResponse;
    type Item = sv_proto::rights::Rule;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.rights_admin().admin_list_rules(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::search::ListSynonymsRequest {
    type Page = sv_proto::search::ListSynonymsResponse;
    type Item = sv_proto::search::Synonym;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.search_tuning().list_synonyms(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::search::ListPinsRequest {
    type Page = sv_proto::search::ListPinsResponse;
    type Item = sv_proto::search::Pin;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.search_tuning().list_pins(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::search::ListZeroResultsRequest {
    type Page = sv_proto::search::ListZeroResultsResponse;
    type Item = sv_proto::search::SearchedQuery;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.search_tuning().list_zero_results(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::search::ListTopQueriesRequest {
    type Page = sv_proto::search::ListTopQueriesResponse;
    type Item = sv_proto::search::SearchedQuery;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.search_tuning().list_top_queries(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::rights::AdminListSubscriptionsRequest {
    type Page = sv_proto::rights::AdminListSubscriptionsResponse;
    type Item = sv_proto::rights::Subscription;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.support().admin_list_subscriptions(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::rights::AdminListOrdersRequest {
    type Page = sv_proto::rights::AdminListOrdersResponse;
    type Item = sv_proto::rights::Order;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.support().admin_list_orders(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::rights::AdminListInvoicesRequest {
    type Page = sv_proto::rights::AdminListInvoicesResponse;
    type Item = sv_proto::rights::Invoice;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.support().admin_list_invoices(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::users::ListProfilesRequest {
    type Page = sv_proto::users::ListProfilesResponse;
    type Item = sv_proto::users::Profile;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.user().list_profiles(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::users::AdminListUsersRequest {
    type Page = sv_proto::users::AdminListUsersResponse;
    type Item = sv_proto::users::ManagedUser;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.user_admin().admin_list_users(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::content::ListVideosRequest {
    type Page = sv_proto::content::ListVideosResponse;
    type Item = sv_proto::content::Content;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.video().list_videos(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::content::AdminListVideosRequest {
    type Page = sv_proto::content::AdminListVideosResponse;
    type Item = sv_proto::content::Content;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.video_admin().admin_list_videos(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::streaming::ListContinueWatchingRequest {
    type Page = sv_proto::streaming::ListContinueWatchingResponse;
    type Item = sv_proto::streaming::ContinueItem;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.watch_history().list_continue_watching(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::streaming::ListWatchHistoryRequest {
    type Page = sv_proto::streaming::ListWatchHistoryResponse;
    type Item = sv_proto::streaming::WatchedTitle;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.watch_history().list_watch_history(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::webhooks::ListWebhooksRequest {
    type Page = sv_proto::webhooks::ListWebhooksResponse;
    type Item = sv_proto::webhooks::Webhook;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.webhook_admin().list_webhooks(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

impl List for sv_proto::webhooks::ListDeliveriesRequest {
    type Page = sv_proto::webhooks::ListDeliveriesResponse;
    type Item = sv_proto::webhooks::WebhookDelivery;

    async fn page(self, client: &Client) -> Result<Response<Self::Page>, Status> {
        client.webhook_admin().list_deliveries(self).await
    }

    fn after(&mut self, token: String) {
        self.offset = 0;
        self.page_token = token;
    }

    fn split(page: Self::Page) -> (Vec<Self::Item>, String) {
        (page.items, page.next_page_token)
    }
}

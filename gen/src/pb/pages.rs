// @generated from the requests of proto/ that ask for pages.

impl sv_kernel::Paged for crate::pb::streamverse::admin::v1::ListAuditRecordsRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::admin::v1::ListDeadLettersRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::admin::v1::ListJobsRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::admin::v1::ListWorkRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::content::v1::AdminListCollectionsRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::content::v1::AdminListEpisodesRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::content::v1::AdminListMoviesRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::content::v1::AdminListPeopleRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::content::v1::AdminListPlaylistsRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::content::v1::AdminListSeriesRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::content::v1::AdminListVideosRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::content::v1::ListCollectionItemsRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::content::v1::ListCollectionsRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::content::v1::ListEpisodesRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::content::v1::ListGenresRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::content::v1::ListMoviesRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::content::v1::ListPeopleRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::content::v1::ListPersonTitlesRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::content::v1::ListPlaylistItemsRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::content::v1::ListPlaylistsRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::content::v1::ListPopularityRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::content::v1::ListSeriesRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::content::v1::ListTitlesRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::content::v1::ListVideosRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::livetv::v1::AdminListChannelsRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::livetv::v1::GetGuideRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::livetv::v1::ListChannelsRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::payments::v1::AdminListPaymentsRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::rights::v1::AdminListCouponsRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::rights::v1::AdminListGiftsRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::rights::v1::AdminListInvoicesRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::rights::v1::AdminListOrdersRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::rights::v1::AdminListPlansRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::rights::v1::AdminListRulesRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::rights::v1::AdminListSubscriptionsRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::rights::v1::ListEntitlementsRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::rights::v1::ListInvoicesRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::rights::v1::ListPlansRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::rights::v1::ListPurchasesRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::rights::v1::ListRentalsRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::rights::v1::ListSubscriptionsRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::search::v1::ListPinsRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::search::v1::ListSynonymsRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::search::v1::ListTopQueriesRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::search::v1::ListZeroResultsRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::streaming::v1::ListContinueWatchingRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::streaming::v1::ListPlaySessionsRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::streaming::v1::ListWatchHistoryRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::users::v1::AdminListUsersRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::users::v1::ListProfilesRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::users::v1::ListRatingsRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::users::v1::ListWatchlistRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::webhooks::v1::ListDeliveriesRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

impl sv_kernel::Paged for crate::pb::streamverse::webhooks::v1::ListWebhooksRequest {
    fn page(&self) -> sv_kernel::PageAsk<'_> {
        sv_kernel::PageAsk { size: self.page_size, token: &self.page_token, limit: self.limit, offset: self.offset }
    }

    fn without_page(&self) -> Self {
        Self { page_size: 0, page_token: String::new(), limit: 0, offset: 0, ..self.clone() }
    }
}

//! The RPCs of editors: decode, call the use case, encode.

use sv_handlers::search::SearchTuningService;
use sv_kernel::{Ctx, Paged as _, Result};
use sv_proto::search as pb;
use sv_rpc::Reply;

use super::Search;

impl SearchTuningService for Search {
    async fn list_synonyms(
        &self,
        ctx: &Ctx,
        request: pb::ListSynonymsRequest,
    ) -> Result<pb::ListSynonymsResponse> {
        let (items, next_page_token) = self.app.said(ctx, request.page()).await?;
        Ok(pb::ListSynonymsResponse {
            items,
            next_page_token,
        })
    }

    async fn get_synonym(
        &self,
        ctx: &Ctx,
        request: pb::GetSynonymRequest,
    ) -> Result<Reply<pb::GetSynonymResponse>> {
        let synonym: pb::Synonym = self.app.said_one(ctx, &request.id).await?;
        let version = synonym.version;
        let synonym = Some(synonym);
        Ok(Reply::new(pb::GetSynonymResponse { synonym }).etag(version))
    }

    async fn create_synonym(
        &self,
        ctx: &Ctx,
        request: pb::CreateSynonymRequest,
    ) -> Result<pb::CreateSynonymResponse> {
        let synonym = request.synonym.unwrap_or_default();
        let answer = |synonym| pb::CreateSynonymResponse {
            synonym: Some(synonym),
        };
        self.app.say(ctx, synonym, answer).await
    }

    async fn update_synonym(
        &self,
        ctx: &Ctx,
        request: pb::UpdateSynonymRequest,
    ) -> Result<pb::UpdateSynonymResponse> {
        let synonym = request.synonym.unwrap_or_default();
        let answer = |synonym| pb::UpdateSynonymResponse {
            synonym: Some(synonym),
        };
        self.app.say_again(ctx, &request.id, synonym, answer).await
    }

    async fn delete_synonym(
        &self,
        ctx: &Ctx,
        request: pb::DeleteSynonymRequest,
    ) -> Result<pb::DeleteSynonymResponse> {
        self.app.unsay::<pb::Synonym, _>(ctx, &request.id).await
    }

    async fn list_pins(
        &self,
        ctx: &Ctx,
        request: pb::ListPinsRequest,
    ) -> Result<pb::ListPinsResponse> {
        let (items, next_page_token) = self.app.said(ctx, request.page()).await?;
        Ok(pb::ListPinsResponse {
            items,
            next_page_token,
        })
    }

    async fn get_pin(
        &self,
        ctx: &Ctx,
        request: pb::GetPinRequest,
    ) -> Result<Reply<pb::GetPinResponse>> {
        let pin: pb::Pin = self.app.said_one(ctx, &request.id).await?;
        let version = pin.version;
        Ok(Reply::new(pb::GetPinResponse { pin: Some(pin) }).etag(version))
    }

    async fn create_pin(
        &self,
        ctx: &Ctx,
        request: pb::CreatePinRequest,
    ) -> Result<pb::CreatePinResponse> {
        let pin = request.pin.unwrap_or_default();
        let answer = |pin| pb::CreatePinResponse { pin: Some(pin) };
        self.app.say(ctx, pin, answer).await
    }

    async fn update_pin(
        &self,
        ctx: &Ctx,
        request: pb::UpdatePinRequest,
    ) -> Result<pb::UpdatePinResponse> {
        let pin = request.pin.unwrap_or_default();
        let answer = |pin| pb::UpdatePinResponse { pin: Some(pin) };
        self.app.say_again(ctx, &request.id, pin, answer).await
    }

    async fn delete_pin(
        &self,
        ctx: &Ctx,
        request: pb::DeletePinRequest,
    ) -> Result<pb::DeletePinResponse> {
        self.app.unsay::<pb::Pin, _>(ctx, &request.id).await
    }

    async fn list_zero_results(
        &self,
        ctx: &Ctx,
        request: pb::ListZeroResultsRequest,
    ) -> Result<pb::ListZeroResultsResponse> {
        let listed = self.app.searched(ctx, true, request.days, request.page());
        let (items, next_page_token) = listed.await?;
        Ok(pb::ListZeroResultsResponse {
            items,
            next_page_token,
        })
    }

    async fn list_top_queries(
        &self,
        ctx: &Ctx,
        request: pb::ListTopQueriesRequest,
    ) -> Result<pb::ListTopQueriesResponse> {
        let listed = self.app.searched(ctx, false, request.days, request.page());
        let (items, next_page_token) = listed.await?;
        Ok(pb::ListTopQueriesResponse {
            items,
            next_page_token,
        })
    }
}

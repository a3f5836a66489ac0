use std::sync::Arc;

use sv_handlers::content::{CollectionAdminService, CollectionService};
use sv_kernel::{Ctx, Result};
use sv_proto::content as pb;
use sv_rpc::Reply;

use crate::{
    app::{App, CollectionChange},
    domain::Seer,
};

/// Groups of titles under a name.
pub(crate) struct Collections(pub(crate) Arc<App>);

impl CollectionService for Collections {
    async fn list_collections(
        &self,
        ctx: &Ctx,
        request: pb::ListCollectionsRequest,
    ) -> Result<Reply<pb::ListCollectionsResponse>> {
        let list = self.0.shown_collections(ctx, &request);
        list.await.map(Reply::encoded)
    }

    async fn get_collection(
        &self,
        ctx: &Ctx,
        request: pb::GetCollectionRequest,
    ) -> Result<Reply<pb::GetCollectionResponse>> {
        let found = self.0.shown_collection(ctx, &request);
        found.await.map(Reply::encoded)
    }

    async fn list_collection_items(
        &self,
        ctx: &Ctx,
        request: pb::ListCollectionItemsRequest,
    ) -> Result<Reply<pb::ListCollectionItemsResponse>> {
        let list = self.0.collection_items(ctx, &request);
        list.await.map(Reply::encoded)
    }

    async fn snapshot_collections(
        &self,
        _: &Ctx,
        request: pb::SnapshotCollectionsRequest,
    ) -> Result<pb::SnapshotCollectionsResponse> {
        self.0.snapshot_collections(&request).await
    }
}

impl CollectionAdminService for Collections {
    async fn admin_list_collections(
        &self,
        ctx: &Ctx,
        request: pb::AdminListCollectionsRequest,
    ) -> Result<pb::AdminListCollectionsResponse> {
        let list = self.0.collections(ctx, &request, Seer::Editor);
        Ok(list.await?.into())
    }

    async fn admin_get_collection(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetCollectionRequest,
    ) -> Result<Reply<pb::AdminGetCollectionResponse>> {
        let collection = self.0.collection(ctx, &request.id, Seer::Editor).await?;
        let version = collection.version;
        let collection = Some(collection);
        Ok(Reply::new(pb::AdminGetCollectionResponse { collection }).etag(version))
    }

    async fn create_collection(
        &self,
        ctx: &Ctx,
        request: pb::CreateCollectionRequest,
    ) -> Result<pb::CreateCollectionResponse> {
        let answer = |collection| pb::CreateCollectionResponse {
            collection: Some(collection),
        };
        let collection = request.collection.unwrap_or_default();
        self.0.create_collection(ctx, collection, answer).await
    }

    async fn update_collection(
        &self,
        ctx: &Ctx,
        request: pb::UpdateCollectionRequest,
    ) -> Result<pb::UpdateCollectionResponse> {
        let answer = |collection| pb::UpdateCollectionResponse {
            collection: Some(collection),
        };
        let change = CollectionChange {
            id: request.id,
            collection: request.collection.unwrap_or_default(),
            paths: request.update_mask.unwrap_or_default().paths,
        };
        self.0.update_collection(ctx, change, answer).await
    }

    async fn delete_collection(
        &self,
        ctx: &Ctx,
        request: pb::DeleteCollectionRequest,
    ) -> Result<pb::DeleteCollectionResponse> {
        self.0.delete_collection(ctx, &request.id).await
    }
}

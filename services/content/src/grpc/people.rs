use std::sync::Arc;

use sv_handlers::content::{PersonAdminService, PersonService};
use sv_kernel::{Ctx, Result};
use sv_proto::content as pb;
use sv_rpc::Reply;

use crate::{
    app::{App, PersonChange},
    domain::Seer,
};

/// Who made titles and plays in them.
pub(crate) struct People(pub(crate) Arc<App>);

impl PersonService for People {
    async fn list_people(
        &self,
        ctx: &Ctx,
        request: pb::ListPeopleRequest,
    ) -> Result<Reply<pb::ListPeopleResponse>> {
        let list = self.0.shown_people(ctx, &request);
        list.await.map(Reply::encoded)
    }

    async fn get_person(
        &self,
        ctx: &Ctx,
        request: pb::GetPersonRequest,
    ) -> Result<Reply<pb::GetPersonResponse>> {
        let found = self.0.shown_person(ctx, &request);
        found.await.map(Reply::encoded)
    }

    async fn list_person_titles(
        &self,
        ctx: &Ctx,
        request: pb::ListPersonTitlesRequest,
    ) -> Result<Reply<pb::ListPersonTitlesResponse>> {
        let list = self.0.person_titles(ctx, &request);
        list.await.map(Reply::encoded)
    }
}

impl PersonAdminService for People {
    async fn admin_list_people(
        &self,
        ctx: &Ctx,
        request: pb::AdminListPeopleRequest,
    ) -> Result<pb::AdminListPeopleResponse> {
        let list = self.0.people(ctx, &request, Seer::Editor);
        Ok(list.await?.into())
    }

    async fn admin_get_person(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetPersonRequest,
    ) -> Result<Reply<pb::AdminGetPersonResponse>> {
        let person = self.0.person(ctx, &request.id, Seer::Editor).await?;
        let version = person.version;
        let person = Some(person);
        Ok(Reply::new(pb::AdminGetPersonResponse { person }).etag(version))
    }

    async fn create_person(
        &self,
        ctx: &Ctx,
        request: pb::CreatePersonRequest,
    ) -> Result<pb::CreatePersonResponse> {
        let answer = |person| pb::CreatePersonResponse {
            person: Some(person),
        };
        let person = request.person.unwrap_or_default();
        self.0.create_person(ctx, person, answer).await
    }

    async fn update_person(
        &self,
        ctx: &Ctx,
        request: pb::UpdatePersonRequest,
    ) -> Result<pb::UpdatePersonResponse> {
        let answer = |person| pb::UpdatePersonResponse {
            person: Some(person),
        };
        let change = PersonChange {
            id: request.id,
            person: request.person.unwrap_or_default(),
            paths: request.update_mask.unwrap_or_default().paths,
        };
        self.0.update_person(ctx, change, answer).await
    }

    async fn delete_person(
        &self,
        ctx: &Ctx,
        request: pb::DeletePersonRequest,
    ) -> Result<pb::DeletePersonResponse> {
        self.0.delete_person(ctx, &request.id).await
    }
}

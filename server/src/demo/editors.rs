//! What editors do for the demonstration: each thing is made once, however often it is tried.

use bytes::Bytes;
use sv_kernel::{BoxError, Error};
use sv_proto::{
    content::{
        Collection, Content, CreateCollectionRequest, CreateEpisodeRequest, CreatePersonRequest,
        CreatePlaylistRequest, CreateSeriesRequest, ImportMoviesRequest, ImportRow, Person,
        Playlist, collection_admin_service_client::CollectionAdminServiceClient,
        content_admin_service_client::ContentAdminServiceClient,
        person_admin_service_client::PersonAdminServiceClient,
        playlist_admin_service_client::PlaylistAdminServiceClient,
    },
    rights::{
        CreateRuleRequest, RightsReason, Rule,
        rights_admin_service_client::RightsAdminServiceClient,
    },
    streaming::media_admin_service_client::MediaAdminServiceClient,
};
use sv_rpc::{Mesh, Transport, call, error, policy::OPERATOR};
use tonic::{Request, metadata::MetadataValue};

use super::{CLIPS, Progress};
use crate::node::Node;

/// Editors, as the command line is one.
pub(super) struct Editors<'a> {
    node: &'a Node,
    progress: &'a Progress,
    mesh: Mesh,
    content: Transport,
}

/// The thing was made, and the answer does not say its id.
#[derive(Debug, thiserror::Error)]
#[error("{0} was made and has no id")]
struct Nameless(String);

impl<'a> Editors<'a> {
    pub(super) fn of(node: &'a Node, progress: &'a Progress) -> Result<Self, BoxError> {
        let mesh = node.mesh.calling_as(OPERATOR);
        let content = mesh.client_transport(sv_content::SERVICE.name)?;
        Ok(Self {
            node,
            progress,
            mesh,
            content,
        })
    }

    /// Makes a series, and returns its id.
    pub(super) async fn series(&self, name: &str, content: Content) -> Result<String, BoxError> {
        self.once(name, async {
            let content = Some(content);
            let request = self.keyed(name, CreateSeriesRequest { content })?;
            let made = self.titles().create_series(request).await.map_err(error)?;
            Ok(made.into_inner().content.unwrap_or_default().id)
        })
        .await
    }

    /// Makes an episode that is played with the clip of one of our shorts, and returns its id.
    pub(super) async fn episode(
        &self,
        name: &str,
        content: Content,
        clip: &str,
    ) -> Result<String, BoxError> {
        self.once(name, async {
            let content = Some(content);
            let request = self.keyed(name, CreateEpisodeRequest { content })?;
            let made = self.titles().create_episode(request).await.map_err(error)?;
            let id = made.into_inner().content.unwrap_or_default().id;
            self.clip(clip, &id).await?;
            Ok(id)
        })
        .await
    }

    /// Makes a film that has an id, and is played with the clip of one of our shorts.
    pub(super) async fn film(
        &self,
        name: &str,
        content: Content,
        clip: &str,
    ) -> Result<(), BoxError> {
        let id = content.id.clone();
        self.once(name, async {
            let row = ImportRow {
                key: name.to_owned(),
                content: Some(content),
            };
            let request = ImportMoviesRequest {
                source: "demo".into(),
                rows: vec![row],
                dry_run: false,
            };
            let request = call(&self.node.operator(), request);
            self.titles().import_movies(request).await.map_err(error)?;
            self.clip(clip, &id).await?;
            Ok(id)
        })
        .await?;
        Ok(())
    }

    /// Makes a person, and returns the id.
    pub(super) async fn person(&self, name: &str, person: Person) -> Result<String, BoxError> {
        self.once(name, async {
            let person = Some(person);
            let request = self.keyed(name, CreatePersonRequest { person })?;
            let mut people = PersonAdminServiceClient::new(self.content.clone());
            let made = people.create_person(request).await.map_err(error)?;
            Ok(made.into_inner().person.unwrap_or_default().id)
        })
        .await
    }

    /// Makes a playlist.
    pub(super) async fn playlist(&self, name: &str, playlist: Playlist) -> Result<(), BoxError> {
        self.once(name, async {
            let playlist = Some(playlist);
            let request = self.keyed(name, CreatePlaylistRequest { playlist })?;
            let mut playlists = PlaylistAdminServiceClient::new(self.content.clone());
            let made = playlists.create_playlist(request).await.map_err(error)?;
            Ok(made.into_inner().playlist.unwrap_or_default().id)
        })
        .await?;
        Ok(())
    }

    /// Makes a collection.
    pub(super) async fn collection(
        &self,
        name: &str,
        collection: Collection,
    ) -> Result<(), BoxError> {
        self.once(name, async {
            let collection = Some(collection);
            let request = self.keyed(name, CreateCollectionRequest { collection })?;
            let mut collections = CollectionAdminServiceClient::new(self.content.clone());
            let made = collections.create_collection(request).await;
            let made = made.map_err(error)?.into_inner().collection;
            Ok(made.unwrap_or_default().id)
        })
        .await?;
        Ok(())
    }

    /// Says what opens a title.
    pub(super) async fn rule(&self, rule: Rule) -> Result<(), BoxError> {
        let rights = self.mesh.client_transport(sv_rights::SERVICE.name)?;
        let request = call(
            &self.node.operator(),
            CreateRuleRequest { rule: Some(rule) },
        );
        let mut rights = RightsAdminServiceClient::new(rights);
        let made = rights.create_rule(request).await;
        done_before(made.map_err(error), &RightsReason::RuleExists)
    }

    /// Makes something that nobody has made yet, and returns its id.
    async fn once(
        &self,
        name: &str,
        making: impl Future<Output = Result<String, BoxError>>,
    ) -> Result<String, BoxError> {
        if let Some(id) = self.progress.recall(name) {
            return Ok(id);
        }
        let id = making.await?;
        if id.is_empty() {
            return Err(Nameless(name.to_owned()).into());
        }
        self.progress.remember(name, &id)?;
        Ok(id)
    }

    /// Makes a call that has its effect once, though a process is killed before it has remembered the answer.
    fn keyed<M>(&self, name: &str, message: M) -> Result<Request<M>, BoxError> {
        let mut request = call(&self.node.operator(), message);
        let key = MetadataValue::try_from(format!("demonstration-{name}"))?;
        request.metadata_mut().insert("idempotency-key", key);
        Ok(request)
    }

    fn titles(&self) -> ContentAdminServiceClient<Transport> {
        ContentAdminServiceClient::new(self.content.clone())
    }

    /// Makes the clip of one of our own shorts the media of another title, too.
    async fn clip(&self, of: &str, title: &str) -> Result<(), BoxError> {
        let streaming = self.mesh.client_transport(sv_streaming::SERVICE.name)?;
        let streaming = MediaAdminServiceClient::new(streaming);
        let folder = format!("media/{of}/");
        let blobs = &self.node.adapters.blobs;
        let files = CLIPS.iter().filter(|(key, _)| key.starts_with(&folder));
        let mut description = String::new();
        for (key, bytes) in files {
            let key = key.replace(of, title);
            blobs.put_bytes(&key, Bytes::from_static(bytes)).await?;
            if key.ends_with("/media.json") {
                description = std::str::from_utf8(bytes)?.replace(of, title);
            }
        }
        let media = serde_json::from_str(&description)?;
        sv_streaming::import::publish(&self.node.operator(), &streaming, &media).await?;
        Ok(())
    }
}

/// Takes a refusal that says that something is there already for what it is: done by the try before.
pub(super) fn done_before<T>(
    made: Result<T, Error>,
    there: &impl sv_kernel::Reasoned,
) -> Result<(), BoxError> {
    match made {
        Ok(_) => Ok(()),
        Err(refused) if refused.is(there) => Ok(()),
        Err(refused) => Err(refused.into()),
    }
}

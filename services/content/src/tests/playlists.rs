//! Playlists: what editors put together, and what of it each viewer sees (CAT-12, CAT-13, X-ID-6).

use sv_kernel::{Ctx, Error};
use sv_proto::{
    common::CommonReason,
    content::{
        AdminGetPlaylistRequest, Content, ContentReason, ContentStatus, CreatePlaylistRequest,
        DeleteMovieRequest, DeletePlaylistRequest, GetPlaylistRequest, ListPlaylistItemsRequest,
        ListPlaylistsRequest, Playlist, UpdatePlaylistRequest,
        playlist_admin_service_client::PlaylistAdminServiceClient,
        playlist_service_client::PlaylistServiceClient,
    },
};
use sv_rpc::{Transport, call, error};

use super::test_app::{TestApp, film};

struct Playlists {
    test: TestApp,
    shown: PlaylistServiceClient<Transport>,
    kept: PlaylistAdminServiceClient<Transport>,
}

impl Playlists {
    async fn all() -> Vec<Self> {
        let of = |test: TestApp| {
            let mesh = test.harness.mesh.calling_as("edge");
            let transport = mesh.client_transport(crate::NAME).unwrap();
            Self {
                shown: PlaylistServiceClient::new(transport.clone()),
                kept: PlaylistAdminServiceClient::new(transport),
                test,
            }
        };
        TestApp::all().await.into_iter().map(of).collect()
    }

    /// Publishes films and a draft, and returns their ids.
    async fn films(&self, titles: &[&str]) -> Vec<String> {
        let mut ids = Vec::new();
        for title in titles {
            ids.push(self.test.publish(title).await.id);
        }
        ids
    }

    async fn create(&self, playlist: Playlist) -> Result<Playlist, Error> {
        let playlist = Some(playlist);
        let request = call(&self.test.editor, CreatePlaylistRequest { playlist });
        let answer = self.kept.clone().create_playlist(request).await;
        Ok(answer.map_err(error)?.into_inner().playlist.unwrap())
    }

    async fn update(
        &self,
        id: &str,
        playlist: Playlist,
        paths: &[&str],
    ) -> Result<Playlist, Error> {
        let request = UpdatePlaylistRequest {
            id: id.into(),
            playlist: Some(playlist),
            update_mask: Some(prost_types::FieldMask {
                paths: paths.iter().map(|path| (*path).to_owned()).collect(),
            }),
        };
        let request = call(&self.test.editor, request);
        let answer = self.kept.clone().update_playlist(request).await;
        Ok(answer.map_err(error)?.into_inner().playlist.unwrap())
    }

    async fn kept(&self, id: &str) -> Playlist {
        let request = AdminGetPlaylistRequest { id: id.into() };
        let request = call(&self.test.editor, request);
        let answer = self.kept.clone().admin_get_playlist(request).await;
        answer.unwrap().into_inner().playlist.unwrap()
    }

    async fn get(&self, by: &Ctx, id: &str) -> Result<Playlist, Error> {
        let request = call(by, GetPlaylistRequest { id: id.into() });
        let answer = self.shown.clone().get_playlist(request).await;
        Ok(answer.map_err(error)?.into_inner().playlist.unwrap())
    }

    async fn list(&self, by: &Ctx) -> (Vec<(String, i32)>, i32) {
        let request = ListPlaylistsRequest {
            with_total: true,
            ..ListPlaylistsRequest::default()
        };
        let answer = self.shown.clone().list_playlists(call(by, request)).await;
        let answer = answer.unwrap().into_inner();
        let pair = |item: Playlist| (item.title, item.item_count);
        let items = answer.items.into_iter().map(pair).collect();
        (items, answer.total.unwrap())
    }

    async fn pages(&self, id: &str, page_size: i32) -> (Vec<String>, i32) {
        let (mut titles, mut token) = (Vec::new(), String::new());
        loop {
            let request = ListPlaylistItemsRequest {
                playlist_id: id.into(),
                page_size,
                page_token: token,
                ..ListPlaylistItemsRequest::default()
            };
            let request = call(&self.test.viewer, request);
            let answer = self.shown.clone().list_playlist_items(request).await;
            let answer = answer.unwrap().into_inner();
            titles.extend(named(&answer.items));
            token = answer.next_page_token;
            if token.is_empty() {
                return (titles, answer.total);
            }
        }
    }

    async fn delete_film(&self, id: &str) {
        let request = call(&self.test.editor, DeleteMovieRequest { id: id.into() });
        let deleted = self.test.editors.clone().delete_movie(request).await;
        deleted.unwrap();
    }
}

fn named(items: &[Content]) -> Vec<String> {
    items.iter().map(|item| item.title.clone()).collect()
}

fn playlist(title: &str, item_ids: &[String]) -> Playlist {
    let mut playlist = Playlist {
        title: title.into(),
        item_ids: item_ids.to_vec(),
        ..Playlist::default()
    };
    playlist.set_status(ContentStatus::Published);
    playlist
}

#[tokio::test]
async fn a_playlist_keeps_its_order_and_is_put_into_another() {
    for lists in Playlists::all().await {
        let ids = lists.films(&["C", "A", "B"]).await;
        let made = lists.create(playlist(" Best ", &ids)).await.unwrap();
        assert_eq!((made.title.as_str(), made.version), ("Best", 1));
        assert_eq!((made.item_count, &made.item_ids), (3, &ids));
        assert_eq!(
            lists.pages(&made.id, 2).await,
            (vec!["C".into(), "A".into(), "B".into()], 3)
        );
        let viewer = &lists.test.viewer;
        let shown = lists.get(viewer, &made.id).await.unwrap();
        assert_eq!(named(&shown.items), ["C", "A", "B"]);
        assert_eq!((shown.item_count, shown.item_ids.len()), (3, 0));

        let turned = [&ids[2], &ids[0], &ids[1]].map(Clone::clone);
        let change = Playlist {
            item_ids: turned.to_vec(),
            ..Playlist::default()
        };
        let changed = lists.update(&made.id, change, &["item_ids"]).await.unwrap();
        assert_eq!((changed.title.as_str(), changed.version), ("Best", 2));
        let shown = lists.get(viewer, &made.id).await.unwrap();
        assert_eq!(named(&shown.items), ["B", "C", "A"]);

        let stale = Playlist {
            version: 1,
            ..playlist("Stale", &ids)
        };
        let refused = lists.update(&made.id, stale, &[]).await.unwrap_err();
        assert!(refused.is(&CommonReason::VersionMismatch));
        let request = DeletePlaylistRequest {
            id: made.id.clone(),
        };
        let request = call(&lists.test.editor, request);
        lists.kept.clone().delete_playlist(request).await.unwrap();
        let gone = lists.get(viewer, &made.id).await.unwrap_err();
        assert!(gone.is(&ContentReason::PlaylistNotFound));
        assert_eq!(lists.list(viewer).await, (vec![], 0));
    }
}

#[tokio::test]
async fn viewers_see_of_a_playlist_what_they_see_elsewhere() {
    for lists in Playlists::all().await {
        let mut ids = lists.films(&["A", "B"]).await;
        let mut draft = film("Draft");
        draft.set_status(ContentStatus::Draft);
        ids.push(lists.test.create(draft).await.unwrap().id);
        let made = lists.create(playlist("Mixed", &ids)).await.unwrap();
        lists
            .create(playlist("Nothing yet", &ids[2..]))
            .await
            .unwrap();
        let mut unseen = playlist("Unpublished", &ids);
        unseen.set_status(ContentStatus::Draft);
        let unseen = lists.create(unseen).await.unwrap();

        let viewer = &lists.test.viewer;
        assert_eq!(lists.list(viewer).await, (vec![("Mixed".into(), 2)], 1));
        assert_eq!(
            lists.pages(&made.id, 1).await,
            (vec!["A".into(), "B".into()], 2)
        );
        assert!(lists.get(viewer, &unseen.id).await.is_err());
        assert_eq!(
            named(&lists.kept(&made.id).await.items),
            ["A", "B", "Draft"]
        );

        // What is deleted is gone from here, too, and a change need not say so.
        lists.delete_film(&ids[0]).await;
        assert_eq!(lists.list(viewer).await, (vec![("Mixed".into(), 1)], 1));
        assert_eq!(lists.kept(&made.id).await.item_ids, &ids[1..]);
        let renamed = lists
            .update(&made.id, playlist("Rest", &[]), &["title"])
            .await;
        assert_eq!(renamed.unwrap().item_ids, &ids[1..]);
        let again = lists.update(&made.id, playlist("Rest", &ids), &[]).await;
        assert!(again.unwrap_err().is(&ContentReason::ContentNotFound));
    }
}

#[tokio::test]
async fn a_playlist_is_of_titles_of_its_tenant_and_has_a_largest_size() {
    for lists in Playlists::all().await {
        let ids = lists.films(&["A"]).await;
        let unknown = "01936f00-ffff-7000-8000-000000000001".to_owned();
        let refused = lists.create(playlist("x", &[unknown])).await.unwrap_err();
        assert!(refused.is(&ContentReason::ContentNotFound));
        let other = lists.test.editor_of("acme");
        let request = CreatePlaylistRequest {
            playlist: Some(playlist("Theirs", &ids)),
        };
        let refused = lists
            .kept
            .clone()
            .create_playlist(call(&other, request))
            .await;
        assert!(error(refused.unwrap_err()).is(&ContentReason::ContentNotFound));
        let made = lists.create(playlist("Ours", &ids)).await.unwrap();
        assert!(lists.get(&other, &made.id).await.is_err());
        assert_eq!(lists.list(&other).await, (vec![], 0));

        let many: Vec<String> = (0..501)
            .map(|n| format!("01936f00-ffff-7000-8000-{n:012}"))
            .collect();
        let refused = lists.create(playlist("x", &many)).await.unwrap_err();
        assert!(refused.is(&CommonReason::ValidationFailed), "{refused}");
        let twice = [ids[0].clone(), ids[0].clone()];
        let refused = lists.create(playlist("x", &twice)).await.unwrap_err();
        assert_eq!(refused.violations()[0].rule, "REPEATED");
    }
}

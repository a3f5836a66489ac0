//! Videos: the same catalogue under the paths of players, and what creators do with their own (CAT-9, CAT-10,
//! CAT-11, CAT-15, C7).

use sv_kernel::{Ctx, Error};
use sv_proto::{
    content::{
        AdminGetVideoRequest, AdminListVideosRequest, Content, ContentReason, ContentStatus,
        ContentType, CreateVideoRequest, DeleteVideoRequest, GetVideoRequest, ListVideosRequest,
        UpdateVideoRequest, VideoDetails, content::Details,
        video_admin_service_client::VideoAdminServiceClient,
        video_service_client::VideoServiceClient,
    },
    options::Role,
};
use sv_rpc::{Transport, call, error};

use super::test_app::{TestApp, film};

/// The clients of videos, beside those of an app.
struct Videos {
    test: TestApp,
    shown: VideoServiceClient<Transport>,
    kept: VideoAdminServiceClient<Transport>,
    /// Two accounts that add videos of their own.
    creators: [Ctx; 2],
}

impl Videos {
    async fn all() -> Vec<Self> {
        let of = |test: TestApp| {
            let mesh = test.harness.mesh.calling_as("edge");
            let transport = mesh.client_transport(crate::NAME).unwrap();
            let creator = || {
                let user = test.harness.env.ids.next();
                test.harness.viewer(user, [Role::Creator])
            };
            Self {
                shown: VideoServiceClient::new(transport.clone()),
                kept: VideoAdminServiceClient::new(transport),
                creators: [creator(), creator()],
                test,
            }
        };
        TestApp::all().await.into_iter().map(of).collect()
    }

    async fn create(&self, by: &Ctx, content: Content) -> Result<Content, Error> {
        let content = Some(content);
        let request = call(by, CreateVideoRequest { content });
        let answer = self.kept.clone().create_video(request).await;
        Ok(answer.map_err(error)?.into_inner().content.unwrap())
    }

    async fn update(&self, by: &Ctx, id: &str, content: Content) -> Result<Content, Error> {
        let request = UpdateVideoRequest {
            id: id.into(),
            content: Some(content),
            update_mask: None,
        };
        let answer = self.kept.clone().update_video(call(by, request)).await;
        Ok(answer.map_err(error)?.into_inner().content.unwrap())
    }

    async fn delete(&self, by: &Ctx, id: &str) -> Result<(), Error> {
        let request = call(by, DeleteVideoRequest { id: id.into() });
        let answer = self.kept.clone().delete_video(request).await;
        answer.map(drop).map_err(error)
    }

    async fn titles(&self, request: ListVideosRequest) -> Vec<String> {
        let request = call(&self.test.viewer, request);
        let answer = self.shown.clone().list_videos(request).await.unwrap();
        let items = answer.into_inner().items;
        items.into_iter().map(|item| item.title).collect()
    }

    async fn kept_titles(&self, by: &Ctx, request: AdminListVideosRequest) -> Vec<String> {
        let answer = self.kept.clone().admin_list_videos(call(by, request)).await;
        let items = answer.unwrap().into_inner().items;
        items.into_iter().map(|item| item.title).collect()
    }

    async fn get(&self, id: &str) -> Result<Content, Error> {
        let request = call(&self.test.viewer, GetVideoRequest { id: id.into() });
        let answer = self.shown.clone().get_video(request).await;
        Ok(answer.map_err(error)?.into_inner().content.unwrap())
    }
}

fn video(title: &str, category: &str, tags: &[&str]) -> Content {
    Content {
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        details: Some(Details::Video(VideoDetails {
            category: category.into(),
            owner_id: "01936f00-ffff-7000-8000-00000000000f".into(),
        })),
        ..film(title)
    }
}

fn owner(content: &Content) -> &str {
    match &content.details {
        Some(Details::Video(video)) => &video.owner_id,
        _ => panic!("no video"),
    }
}

#[tokio::test]
async fn videos_are_listed_by_category_and_tag_and_are_no_films() {
    for videos in Videos::all().await {
        let editor = &videos.test.editor;
        for (title, category, tags) in [
            ("Making Of", "Extras", &["behind", "Set"][..]),
            ("Teaser", "Trailers", &["short"]),
            ("Trailer", " trailers ", &["short", "Long"]),
        ] {
            let made = videos.create(editor, video(title, category, tags)).await;
            assert_eq!(made.unwrap().r#type(), ContentType::Video);
        }
        videos.test.publish("Alien").await;
        let mut draft = video("Unseen", "Trailers", &[]);
        draft.set_status(ContentStatus::Draft);
        videos.create(editor, draft).await.unwrap();

        let all = ListVideosRequest::default();
        assert_eq!(videos.titles(all).await, ["Making Of", "Teaser", "Trailer"]);
        let of = |category: &str, tag: &str| ListVideosRequest {
            category: vec![category.into()],
            tag: vec![tag.into()],
            ..ListVideosRequest::default()
        };
        assert_eq!(
            videos.titles(of("TRAILERS", "")).await,
            ["Teaser", "Trailer"]
        );
        assert_eq!(videos.titles(of("", "set")).await, ["Making Of"]);
        assert_eq!(videos.titles(of("trailers", "long")).await, ["Trailer"]);
        assert_eq!(videos.titles(of("extras", "long")).await, [""; 0]);
        let films = sv_proto::content::ListMoviesRequest::default();
        assert_eq!(videos.test.titles(films).await, ["Alien"]);
        let kept = AdminListVideosRequest {
            category: vec!["trailers".into()],
            status: vec![ContentStatus::Draft.into()],
            ..AdminListVideosRequest::default()
        };
        assert_eq!(videos.kept_titles(editor, kept).await, ["Unseen"]);
    }
}

#[tokio::test]
async fn any_title_is_found_by_its_id() {
    for videos in Videos::all().await {
        let film = videos.test.publish("Alien").await;
        assert_eq!(videos.get(&film.id).await.unwrap(), film);
        let clip = video("Clip", "", &[]);
        let clip = videos.create(&videos.test.editor, clip).await.unwrap();
        assert_ne!(owner(&clip), "");
        let shown = videos.get(&clip.id).await.unwrap();
        // Who added it is nothing for viewers.
        assert_eq!((shown.title.as_str(), owner(&shown)), ("Clip", ""));
        videos.delete(&videos.test.editor, &clip.id).await.unwrap();
        for gone in [&clip.id, "01936f00-ffff-7000-8000-000000000001"] {
            let refused = videos.get(gone).await.unwrap_err();
            assert!(refused.is(&ContentReason::ContentNotFound), "{refused}");
        }
        // What is edited as a video is one.
        let refused = videos.delete(&videos.test.editor, &film.id).await;
        assert!(refused.unwrap_err().is(&ContentReason::VideoNotFound));
    }
}

#[tokio::test]
async fn creators_see_and_change_their_own_videos_only() {
    for videos in Videos::all().await {
        let [ana, bob] = &videos.creators;
        let made = videos.create(ana, video("Mine", "", &[])).await.unwrap();
        let user = ana.actor.viewer().map(|viewer| viewer.user.to_string());
        let user = user.unwrap_or_else(|| owner(&made).to_owned());
        assert_eq!(owner(&made), user);
        videos.create(bob, video("His", "", &[])).await.unwrap();

        let all = AdminListVideosRequest::default;
        assert_eq!(videos.kept_titles(ana, all()).await, ["Mine"]);
        assert_eq!(videos.kept_titles(bob, all()).await, ["His"]);
        let editor = &videos.test.editor;
        assert_eq!(videos.kept_titles(editor, all()).await, ["His", "Mine"]);

        let stolen = videos.update(bob, &made.id, film("Stolen")).await;
        assert!(stolen.unwrap_err().is(&ContentReason::VideoNotFound));
        let gone = videos.delete(bob, &made.id).await;
        assert!(gone.unwrap_err().is(&ContentReason::VideoNotFound));
        let request = AdminGetVideoRequest {
            id: made.id.clone(),
        };
        let peek = videos.kept.clone();
        let peek = peek.clone().admin_get_video(call(bob, request)).await;
        let peek = peek.map_err(error).unwrap_err();
        assert!(peek.is(&ContentReason::VideoNotFound), "{peek}");

        // An editor changes it, and it stays whose it was.
        let edited = videos
            .update(editor, &made.id, video("Ours", "", &[]))
            .await;
        assert_eq!(owner(&edited.unwrap()), user);
        let again = videos.update(ana, &made.id, film("Mine again")).await;
        assert_eq!(owner(&again.unwrap()), user);
        videos.delete(ana, &made.id).await.unwrap();

        let refused = videos
            .create(&videos.test.viewer, video("No", "", &[]))
            .await;
        assert_eq!(refused.unwrap_err().reason(), "PERMISSION_DENIED");
    }
}

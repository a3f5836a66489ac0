//! The demonstration's titles: the file itself, and loading it.

use std::{collections::HashSet, fs, path::Path};

use sv_proto::content::{
    ContentStatus, ContentType, Credit, CreditRole, ImportAction, ListMoviesRequest,
};
use sv_rpc::call;
use time::{Date, format_description::well_known::Iso8601};

use super::test_app::TestApp;
use crate::demo::{OWN_SHORTS, catalogue};

#[test]
fn the_demo_catalogue_is_sound() {
    let request = catalogue().unwrap();
    assert!(request.rows.len() >= 200, "{}", request.rows.len());
    let (mut keys, mut ids, mut decades) = (HashSet::new(), HashSet::new(), HashSet::new());
    let (mut countries, mut languages) = (HashSet::new(), HashSet::new());
    for row in &request.rows {
        let content = row.content.as_ref().unwrap();
        let title = &content.title;
        assert!(keys.insert(&row.key), "{title}: its key stands twice");
        for id in &content.external_ids {
            assert!(
                ids.insert(&id.value),
                "{title}: its external id stands twice"
            );
            assert!(id.value.starts_with("tt") && id.value.len() >= 9, "{title}");
        }
        assert_eq!(content.r#type(), ContentType::Movie, "{title}");
        assert_eq!(content.status(), ContentStatus::Published, "{title}");
        assert!(
            content.synopsis.len() >= 40,
            "{title}: the synopsis is too short"
        );
        assert!(
            content.synopsis.ends_with('.'),
            "{title}: the synopsis breaks off"
        );
        assert!(
            !content.genres.is_empty() && !content.tags.is_empty(),
            "{title}"
        );
        let director = content.credits.first().map(Credit::role);
        assert_eq!(director, Some(CreditRole::Director), "{title}");
        assert!((30..30_000).contains(&content.duration_seconds), "{title}");
        assert!(
            !content.original_title.eq(title),
            "{title}: the titles are the same"
        );
        if !content.release_date.is_empty() {
            Date::parse(&content.release_date, &Iso8601::DATE).unwrap();
            decades.insert(content.release_date[..3].to_owned());
        }
        countries.extend(&content.countries);
        languages.insert(&content.language);
    }
    for decade in 192..=202 {
        assert!(
            decades.contains(&decade.to_string()),
            "no film of the {decade}0s"
        );
    }
    assert!(countries.len() >= 40, "{} countries", countries.len());
    assert!(languages.len() >= 25, "{} languages", languages.len());
}

#[tokio::test]
async fn the_demo_catalogue_loads_once_and_its_shorts_have_their_ids() {
    for test in TestApp::all().await {
        let request = catalogue().unwrap();
        let films = i32::try_from(request.rows.len()).unwrap();
        for expected in [ImportAction::Created, ImportAction::Unchanged] {
            let ctx = test.background();
            let answer = test
                .operator
                .clone()
                .import_movies(call(&ctx, request.clone()))
                .await;
            let outcomes = answer.unwrap().into_inner().outcomes;
            assert!(outcomes.iter().all(|outcome| outcome.action() == expected));
            let shorts: Vec<&str> = outcomes[..3]
                .iter()
                .map(|o| o.content_id.as_str())
                .collect();
            assert_eq!(shorts, OWN_SHORTS);
        }
        assert_eq!(test.count().await, films);
        let silent = ListMoviesRequest {
            year_to: 1922,
            order_by: "release_date".into(),
            ..ListMoviesRequest::default()
        };
        assert_eq!(test.titles(silent).await, ["The Kid", "Nosferatu"]);
    }
}

#[test]
fn our_own_shorts_have_packaged_clips_of_at_most_a_megabyte() {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo");
    let listed = fs::read_to_string(demo.join("clips.rs")).unwrap();
    for id in OWN_SHORTS {
        let folders: Vec<_> = fs::read_dir(demo.join("media").join(id)).unwrap().collect();
        assert_eq!(folders.len(), 1, "{id} has one packaging");
        let folder = folders.into_iter().next().unwrap().unwrap();
        let (mut left, mut files, mut bytes) = (vec![folder.path()], Vec::new(), 0);
        while let Some(path) = left.pop() {
            if path.is_dir() {
                left.extend(
                    fs::read_dir(path)
                        .unwrap()
                        .map(|entry| entry.unwrap().path()),
                );
            } else {
                bytes += fs::metadata(&path).unwrap().len();
                files.push(path);
            }
        }
        assert!(bytes <= 1 << 20, "{id}: {bytes} bytes");
        assert_eq!(
            files.len(),
            8,
            "five segments, the file, the poster, the description"
        );
        for file in files {
            let key = file.strip_prefix(&demo).unwrap().to_str().unwrap();
            assert!(
                listed.contains(&format!("include_bytes!(\"{key}\")")),
                "{key} is not listed"
            );
        }
    }
}

//! Collections: what editors put together or describe by a rule, and what of it each viewer sees (X-CAT-10, X-ID-6).

use sv_kernel::{Country, Ctx, Error, Locale, Whereabouts};
use sv_proto::{
    common::CommonReason,
    content::{
        AdminGetCollectionRequest, AdminListCollectionsRequest, Availability, Collection,
        CollectionRule, CollectionTranslation, Content, ContentStatus, ContentType,
        CreateCollectionRequest, DeleteCollectionRequest, DeleteMovieRequest, GetCollectionRequest,
        GetHomeRequest, GetMovieRequest, HomeRowKind, ListCollectionItemsRequest,
        ListCollectionsRequest, SnapshotCollectionsRequest, UpdateCollectionRequest,
        browse_service_client::BrowseServiceClient,
        collection_admin_service_client::CollectionAdminServiceClient,
        collection_service_client::CollectionServiceClient,
    },
};
use sv_rpc::{Transport, call, error};

use super::test_app::{TestApp, film};

struct Collections {
    test: TestApp,
    shown: CollectionServiceClient<Transport>,
    kept: CollectionAdminServiceClient<Transport>,
    home: BrowseServiceClient<Transport>,
}

impl Collections {
    async fn all() -> Vec<Self> {
        let of = |test: TestApp| {
            let mesh = test.harness.mesh.calling_as("edge");
            let transport = mesh.client_transport(crate::NAME).unwrap();
            Self {
                shown: CollectionServiceClient::new(transport.clone()),
                kept: CollectionAdminServiceClient::new(transport.clone()),
                home: BrowseServiceClient::new(transport),
                test,
            }
        };
        TestApp::all().await.into_iter().map(of).collect()
    }

    async fn create(&self, collection: Collection) -> Result<Collection, Error> {
        let collection = Some(collection);
        let request = call(&self.test.editor, CreateCollectionRequest { collection });
        let answer = self.kept.clone().create_collection(request).await;
        Ok(answer.map_err(error)?.into_inner().collection.unwrap())
    }

    async fn update(
        &self,
        id: &str,
        collection: Collection,
        paths: &[&str],
    ) -> Result<Collection, Error> {
        let request = UpdateCollectionRequest {
            id: id.into(),
            collection: Some(collection),
            update_mask: Some(prost_types::FieldMask {
                paths: paths.iter().map(|path| (*path).to_owned()).collect(),
            }),
        };
        let request = call(&self.test.editor, request);
        let answer = self.kept.clone().update_collection(request).await;
        Ok(answer.map_err(error)?.into_inner().collection.unwrap())
    }

    async fn get(&self, by: &Ctx, id: &str) -> Result<Collection, Error> {
        let request = call(by, GetCollectionRequest { id: id.into() });
        let answer = self.shown.clone().get_collection(request).await;
        Ok(answer.map_err(error)?.into_inner().collection.unwrap())
    }

    async fn list(&self, by: &Ctx, page_size: i32) -> Vec<(String, i32)> {
        let (mut all, mut page_token) = (Vec::new(), String::new());
        loop {
            let request = ListCollectionsRequest {
                page_size,
                page_token,
                ..ListCollectionsRequest::default()
            };
            let answer = self.shown.clone().list_collections(call(by, request)).await;
            let answer = answer.map_err(error).unwrap().into_inner();
            let pair = |item: Collection| (item.title, item.item_count);
            all.extend(answer.items.into_iter().map(pair));
            page_token = answer.next_page_token;
            if page_token.is_empty() {
                return all;
            }
        }
    }

    async fn items(&self, by: &Ctx, id: &str, page_size: i32) -> (Vec<String>, i32) {
        let (mut titles, mut page_token) = (Vec::new(), String::new());
        loop {
            let request = ListCollectionItemsRequest {
                collection_id: id.into(),
                page_size,
                page_token,
                ..ListCollectionItemsRequest::default()
            };
            let request = call(by, request);
            let answer = self.shown.clone().list_collection_items(request).await;
            let answer = answer.map_err(error).unwrap().into_inner();
            titles.extend(named(&answer.items));
            page_token = answer.next_page_token;
            if page_token.is_empty() {
                return (titles, answer.total);
            }
        }
    }

    async fn named_in(&self, by: &Ctx, film: &str) -> Vec<String> {
        let request = call(by, GetMovieRequest { id: film.into() });
        let answer = self.test.viewers.clone().get_movie(request).await;
        let content = answer.map_err(error).unwrap().into_inner().content.unwrap();
        let names = content.collections.into_iter();
        names.map(|collection| collection.title).collect()
    }
}

fn named(items: &[Content]) -> Vec<String> {
    items.iter().map(|item| item.title.clone()).collect()
}

fn published(title: &str) -> Collection {
    let mut collection = Collection {
        title: title.into(),
        ..Collection::default()
    };
    collection.set_status(ContentStatus::Published);
    collection
}

fn drama(title: &str, rating: &str) -> Content {
    Content {
        genres: vec!["Drama".into()],
        maturity_rating: rating.into(),
        ..film(title)
    }
}

#[tokio::test]
async fn editors_list_titles_or_say_a_rule_and_viewers_see_what_is_for_them() {
    for all in Collections::all().await {
        let (test, viewer) = (&all.test, &all.test.viewer);
        let b = test.create(drama("B", "G")).await.unwrap().id;
        let a = test.create(drama("A", "R")).await.unwrap().id;
        let mut draft = drama("Draft", "G");
        draft.set_status(ContentStatus::Draft);
        let draft = test.create(draft).await.unwrap().id;
        let listed = Collection {
            item_ids: vec![b.clone(), draft, a.clone()],
            ..published("Listed")
        };
        let listed = all.create(listed).await.unwrap();
        assert_eq!((listed.version, listed.item_ids.len()), (1, 3));
        let ruled = Collection {
            rule: Some(CollectionRule {
                genre: vec!["drama".into()],
                ..CollectionRule::default()
            }),
            ..published("Ruled")
        };
        let ruled = all.create(ruled).await.unwrap();
        for title in ["Empty", "Hidden"] {
            let mut other = published(title);
            if title == "Hidden" {
                other.item_ids = vec![a.clone()];
                other.set_status(ContentStatus::Draft);
            }
            all.create(other).await.unwrap();
        }

        let seen = [("Listed".to_owned(), 2), ("Ruled".to_owned(), 2)];
        assert_eq!(all.list(viewer, 1).await, seen);
        let titles = |titles: &[&str]| {
            let titles: Vec<String> = titles.iter().map(|title| (*title).into()).collect();
            let total = i32::try_from(titles.len()).unwrap();
            (titles, total)
        };
        let listed_items = all.items(viewer, &listed.id, 1).await;
        assert_eq!(listed_items, titles(&["B", "A"]));
        let ruled_items = all.items(viewer, &ruled.id, 1).await;
        assert_eq!(ruled_items, titles(&["A", "B"]));
        assert_eq!(all.named_in(viewer, &a).await, ["Listed", "Ruled"]);
        let told = all.get(viewer, &ruled.id).await.unwrap();
        assert_eq!((named(&told.items), told.item_count), titles(&["A", "B"]));
        assert!(told.rule.is_none());

        // A child has its own.
        let child = uuid::Uuid::from_u128(7);
        test.chosen.lock().unwrap().child = Some(child);
        let child = Ctx {
            profile: Some(child),
            ..viewer.clone()
        };
        for id in [&listed.id, &ruled.id] {
            assert_eq!(all.items(&child, id, 20).await, titles(&["B"]));
        }
        // What is deleted has left.
        let request = call(&test.editor, DeleteMovieRequest { id: b });
        test.editors.clone().delete_movie(request).await.unwrap();
        assert_eq!(all.items(viewer, &listed.id, 20).await, titles(&["A"]));
        assert_eq!(all.list(&child, 20).await, []);
        let gone = all.get(&child, &listed.id).await.unwrap_err();
        assert_eq!(gone.reason(), "COLLECTION_NOT_FOUND");
    }
}

#[tokio::test]
async fn a_collection_is_open_where_its_windows_say_and_speaks_the_viewers_language() {
    for all in Collections::all().await {
        let (test, viewer) = (&all.test, &all.test.viewer);
        let a = test.create(film("A")).await.unwrap().id;
        let collection = Collection {
            item_ids: vec![a.clone()],
            translations: vec![CollectionTranslation {
                language: "nb".into(),
                title: "Hav".into(),
                description: String::new(),
            }],
            availability: Some(Availability {
                blocked_countries: vec!["DE".into()],
                ..Availability::default()
            }),
            featured_rank: 1,
            ..published("Sea")
        };
        let id = all.create(collection).await.unwrap().id;
        for (country, locale, title) in [
            ("NO", "nb-NO", Some("Hav")),
            ("NO", "en", Some("Sea")),
            ("DE", "nb", None),
        ] {
            let by = Ctx {
                whereabouts: Whereabouts::country(Country::parse(country).ok()),
                locale: Locale::parse(locale).unwrap(),
                ..viewer.clone()
            };
            let found = all.get(&by, &id).await.map(|found| found.title).ok();
            assert_eq!(found.as_deref(), title, "{country} {locale}");
            let titles: Vec<_> = all.list(&by, 20).await;
            assert_eq!(titles.first().map(|(title, _)| title.as_str()), title);
            assert_eq!(
                all.named_in(&by, &a).await.first().map(String::as_str),
                title
            );
            let request = call(&by, GetHomeRequest::default());
            let home = all.home.clone().get_home(request).await;
            let rows = home.map_err(error).unwrap().into_inner().rows;
            let row = rows
                .iter()
                .find(|row| row.kind() == HomeRowKind::Collection);
            assert_eq!(row.map(|row| row.title.as_str()), title);
            let more = format!("/ondemand/collections/{id}/items");
            assert_eq!(
                row.map(|row| row.more.as_str()),
                title.map(|_| more.as_str())
            );
        }
    }
}

#[tokio::test]
async fn changes_keep_what_they_do_not_name_and_versions_hold() {
    for all in Collections::all().await {
        let test = &all.test;
        let a = test.create(film("A")).await.unwrap().id;
        let made = Collection {
            item_ids: vec![a],
            ..published("First")
        };
        let made = all.create(made).await.unwrap();
        let renamed = Collection {
            title: "Second".into(),
            version: 1,
            ..Collection::default()
        };
        let renamed = all.update(&made.id, renamed, &["title"]).await.unwrap();
        assert_eq!((renamed.title.as_str(), renamed.version), ("Second", 2));
        assert_eq!(renamed.item_ids, made.item_ids);
        let late = Collection {
            version: 1,
            ..published("Third")
        };
        let refused = all.update(&made.id, late, &[]).await.unwrap_err();
        assert!(refused.is(&CommonReason::VersionMismatch));
        let ruled = Collection {
            rule: Some(CollectionRule {
                r#type: vec![ContentType::Movie.into()],
                ..CollectionRule::default()
            }),
            ..Collection::default()
        };
        let mixed = all.update(&made.id, ruled.clone(), &["rule"]).await;
        assert_eq!(mixed.unwrap_err().reason(), "COLLECTION_MIXED");
        let paths = ["rule", "item_ids"];
        let ruled = all.update(&made.id, ruled, &paths).await.unwrap();
        assert!(ruled.item_ids.is_empty());
        let unknown = Collection {
            item_ids: vec![made.id.clone()],
            ..published("Nothing")
        };
        let refused = all.create(unknown).await.unwrap_err();
        assert_eq!(refused.reason(), "CONTENT_NOT_FOUND");

        let request = AdminGetCollectionRequest {
            id: made.id.clone(),
        };
        let stranger = call(&test.viewer, request.clone());
        assert!(
            all.kept
                .clone()
                .admin_get_collection(stranger)
                .await
                .is_err()
        );
        let elsewhere = test.editor_of("acme");
        let mut kept = all.kept.clone();
        let other = kept.admin_get_collection(call(&elsewhere, request)).await;
        let other = other.map_err(error).unwrap_err();
        assert_eq!(other.reason(), "COLLECTION_NOT_FOUND");
        let request = DeleteCollectionRequest {
            id: made.id.clone(),
        };
        let deleted = kept.delete_collection(call(&test.editor, request)).await;
        deleted.unwrap();
        let request = AdminListCollectionsRequest::default();
        let list = kept
            .admin_list_collections(call(&test.editor, request))
            .await;
        assert_eq!(list.unwrap().into_inner().items, []);
    }
}

#[tokio::test]
async fn a_tenant_has_a_bounded_number_of_collections() {
    let all = Collections::all().await.remove(0);
    for number in 0..200 {
        all.create(published(&number.to_string())).await.unwrap();
    }
    let refused = all.create(published("one more")).await.unwrap_err();
    assert_eq!(refused.reason(), "COLLECTION_LIMIT");
}

/// SRCH-4, X-SR-2.
#[tokio::test]
async fn the_snapshot_has_every_collection_of_every_tenant_once() {
    for of in Collections::all().await {
        let mut made = Vec::new();
        for n in 0..101 {
            let collection = Collection {
                title: format!("Collection {n}"),
                ..Collection::default()
            };
            made.push(of.create(collection).await.unwrap());
        }
        let mesh = of.test.harness.mesh.calling_as("search");
        let transport = mesh.client_transport(crate::NAME).unwrap();
        let mut content = CollectionServiceClient::new(transport);
        let (mut all, mut parts, mut after_id) = (Vec::new(), 0, String::new());
        loop {
            let request = SnapshotCollectionsRequest { after_id };
            let part = call(&of.test.background(), request);
            let part = content
                .snapshot_collections(part)
                .await
                .unwrap()
                .into_inner();
            all.extend(part.states);
            parts += 1;
            after_id = part.next_after_id;
            if after_id.is_empty() {
                break;
            }
        }
        assert_eq!(parts, 2);
        let told = all.into_iter().map(|state| {
            assert_eq!(state.tenant, "default");
            state.collection.unwrap()
        });
        assert_eq!(told.collect::<Vec<_>>(), made);
    }
}

//! Synonyms and pins, from the editor to the viewer.

use std::time::Duration;

use sv_kernel::{Ctx, Error};
use sv_proto::{
    content::{Content, ContentType},
    convert::timestamp,
    search::{
        CreatePinRequest, CreateSynonymRequest, DeletePinRequest, DeleteSynonymRequest,
        GetPinRequest, GetSynonymRequest, ListSynonymsRequest, MatchKind, Pin, SearchGlobalRequest,
        Synonym, UpdatePinRequest, UpdateSynonymRequest,
    },
};
use sv_rpc::{call, error};

use super::test_app::{Fault, TestApp, asked, changed, film};

const FIRST: &str = "01936f00-0000-7000-8000-000000000001";
const SECOND: &str = "01936f00-0000-7000-8000-000000000002";
const THIRD: &str = "01936f00-0000-7000-8000-000000000003";
const NOBODY: &str = "01936f00-0000-7000-8000-00000000ffff";

fn synonym(words: &[&str], one_way: bool) -> Synonym {
    Synonym {
        words: words.iter().map(ToString::to_string).collect(),
        one_way,
        ..Synonym::default()
    }
}

fn pin(q: &str, ids: &[&str]) -> Pin {
    Pin {
        q: q.into(),
        content_ids: ids.iter().map(ToString::to_string).collect(),
        ..Pin::default()
    }
}

async fn add_synonym(test: &TestApp, ctx: &Ctx, synonym: Synonym) -> Result<Synonym, Error> {
    let synonym = Some(synonym);
    let request = call(ctx, CreateSynonymRequest { synonym });
    let made = test.tuning.clone().create_synonym(request).await;
    Ok(made.map_err(error)?.into_inner().synonym.unwrap())
}

async fn add_pin(test: &TestApp, pin: Pin) -> Result<Pin, Error> {
    let request = call(&test.operator, CreatePinRequest { pin: Some(pin) });
    let made = test.tuning.clone().create_pin(request).await;
    Ok(made.map_err(error)?.into_inner().pin.unwrap())
}

async fn filled() -> Vec<TestApp> {
    let apps = TestApp::all().await;
    for test in &apps {
        test.settle().await;
        let gentle = Content {
            maturity_rating: "G".into(),
            ..film(THIRD, "Owl Stories")
        };
        test.tell([
            changed(film(FIRST, "The Motion Picture"), 1),
            changed(film(SECOND, "A Flick of the Wrist"), 1),
            changed(gentle, 1),
        ])
        .await;
        test.settle().await;
    }
    apps
}

#[tokio::test]
async fn who_types_a_word_finds_what_means_the_same_at_once_below_what_was_typed() {
    for test in filled().await {
        assert!(test.titles("movie").await.is_empty());
        let made = add_synonym(
            &test,
            &test.operator,
            synonym(&["Movie", "motion picture", "flick"], false),
        );
        let made = made.await.unwrap();
        assert_eq!(made.version, 1);
        for degraded in [Fault::None, Fault::Fails] {
            test.index.set(degraded);
            assert_eq!(
                test.titles("MOVIE").await,
                ["The Motion Picture", "A Flick of the Wrist"]
            );
            // What was typed comes first.
            assert_eq!(
                test.titles("flick").await,
                ["A Flick of the Wrist", "The Motion Picture"]
            );
            assert_eq!(test.titles("motion picture").await[0], "The Motion Picture");
        }
        test.index.set(Fault::None);

        let request = UpdateSynonymRequest {
            id: made.id.clone(),
            synonym: Some(synonym(&["movie", "flick"], true)),
        };
        let request = call(&test.operator, request);
        let updated = test.tuning.clone().update_synonym(request).await.unwrap();
        assert_eq!(updated.into_inner().synonym.unwrap().version, 2);
        assert_eq!(test.titles("movie").await, ["A Flick of the Wrist"]);
        assert_eq!(test.titles("flick").await, ["A Flick of the Wrist"]);

        let id = made.id.clone();
        let request = call(&test.operator, DeleteSynonymRequest { id });
        test.tuning.clone().delete_synonym(request).await.unwrap();
        assert!(test.titles("movie").await.is_empty());
        let request = call(&test.operator, GetSynonymRequest { id: made.id });
        let gone = test.tuning.clone().get_synonym(request).await;
        assert_eq!(
            gone.map_err(error).unwrap_err().reason(),
            "SYNONYM_NOT_FOUND"
        );
    }
}

#[tokio::test]
async fn another_process_heeds_synonyms_soon() {
    for test in filled().await {
        let other = test.beside().await;
        assert!(other.titles("movie").await.is_empty());
        let made = add_synonym(&test, &test.operator, synonym(&["movie", "flick"], false));
        made.await.unwrap();
        let heeded = async {
            while other.titles("movie").await.is_empty() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        // With time to spare for a busy machine.
        tokio::time::timeout(Duration::from_secs(10), heeded)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn pins_come_first_in_their_order_for_as_long_as_they_hold() {
    for test in filled().await {
        let now = test.operator.now();
        let held = Pin {
            end_time: Some(timestamp(now + Duration::from_mins(1))),
            ..pin("Owl!", &[SECOND, NOBODY, THIRD])
        };
        let made = add_pin(&test, held).await.unwrap();
        let found = test.find("owl").await;
        let hits: Vec<_> = found
            .items
            .iter()
            .map(|hit| (&*hit.title, hit.pinned, hit.r#match()))
            .collect();
        assert_eq!(
            hits,
            [
                ("A Flick of the Wrist", true, MatchKind::Unspecified),
                ("Owl Stories", true, MatchKind::Exact)
            ]
        );
        assert!(found.items.is_sorted_by(|a, b| a.score > b.score));
        assert_eq!(found.total, 2);
        let kinds = &found
            .facets
            .iter()
            .find(|facet| facet.name == "type")
            .unwrap()
            .values;
        assert_eq!(kinds[0].count, 2);
        // Only where all of it is typed.
        assert_eq!(test.titles("ow").await, ["Owl Stories"]);
        assert_eq!(test.titles("owl stories").await, ["Owl Stories"]);
        // A child finds what it may see, and filters hold.
        let child = test.ask_as(&test.child, asked("owl")).await.unwrap();
        let titles: Vec<_> = child.items.iter().map(|hit| &*hit.title).collect();
        assert_eq!(titles, ["Owl Stories"]);
        let series = SearchGlobalRequest {
            r#type: vec![ContentType::Series.into()],
            ..asked("owl")
        };
        assert_eq!(test.ask(series).await.unwrap().total, 0);

        test.clock.advance(Duration::from_mins(1));
        assert_eq!(test.titles("owl").await, ["Owl Stories"], "it has ended");
        let request = UpdatePinRequest {
            id: made.id.clone(),
            pin: Some(pin("owl", &[FIRST])),
        };
        let request = call(&test.operator, request);
        test.tuning.clone().update_pin(request).await.unwrap();
        assert_eq!(
            test.titles("owl").await,
            ["The Motion Picture", "Owl Stories"]
        );
        let request = call(
            &test.operator,
            DeletePinRequest {
                id: made.id.clone(),
            },
        );
        test.tuning.clone().delete_pin(request).await.unwrap();
        assert_eq!(test.titles("owl").await, ["Owl Stories"]);
        let request = call(&test.operator, GetPinRequest { id: made.id });
        let gone = test.tuning.clone().get_pin(request).await;
        assert_eq!(gone.map_err(error).unwrap_err().reason(), "PIN_NOT_FOUND");
    }
}

#[tokio::test]
async fn what_cannot_be_searched_by_is_refused() {
    for test in filled().await {
        for (words, reason) in [
            (&["one"] as &[&str], "VALIDATION_FAILED"),
            (&["one", "ONE!"], "TUNING_INVALID"),
            (&["one", "\u{ad}"], "VALIDATION_FAILED"),
            (&["one", "a b c d e f g h i"], "TUNING_INVALID"),
        ] {
            let refused = add_synonym(&test, &test.operator, synonym(words, false)).await;
            assert_eq!(refused.unwrap_err().reason(), reason, "{words:?}");
        }
        let denied = add_synonym(&test, &test.viewer, synonym(&["a", "b"], false)).await;
        assert_eq!(denied.unwrap_err().reason(), "PERMISSION_DENIED");

        let now = timestamp(test.operator.now());
        let never = Pin {
            start_time: Some(now),
            end_time: Some(now),
            ..pin("owl", &[FIRST])
        };
        for (pin, reason) in [
            (never, "TUNING_INVALID"),
            (pin("", &[FIRST]), "VALIDATION_FAILED"),
            (pin("owl", &[]), "VALIDATION_FAILED"),
            (pin("owl", &[FIRST, FIRST]), "TUNING_INVALID"),
            (pin("owl", &["x"]), "VALIDATION_FAILED"),
        ] {
            let refused = add_pin(&test, pin).await.unwrap_err();
            assert_eq!(refused.reason(), reason);
        }
        let first = add_pin(&test, pin("owl", &[FIRST])).await.unwrap();
        let refused = add_pin(&test, pin(" OWL? ", &[SECOND])).await.unwrap_err();
        assert_eq!(
            (refused.reason(), &refused.metadata()["pin"]),
            ("PIN_EXISTS", &first.id)
        );
        let stale = UpdatePinRequest {
            id: first.id.clone(),
            pin: Some(Pin {
                version: 7,
                ..first
            }),
        };
        let refused = test
            .tuning
            .clone()
            .update_pin(call(&test.operator, stale))
            .await;
        assert_eq!(
            refused.map_err(error).unwrap_err().reason(),
            "VERSION_MISMATCH"
        );
    }
}

#[tokio::test]
async fn synonyms_are_listed_by_parts_in_the_order_in_which_they_were_made() {
    for test in filled().await {
        for n in 0..3 {
            let words = [format!("left {n}"), format!("right {n}")];
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let made = add_synonym(&test, &test.operator, synonym(&words, false)).await;
            made.unwrap();
        }
        let mut request = ListSynonymsRequest {
            page_size: 2,
            ..ListSynonymsRequest::default()
        };
        let mut all = Vec::new();
        loop {
            let part = call(&test.operator, request.clone());
            let part = test
                .tuning
                .clone()
                .list_synonyms(part)
                .await
                .unwrap()
                .into_inner();
            all.extend(
                part.items
                    .into_iter()
                    .map(|synonym| synonym.words[0].clone()),
            );
            if part.next_page_token.is_empty() {
                break;
            }
            request.page_token = part.next_page_token;
        }
        assert_eq!(all, ["left 0", "left 1", "left 2"]);
    }
}

//! How what was typed may have been meant (X-SR-1).

use sv_proto::{content::ContentType, search::SearchGlobalRequest};

use super::test_app::{TestApp, asked, changed, credit, film};

async fn suggestion(test: &TestApp, typed: &str) -> String {
    test.find(typed).await.suggestion
}

#[tokio::test]
async fn the_spelling_that_was_meant_is_said_where_a_hit_is_one_by_typo_or_nothing_was_found() {
    for test in TestApp::all().await {
        test.settle().await;
        let director = credit(
            film("amelie", "Amélie et l'Océan"),
            "Jean-Pierre Brouillard",
        );
        test.tell([
            changed(director, 1),
            changed(film("pier", "Pier"), 1),
            changed(film("cartographer", "The Cartographer's Daughter"), 1),
        ])
        .await;
        test.settle().await;
        for (typed, meant) in [
            ("ameile", "Amélie"),
            ("ameile ocean", "Amélie Océan"),
            ("jean piere brouilard", "Jean-Pierre Brouillard"),
            // Nothing was found: further from what was typed than is mended without asking.
            ("pir", "Pier"),
            ("cartogrpahree", "Cartographer's"),
            // What is there needs no suggestion, and what resembles nothing has none.
            ("amelie", ""),
            ("amé", ""),
            ("zzzzzzzz", ""),
            ("?!", ""),
        ] {
            assert_eq!(suggestion(&test, typed).await, meant, "{typed}");
        }
        let only_series = SearchGlobalRequest {
            r#type: vec![ContentType::Series.into()],
            ..asked("pir")
        };
        let found = test.ask(only_series).await.unwrap();
        assert_eq!(found.suggestion, "", "no series is called so");
        // Nothing here is for children, whose suggestions must not tell what there is.
        let found = test.ask_as(&test.child, asked("pir")).await.unwrap();
        assert_eq!(found.suggestion, "");
    }
}

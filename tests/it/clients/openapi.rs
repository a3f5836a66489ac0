//! The OpenAPI document under a linter that nobody here wrote, and a client generated from it.

use serde_json::{Value, json};

use super::{Ran, with_films};

const FOLDER: &str = "tests/openapi";

#[test]
fn the_document_passes_a_strict_linter() {
    Ran::of("npm", FOLDER, &["run", "--silent", "lint"]).ok();
}

#[test]
fn a_generated_client_compiles_and_calls() {
    Ran::of("npm", FOLDER, &["run", "--silent", "generate"]).ok();
    Ran::of("npm", FOLDER, &["run", "--silent", "build"]).ok();
    let deployment = with_films(&[]);
    let args = ["generated/client.js", &deployment.edge, "typed@example.org"];
    let told: Value = serde_json::from_str(&Ran::of("node", FOLDER, &args).ok()).unwrap();
    let wanted = json!({
        "name": "Typed",
        "films": 3,
        "profile": "Typed anew",
        "refusal": "MOVIE_NOT_FOUND",
    });
    assert_eq!(told, wanted);
}

//! `policy matrix` and `openapi`: what the program says of itself is what is documented.

use serde_json::Value;

use super::{Desk, repository};

#[test]
fn the_matrix_is_the_reviewed_one() {
    let matrix = Desk::new().run(&["policy", "matrix"]).ok();
    assert!(
        repository("docs/authorization.md").contains(matrix.trim_end()),
        "{matrix}"
    );
    assert!(matrix.lines().count() > 30, "{matrix}");
}

#[test]
fn the_openapi_document_is_the_committed_one() {
    let printed = Desk::new().run(&["openapi"]).ok();
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let document = read(&printed);
    assert_eq!(document, read(&repository("gen/openapi/streamverse.json")));
    assert!(document["paths"]["/auth/login"]["post"].is_object());
}

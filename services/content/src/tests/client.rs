//! Taking a catalogue file to the service, as the command line does.

use std::io::Cursor;

use crate::import::{ImportError, import_catalogue, report::Report};
use sv_proto::content::ListMoviesRequest;

use super::test_app::TestApp;

const CATALOG: &[u8] = include_bytes!("data/catalog.json");

async fn import(test: &TestApp, file: &[u8], dry_run: bool) -> Result<Report, ImportError> {
    let ctx = test.background();
    import_catalogue(&test.operator, &ctx, Cursor::new(file), dry_run, |_| ()).await
}

fn figures(report: &Report) -> [u64; 5] {
    let Report {
        read,
        created,
        updated,
        unchanged,
        refused,
        ..
    } = *report;
    assert_eq!(read, created + updated + unchanged + refused);
    [read, created, updated, unchanged, refused]
}

#[tokio::test]
async fn a_file_is_imported_and_importing_it_again_changes_nothing() {
    for test in TestApp::all().await {
        let dry = import(&test, CATALOG, true).await.unwrap();
        assert_eq!(figures(&dry), [9, 7, 0, 0, 2]);
        assert_eq!(test.count().await, 0);
        let first = import(&test, CATALOG, false).await.unwrap();
        assert_eq!(figures(&first), [9, 7, 0, 0, 2]);
        assert_eq!(first.findings, dry.findings);
        let second = import(&test, CATALOG, false).await.unwrap();
        assert_eq!(figures(&second), [9, 0, 0, 7, 2]);
        assert_eq!((test.count().await, test.told().await.len()), (7, 7));
        let titles = test.titles(ListMoviesRequest::default()).await;
        assert!(titles.iter().any(|title| title == "La Môme"), "{titles:?}");
    }
}

#[tokio::test]
async fn a_file_that_is_cut_off_writes_nothing() {
    for test in TestApp::all().await {
        let rows: Vec<String> = (0..1200)
            .map(|n| format!("{{\"Title\":\"Film {n}\"}}"))
            .collect();
        let whole = format!("[{}]", rows.join(",\n"));
        let cut = import(&test, &whole.as_bytes()[..whole.len() - 1], false).await;
        assert!(matches!(cut, Err(ImportError::Format(_))));
        assert_eq!(test.count().await, 0);

        let mut seen = Vec::new();
        let ctx = test.background();
        let file = Cursor::new(whole.as_bytes());
        let report = import_catalogue(&test.operator, &ctx, file, false, |progress| {
            seen.push((progress.done, progress.total));
        });
        assert_eq!(figures(&report.await.unwrap()), [1200, 1200, 0, 0, 0]);
        assert_eq!(seen, [(500, 1200), (1000, 1200), (1200, 1200)]);
        assert_eq!(test.count().await, 1200);
    }
}

#[tokio::test]
async fn without_permission_the_import_says_how_far_it_came() {
    for test in TestApp::all().await {
        let file = Cursor::new(CATALOG);
        let refused = import_catalogue(&test.editors, &test.viewer, file, false, |_| ()).await;
        let Err(ImportError::Refused {
            done,
            total,
            reason,
        }) = refused
        else {
            panic!("it was not refused");
        };
        assert_eq!((done, total, reason.reason()), (0, 9, "PERMISSION_DENIED"));
    }
}

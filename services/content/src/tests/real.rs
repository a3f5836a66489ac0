//! The real catalogue of 3,201 films: what the figures of its report must be.

use std::{collections::BTreeMap, env, fs::File, path::PathBuf};

use super::test_app::TestApp;
use crate::import::{Film, Films, Survey, import_catalogue, report::Finding};

/// Opens a file of the folder `STREAMVERSE_TEST_DATA`, by default the one beside the repository.
pub(super) fn open(path: &str) -> File {
    #[expect(clippy::disallowed_methods, reason = "tests find their inputs by it")]
    let folder = env::var("STREAMVERSE_TEST_DATA").map_or_else(
        |_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let file = folder.join(path);
    File::open(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
}

#[test]
fn the_real_catalogue_has_3200_films_and_one_row_without_a_title() {
    let survey = Survey::of(open("catalog/movies.json"), 2026).unwrap();
    let films: Vec<Film> = Films::new(open("catalog/movies.json"), &survey)
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(films.len(), 3201);

    let mut keys = std::collections::BTreeSet::new();
    let mut findings: BTreeMap<Finding, Vec<String>> = BTreeMap::new();
    for film in &films {
        match &film.outcome {
            Ok(draft) => {
                assert!(keys.insert(&draft.key), "row {}", film.row);
                assert!(draft.content.release_date.as_str() < "2012");
                for note in &draft.notes {
                    let title = draft.content.title.clone();
                    findings.entry(note.finding).or_default().push(title);
                }
            }
            Err(refusal) => findings
                .entry(refusal.note.finding)
                .or_default()
                .push(refusal.title.clone()),
        }
    }
    assert_eq!(keys.len(), 3200);
    let count = |finding| findings.get(&finding).map_or(0, Vec::len);
    assert_eq!(count(Finding::TitleMissing), 1);
    assert_eq!(count(Finding::TitleWasNumber), 9);
    assert_eq!(count(Finding::CenturyMoved), 22);
    assert_eq!(count(Finding::RatingRenamed), 95);
    assert_eq!(
        findings[&Finding::LettersDoubtful],
        ["I Love You Ö Don't Touch Me!", "Ri¢hie Ri¢h"]
    );
    for title in [
        "Léon",
        "Déjà Vu",
        "Die Fälscher",
        "Per qualche dollaro in più",
        "The Naked Gun 2½: The Smell of Fear",
        "Obsluhoval jsem anglického krále",
    ] {
        assert!(
            findings[&Finding::LettersRepaired]
                .iter()
                .any(|t| t == title),
            "{title}"
        );
    }
    assert_eq!(count(Finding::LettersRepaired), 17);
    let known = [
        Finding::TitleMissing,
        Finding::TitleWasNumber,
        Finding::CenturyMoved,
        Finding::RatingRenamed,
        Finding::LettersRepaired,
        Finding::LettersDoubtful,
    ];
    assert!(findings.keys().all(|f| known.contains(f)), "{findings:?}");
}

#[tokio::test]
async fn the_real_catalogue_is_imported_once_and_for_all() {
    for test in TestApp::all().await {
        for (dry_run, created, unchanged) in [(true, 3200, 0), (false, 3200, 0), (false, 0, 3200)] {
            let ctx = test.background();
            let file = open("catalog/movies.json");
            let report = import_catalogue(&test.operator, &ctx, file, dry_run, |_| ()).await;
            let report = report.unwrap();
            let figures = (
                report.read,
                report.created,
                report.unchanged,
                report.refused,
            );
            assert_eq!(figures, (3201, created, unchanged, 1));
        }
        assert_eq!(test.count().await, 3200);
        assert_eq!(test.told().await.len(), 3200);
    }
}

//! Reading a catalogue file (CAT-1, CAT-8): what is taken, what is changed, what is refused.

use std::io::{self, Read};

use sv_proto::content::{ContentStatus, ContentType, CreditRole, Monetization, content::Details};

use crate::import::{
    Film, Films,
    catalog::Draft,
    report::{Finding, Note, Report, Severity},
    rows::{FormatError, MAX_DEPTH, MAX_ROW_BYTES, Rows},
};

const CATALOG: &[u8] = include_bytes!("data/catalog.json");

fn films(json: &str) -> Result<Vec<Film>, FormatError> {
    Films::new(json.as_bytes()).collect()
}

fn one(row: &str) -> Film {
    films(&format!("[{row}]")).unwrap().remove(0)
}

fn draft(row: &str) -> Draft {
    one(row).outcome.unwrap()
}

fn refused(row: &str) -> Note {
    one(row).outcome.unwrap_err().note
}

fn problem(json: &str) -> String {
    films(json).unwrap_err().to_string()
}

#[test]
fn a_row_becomes_a_published_title() {
    let films: Vec<Film> = Films::new(CATALOG).collect::<Result<_, _>>().unwrap();
    let draft = films[0].outcome.clone().unwrap();
    let content = draft.content;
    assert_eq!(draft.key.len(), 64);
    assert_eq!(content.title, "The Lighthouse Keepers");
    assert_eq!(content.r#type(), ContentType::Movie);
    assert_eq!(content.status(), ContentStatus::Published);
    assert_eq!(content.monetization(), Monetization::Svod);
    assert_eq!(content.release_date, "1998-06-12");
    assert_eq!(content.duration_seconds, 94 * 60);
    assert_eq!(content.maturity_rating, "PG-13");
    assert_eq!(content.genres, ["Drama"]);
    assert_eq!(content.credits[0].name, "Renée Sjoberg");
    assert_eq!(content.credits[0].role(), CreditRole::Director);
    assert_eq!(
        (content.scores[0].value, content.scores[0].votes),
        (6.1, 1071)
    );
    assert_eq!(
        (content.scores[1].value, content.scores[1].scale),
        (71.0, 100.0)
    );
    let Some(Details::Movie(movie)) = content.details else {
        panic!("no film");
    };
    assert_eq!(movie.distributor, "Harbour Films");
    assert_eq!(
        (
            movie.production_budget_usd,
            movie.us_gross_usd,
            movie.worldwide_gross_usd
        ),
        (8e6, 146_083.0, 2e5)
    );
    let fields = content.metadata.unwrap().fields;
    assert_eq!(
        fields.keys().collect::<Vec<_>>(),
        ["creativeType", "sourceMaterial", "usDvdSalesUsd"]
    );
}

#[test]
fn every_change_and_every_refusal_is_reported_with_its_line() {
    let mut report = Report::default();
    for film in Films::new(CATALOG) {
        let film = film.unwrap();
        report.read += 1;
        match film.outcome {
            Ok(draft) => {
                for note in draft.notes {
                    report.note(film.row, film.line, &draft.content.title, note);
                }
            }
            Err(refusal) => {
                report.refused += 1;
                report.note(film.row, film.line, &refusal.title, refusal.note);
            }
        }
    }
    let told: Vec<(u64, Finding)> = report.findings.iter().map(|f| (f.row, f.finding)).collect();
    assert_eq!(
        told,
        [
            (1, Finding::LettersRepaired),
            (2, Finding::TitleWasNumber),
            (2, Finding::RatingRenamed),
            (3, Finding::TitleMissing),
            (5, Finding::CenturyMoved),
            (6, Finding::RowTwice),
            (7, Finding::LettersRepaired),
            (7, Finding::DateLeftOut),
            (7, Finding::RatingRenamed),
            (7, Finding::ValueLeftOut),
            (8, Finding::SpaceTrimmed),
            (8, Finding::RatingRenamed),
            (8, Finding::ColumnUnknown),
            (9, Finding::LettersDoubtful),
            (9, Finding::RatingUnknown),
            (9, Finding::LettersRepaired),
        ]
    );
    assert_eq!((report.read, report.refused), (9, 2));
    assert!(report.findings.iter().all(|f| f.line == f.row + 1));
    let text = report.to_string();
    assert!(
        text.contains("row 3 (line 4) refused TITLE_MISSING"),
        "{text}"
    );
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["findings"][3]["finding"], "TITLE_MISSING");
    assert_eq!(json["findings"][3]["severity"], "refused");
    for entry in &report.findings {
        let name = serde_json::to_value(entry.finding).unwrap();
        assert_eq!(name, entry.finding.name(), "both spellings are one");
    }
}

#[test]
fn repeated_titles_of_different_dates_are_different_films() {
    let old = draft(r#"{"Title":"Twins","Release Date":"Mar 01 1949"}"#);
    let new = draft(r#"{"Title":"Twins","Release Date":"Mar 01 2049"}"#);
    assert_ne!(old.key, new.key);
    // The key comes from the raw values: a better reading later changes no key.
    assert_eq!(old.content, new.content);
    // Title and date do not run into each other.
    let a = draft(r#"{"Title":"a","Release Date":"b"}"#);
    let b = draft(r#"{"Title":"ab","Release Date":""}"#);
    assert_ne!(a.key, b.key);
}

#[test]
fn a_title_that_is_missing_is_the_rows_refusal() {
    for row in [
        "{}",
        r#"{"Title":null}"#,
        r#"{"Title":""}"#,
        r#"{"Title":"  \t "}"#,
    ] {
        assert_eq!(refused(row).finding, Finding::TitleMissing, "{row}");
    }
}

#[test]
fn rows_of_another_shape_are_refused_one_by_one() {
    for (row, finding) in [
        ("5", Finding::RowNotAnObject),
        ("null", Finding::RowNotAnObject),
        (r#""film""#, Finding::RowNotAnObject),
        (r#"[{"Title":"x"}]"#, Finding::RowNotAnObject),
        (r#"{"Title":["x"]}"#, Finding::WrongType),
        (r#"{"Title":true}"#, Finding::WrongType),
        (r#"{"Title":"x","US Gross":"a lot"}"#, Finding::WrongType),
        (r#"{"Title":"x","Release Date":1998}"#, Finding::WrongType),
        (r#"{"Title":"x","Title":"y"}"#, Finding::ColumnTwice),
        (r#"{"Title":"x\u0000y"}"#, Finding::TextUnprintable),
        (r#"{"Title":"x\ny"}"#, Finding::TextUnprintable),
    ] {
        let note = refused(row);
        assert_eq!(note.finding, finding, "{row}");
        assert_eq!(note.finding.severity(), Severity::Refused);
        assert!(!note.detail.is_empty());
    }
    let long = format!(r#"{{"Title":"{}"}}"#, "ä".repeat(301));
    assert_eq!(refused(&long).finding, Finding::TextTooLong);
    let fits = format!(r#"{{"Title":"{}"}}"#, "ä".repeat(300));
    assert_eq!(draft(&fits).content.title.chars().count(), 300);
}

#[test]
fn values_out_of_range_are_left_out_and_said() {
    for column in [
        r#""US Gross":-1"#,
        r#""Production Budget":1e300"#,
        r#""Running Time min":0"#,
        r#""Running Time min":1e9"#,
        r#""IMDB Rating":11"#,
        r#""IMDB Votes":-1"#,
        r#""Rotten Tomatoes Rating":101"#,
    ] {
        let draft = draft(&format!(r#"{{"Title":"x",{column}}}"#));
        let findings: Vec<Finding> = draft.notes.iter().map(|n| n.finding).collect();
        assert_eq!(findings, [Finding::ValueLeftOut], "{column}");
    }
}

#[test]
fn a_file_that_is_no_catalogue_says_what_to_do() {
    for (file, words) in [
        ("", "the file is empty"),
        (" \n ", "the file is empty"),
        (
            "{\"Title\":1}\n{\"Title\":2}",
            "line 1: the file starts with `{`, not with `[`",
        ),
        ("\n\n<html>", "line 3: the file starts with `<`"),
        ("\u{feff}", "the file is empty"),
        ("[\0{\0", "the file is UTF-16"),
        ("{}", "put `[` before"),
        ("[{}", "line 1: the file ends within row 1; it was cut off"),
        ("[{},", "line 1: the file ends within row 2"),
        ("[\n{\"Title\":\"x", "line 2: the file ends within row 1"),
        ("[", "the file ends within row 1"),
        ("[{},]", "`]` stands at row 2 where a film belongs"),
        ("[,{}]", "`,` stands at row 1 where a film belongs"),
        ("[{}{}]", "row 1 is not JSON"),
        (
            "[{}] x",
            "`x` stands at row 2 where the end of the file belongs",
        ),
        ("[{}]\n[{}]", "line 2: `[` stands at row 2"),
        (
            "[{\"a\":}]",
            "line 1: row 1 is not JSON: expected value at column",
        ),
        ("[{},\n{\n\"a\" 1}]", "line 3: row 2 is not JSON"),
        ("[{]]", "row 1 is not JSON"),
        ("[{\"Title\":\"\\ud800\"}]", "row 1 is not JSON"),
        ("[{\"Title\":tru}]", "row 1 is not JSON"),
        ("[{\"Title\":NaN}]", "row 1 is not JSON"),
        ("[{\"Title\":1e999}]", "row 1 is not JSON"),
        ("[1 2]", "row 1 is not JSON"),
    ] {
        let problem = problem(file);
        assert!(problem.contains(words), "{file:?}: {problem}");
    }
    let utf16: Vec<u8> = "[{}]".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let with_mark: Vec<u8> = [0xFF, 0xFE].into_iter().chain(utf16).collect();
    let error = Films::new(with_mark.as_slice())
        .next()
        .unwrap()
        .unwrap_err();
    assert!(error.to_string().contains("save it as UTF-8"));
    let mac = b"[{\"Title\":\"L\x8eon\"}]";
    let error = Films::new(mac.as_slice()).next().unwrap().unwrap_err();
    assert!(error.to_string().contains("row 1 is not JSON"), "{error}");
}

#[test]
fn an_empty_array_has_no_films_and_a_byte_order_mark_does_not_matter() {
    assert_eq!(films(" [ ] \n").unwrap(), []);
    assert_eq!(films("\u{feff}[{\"Title\":\"x\"}]").unwrap().len(), 1);
    assert_eq!(
        films("[\r\n{\"Title\":\"x\"}\r\n,\r\n{\"Title\":\"y\"}\r\n]").unwrap()[1].line,
        4
    );
}

#[test]
fn an_element_that_never_ends_is_refused_before_it_fills_memory() {
    // A gigabyte of one string: reading stops at the limit.
    let endless = io::Cursor::new(b"[{\"Title\":\"").chain(io::repeat(b'x').take(1 << 30));
    let mut counted = Counted {
        inner: endless,
        bytes: 0,
    };
    let error = Films::new(&mut counted).next().unwrap().unwrap_err();
    assert!(
        matches!(error, FormatError::RowTooLong(place) if place.row == 1),
        "{error}"
    );
    assert!(
        counted.bytes < 2 * MAX_ROW_BYTES,
        "{} bytes were read",
        counted.bytes
    );

    let spaces = io::Cursor::new(b"[1 ").chain(io::repeat(b' ').take(1 << 30));
    let error = Films::new(spaces).next().unwrap().unwrap_err();
    assert!(matches!(error, FormatError::RowTooLong(_)));
}

#[test]
fn deep_nesting_is_refused_where_it_begins() {
    let nested = |depth: usize| format!("[{}{}]", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(films(&nested(MAX_DEPTH)).unwrap().len(), 1);
    assert!(problem(&nested(MAX_DEPTH + 1)).contains("nested deeper"));
    let endless = io::Cursor::new(b"[").chain(io::repeat(b'[').take(1 << 30));
    let error = Films::new(endless).next().unwrap().unwrap_err();
    assert!(matches!(error, FormatError::TooDeep(_)), "{error}");
}

#[test]
fn a_row_may_be_as_long_as_the_limit_and_no_longer() {
    let padded = |length: usize| {
        let row = r#"{"Title":"x"}"#;
        let blank = " ".repeat(length - row.len() - 1);
        format!("[{{{blank}{}]", &row[1..].replace("\"x\"}", "\"x\" }"))
    };
    assert_eq!(films(&padded(MAX_ROW_BYTES)).unwrap().len(), 1);
    assert!(problem(&padded(MAX_ROW_BYTES + 1)).contains("longer than"));
}

#[test]
fn a_read_that_fails_is_told_and_ends_the_rows() {
    let mut rows = Rows::new(io::Cursor::new(b"[{},").chain(Failing));
    assert!(rows.next().unwrap().is_ok());
    let error = rows.next().unwrap().unwrap_err();
    assert!(
        matches!(error, FormatError::Read { place, .. } if place.row == 2),
        "{error}"
    );
    assert!(rows.next().is_none());
}

struct Failing;

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the disk is gone"))
    }
}

/// Counts the bytes that pass.
struct Counted<R> {
    inner: R,
    bytes: usize,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bytes += read;
        Ok(read)
    }
}

/// Hands out few bytes at a time.
struct Dripping<'a>(&'a [u8], usize);

impl Read for Dripping<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let few = buffer.len().min(self.1);
        self.0.read(&mut buffer[..few])
    }
}

proptest::proptest! {
    #[test]
    fn rows_are_the_same_however_the_bytes_arrive(few in 1_usize..40) {
        let whole: Vec<_> = Rows::new(CATALOG).map(Result::unwrap).collect();
        let dripped: Vec<_> = Rows::new(Dripping(CATALOG, few)).map(Result::unwrap).collect();
        proptest::prop_assert_eq!(whole, dripped);
    }

    #[test]
    fn a_cut_file_is_never_a_whole_one(end in 0..CATALOG.len() - 2) {
        let films: Result<Vec<Film>, FormatError> = Films::new(&CATALOG[..end]).collect();
        proptest::prop_assert!(films.is_err());
    }

    #[test]
    fn any_bytes_end_in_films_or_in_an_error(bytes in proptest::collection::vec(0_u8..=255, 0..300)) {
        let wrapped: Vec<u8> = [b"[".as_slice(), &bytes, b"]"].concat();
        for input in [bytes.as_slice(), &wrapped] {
            let _ = Films::new(input).collect::<Vec<_>>();
        }
    }

    #[test]
    fn any_array_of_values_is_cut_where_a_parser_cuts_it(values in proptest::collection::vec(json(), 0..8)) {
        let text = serde_json::to_string_pretty(&values).unwrap();
        let rows: Vec<serde_json::Value> = Rows::new(text.as_bytes())
            .map(|row| serde_json::from_slice(&row.unwrap().json).unwrap())
            .collect();
        proptest::prop_assert_eq!(rows, values);
    }
}

/// Makes JSON values of little depth with hostile strings.
fn json() -> impl proptest::strategy::Strategy<Value = serde_json::Value> {
    use proptest::prelude::*;
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        r#"[\[\]{},:"\\ a-zé\n]*"#.prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            proptest::collection::btree_map("[a-c\\[\"]{0,3}", inner, 0..4)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

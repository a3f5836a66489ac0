//! Reading a catalogue file (CAT-1, CAT-8): what is taken, what is changed, what is refused.

use std::io::{self, Read};

use sv_proto::content::{ContentStatus, ContentType, CreditRole, Monetization, content::Details};

use crate::import::{
    Film, Films, Survey,
    catalog::Draft,
    report::{Finding, Note, Report, Severity},
    rows::{FormatError, MAX_DEPTH, MAX_ROW_BYTES, Rows},
};

const CATALOG: &[u8] = include_bytes!("data/catalog.json");

/// Reads a file in 2026, as an import does.
fn read_file(file: &[u8]) -> Result<Vec<Film>, FormatError> {
    let survey = Survey::of(file, 2026)?;
    let films: Result<Vec<Film>, FormatError> = Films::new(file, &survey).collect();
    assert_eq!(films.as_ref().map_or(0, Vec::len) as u64, survey.rows);
    films
}

fn films(json: &str) -> Result<Vec<Film>, FormatError> {
    read_file(json.as_bytes())
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
    let films = read_file(CATALOG).unwrap();
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
    for film in read_file(CATALOG).unwrap() {
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
            (4, Finding::LettersRepaired),
            (5, Finding::DateDoubtful),
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
    let new = draft(r#"{"Title":"Twins","Release Date":"1949-03-01"}"#);
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
            "hello",
            "line 1: the file starts with `h`, not with `[` or `{`; a catalogue is a JSON array",
        ),
        (
            "Title,Date\nAlien,1979",
            "if this is CSV, make JSON of it first",
        ),
        ("PK\u{3}\u{4}xx", "the file is a ZIP archive"),
        (
            "{\"Title\":\"A\"}\n[{}]",
            "line 2: `[` stands at row 2 where a film or the end of the file belongs",
        ),
        (
            "{\"Title\":\"A\"},\n{\"Title\":\"B\"}",
            "line 1: `,` stands at row 2",
        ),
        (
            "{\"Title\":\"A\"}\n{\"Title\":",
            "line 2: the file ends within row 2",
        ),
        ("{\"movies\":[{}", "the file ends within row 1"),
        ("{\"movies\":[{}]", "the file ends within row 2"),
        (
            "{\"movies\":[{}]]",
            "`]` stands at row 2 where `,` or `}` belongs",
        ),
        (
            "{\"movies\":[{}]} x",
            "`x` stands at row 2 where the end of the file belongs",
        ),
        (
            "{\"movies\":[{}],\n\"series\":[{}]}",
            "line 2: the object has two arrays, `movies` and `series`",
        ),
        ("\n\n<html>", "line 3: the file starts with `<`"),
        ("\u{feff}", "the file is empty"),
        ("[\0{\0", "the file is UTF-16"),
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
    let error = read_file(&with_mark).unwrap_err();
    assert!(error.to_string().contains("save it as UTF-8"));
    let mac = b"[{\"Title\":\"L\x8eon\"}]";
    let error = read_file(mac).unwrap_err();
    assert!(error.to_string().contains("row 1 is not JSON"), "{error}");
}

#[test]
fn films_are_found_in_an_array_in_an_object_and_one_a_line_packed_or_not() {
    let two = [r#"{"Title":"One"}"#, r#"{"Title":"Two"}"#];
    let [one, other] = two;
    for file in [
        format!("[{one},{other}]"),
        format!("{one}\n{other}"),
        format!("{one}\r\n\r\n{other}\n"),
        format!("{one}{other}"),
        format!(r#"{{"movies":[{one},{other}]}}"#),
        format!(r#"{{ "anything" : [ {one} , {other} ] }}"#),
        format!(
            r#"{{"count":2,"tags":["a"],"page":{{"next":null}},"movies":[{one},{other}],"more":[1]}}"#
        ),
        format!("{{\"Title\":\"One\",\"Cast\":[{{\"name\":\"x\"}}]}}\n{other}"),
        format!("{{\"Cast\":[{{\"name\":\"x\"}}],\"Title\":\"One\"}}\n{other}"),
    ] {
        for text in [
            file.clone(),
            format!("\u{feff}{file}"),
            format!("\n {file}\n"),
        ] {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            io::Write::write_all(&mut gzip, text.as_bytes()).unwrap();
            for bytes in [text.clone().into_bytes(), gzip.finish().unwrap()] {
                let films = read_file(&bytes).unwrap_or_else(|e| panic!("{text}: {e}"));
                let titles: Vec<String> = films
                    .into_iter()
                    .map(|film| film.outcome.unwrap().content.title)
                    .collect();
                assert_eq!(titles, ["One", "Two"], "{text}");
            }
        }
    }
    assert_eq!(films(r#"{"movies":[]}"#).unwrap(), []);
    assert_eq!(
        films("{\n\"Title\":\n\"A\"}\n{\"Title\":\"B\"}").unwrap()[1].line,
        4
    );
    // More films than is looked ahead.
    let many = vec![one; 40_000].join(",");
    assert_eq!(
        films(&format!(r#"{{"movies":[{many}]}}"#)).unwrap().len(),
        40_000
    );
}

#[test]
fn a_gzip_file_that_is_cut_off_or_damaged_is_said_to_be() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    io::Write::write_all(&mut gzip, CATALOG).unwrap();
    let packed = gzip.finish().unwrap();
    let cut = read_file(&packed[..packed.len() / 2]).unwrap_err();
    assert!(
        cut.to_string().contains("the gzip file was cut off"),
        "{cut}"
    );
    let mut damaged = packed.clone();
    damaged[packed.len() / 2] ^= 0xff;
    let told = read_file(&damaged).unwrap_err();
    assert!(told.to_string().contains("line "), "{told}");
}

#[test]
fn columns_are_read_in_other_spellings_and_a_row_without_a_title_says_what_it_has() {
    let film = draft(
        r#"{"title":"Lower","release_date":"1998-06-12","imdbRating":7.5,"genre":"Drama","RUNTIME":90}"#,
    );
    assert_eq!(film.content.title, "Lower");
    assert_eq!(film.content.release_date, "1998-06-12");
    assert_eq!(film.content.genres, ["Drama"]);
    assert_eq!(
        (film.content.duration_seconds, film.content.scores.len()),
        (5400, 1)
    );
    assert_eq!(film.notes, []);
    let twice = refused(r#"{"Title":"x","title":"y"}"#);
    assert_eq!(twice.finding, Finding::ColumnTwice);
    assert!(
        twice.detail.contains("`Title` and `title`"),
        "{}",
        twice.detail
    );
    let other = refused(r#"{"headline":"x","data":{"a":1}}"#);
    assert!(
        other
            .detail
            .contains("no column `Title`, only `headline`, `data`"),
        "{}",
        other.detail
    );
}

#[test]
fn a_report_of_an_unknown_column_lists_the_known_ones_and_no_other_does() {
    let of = |film: &str| {
        let mut report = Report::default();
        for note in draft(film).notes {
            report.note(1, 1, "x", note);
        }
        report
    };
    let known = of(r#"{"Title":"x","tagline":"y","mood":"z"}"#);
    assert_eq!(known.known_columns.len(), 16);
    let told = known.to_string();
    assert_eq!(told.matches("Running Time min").count(), 1, "{told}");
    let json = serde_json::to_value(&known).unwrap();
    assert_eq!(json["knownColumns"][0], "Title");
    let none = of(r#"{"Title":7}"#);
    let json = serde_json::to_value(&none).unwrap();
    assert!(json.get("knownColumns").is_none(), "{json}");
}

#[test]
fn dates_and_letters_of_a_file_are_read_as_they_are_written() {
    let dates = read_file(
        br#"[{"Title":"A","Release Date":"2024-02-29"},{"Title":"B","Release Date":"May 01 2019"},{"Title":"C","Release Date":"12-Jun-98"}]"#,
    );
    let dates: Vec<String> = dates
        .unwrap()
        .into_iter()
        .map(|film| film.outcome.unwrap().content.release_date)
        .collect();
    assert_eq!(dates, ["2024-02-29", "2019-05-01", "1998-06-12"]);
    let names = ["Tír na nÓg", "FUßBALL", "Paral·lel 62", "AmÃ©lie"];
    let file = serde_json::to_vec(&names.map(|name| serde_json::json!({"Title": name})));
    let titles: Vec<String> = read_file(&file.unwrap())
        .unwrap()
        .into_iter()
        .map(|film| film.outcome.unwrap().content.title)
        .collect();
    assert_eq!(titles, ["Tír na nÓg", "FUßBALL", "Paral·lel 62", "Amélie"]);
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
    let error = Survey::of(&mut counted, 2026).unwrap_err();
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
    let error = Survey::of(spaces, 2026).unwrap_err();
    assert!(matches!(error, FormatError::RowTooLong(_)));
}

#[test]
fn deep_nesting_is_refused_where_it_begins() {
    let nested = |depth: usize| format!("[{}{}]", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(films(&nested(MAX_DEPTH)).unwrap().len(), 1);
    assert!(problem(&nested(MAX_DEPTH + 1)).contains("nested deeper"));
    let endless = io::Cursor::new(b"[").chain(io::repeat(b'[').take(1 << 30));
    let error = Survey::of(endless, 2026).unwrap_err();
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
        proptest::prop_assert!(read_file(&CATALOG[..end]).is_err());
    }

    #[test]
    fn any_bytes_end_in_films_or_in_an_error(bytes in proptest::collection::vec(0_u8..=255, 0..300)) {
        let wrapped: Vec<u8> = [b"[".as_slice(), &bytes, b"]"].concat();
        for input in [bytes.as_slice(), &wrapped] {
            let _ = read_file(input);
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

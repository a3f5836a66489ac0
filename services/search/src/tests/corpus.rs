//! Films to search among: a few of our own choice, or the 3,201 rows of `movies.json`.

use sv_kernel::Tenant;
use sv_ports::index::{Change, Document};

use crate::domain::{Entry, EntryText, Field};

/// Makes a film.
pub(super) fn film(
    id: usize,
    title: &str,
    year: i32,
    director: &str,
    genre: &str,
    popularity: f64,
) -> Entry {
    let mut texts = vec![EntryText::new(Field::Title, title)];
    let more = [
        (Field::Person, director.to_owned()),
        (Field::Genre, genre.to_owned()),
        (
            Field::Tag,
            if year > 0 {
                year.to_string()
            } else {
                String::new()
            },
        ),
    ];
    let more = more.into_iter().filter(|(_, text)| !text.is_empty());
    texts.extend(more.map(|(field, text)| EntryText::new(field, text)));
    Entry {
        id: format!("film-{id:05}"),
        kind: 1,
        title: title.into(),
        year,
        poster_url: String::new(),
        genres: Some(genre.to_owned())
            .filter(|genre| !genre.is_empty())
            .into_iter()
            .collect(),
        popularity,
        for_children: false,
        open: Vec::new(),
        airing: None,
        texts,
    }
}

/// Makes the document of a film.
pub(super) fn document(entry: &Entry, version: i64) -> Document {
    entry
        .document(&Tenant::default(), version, "movie")
        .unwrap()
}

/// Reads the films of our own choice.
pub(super) fn own() -> Vec<Entry> {
    let lines = include_str!("films.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'));
    let film = |(id, line): (usize, &str)| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [title, year, director, genre, thousands] = columns[..] else {
            panic!("five columns: {line}");
        };
        let popularity = thousands.parse::<f64>().unwrap() * 1000.0;
        film(
            id,
            title,
            year.parse().unwrap(),
            director,
            genre,
            popularity,
        )
    };
    lines.enumerate().map(film).collect()
}

/// Makes the changes that bring films in.
pub(super) fn changes(entries: &[Entry]) -> Vec<Change> {
    let put = |entry| Change::Put(document(entry, 1));
    entries.iter().map(put).collect()
}

#[cfg(feature = "test-data")]
pub(super) mod movies {
    //! The real catalogue.

    use std::path::PathBuf;

    use serde_json::Value;

    use super::film;
    use crate::domain::Entry;

    /// Reads the films of `catalog/movies.json` in the folder of test data.
    pub(crate) fn load() -> Vec<Entry> {
        #[expect(clippy::disallowed_methods, reason = "tests have no configuration")]
        let folder = std::env::var("STREAMVERSE_TEST_DATA").map_or_else(
            |_| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")),
            PathBuf::from,
        );
        let path = folder.join("catalog/movies.json");
        let bytes = std::fs::read(&path).unwrap_or_else(|error| {
            panic!(
                "STREAMVERSE_TEST_DATA has no catalog/movies.json: {}: {error}",
                path.display()
            )
        });
        let rows: Vec<Value> = serde_json::from_slice(&bytes).unwrap();
        let films = rows.iter().enumerate().filter_map(|(id, row)| {
            let title = match &row["Title"] {
                Value::String(title) => mended(title),
                Value::Number(number) => number.to_string(),
                _ => return None,
            };
            let number = |name: &str| row[name].as_f64().unwrap_or(0.0);
            let text = |name: &str| row[name].as_str().unwrap_or_default();
            let popularity = number("IMDB Rating") * number("IMDB Votes");
            let year = year(text("Release Date"));
            Some(film(
                id,
                &title,
                year,
                text("Director"),
                text("Major Genre"),
                popularity,
            ))
        });
        films.collect()
    }

    /// Dates had two digits for the year: what lies ahead of 2011 is a hundred years older.
    fn year(date: &str) -> i32 {
        let year: i32 = date
            .rsplit(' ')
            .next()
            .and_then(|year| year.parse().ok())
            .unwrap_or(0);
        if year >= 2012 { year - 100 } else { year }
    }

    /// Some titles were Latin-1 that was read as Mac Roman.
    fn mended(title: &str) -> String {
        const READ_AND_MEANT: [(char, char); 16] = [
            ('È', 'é'),
            ('Í', 'ê'),
            ('Ë', 'è'),
            ('Î', 'ë'),
            ('Ó', 'î'),
            ('Ô', 'ï'),
            ('Û', 'ó'),
            ('Ù', 'ô'),
            ('˘', 'ù'),
            ('‡', 'à'),
            ('·', 'á'),
            ('‰', 'ä'),
            ('ˆ', 'ö'),
            ('¸', 'ü'),
            ('Ω', '½'),
            ('Ö', '…'),
        ];
        let meant = |c| {
            READ_AND_MEANT
                .iter()
                .find(|(read, _)| *read == c)
                .map_or(c, |(_, m)| *m)
        };
        title.chars().map(meant).collect()
    }
}

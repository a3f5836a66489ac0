//! The columns that are known, and how their names may be spelled.

/// A column that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Title,
    ReleaseDate,
    MpaaRating,
    RunningTime,
    Distributor,
    Genre,
    Director,
    ProductionBudget,
    UsGross,
    WorldwideGross,
    UsDvdSales,
    Source,
    CreativeType,
    ImdbRating,
    ImdbVotes,
    TomatoesRating,
}

/// Every column with its usual name, and its other names in small letters without signs.
const COLUMNS: [(Column, &str, &[&str]); 16] = [
    (Column::Title, "Title", &["name", "movietitle"]),
    (Column::ReleaseDate, "Release Date", &["released"]),
    (
        Column::MpaaRating,
        "MPAA Rating",
        &["mpaa", "maturityrating"],
    ),
    (
        Column::RunningTime,
        "Running Time min",
        &["runningtime", "runtime"],
    ),
    (Column::Distributor, "Distributor", &[]),
    (Column::Genre, "Major Genre", &["genre"]),
    (Column::Director, "Director", &[]),
    (Column::ProductionBudget, "Production Budget", &["budget"]),
    (Column::UsGross, "US Gross", &[]),
    (Column::WorldwideGross, "Worldwide Gross", &[]),
    (Column::UsDvdSales, "US DVD Sales", &[]),
    (Column::Source, "Source", &[]),
    (Column::CreativeType, "Creative Type", &[]),
    (Column::ImdbRating, "IMDB Rating", &[]),
    (Column::ImdbVotes, "IMDB Votes", &[]),
    (Column::TomatoesRating, "Rotten Tomatoes Rating", &[]),
];

impl Column {
    /// Finds the column of a name, in whatever case and however its words are joined: `title`,
    /// `release_date`, `imdbRating`.
    pub(super) fn named(name: &str) -> Option<Self> {
        let plain = plain(name);
        COLUMNS
            .iter()
            .find(|(_, usual, others)| {
                plain == self::plain(usual) || others.contains(&plain.as_str())
            })
            .map(|(column, ..)| *column)
    }

    /// Returns the usual name.
    pub(super) fn name(self) -> &'static str {
        COLUMNS
            .iter()
            .find(|(column, ..)| *column == self)
            .map_or("", |(_, usual, _)| usual)
    }
}

/// Lists the usual names of the columns that are read; docs/catalogues.md says what each is.
pub fn known_columns() -> impl Iterator<Item = &'static str> {
    COLUMNS.iter().map(|(_, usual, _)| *usual)
}

/// Leaves of a name what tells it from others.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, ' ' | '_' | '-' | '.'))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_every_spelling_and_none_is_two_columns() {
        for (spelling, column) in [
            ("Title", Column::Title),
            ("title", Column::Title),
            ("TITLE", Column::Title),
            ("name", Column::Title),
            ("release_date", Column::ReleaseDate),
            ("releaseDate", Column::ReleaseDate),
            ("imdb-rating", Column::ImdbRating),
            ("runtime", Column::RunningTime),
        ] {
            assert_eq!(Column::named(spelling), Some(column), "{spelling}");
        }
        assert_eq!(Column::named("subtitle"), None);
        let mut names: Vec<String> = COLUMNS
            .iter()
            .flat_map(|(_, usual, others)| {
                others.iter().map(|n| (*n).to_owned()).chain([plain(usual)])
            })
            .collect();
        let page = include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../docs/catalogues.md"
        ));
        for (_, usual, others) in COLUMNS {
            let row = page
                .lines()
                .find(|line| line.starts_with(&format!("| `{usual}` |")))
                .unwrap_or_else(|| panic!("docs/catalogues.md lists no {usual}"));
            for other in others {
                assert!(row.contains(&format!("`{other}`")), "{other}: {row}");
            }
        }
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
        for (column, usual, _) in COLUMNS {
            assert_eq!((Column::named(usual), column.name()), (Some(column), usual));
        }
    }
}

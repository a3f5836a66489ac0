//! Series of our own, whose episodes are played with the clips of our shorts.

use sv_content::demo::OWN_SHORTS;
use sv_kernel::BoxError;
use sv_proto::content::{
    Content, ContentStatus, ContentType, Credit, EpisodeDetails, Monetization, Season,
    SeriesDetails, content::Details,
};

use super::editors::Editors;

/// An episode: season, number, title, synopsis, and which of our shorts' clips it is played with.
type Episode = (i32, i32, &'static str, &'static str, usize);

/// For grown-ups and children alike, in two seasons.
const HARBOUR: [Episode; 4] = [
    (
        1,
        1,
        "The First Boat",
        "Before it is light, one engine starts. Nobody has called the others, and they all come.",
        1,
    ),
    (
        1,
        2,
        "Low Water",
        "The sea goes out and leaves what it had kept: ropes, a bell, and a question of whose they are.",
        2,
    ),
    (
        2,
        1,
        "Ice on the Rail",
        "The winter closes the harbour for a week. There is time to mend nets, and old quarrels.",
        0,
    ),
    (
        2,
        2,
        "The Light Across",
        "Somebody has lit the lamp on the other shore, where no one has lived for thirty years.",
        1,
    ),
];

/// For children.
const POOL: [Episode; 2] = [
    (
        1,
        1,
        "The Crab Who Knocked",
        "A crab looks for a new house and asks at every shell, politely, twice.",
        2,
    ),
    (
        1,
        2,
        "Rain on the Roof",
        "From below, rain is music. Everybody in the pool has a favourite drop.",
        0,
    ),
];

/// A series and its episodes, by their ids.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) id: String,
    pub(super) episodes: Vec<String>,
}

/// Makes the series of the harbour, which credits people.
pub(super) async fn harbour(
    editors: &Editors<'_>,
    credits: Vec<Credit>,
) -> Result<Series, BoxError> {
    let season = |number, title: &str| Season {
        number,
        title: title.into(),
        ..Season::default()
    };
    let seasons = vec![season(1, "Open Water"), season(2, "The Long Winter")];
    let series = Content {
        genres: vec!["Drama".into(), "Family".into()],
        release_date: "2026-01-01".into(),
        tags: vec!["streamverse original".into(), "sea".into()],
        details: Some(Details::Series(SeriesDetails { seasons })),
        poster_url: poster(1),
        credits,
        ..title(
            ContentType::Series,
            "Harbour Lights",
            "A small harbour at the end of a long road, and the people who have never quite left it.",
        )
    };
    load(editors, "harbour-lights", series, &HARBOUR).await
}

/// Makes the series for children.
pub(super) async fn pool(editors: &Editors<'_>) -> Result<Series, BoxError> {
    let season = Season {
        number: 1,
        ..Season::default()
    };
    let seasons = vec![season];
    let series = Content {
        genres: vec!["Family".into(), "Animation".into()],
        release_date: "2026-02-01".into(),
        tags: vec!["streamverse original".into(), "sea".into()],
        details: Some(Details::Series(SeriesDetails { seasons })),
        poster_url: poster(2),
        ..title(
            ContentType::Series,
            "The Tide Pool",
            "Small neighbours in a very small sea, which is made anew twice a day.",
        )
    };
    load(editors, "the-tide-pool", series, &POOL).await
}

async fn load(
    editors: &Editors<'_>,
    name: &str,
    series: Content,
    episodes: &[Episode],
) -> Result<Series, BoxError> {
    let id = editors.series(name, series).await?;
    let mut made = Vec::with_capacity(episodes.len());
    for (season_number, episode_number, named, synopsis, of) in episodes {
        let details = EpisodeDetails {
            series_id: id.clone(),
            season_number: *season_number,
            episode_number: *episode_number,
            ..EpisodeDetails::default()
        };
        let episode = Content {
            duration_seconds: 30,
            details: Some(Details::Episode(details)),
            poster_url: poster(*of),
            ..title(ContentType::Episode, named, synopsis)
        };
        let name = format!("{name}-{season_number}-{episode_number}");
        let episode = editors.episode(&name, episode, OWN_SHORTS[*of]);
        made.push(episode.await?);
    }
    let episodes = made;
    Ok(Series { id, episodes })
}

/// Where the picture of one of our shorts is.
fn poster(of: usize) -> String {
    format!("/stream/poster/{}", OWN_SHORTS[of])
}

/// Makes a title of our own.
pub(super) fn title(kind: ContentType, title: &str, synopsis: &str) -> Content {
    let mut content = Content {
        title: title.into(),
        synopsis: synopsis.into(),
        maturity_rating: "TV-G".into(),
        language: "en".into(),
        ..Content::default()
    };
    content.set_type(kind);
    content.set_status(ContentStatus::Published);
    content.set_monetization(Monetization::Avod);
    content
}

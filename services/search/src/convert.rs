//! Between protos and what search knows.

mod collection;
mod live;

use sv_kernel::{Error, Result, Timestamp, Whereabouts};
use sv_ports::index::Filter;
use sv_proto::{
    content::{Availability, AvailabilityWindow, Content, ContentType, content::Details},
    convert::{count, instant, timestamp},
    search::{self as pb, SearchReason},
    titles,
};
use sv_rules::maturity;

pub(crate) use collection::collection;
pub(crate) use live::{channel, programme};

use crate::domain::{
    Entry, EntryText, Facet, Field, Found, Kind, Open, OpenWindow, Question, Ranked, facet_names,
    highlight,
    tuning::{Pin, Same},
};

/// Hits when the caller does not say how many.
const DEFAULT_LIMIT: usize = 20;
/// The most hits of one answer.
const MAX_LIMIT: usize = 100;
/// The most hits that can be reached at all.
const MAX_WINDOW: usize = 200;
/// The most bytes of text that a title is found by; synopsis and later credits give way.
const MAX_TEXT: usize = 48 * 1024;

impl From<&pb::Synonym> for Same {
    fn from(said: &pb::Synonym) -> Self {
        Self::new(&said.words, said.one_way, &said.language)
    }
}

impl From<pb::Pin> for Pin {
    fn from(said: pb::Pin) -> Self {
        Self {
            typed: said.q,
            titles: said.content_ids,
            start: said.start_time.map(instant),
            end: said.end_time.map(instant),
        }
    }
}

/// Names a type as filters and facets do, e.g. `movie`.
pub(crate) fn kind_name(kind: i32) -> String {
    let name = ContentType::try_from(kind)
        .unwrap_or_default()
        .as_str_name();
    name.trim_start_matches("CONTENT_TYPE_")
        .to_ascii_lowercase()
}

/// Reads what is asked, and whether by a child.
pub(crate) fn question(request: pb::SearchGlobalRequest, for_child: bool) -> Result<Question> {
    let size = |number: i32| usize::try_from(number).unwrap_or(0);
    let limit = match size(request.limit) {
        0 => DEFAULT_LIMIT,
        limit => limit.min(MAX_LIMIT),
    };
    let offset = size(request.offset);
    if limit.saturating_add(offset) > MAX_WINDOW {
        return Err(Error::from(SearchReason::WindowTooLarge).with("max", MAX_WINDOW));
    }
    let mut filter = Filter::default();
    if for_child {
        // At the query, so that hits, their number and how they divide agree.
        let children = vec![facet_names::CHILDREN.to_owned()];
        filter.facets.insert(facet_names::AUDIENCE.into(), children);
    }
    // Items that say nothing ask for nothing.
    let kinds = request.r#type.into_iter().filter(|kind| *kind != 0);
    let kinds: Vec<_> = kinds.map(kind_name).collect();
    let genres = request.genre.into_iter().filter(|genre| !genre.is_empty());
    let genres: Vec<_> = genres.collect();
    for (name, values) in [(facet_names::TYPE, kinds), (facet_names::GENRE, genres)] {
        if !values.is_empty() {
            filter.facets.insert(name.into(), values);
        }
    }
    if request.year_from > 0 || request.year_to > 0 {
        // A title whose year is not known lies in no range.
        let to = if request.year_to > 0 {
            request.year_to
        } else {
            i32::MAX
        };
        let years = i64::from(request.year_from.max(1))..=i64::from(to);
        filter.numbers.insert(facet_names::YEAR.into(), years);
    }
    let counted = filter == Filter::default() && offset == 0;
    Ok(Question {
        counted,
        typed: request.q,
        filter,
        limit,
        offset,
    })
}

/// Makes what search keeps of a title.
pub(crate) fn entry(content: Content) -> Entry {
    let year = content
        .release_date
        .get(..4)
        .and_then(|year| year.parse().ok())
        .unwrap_or(0);
    let popularity = popularity(&content);
    let for_children = titles::ratings(&content).all(maturity::open_to_kids);
    let of_series = titles::series(&content).and_then(|series| series.availability.as_ref());
    let open = content.availability.iter().chain(of_series);
    let open = open.map(open_of).collect();
    let mut texts = Texts::default();
    texts.add(Field::Title, &content.title);
    texts.add(Field::OriginalTitle, &content.original_title);
    content
        .genres
        .iter()
        .for_each(|genre| texts.add(Field::Genre, genre));
    content
        .tags
        .iter()
        .for_each(|tag| texts.add(Field::Tag, tag));
    match &content.details {
        Some(Details::Movie(movie)) => texts.add(Field::Tag, &movie.distributor),
        Some(Details::Series(series)) => {
            let seasons = series.seasons.iter();
            seasons.for_each(|season| texts.add(Field::Tag, &season.title));
        }
        // Below the series itself, which has it for its title.
        Some(Details::Episode(episode)) => {
            let series = episode.series.iter();
            series.for_each(|series| texts.add(Field::Tag, &series.title));
        }
        Some(Details::Video(video)) => texts.add(Field::Tag, &video.category),
        None => {}
    }
    if year > 0 {
        texts.add(Field::Tag, &year.to_string());
    }
    texts.add(Field::Synopsis, &content.synopsis);
    for credit in &content.credits {
        texts.add(Field::Person, &credit.name);
        texts.add(Field::Person, &credit.character);
    }
    Entry {
        id: content.id,
        kind: content.r#type,
        title: content.title,
        year,
        poster_url: content.poster_url,
        genres: content.genres,
        popularity,
        for_children,
        open,
        airing: None,
        texts: texts.texts,
    }
}

/// Says whether it is a collection: content says who sees it.
pub(crate) fn is_collection(entry: &Entry) -> bool {
    entry.kind == i32::from(ContentType::Collection)
}

/// Keeps where and when a title is open.
fn open_of(availability: &Availability) -> Open {
    let windows = availability.windows.iter().map(|window| OpenWindow {
        countries: window.countries.clone(),
        platforms: window.platforms.clone(),
        start: window.start_time.map(|at| instant(at).micros()),
        end: window.end_time.map(|at| instant(at).micros()),
    });
    Open {
        windows: windows.collect(),
        blocked: availability.blocked_countries.clone(),
    }
}

/// Says whether a title is open somewhere at an instant, as `sv_proto::titles` says it of the catalogue's.
pub(crate) fn is_open(entry: &Entry, of: Whereabouts, now: Timestamp) -> bool {
    let stamp = |micros| timestamp(Timestamp::from_micros(micros));
    entry.open.iter().all(|open| {
        let windows = open.windows.iter().map(|window| AvailabilityWindow {
            countries: window.countries.clone(),
            platforms: window.platforms.clone(),
            start_time: window.start.map(stamp),
            end_time: window.end.map(stamp),
            ..AvailabilityWindow::default()
        });
        let availability = Availability {
            windows: windows.collect(),
            blocked_countries: open.blocked.clone(),
        };
        titles::opening_of(&availability, of, now).is_open()
    })
}

/// Returns score times votes, by the source with the most votes, on a scale of ten.
fn popularity(content: &Content) -> f64 {
    let of_source = content.scores.iter().map(|score| {
        let scale = if score.scale > 0.0 { score.scale } else { 10.0 };
        (score.value / scale * 10.0).clamp(0.0, 10.0) * f64::from(score.votes.max(0))
    });
    of_source
        .filter(|popularity| popularity.is_finite())
        .fold(0.0, f64::max)
}

#[derive(Default)]
struct Texts {
    texts: Vec<EntryText>,
    bytes: usize,
}

impl Texts {
    fn add(&mut self, field: Field, text: &str) {
        let known = self
            .texts
            .iter()
            .any(|known| known.field == field && known.text == text);
        if !text.is_empty() && !known && self.bytes + text.len() <= MAX_TEXT {
            self.bytes += text.len();
            self.texts.push(EntryText::new(field, text));
        }
    }
}

/// Makes the answer.
pub(crate) fn answer(found: Found) -> pb::SearchGlobalResponse {
    pb::SearchGlobalResponse {
        items: found.hits.into_iter().map(hit).collect(),
        total: count(found.total),
        facets: found.facets.into_iter().map(facet).collect(),
        degraded: found.degraded,
        suggestion: found.suggestion,
    }
}

fn hit(ranked: Ranked) -> pb::Hit {
    let Ranked {
        entry,
        kind,
        text,
        places,
        score,
        pinned,
    } = ranked;
    // Editors have put it here, whatever was typed.
    let unfound = pinned && places.is_empty();
    let shown = entry.texts.get(text);
    let airing = entry.airing.as_ref();
    let time = |micros| timestamp(Timestamp::from_micros(micros));
    pb::Hit {
        highlight: shown
            .map(|text| highlight(&text.text, &places))
            .unwrap_or_default(),
        matched: shown
            .filter(|_| !unfound)
            .map(|text| text.field.as_str().to_owned())
            .unwrap_or_default(),
        r#type: entry.kind,
        id: entry.id,
        title: entry.title,
        score,
        year: entry.year,
        poster_url: entry.poster_url,
        pinned,
        r#match: match kind {
            _ if unfound => pb::MatchKind::Unspecified,
            Kind::Exact => pb::MatchKind::Exact,
            Kind::Prefix => pb::MatchKind::Prefix,
            Kind::Typo => pb::MatchKind::Typo,
            Kind::Partial => pb::MatchKind::Partial,
        }
        .into(),
        genres: entry.genres,
        start_time: airing.map(|airing| time(airing.starts_at)),
        stop_time: airing.map(|airing| time(airing.stops_at)),
        channel_id: airing
            .map(|airing| airing.channel_id.clone())
            .unwrap_or_default(),
    }
}

fn facet(facet: Facet) -> pb::Facet {
    let value = |(value, hits)| pb::FacetValue {
        value,
        count: count(hits),
    };
    pb::Facet {
        name: facet.name.to_owned(),
        values: facet.values.into_iter().map(value).collect(),
    }
}

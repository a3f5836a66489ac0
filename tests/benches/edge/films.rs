//! The catalogue of the comparison: twenty films of about 1.3 kB each.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::it::harness::Client;

/// A film as both contestants send it, in the types that a handler would have at hand.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Film {
    id: String,
    r#type: Type,
    title: String,
    original_title: String,
    synopsis: String,
    genres: Vec<String>,
    credits: Vec<Credit>,
    release_date: String,
    duration_seconds: u32,
    maturity_rating: String,
    countries: Vec<String>,
    language: String,
    monetization: Monetization,
    status: Status,
    tags: Vec<String>,
    poster_url: String,
    scores: Vec<Score>,
    external_ids: Vec<ExternalId>,
    version: u32,
    #[serde(with = "time_of_day")]
    create_time: OffsetDateTime,
    #[serde(with = "time_of_day")]
    update_time: OffsetDateTime,
    movie: Movie,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
enum Type {
    Movie,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
enum Monetization {
    Avod,
    Svod,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
enum Status {
    Published,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Credit {
    name: String,
    role: Role,
    character: String,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
enum Role {
    Actor,
    Director,
    Writer,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Score {
    source: String,
    value: f64,
    scale: u32,
    votes: u32,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct ExternalId {
    source: String,
    value: String,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Movie {
    distributor: String,
    production_budget_usd: u64,
    us_gross_usd: u64,
    worldwide_gross_usd: u64,
}

/// Instants as protobuf's JSON has them: with three or six digits of a second here.
mod time_of_day {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _, ser::Error as _};
    use time::{
        OffsetDateTime,
        format_description::{BorrowedFormatItem, well_known::Rfc3339},
        macros::format_description,
    };

    const MILLIS: &[BorrowedFormatItem<'_>] =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    const MICROS: &[BorrowedFormatItem<'_>] =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

    pub(super) fn serialize<S: Serializer>(at: &OffsetDateTime, to: S) -> Result<S::Ok, S::Error> {
        let format = match at.microsecond() % 1000 {
            0 => MILLIS,
            _ => MICROS,
        };
        to.serialize_str(&at.format(&format).map_err(S::Error::custom)?)
    }

    pub(super) fn deserialize<'de, D>(from: D) -> Result<OffsetDateTime, D::Error>
    where
        D: Deserializer<'de>,
    {
        let text = String::deserialize(from)?;
        OffsetDateTime::parse(&text, &Rfc3339).map_err(D::Error::custom)
    }
}

/// Publishes the films through the public port; returns the id of the first.
pub(crate) fn publish(editor: &Client) -> String {
    let ids: Vec<_> = (0..20)
        .map(|number| {
            let film = editor
                .post("/admin/ondemand/movies", &film(number))
                .data(201);
            film["id"].as_str().expect("an id").to_owned()
        })
        .collect();
    ids.into_iter().next().expect("twenty films")
}

fn film(number: u32) -> Value {
    json!({
        "title": format!("The Long Night of the Harvest, Part {number}"),
        "originalTitle": "Die lange Nacht der Ernte – Rückkehr",
        "synopsis": "When the last harvest fails, a village on the coast has one night to decide \
            who leaves and who stays; \"nobody\" is not an answer. Captain Mirelle has a ship, \
            the mayor has the key to the granary, and neither trusts the other.",
        "genres": ["Drama", "Thriller"],
        "credits": [
            {"name": "Alexandra Example", "role": "director"},
            {"name": "Robin Sample", "role": "writer"},
            {"name": "Kim Placeholder", "role": "actor", "character": "Captain Mirelle"},
            {"name": "Ola Nordmann", "role": "actor", "character": "The mayor"},
        ],
        "releaseDate": format!("20{:02}-0{}-1{}", number % 26, number % 8 + 1, number % 9),
        "durationSeconds": 5_400 + number * 61,
        "maturityRating": "PG-13",
        "countries": ["NO", "DE"],
        "language": "de",
        "monetization": "svod",
        "status": "published",
        "tags": ["harvest", "coast", "one night"],
        "posterUrl": format!("https://images.example.org/posters/{number}/w780.webp"),
        "scores": [{"source": "imdb", "value": 7.3, "scale": 10, "votes": 1_204 + number * 37}],
        "externalIds": [{"source": "imdb", "value": format!("tt{:07}", 1_000_000 + number)}],
        "movie": {
            "distributor": "Example Pictures",
            "productionBudgetUsd": 12_500_000,
            "usGrossUsd": 48_210_331,
            "worldwideGrossUsd": 102_771_945,
        },
    })
}

//! What editors have put on the shelf: series, a film that is sold, the people who made them, a playlist, collections.

use sv_content::demo::OWN_SHORTS;
use sv_kernel::BoxError;
use sv_proto::{
    content::{
        Collection, CollectionRule, CollectionTranslation, Content, ContentStatus, ContentType,
        Credit, CreditRole, Monetization, MovieDetails, Person, Playlist, content::Details,
    },
    rights::{Price, RentalOffer, Rule},
};

use super::{
    editors::Editors,
    series::{self, Series, title},
};

/// The film that is bought or rented.
const FERRY: &str = "01936f00-0004-7000-8000-000000000004";
/// What is bought and rented costs this currency.
const CURRENCY: &str = "EUR";
/// How long the rental of the household runs.
pub(super) const RENTAL_HOURS: i32 = 2;

/// Who made it, as what, and who they are.
const PEOPLE: [(&str, &str, CreditRole, &str, &str); 3] = [
    (
        "ida-marsh",
        "Ida Marsh",
        CreditRole::Director,
        "",
        "Grew up on a ferry and has filmed water ever since.",
    ),
    (
        "tomas-reef",
        "Tomas Reef",
        CreditRole::Actor,
        "Harbour master",
        "Came to the stage by mistake, looking for the stairs, and stayed.",
    ),
    (
        "noor-quay",
        "Noor Quay",
        CreditRole::Actor,
        "The one who came back",
        "Plays people who listen. Sings when nobody does.",
    ),
];

/// What the household finds on it.
#[derive(Debug)]
pub(super) struct Shelf {
    pub(super) harbour: Series,
    pub(super) pool: Series,
    /// A short that plans open, and that is rented, too.
    pub(super) rented: &'static str,
    /// A short for the watchlist.
    pub(super) wanted: &'static str,
}

/// Puts it there.
pub(super) async fn load(editors: &Editors<'_>) -> Result<Shelf, BoxError> {
    let [_, coast, lives] = OWN_SHORTS;
    let mut credits = Vec::with_capacity(PEOPLE.len());
    for (key, name, role, character, biography) in PEOPLE {
        let person = Person {
            name: name.into(),
            biography: biography.into(),
            ..Person::default()
        };
        credits.push(Credit {
            name: name.into(),
            role: role.into(),
            character: character.into(),
            person_id: editors.person(key, person).await?,
        });
    }
    let harbour = series::harbour(editors, credits.clone()).await?;
    let pool = series::pool(editors).await?;
    let mut ferry = Content {
        id: FERRY.into(),
        genres: vec!["Drama".into(), "Short".into()],
        release_date: "2026-03-01".into(),
        duration_seconds: 30,
        tags: vec!["streamverse original".into(), "sea".into()],
        poster_url: format!("/stream/poster/{coast}"),
        details: Some(Details::Movie(MovieDetails::default())),
        credits,
        ..title(
            ContentType::Movie,
            "The Last Ferry",
            "It has not been full for years. Tonight it is, and nobody says why.",
        )
    };
    ferry.set_monetization(Monetization::Tvod);
    editors.film("the-last-ferry", ferry, coast).await?;
    editors.rule(sold(FERRY, 999, &[(48, 399)])).await?;
    let also_rented = Rule {
        any_plan: true,
        ..sold(lives, 499, &[(RENTAL_HOURS, 99), (48, 299)])
    };
    editors.rule(also_rented).await?;
    let mut by_the_sea = Playlist {
        title: "An Evening by the Sea".into(),
        description: "Something short, something slow, and a boat home.".into(),
        item_ids: vec![coast.into(), harbour.id.clone(), FERRY.into()],
        ..Playlist::default()
    };
    by_the_sea.set_status(ContentStatus::Published);
    editors.playlist("by-the-sea", by_the_sea).await?;
    collections(editors, [coast, &harbour.id, &pool.id, FERRY]).await?;
    Ok(Shelf {
        harbour,
        pool,
        rented: lives,
        wanted: coast,
    })
}

/// Makes a collection by hand, of the sea, and one by a rule.
async fn collections(editors: &Editors<'_>, sea: [&str; 4]) -> Result<(), BoxError> {
    let mut films_by_the_sea = Collection {
        title: "By the Sea".into(),
        description: "Salt, wind, and somebody waiting on the quay.".into(),
        translations: vec![CollectionTranslation {
            language: "nb".into(),
            title: "Ved havet".into(),
            description: "Salt, vind, og noen som venter på kaia.".into(),
        }],
        item_ids: sea.map(ToOwned::to_owned).to_vec(),
        featured_rank: 1,
        poster_url: format!("/stream/poster/{}", OWN_SHORTS[1]),
        ..Collection::default()
    };
    films_by_the_sea.set_status(ContentStatus::Published);
    editors.collection("sea-films", films_by_the_sea).await?;
    let mut silent = Collection {
        title: "Before Sound".into(),
        description: "What films could say before they could speak.".into(),
        rule: Some(CollectionRule {
            year_from: 1900,
            year_to: 1929,
            order_by: "release_date".into(),
            ..CollectionRule::default()
        }),
        featured_rank: 2,
        ..Collection::default()
    };
    silent.set_status(ContentStatus::Published);
    editors.collection("before-sound", silent).await
}

/// Sells a title, and rents it out for so many hours.
fn sold(title: &str, price_minor: i32, rentals: &[(i32, i32)]) -> Rule {
    let currency = || CURRENCY.to_owned();
    let rentals = rentals.iter().map(|(duration_hours, price)| RentalOffer {
        duration_hours: *duration_hours,
        price_minor: *price,
        currency: currency(),
    });
    Rule {
        content_id: title.into(),
        purchase: Some(Price {
            price_minor,
            currency: currency(),
        }),
        rentals: rentals.collect(),
        ..Rule::default()
    }
}

//! What collections are, how they change, and what their rules say (X-CAT-10).

use sv_kernel::{Error, Locale, Result, fold, is_blank, trim};
use sv_proto::{
    content::{Collection, CollectionRule, Content, ContentReason, ContentStatus},
    convert::refuse,
};
use uuid::Uuid;

use super::{availability, items::check_items, person::credited, rules::release_year};
use crate::domain::{Filter, Kind, Order, said, words};

/// Brings what an editor sent into the form in which collections are stored. `before` is the stored one, if there is
/// one.
///
/// Fails with `VALIDATION_FAILED` where that leaves no title, and where a title or a language stands in it twice; with
/// `COLLECTION_MIXED` and `WINDOW_INVALID`.
pub(crate) fn prepare_collection(
    mut collection: Collection,
    before: Option<&Collection>,
) -> Result<Collection> {
    trim(&mut collection.title);
    trim(&mut collection.description);
    if is_blank(&collection.title) {
        return Err(refuse("collection.title", "REQUIRED", "is required"));
    }
    translations(&mut collection)?;
    if collection.rule.is_some() && !collection.item_ids.is_empty() {
        return Err(Error::from(ContentReason::CollectionMixed));
    }
    check_items(&mut collection.item_ids, "collection")?;
    availability::check(&mut collection.availability, "collection")?;
    if collection.status() == ContentStatus::Unspecified {
        collection.set_status(before.map_or(ContentStatus::Draft, Collection::status));
    }
    // Given by the service, whatever the caller says.
    Ok(Collection {
        id: String::new(),
        item_count: 0,
        items: Vec::new(),
        version: 0,
        create_time: None,
        update_time: None,
        ..collection
    })
}

/// Brings the translations of a collection into the form in which they are stored: one for each language.
fn translations(collection: &mut Collection) -> Result<()> {
    for at in 0..collection.translations.len() {
        let (known, rest) = collection.translations.split_at_mut(at);
        let Some(translation) = rest.first_mut() else {
            break;
        };
        trim(&mut translation.title);
        trim(&mut translation.description);
        let field = |name: &str| format!("collection.translations[{at}].{name}");
        if is_blank(&translation.title) {
            return Err(refuse(&field("title"), "REQUIRED", "is required"));
        }
        if let Ok(language) = Locale::parse(&translation.language) {
            translation.language = language.to_string();
        }
        if known
            .iter()
            .any(|known| known.language == translation.language)
        {
            let description = "has a translation already";
            return Err(refuse(&field("language"), "REPEATED", description));
        }
    }
    Ok(())
}

/// Lists the ids of a collection's titles.
pub(crate) fn collection_items(collection: &Collection) -> Vec<Uuid> {
    let ids = collection.item_ids.iter();
    ids.filter_map(|id| Uuid::try_parse(id).ok()).collect()
}

/// Makes of a stored collection what viewers are told: in their language, without what is for editors.
pub(crate) fn for_viewers(collection: &mut Collection, locale: &Locale) {
    let translations = std::mem::take(&mut collection.translations);
    let exact = translations
        .iter()
        .find(|known| known.language == locale.as_str());
    // `nb-NO` is served by `nb`, but not by `nb-SJ`.
    let known = exact.or_else(|| {
        let language = locale.language();
        translations.iter().find(|known| known.language == language)
    });
    if let Some(known) = known {
        collection.title.clone_from(&known.title);
        if !known.description.is_empty() {
            collection.description.clone_from(&known.description);
        }
    }
    collection.item_ids.clear();
    collection.rule = None;
    collection.availability = None;
}

/// Says which titles a rule is about.
pub(crate) fn ruled(rule: &CollectionRule) -> (Filter, Order) {
    let year = |year| (year > 0).then_some(year);
    let filter = Filter {
        types: kinds(rule),
        genres: words(&rule.genre),
        years: (year(rule.year_from), year(rule.year_to)),
        person: Uuid::try_parse(&rule.person_id).ok(),
        ..Filter::default()
    };
    (filter, Order::read(&rule.order_by))
}

/// Says whether a title is one of those that a rule is about: the same as [`ruled`] of one title at hand.
pub(crate) fn fits(rule: &CollectionRule, content: &Content) -> bool {
    let (filter, _) = ruled(rule);
    let in_years = match (filter.years, release_year(content)) {
        ((None, None), _) => true,
        (_, None) => false,
        ((from, to), Some(year)) => {
            from.is_none_or(|from| year >= from) && to.is_none_or(|to| year <= to)
        }
    };
    let genres = &filter.genres;
    let of_genre = |genre: &String| genres.contains(&fold(genre));
    filter.types.contains(&content.r#type)
        && in_years
        && (genres.is_empty() || content.genres.iter().any(of_genre))
        && filter.person.is_none_or(|person| {
            let credited = credited(content);
            credited.iter().any(|(id, _)| *id == person)
        })
}

fn kinds(rule: &CollectionRule) -> Vec<i32> {
    let named = said(&rule.r#type);
    if named.is_empty() {
        let all = Kind::BROWSED.map(|kind| kind.content_type().into());
        return all.to_vec();
    }
    named
}

#[cfg(test)]
mod tests {
    use sv_proto::content::{CollectionTranslation, ContentType};

    use super::*;

    fn named(title: &str) -> Collection {
        Collection {
            title: title.into(),
            version: 7,
            ..Collection::default()
        }
    }

    fn translated(language: &str, title: &str) -> CollectionTranslation {
        CollectionTranslation {
            language: language.into(),
            title: title.into(),
            description: String::new(),
        }
    }

    #[test]
    fn a_collection_has_a_title_and_each_language_and_item_once() {
        let id = "01936F00-ffff-7000-8000-000000000001";
        let mut good = named(" Sea ");
        good.item_ids = vec![id.into()];
        good.translations = vec![translated("NB", " Hav ")];
        let prepared = prepare_collection(good.clone(), None).unwrap();
        assert_eq!((prepared.title.as_str(), prepared.version), ("Sea", 0));
        assert_eq!(prepared.item_ids, [id.to_lowercase()]);
        assert_eq!(prepared.translations, [translated("nb", "Hav")]);
        assert_eq!(prepared.status(), ContentStatus::Draft);

        let twice = Collection {
            translations: vec![translated("nb", "Hav"), translated("NB", "Sjø")],
            ..named("Sea")
        };
        let repeated = Collection {
            item_ids: vec![id.into(), id.to_lowercase()],
            ..named("Sea")
        };
        for (wrong, field) in [
            (named(" "), "collection.title"),
            (twice, "collection.translations[1].language"),
            (repeated, "collection.itemIds[1]"),
        ] {
            let refused = prepare_collection(wrong, None).unwrap_err();
            assert_eq!(refused.violations()[0].field, field);
        }
        good.rule = Some(CollectionRule::default());
        let mixed = prepare_collection(good, None).unwrap_err();
        assert_eq!(mixed.reason(), "COLLECTION_MIXED");
    }

    #[test]
    fn viewers_read_a_name_in_their_language_where_there_is_one() {
        for (locale, title) in [
            ("en", "Sea"),
            ("nb", "Hav"),
            ("nb-NO", "Hav"),
            ("pt", "Sea"),
            ("pt-BR", "Mar"),
        ] {
            let mut collection = Collection {
                translations: vec![translated("nb", "Hav"), translated("pt-BR", "Mar")],
                rule: Some(CollectionRule::default()),
                ..named("Sea")
            };
            for_viewers(&mut collection, &Locale::parse(locale).unwrap());
            assert_eq!(collection.title, title, "{locale}");
            assert!(collection.rule.is_none() && collection.translations.is_empty());
        }
    }

    #[test]
    fn a_title_fits_a_rule_where_all_that_it_says_fits() {
        let mut film = Content {
            genres: vec!["Drama".into()],
            release_date: "1994-05-01".into(),
            ..Content::default()
        };
        film.set_type(ContentType::Movie);
        let rule = |genre: &str, from, to, kind: &[ContentType]| CollectionRule {
            genre: vec![genre.into()],
            year_from: from,
            year_to: to,
            r#type: kind.iter().map(|kind| i32::from(*kind)).collect(),
            ..CollectionRule::default()
        };
        for fitting in [
            rule("", 0, 0, &[]),
            rule("drama", 1994, 1994, &[]),
            rule("", 1990, 0, &[ContentType::Movie]),
        ] {
            assert!(fits(&fitting, &film), "{fitting:?}");
        }
        let by_nobody = CollectionRule {
            person_id: "01936f00-ffff-7000-8000-000000000001".into(),
            ..CollectionRule::default()
        };
        for other in [
            rule("crime", 0, 0, &[]),
            rule("", 1995, 0, &[]),
            rule("", 0, 1993, &[]),
            rule("", 0, 0, &[ContentType::Series]),
            by_nobody,
        ] {
            assert!(!fits(&other, &film), "{other:?}");
        }
        film.set_type(ContentType::Episode);
        assert!(!fits(&CollectionRule::default(), &film));
    }
}

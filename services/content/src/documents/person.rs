//! People whom titles credit (CAT-8).

use sv_kernel::{Result, is_blank, trim};
use sv_proto::{
    content::{Content, Person},
    convert::refuse,
};
use uuid::Uuid;

/// Brings what an editor sent into the form in which people are stored.
///
/// Fails with `VALIDATION_FAILED` where that leaves no name.
pub(crate) fn prepare_person(mut person: Person) -> Result<Person> {
    trim(&mut person.name);
    trim(&mut person.biography);
    if is_blank(&person.name) {
        return Err(refuse("person.name", "REQUIRED", "is required"));
    }
    // Given by the service, whatever the caller says.
    Ok(Person {
        id: String::new(),
        roles: Vec::new(),
        title_count: 0,
        titles: Vec::new(),
        version: 0,
        create_time: None,
        update_time: None,
        ..person
    })
}

/// Lists the people whom a title credits, and for what: each pair once.
pub(crate) fn credited(content: &Content) -> Vec<(Uuid, i32)> {
    let credits = content.credits.iter();
    let mut all: Vec<_> = credits
        .filter_map(|credit| Some((Uuid::try_parse(&credit.person_id).ok()?, credit.role)))
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use sv_proto::content::{Credit, CreditRole};

    use super::*;

    #[test]
    fn a_person_has_a_name_that_is_seen() {
        let named = |name: &str| Person {
            name: name.into(),
            title_count: 7,
            ..Person::default()
        };
        let prepared = prepare_person(named(" Ada ")).unwrap();
        assert_eq!((prepared.name.as_str(), prepared.title_count), ("Ada", 0));
        for nobody in ["", " ", "\u{200b}"] {
            let refused = prepare_person(named(nobody)).unwrap_err();
            assert_eq!(refused.violations()[0].field, "person.name");
        }
    }

    #[test]
    fn who_is_credited_twice_for_the_same_is_credited_once() {
        let id = "01936f00-ffff-7000-8000-000000000001";
        let credit = |person: &str, role: CreditRole| Credit {
            name: "Ada".into(),
            person_id: person.into(),
            role: role.into(),
            ..Credit::default()
        };
        let content = Content {
            credits: vec![
                credit(id, CreditRole::Actor),
                credit(id, CreditRole::Actor),
                credit(id, CreditRole::Writer),
                credit("", CreditRole::Director),
            ],
            ..Content::default()
        };
        let roles: Vec<_> = credited(&content)
            .into_iter()
            .map(|(_, role)| role)
            .collect();
        assert_eq!(roles, [1, 3]);
    }
}

//! People and credits (CAT-8): titles name people whom editors keep, and people are seen with the titles that
//! are.

use sv_kernel::{Ctx, Error};
use sv_proto::content::{
    Content, ContentReason, ContentStatus, CreatePersonRequest, Credit, CreditRole,
    DeletePersonRequest, GetPersonRequest, ListPeopleRequest, ListPersonTitlesRequest, Person,
    UpdatePersonRequest, person_admin_service_client::PersonAdminServiceClient,
    person_service_client::PersonServiceClient,
};
use sv_rpc::{Transport, call, error};

use super::test_app::{TestApp, film, row};

struct People {
    test: TestApp,
    shown: PersonServiceClient<Transport>,
    kept: PersonAdminServiceClient<Transport>,
}

impl People {
    async fn all() -> Vec<Self> {
        let of = |test: TestApp| {
            let mesh = test.harness.mesh.calling_as("edge");
            let transport = mesh.client_transport(crate::NAME).unwrap();
            Self {
                shown: PersonServiceClient::new(transport.clone()),
                kept: PersonAdminServiceClient::new(transport),
                test,
            }
        };
        TestApp::all().await.into_iter().map(of).collect()
    }

    async fn create(&self, name: &str) -> Person {
        let person = Some(Person {
            name: name.into(),
            ..Person::default()
        });
        let request = call(&self.test.editor, CreatePersonRequest { person });
        let answer = self.kept.clone().create_person(request).await;
        answer.unwrap().into_inner().person.unwrap()
    }

    async fn get(&self, by: &Ctx, id: &str) -> Result<Person, Error> {
        let request = call(by, GetPersonRequest { id: id.into() });
        let answer = self.shown.clone().get_person(request).await;
        Ok(answer.map_err(error)?.into_inner().person.unwrap())
    }

    async fn list(&self, prefix: &str) -> Vec<(String, i32)> {
        let request = ListPeopleRequest {
            name_prefix: prefix.into(),
            with_total: true,
            ..ListPeopleRequest::default()
        };
        let request = call(&self.test.viewer, request);
        let answer = self.shown.clone().list_people(request).await;
        let answer = answer.unwrap().into_inner();
        assert_eq!(
            usize::try_from(answer.total.unwrap()).unwrap(),
            answer.items.len()
        );
        let pair = |item: Person| (item.name, item.title_count);
        answer.items.into_iter().map(pair).collect()
    }

    async fn delete(&self, id: &str) -> Result<(), Error> {
        let request = call(&self.test.editor, DeletePersonRequest { id: id.into() });
        let answer = self.kept.clone().delete_person(request).await;
        answer.map(drop).map_err(error)
    }
}

fn crediting(title: &str, date: &str, credits: &[(&Person, CreditRole)]) -> Content {
    let credit = |(person, role): &(&Person, CreditRole)| Credit {
        name: "whoever".into(),
        role: (*role).into(),
        person_id: person.id.to_uppercase(),
        ..Credit::default()
    };
    Content {
        release_date: date.into(),
        credits: credits.iter().map(credit).collect(),
        ..film(title)
    }
}

#[tokio::test]
async fn a_person_is_seen_with_the_titles_that_are() {
    for people in People::all().await {
        let (ada, bo) = (
            people.create("Ada Lund").await,
            people.create("Bo Ek").await,
        );
        let both = [
            (&ada, CreditRole::Director),
            (&ada, CreditRole::Actor),
            (&bo, CreditRole::Writer),
        ];
        let test = &people.test;
        let made = test
            .create(crediting("Old", "1990-01-01", &both))
            .await
            .unwrap();
        assert_eq!(made.credits[0].name, "Ada Lund");
        assert_eq!(made.credits[0].person_id, ada.id);
        let newer = crediting("New", "2020-01-01", &both[..1]);
        test.create(newer).await.unwrap();
        let mut draft = crediting("Draft", "2021-01-01", &both);
        draft.set_status(ContentStatus::Draft);
        test.create(draft).await.unwrap();

        let viewer = &test.viewer;
        let seen = people.get(viewer, &ada.id).await.unwrap();
        let titles: Vec<_> = seen
            .titles
            .iter()
            .map(|title| title.title.as_str())
            .collect();
        assert_eq!((titles, seen.title_count), (vec!["New", "Old"], 2));
        assert_eq!(seen.roles, [1, 2]);
        assert_eq!(
            people.list("").await,
            [("Ada Lund".to_owned(), 2), ("Bo Ek".to_owned(), 1)]
        );
        assert_eq!(people.list("ADA").await, [("Ada Lund".to_owned(), 2)]);
        let request = ListPersonTitlesRequest {
            person_id: ada.id.clone(),
            page_size: 1,
            with_total: true,
            ..ListPersonTitlesRequest::default()
        };
        let page = people
            .shown
            .clone()
            .list_person_titles(call(viewer, request))
            .await;
        let page = page.unwrap().into_inner();
        assert_eq!((page.items[0].title.as_str(), page.total), ("New", Some(2)));
        assert!(!page.next_page_token.is_empty());

        // Nobody is told of somebody whose titles are not shown.
        let idle = people.create("Cy Idle").await;
        let refused = people.get(viewer, &idle.id).await.unwrap_err();
        assert!(refused.is(&ContentReason::PersonNotFound));
        let other = test.editor_of("acme");
        assert!(people.get(&other, &ada.id).await.is_err());
    }
}

#[tokio::test]
async fn a_new_name_goes_into_the_titles_and_who_is_credited_stays() {
    for people in People::all().await {
        let ada = people.create("Ada Lund").await;
        let test = &people.test;
        let film = crediting("Old", "1990-01-01", &[(&ada, CreditRole::Actor)]);
        let made = test.create(film).await.unwrap();
        let request = UpdatePersonRequest {
            id: ada.id.clone(),
            person: Some(Person {
                name: "Ada Berg".into(),
                ..Person::default()
            }),
            update_mask: None,
        };
        let request = call(&test.editor, request);
        people.kept.clone().update_person(request).await.unwrap();
        // As an event, so that search finds the film by it.
        let told = test.told().await;
        let (id, version, content) = told.last().unwrap();
        assert_eq!((id, *version), (&made.id, 2));
        assert_eq!(content.as_ref().unwrap().credits[0].name, "Ada Berg");

        let refused = people.delete(&ada.id).await.unwrap_err();
        assert!(refused.is(&ContentReason::PersonCredited), "{refused}");
        let bare = test
            .update(&made.id, super::test_app::film("Old"), &["credits"])
            .await;
        assert!(bare.unwrap().credits.is_empty());
        people.delete(&ada.id).await.unwrap();
        let film = crediting("New", "", &[(&ada, CreditRole::Actor)]);
        let refused = test.create(film.clone()).await.unwrap_err();
        assert!(refused.is(&ContentReason::PersonNotFound));
        let refused = test.import(vec![row("k", film)], false).await.unwrap_err();
        assert!(refused.is(&ContentReason::PersonNotFound));
    }
}

/// More titles than one transaction takes.
#[tokio::test]
async fn a_new_name_goes_into_many_titles_in_parts() {
    for people in People::all().await {
        let (ada, test) = (people.create("Ada Lund").await, &people.test);
        for n in 0..130 {
            let film = crediting(&format!("Film {n}"), "", &[(&ada, CreditRole::Actor)]);
            test.create(film).await.unwrap();
        }
        let request = UpdatePersonRequest {
            id: ada.id.clone(),
            person: Some(Person {
                name: "Ada Berg".into(),
                ..Person::default()
            }),
            update_mask: None,
        };
        let request = call(&test.editor, request);
        people.kept.clone().update_person(request).await.unwrap();
        let renamed = async || {
            let told = test.told().await.into_iter();
            let named = told.filter(|(_, _, content)| {
                let credits = content.iter().flat_map(|content| &content.credits);
                credits.filter(|credit| credit.name == "Ada Berg").count() == 1
            });
            named.count()
        };
        assert_eq!((renamed().await, test.waiting().await), (100, 1));
        test.start_jobs();
        test.all_done().await;
        assert_eq!(renamed().await, 130);
    }
}

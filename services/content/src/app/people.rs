//! People: what viewers see of them, what editors do with them, and how titles come to name them (CAT-8).

use std::fmt::Debug;

use bytes::Bytes;
use prost::Message;
use serde_json::Value;
use sv_kernel::{Ctx, Error, PageRequest, Paged, Result};
use sv_proto::{
    content::{
        AdminListPeopleRequest, AdminListPeopleResponse, Content, ContentReason, GetPersonRequest,
        GetPersonResponse, ListPeopleRequest, ListPeopleResponse, ListPersonTitlesRequest,
        ListPersonTitlesResponse, Person, PersonChanged,
    },
    convert::{count, page_error, timestamp},
};
use sv_rpc::mask;
use sv_store::{Tx, audit, outbox, work};
use uuid::Uuid;

use super::{
    App,
    read::{list_name, parse},
    rewrite,
    save::expect,
};
use crate::{
    documents::prepare_person,
    domain::{Filter, Order, Seer},
    store::{self, Which},
};

/// The name of a person in the protos.
const MESSAGE: &str = "streamverse.content.v1.Person";
/// How many titles come with a person.
const FIRST: u32 = 20;

/// A part of the people, as all lists answer it.
pub(crate) struct People {
    items: Vec<Person>,
    next_page_token: String,
    total: Option<i32>,
}

/// What shall become of a person.
pub(crate) struct PersonChange {
    pub(crate) id: String,
    pub(crate) person: Person,
    /// The fields that change; all where there are none.
    pub(crate) paths: Vec<String>,
}

/// A request for a part of the people.
pub(crate) trait PeopleList: Paged + Clone + Debug {
    /// Returns how names begin.
    fn prefix(&self) -> &str;
    /// Says whether all that fit shall be counted, too.
    fn with_total(&self) -> bool;
    /// Returns the list itself, whatever part is asked for: what a page token belongs to.
    fn itself(&self) -> Self;
}

/// Lists that are asked for and answered in the same way.
macro_rules! lists {
    ($($request:ty => $answer:ty;)*) => {$(
        impl PeopleList for $request {
            fn prefix(&self) -> &str {
                &self.name_prefix
            }

            fn with_total(&self) -> bool {
                self.with_total
            }

            fn itself(&self) -> Self {
                Self { with_total: false, ..self.without_page() }
            }
        }

        impl From<People> for $answer {
            fn from(part: People) -> Self {
                let People { items, next_page_token, total } = part;
                Self { items, next_page_token, total }
            }
        }
    )*};
}

lists! {
    ListPeopleRequest => ListPeopleResponse;
    AdminListPeopleRequest => AdminListPeopleResponse;
}

impl App {
    /// Lists whom viewers see, as the bytes of a `ListPeopleResponse`.
    pub(crate) async fn shown_people(
        &self,
        ctx: &Ctx,
        request: &ListPeopleRequest,
    ) -> Result<Bytes> {
        let seer = self.seer(ctx).await?;
        let answer = async {
            Ok(ListPeopleResponse::from(
                self.people(ctx, request, seer).await?,
            ))
        };
        self.remembered(ctx, "ListPeople", seer, request, answer)
            .await
    }

    /// Returns a person whom viewers see, as the bytes of a `GetPersonResponse`.
    pub(crate) async fn shown_person(
        &self,
        ctx: &Ctx,
        request: &GetPersonRequest,
    ) -> Result<Bytes> {
        let seer = self.seer(ctx).await?;
        let answer = async {
            let person = Some(self.person(ctx, &request.id, seer).await?);
            Ok(GetPersonResponse { person })
        };
        self.remembered(ctx, "GetPerson", seer, request, answer)
            .await
    }

    /// Lists the titles of a person that viewers see, as the bytes of a `ListPersonTitlesResponse`.
    pub(crate) async fn person_titles(
        &self,
        ctx: &Ctx,
        request: &ListPersonTitlesRequest,
    ) -> Result<Bytes> {
        let seer = self.seer(ctx).await?;
        let answer = async {
            let itself = ListPersonTitlesRequest {
                with_total: false,
                ..request.without_page()
            };
            let list = list_name(&ctx.tenant, &(itself, seer));
            let page = self.pages.read(&list, request.page()).map_err(page_error)?;
            let (id, _) = self.seen_person(ctx, &request.person_id, seer).await?;
            let (items, next) = self.titles_of(ctx, id, seer, &page).await?;
            let total = if request.with_total {
                let all = of(ctx, id, seer);
                let total = store::count(self.db.read(), &ctx.tenant, &all);
                total.await?.map(count)
            } else {
                None
            };
            Ok(ListPersonTitlesResponse {
                items,
                next_page_token: self.pages.write(&list, next.as_deref()),
                total,
            })
        };
        self.remembered(ctx, "ListPersonTitles", seer, request, answer)
            .await
    }

    /// Lists people without their titles.
    pub(crate) async fn people<Q: PeopleList>(
        &self,
        ctx: &Ctx,
        request: &Q,
        seer: Seer,
    ) -> Result<People> {
        let list = list_name(&ctx.tenant, &(request.itself(), seer));
        let page = self.pages.read(&list, request.page()).map_err(page_error)?;
        let (db, at) = (self.db.read(), (seer, ctx.now()));
        let which = Which {
            prefix: request.prefix(),
            seer: at,
        };
        let (mut items, next) = store::list_people(db, &ctx.tenant, which, &page).await?;
        let ids: Vec<Uuid> = items.iter().filter_map(|item| parse(&item.id)).collect();
        let counts = store::count_titles(db, &ctx.tenant, &ids, at).await?;
        for item in &mut items {
            let titles = parse(&item.id).and_then(|id| counts.get(&id));
            item.title_count = titles.copied().map_or(0, count);
        }
        let total = if request.with_total() {
            Some(count(store::count_people(db, &ctx.tenant, which).await?))
        } else {
            None
        };
        Ok(People {
            items,
            next_page_token: self.pages.write(&list, next.as_deref()),
            total,
        })
    }

    /// Returns a person whom somebody sees, with the newest titles.
    pub(crate) async fn person(&self, ctx: &Ctx, id: &str, seer: Seer) -> Result<Person> {
        let (id, mut person) = self.seen_person(ctx, id, seer).await?;
        let first = PageRequest {
            size: FIRST,
            after: None,
            skip: 0,
        };
        (person.titles, _) = self.titles_of(ctx, id, seer, &first).await?;
        let at = (seer, ctx.now());
        person.roles = store::roles(self.db.read(), &ctx.tenant, id, at).await?;
        Ok(person)
    }

    /// Creates a person, and returns what `answer` makes of it.
    pub(crate) async fn create_person<A>(
        &self,
        ctx: &Ctx,
        person: Person,
        answer: fn(Person) -> A,
    ) -> Result<A>
    where
        A: Message + 'static,
    {
        let prepared = prepare_person(person)?;
        let id = ctx.new_id::<Person>().uuid();
        let (db, ctx) = (self.db.clone(), ctx.clone());
        let create = async move {
            let (ctx, prepared) = (&ctx, &prepared);
            let done = db.respond(ctx, |tx| {
                work(async move {
                    let created = save(tx, ctx, id, None, prepared.clone()).await?;
                    audit::record(tx, ctx, act(id, None, Some(&created))).await?;
                    Ok(answer(created))
                })
            });
            done.await
        };
        self.change(create).await
    }

    /// Replaces a person, or changes the fields that a mask names, and returns what `answer` makes of it. Another
    /// name goes into the credits of all titles: each is a changed title, of the first at once.
    pub(crate) async fn update_person<A>(
        &self,
        ctx: &Ctx,
        change: PersonChange,
        answer: fn(Person) -> A,
    ) -> Result<A>
    where
        A: Message + 'static,
    {
        let id = parse(&change.id).ok_or(ContentReason::PersonNotFound)?;
        let (db, ctx) = (self.db.clone(), ctx.clone());
        let update = async move {
            let (ctx, change) = (&ctx, &change);
            let done = db.respond(ctx, |tx| {
                work(async move {
                    let before = locked(tx, ctx, id).await?;
                    expect(ctx, change.person.version, before.version)?;
                    let wanted = if change.paths.is_empty() {
                        change.person.clone()
                    } else {
                        mask::merge(MESSAGE, &before, &change.person, &change.paths)?
                    };
                    let wanted = prepare_person(wanted)?;
                    let saved = save(tx, ctx, id, Some(&before), wanted).await?;
                    if saved.name != before.name {
                        rewrite::rename(tx, ctx, id).await?;
                    }
                    audit::record(tx, ctx, act(id, Some(&before), Some(&saved))).await?;
                    Ok(answer(saved))
                })
            });
            done.await
        };
        self.change(update).await
    }

    /// Deletes a person whom no title credits.
    pub(crate) async fn delete_person<A>(&self, ctx: &Ctx, id: &str) -> Result<A>
    where
        A: Message + Default + 'static,
    {
        let id = parse(id).ok_or(ContentReason::PersonNotFound)?;
        let (db, ctx) = (self.db.clone(), ctx.clone());
        let delete = async move {
            let ctx = &ctx;
            let done = db.respond(ctx, |tx| {
                work(async move {
                    let before = locked(tx, ctx, id).await?;
                    expect(ctx, 0, before.version)?;
                    let titles = store::count_credits(tx, &ctx.tenant, id).await?;
                    if titles > 0 {
                        let credited = Error::from(ContentReason::PersonCredited);
                        return Err(credited.with("titles", titles));
                    }
                    let version = before.version.saturating_add(1);
                    store::delete_person(tx, &ctx.tenant, id).await?;
                    outbox::tombstone::<PersonChanged>(tx, ctx, id, version).await?;
                    audit::record(tx, ctx, act(id, Some(&before), None)).await?;
                    Ok(A::default())
                })
            });
            done.await
        };
        self.change(delete).await
    }

    /// Finds a person whom somebody sees, with the number of titles that he sees.
    async fn seen_person(&self, ctx: &Ctx, id: &str, seer: Seer) -> Result<(Uuid, Person)> {
        let id = parse(id).ok_or(ContentReason::PersonNotFound)?;
        let db = self.db.read();
        let found = store::person(db, &ctx.tenant, id).await?;
        let mut person = found.ok_or(ContentReason::PersonNotFound)?;
        let at = (seer, ctx.now());
        let counts = store::count_titles(db, &ctx.tenant, &[id], at).await?;
        person.title_count = counts.get(&id).copied().map_or(0, count);
        if person.title_count == 0 && !seer.is_editor() {
            return Err(ContentReason::PersonNotFound.into());
        }
        Ok((id, person))
    }

    /// Lists a part of a person's titles that somebody sees, newest first.
    async fn titles_of(
        &self,
        ctx: &Ctx,
        person: Uuid,
        seer: Seer,
        page: &PageRequest,
    ) -> Result<(Vec<Content>, Option<String>)> {
        let order = Order::ReleaseDateDescending;
        let filter = of(ctx, person, seer);
        let listed = store::list(self.db.read(), &ctx.tenant, &filter, order, page);
        let (mut items, next) = listed.await?;
        self.complete(ctx, &mut items, seer).await?;
        Ok((items, next))
    }
}

/// Lets through the titles that credit a person and that somebody sees.
fn of(ctx: &Ctx, person: Uuid, seer: Seer) -> Filter {
    Filter {
        person: Some(person),
        shown: Some((seer, ctx.now())),
        ..Filter::default()
    }
}

/// Finds a person who is to be changed, and locks the row.
async fn locked(tx: &Tx, ctx: &Ctx, id: Uuid) -> Result<Person> {
    let found = store::lock_person(tx, &ctx.tenant, id).await?;
    found.ok_or_else(|| ContentReason::PersonNotFound.into())
}

/// Writes a prepared person: a new one, or over one who was found and locked.
async fn save(
    tx: &Tx,
    ctx: &Ctx,
    id: Uuid,
    before: Option<&Person>,
    prepared: Person,
) -> Result<Person> {
    let now = timestamp(ctx.now());
    let created = before.and_then(|before| before.create_time);
    let version = before.map_or(0, |before| before.version);
    let person = Person {
        id: id.to_string(),
        version: version.saturating_add(1),
        create_time: Some(created.unwrap_or(now)),
        update_time: Some(now),
        ..prepared
    };
    match before {
        Some(_) => store::update_person(tx, &ctx.tenant, &person).await?,
        None => store::insert_person(tx, &ctx.tenant, &person).await?,
    }
    let changed = PersonChanged {
        person_id: person.id.clone(),
        version: person.version,
        person: Some(person.clone()),
    };
    outbox::append(tx, ctx, &changed).await?;
    Ok(person)
}

/// Describes what was done to a person, for its audit record.
fn act(id: Uuid, old: Option<&Person>, new: Option<&Person>) -> audit::Act {
    let values = |person: Option<&Person>| match person {
        Some(person) => sv_rpc::audit::values(MESSAGE, person),
        None => Value::Null,
    };
    audit::Act::on("person", id).changed(values(old), values(new))
}

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use prost::Message as _;
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use sv_kernel::{Event, Tenant, Timestamp, Versioned as _};
use sv_ports::{Delivery, HandleError, Handler, Position, Record, Topic, TopicPartition};
use sv_proto::{
    content::{Content, ContentChanged},
    livetv::GuideChanged,
};
use uuid::Uuid;

use super::{NOTES, insert, note};
use crate::{Subscription, TenantTable as _, outbox, testing::TestDb, work};

fn changed() -> ContentChanged {
    ContentChanged {
        content_id: "7".to_owned(),
        version: 3,
        content: Some(Content::default()),
    }
}

fn told<E: Event>(id: u128, payload: Option<Vec<u8>>) -> Delivery {
    let topic: Arc<str> = E::TOPIC.into();
    let partition = TopicPartition {
        topic: topic.clone(),
        partition: 0,
    };
    Delivery {
        position: Position {
            partition,
            offset: 0,
        },
        at: Timestamp::EPOCH,
        record: Record {
            topic,
            key: "7".to_owned(),
            payload: payload.map(Into::into),
            event_id: Uuid::from_u128(id),
            version: 3,
            tenant: Tenant::parse("acme").unwrap(),
            traceparent: Some("00-1-2-01".to_owned()),
            headers: BTreeMap::new(),
        },
        damage: None,
    }
}

#[test]
fn an_event_says_by_itself_where_it_goes_and_what_it_is_about() {
    let of_content = Topic::of::<ContentChanged>();
    assert_eq!(of_content, Topic::compacted("content.changed"));
    let week = Duration::from_hours(7 * 24);
    let of_guide = Topic::of::<GuideChanged>();
    assert_eq!(of_guide, Topic::retained("livetv.guide.changed", week));
    assert_eq!((changed().key(), changed().version()), ("7", 3));
}

#[tokio::test]
async fn what_is_appended_lies_in_the_outbox_as_consumers_read_it() {
    for db in TestDb::all(&[]).await {
        let ctx = &db.ctx();
        let told = db.write(ctx, |tx| {
            work(async move {
                outbox::append(tx, ctx, &changed()).await?;
                outbox::tombstone::<ContentChanged>(tx, ctx, "7", 4).await
            })
        });
        told.await.unwrap();
        let rows = outbox::unpublished(db.read(), 10, []).await.unwrap();
        let seen = rows.into_iter().map(|row| {
            let payload = row.payload.map(|p| ContentChanged::decode(&*p).unwrap());
            (row.topic, row.key, row.version, payload)
        });
        let of = |version, event| {
            let topic = "content.changed".to_owned();
            (topic, "7".to_owned(), version, event)
        };
        assert_eq!(
            seen.collect::<Vec<_>>(),
            [of(3, Some(changed())), of(4, None)]
        );
    }
}

/// EVT-7.
#[tokio::test]
async fn an_event_has_its_effect_once_and_in_its_tenant_however_often_it_comes() {
    for db in TestDb::all(NOTES).await {
        let events = Subscription::new("notes").on::<ContentChanged>(|tx, ctx, told| {
            work(async move {
                assert_eq!(ctx.traceparent.as_deref(), Some("00-1-2-01"));
                assert_eq!((&*told.key, told.version), ("7", 3));
                let id = if told.event.is_some() { 1 } else { 2 };
                Ok(insert(tx, id, ctx.tenant.as_str()).await?)
            })
        });
        assert_eq!(events.topics(), [Topic::of::<ContentChanged>()]);
        let handler = events.handler((*db).clone(), db.ctx());
        let put = told::<ContentChanged>(1, Some(changed().encode_to_vec()));
        let gone = told::<ContentChanged>(2, None);
        for delivery in [&put, &put, &gone, &put, &gone] {
            handler.handle(delivery).await.unwrap();
        }
        let theirs = note::Entity::of(&Tenant::parse("acme").unwrap());
        assert_eq!(theirs.count(db.read()).await.unwrap(), 2);
    }
}

#[tokio::test]
async fn what_nobody_wants_goes_by_without_a_trace() {
    for db in TestDb::all(NOTES).await {
        let wanted = Arc::new(AtomicBool::new(false));
        let asked = wanted.clone();
        let events = Subscription::new("notes")
            .only_if(move |_, ctx| {
                assert_eq!(ctx.tenant.as_str(), "acme");
                let wanted = asked.load(Ordering::SeqCst);
                Box::pin(async move { Ok(wanted) })
            })
            .on::<ContentChanged>(|tx, ctx, told| {
                assert_eq!(told.event_id, Uuid::from_u128(1));
                work(async move { Ok(insert(tx, 1, ctx.tenant.as_str()).await?) })
            });
        let handler = events.handler((*db).clone(), db.ctx());
        let put = told::<ContentChanged>(1, Some(changed().encode_to_vec()));
        let theirs = || note::Entity::of(&Tenant::parse("acme").unwrap());
        handler.handle(&put).await.unwrap();
        assert_eq!(theirs().count(db.read()).await.unwrap(), 0);
        // It was not taken for seen.
        wanted.store(true, Ordering::SeqCst);
        handler.handle(&put).await.unwrap();
        assert_eq!(theirs().count(db.read()).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn what_cannot_be_taken_up_leaves_nothing_and_can_come_again() {
    for db in TestDb::all(NOTES).await {
        let events = Subscription::new("notes")
            .on::<GuideChanged>(|_, _, _| work(async { Ok(()) }))
            .on::<ContentChanged>(|tx, ctx, told| {
                work(async move {
                    insert(tx, 1, ctx.tenant.as_str()).await?;
                    let title = told.event.as_ref().and_then(|event| event.content.as_ref());
                    match title {
                        Some(_) => Ok(()),
                        None => Err(HandleError::poison("no title")),
                    }
                })
            });
        let handler = events.handler((*db).clone(), db.ctx());
        let refused = async |delivery: Delivery| {
            let refused = handler.handle(&delivery).await.unwrap_err();
            assert!(matches!(refused, HandleError::Poison(_)), "{refused:?}");
        };
        refused(told::<ContentChanged>(1, None)).await;
        refused(told::<ContentChanged>(2, Some(vec![0xFF]))).await;
        refused(told::<GuideChanged>(3, None)).await;
        let count = note::Entity::find().count(db.read()).await.unwrap();
        assert_eq!(count, 0);
        let again = told::<ContentChanged>(1, Some(changed().encode_to_vec()));
        handler.handle(&again).await.unwrap();
        let count = note::Entity::find().count(db.read()).await.unwrap();
        assert_eq!(count, 1);
    }
}

//! `outbox`: events that the bus refused for good, listed, replayed or dropped.
//!
//! It works on the tables themselves, so that it needs no running server; one that runs takes up
//! what is replayed within a second.

use sv_boot::Service;
use sv_kernel::{BoxError, Ctx};
use sv_rpc::Env;
use sv_store::{Db, DbConfig};

use crate::{
    adapters,
    cli::{Chosen, OutboxCommand, Place},
    operator::{must_be_begun, settings},
    services,
};

/// The most dead letters that are listed of one service.
const MOST: u64 = 1_000;

/// Lists, replays or drops dead letters.
pub(crate) async fn outbox(command: OutboxCommand) -> Result<(), BoxError> {
    match command {
        OutboxCommand::List(place) => list(&place).await,
        OutboxCommand::Replay(chosen) => {
            let done = each(&chosen, async |db, ctx, ids| {
                db.replay_dead_events(ctx, ids).await
            });
            tell("replayed", done.await?, &chosen)
        }
        OutboxCommand::Drop(chosen) => {
            let done = each(&chosen, async |db, ctx, ids| {
                db.drop_dead_events(ctx, ids).await
            });
            tell("dropped", done.await?, &chosen)
        }
    }
}

async fn list(place: &Place) -> Result<(), BoxError> {
    let (tables, all) = tables(place)?;
    let mut count = 0;
    for entry in all {
        let Some(db) = open(&tables, entry).await? else {
            continue;
        };
        for dead in db.dead_events(MOST).await? {
            count += 1;
            super::line(&format!(
                "{}  {}  {} {} version {}, written {}, given up {}\n  {}",
                dead.event_id,
                entry.name,
                dead.topic,
                dead.key,
                dead.version,
                dead.created_at,
                dead.buried_at,
                dead.cause
            ));
        }
        db.close().await?;
    }
    super::line(&format!("{count} dead letters"));
    Ok(())
}

/// Does something with the chosen dead letters of every service, and counts them.
async fn each(
    chosen: &Chosen,
    act: impl AsyncFn(&Db, &Ctx, Option<&[uuid::Uuid]>) -> Result<usize, sv_store::StoreError>,
) -> Result<usize, BoxError> {
    let (tables, all) = tables(&chosen.place)?;
    let env = Env::system();
    let ctx = Ctx::background("operator", env.business_clock, env.entropy);
    let ids = (!chosen.all).then_some(chosen.ids.as_slice());
    let mut count = 0;
    for entry in all {
        if let Some(db) = open(&tables, entry).await? {
            count += act(&db, &ctx, ids).await?;
            db.close().await?;
        }
    }
    Ok(count)
}

fn tell(done: &str, count: usize, chosen: &Chosen) -> Result<(), BoxError> {
    super::line(&format!("{count} events {done}"));
    if chosen.all || count == chosen.ids.len() {
        return Ok(());
    }
    Err("not all of these are dead letters; `streamverse outbox list` names those that are".into())
}

fn tables(place: &Place) -> Result<(DbConfig, impl Iterator<Item = &'static Service>), BoxError> {
    let (config, folder) = settings(place)?;
    must_be_begun(&config, &folder)?;
    let tables = adapters::tables(&config, &folder)?;
    Ok((tables, services::TABLE.iter().copied()))
}

/// Opens the tables of a service; `None` where there are none yet.
async fn open(tables: &DbConfig, entry: &Service) -> Result<Option<Db>, BoxError> {
    let waiting = Db::pending(tables, entry.name, entry.migrations).await?;
    if waiting.is_empty() {
        return Ok(Some(Db::open(tables, entry.name, entry.migrations).await?));
    }
    let first = entry.migrations.first().map(|migration| migration.id);
    if first.is_some_and(|first| waiting.contains(&first)) {
        return Ok(None);
    }
    let name = entry.name;
    Err(format!("the tables of {name} are older than this program; run `streamverse migrate` or start the server").into())
}

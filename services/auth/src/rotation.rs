//! Changing the keys of access tokens by hand, for `streamverse keys` (AUTH-6, docs/operations/rotation.md).
//!
//! By themselves keys change after `auth.key_days`. Whoever cannot wait has the next one sign at once, which costs no
//! call: everybody has known it since it was made. The one before verifies on until its tokens have ended, and
//! then goes by itself, or is taken away before that. Processes read the keys each minute, so nothing
//! here has to reach them.

use std::time::Duration;

use sv_kernel::{BoxError, Ctx, Id, SystemEntropy, Timestamp};
use sv_store::{Db, audit, work};

use crate::{
    Options,
    domain::Wrapping,
    keys::{Key, REREAD, generate},
    store::signing_keys::{self, StoredKey},
};

/// How long a key has been published when nobody is left who does not know it: processes of auth read their keys
/// once a minute, and all others ask one of them as often.
const KNOWN_AFTER: Duration = Duration::from_mins(2);

/// A key of access tokens, without its private half.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKey {
    /// Its name in tokens and in the published set.
    pub kid: String,
    /// What it is for at this time.
    pub state: KeyState,
}

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// It only verifies; its last token ends then.
    Verifies {
        /// When its last token ends.
        until: Timestamp,
    },
    /// It signs.
    Signs {
        /// Since when it does.
        since: Timestamp,
    },
    /// It is published, and will sign.
    Next {
        /// From when on it will.
        from: Timestamp,
    },
}

/// Lists the keys, the oldest first.
pub async fn signing_keys(
    db: &Db,
    now: Timestamp,
    options: &Options,
) -> Result<Vec<SigningKey>, BoxError> {
    let rows = signing_keys::list(db.read()).await?;
    let keys = (0..rows.len()).map(|place| SigningKey {
        kid: rows[place].kid.clone(),
        state: state(&rows, place, now, options),
    });
    Ok(keys.collect())
}

/// Has the next key sign from now on, and makes one that will follow it. Returns what the next key's name is.
///
/// Fails where there is no next key, or not yet for long enough that every process knows it.
pub async fn rotate_signing_keys(
    db: &Db,
    ctx: &Ctx,
    now: Timestamp,
    options: &Options,
) -> Result<String, BoxError> {
    if !options.jwt_secret.is_empty() {
        return Err("auth.jwt_secret signs here, and no key".into());
    }
    let rows = signing_keys::list(db.read()).await?;
    let Some(signing) = signing(&rows, now) else {
        return Err("there are no keys yet; they are made with the first token".into());
    };
    let Some(next) = rows.get(signing + 1) else {
        return Err(
            "the next key is not made yet; a running auth does that within a minute".into(),
        );
    };
    let known = made(next, options) + KNOWN_AFTER;
    if now < known {
        let kid = &next.kid;
        return Err(format!(
            "not every process knows the next key, {kid}, yet; repeat this after {known}"
        )
        .into());
    }
    let pem = tokio::task::spawn_blocking(generate).await??;
    let kid = ctx.new_id::<Key>().to_string();
    let wrapping = Wrapping::of(&options.wrapping_secret);
    let after = &StoredKey {
        seq: next.seq + 1,
        private_pem: wrapping.wrap(&kid, pem, &SystemEntropy)?,
        kid,
        signs_from: now + change_after(options),
    };
    let last = signing + 2 == rows.len();
    let moved = db.write(ctx, |tx| {
        work(async move {
            if !signing_keys::advance(tx, next.seq, now).await? {
                return Ok(false);
            }
            if last {
                signing_keys::insert(tx, after.clone()).await?;
            }
            let at = |time: Timestamp| serde_json::json!({ "signsFrom": time.to_string() });
            let act = audit::Act::on("signing_key", &next.kid).named("auth.signing_key_rotated");
            audit::record(tx, ctx, act.changed(at(next.signs_from), at(now))).await?;
            Ok::<_, sv_store::StoreError>(true)
        })
    });
    if !moved.await? {
        return Err(
            "another process changed the keys at the same moment; look at them again".into(),
        );
    }
    Ok(next.kid.clone())
}

/// Takes away a key that signs no more; with `end_tokens` even while its tokens run, which then hold no longer.
///
/// Fails where the key is not there, signs, may still sign in a process that has not read the keys again, or has
/// tokens that run.
pub async fn retire_signing_key(
    db: &Db,
    ctx: &Ctx,
    now: Timestamp,
    options: &Options,
    kid: &str,
    end_tokens: bool,
) -> Result<(), BoxError> {
    let rows = signing_keys::list(db.read()).await?;
    let Some(place) = rows.iter().position(|row| row.kid == kid) else {
        return Err(format!("there is no key {kid}").into());
    };
    let KeyState::Verifies { until } = state(&rows, place, now, options) else {
        return Err(format!("{kid} signs, or will; have the next one sign first").into());
    };
    let quiet = rows[place + 1].signs_from + REREAD;
    if now < quiet {
        return Err(
            format!("some process may sign with {kid} until {quiet}; repeat this then").into(),
        );
    }
    if now < until && !end_tokens {
        return Err(format!("tokens of {kid} run until {until}, and it goes by itself after that; give --end-tokens where they shall hold no longer").into());
    }
    let row = &rows[place];
    let done = db.write(ctx, |tx| {
        work(async move {
            signing_keys::delete(tx, row.seq).await?;
            let old = serde_json::json!({ "tokensUntil": until.to_string() });
            let act = audit::Act::on("signing_key", &row.kid).named("auth.signing_key_retired");
            audit::record(tx, ctx, act.changed(old, serde_json::Value::Null)).await
        })
    });
    Ok(done.await?)
}

fn change_after(options: &Options) -> Duration {
    Duration::from_hours(24 * options.key_days)
}

/// Returns the place of the key that signs; `None` where there are no keys.
fn signing(rows: &[StoredKey], now: Timestamp) -> Option<usize> {
    let due = rows.iter().rposition(|row| row.signs_from <= now);
    due.or_else(|| (!rows.is_empty()).then_some(0))
}

fn state(rows: &[StoredKey], place: usize, now: Timestamp, options: &Options) -> KeyState {
    let from = rows[place].signs_from;
    match signing(rows, now) {
        Some(signing) if place < signing => KeyState::Verifies {
            until: rows[place + 1].signs_from
                + REREAD
                + Duration::from_secs(options.access_token_seconds),
        },
        Some(signing) if place == signing => KeyState::Signs { since: from },
        _ => KeyState::Next { from },
    }
}

/// Returns when a key was made: its name says that.
fn made(row: &StoredKey, options: &Options) -> Timestamp {
    let id = row.kid.parse::<Id<Key>>().ok();
    let stamp = id.and_then(|id| id.uuid().get_timestamp());
    let secs = stamp.and_then(|stamp| i64::try_from(stamp.to_unix().0).ok());
    secs.and_then(Timestamp::try_from_secs)
        .unwrap_or_else(|| row.signs_from - change_after(options))
}

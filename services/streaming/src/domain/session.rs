//! Playback sessions: one per profile, device and title at a time (C8), and the streams that they hold
//! (X-ID-2).

use std::{sync::Arc, time::Duration};

use sv_kernel::{Id, Timestamp, Whereabouts};
use sv_proto::content::MarkerKind;
use uuid::Uuid;

use super::{
    Published, Track,
    stage::{Place, Stage},
};

/// How long a session holds its stream after its last sign of life (C14).
pub const SLOT: Duration = Duration::from_secs(90);
/// The same where the clocks of several processes differ.
pub const SLOT_AT_MOST: Duration = Duration::from_mins(2);
/// How often others are told how playback goes on.
pub const TELL_EVERY: Duration = Duration::from_mins(2);
/// How long a session that shows no sign of life can be taken up again.
pub const SILENCE: Duration = Duration::from_hours(4);

/// Marks ids of playback sessions.
#[derive(Debug)]
pub enum PlaySession {}

/// What makes a session the same one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionKey {
    /// The account.
    pub user: Uuid,
    /// Who watches.
    pub profile: Uuid,
    /// Where: the device's name, or the login where it has none.
    pub device: String,
    /// What is watched.
    pub content: Uuid,
}

/// A playback session as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Given when it started.
    pub id: Id<PlaySession>,
    /// What makes it the same one.
    pub key: SessionKey,
    /// As shown when it started.
    pub title: String,
    /// The profile's name when it started.
    pub profile_name: String,
    /// The device for people to read.
    pub device_name: String,
    /// Of an episode.
    pub place: Option<Place>,
    /// Whether it plays a channel.
    pub is_live: bool,
    /// The length of the title; none of a channel.
    pub length: Duration,
    /// Where its credits begin, where that was known when it started.
    pub credits: Option<Duration>,
    /// When it started.
    pub started_at: Timestamp,
    /// When its addresses end.
    pub expires_at: Timestamp,
    /// When it ended, and why.
    pub ended: Option<(Timestamp, End)>,
    /// When the player last reported, or playback was started or taken up again.
    pub beat_at: Timestamp,
    /// Until when it holds a stream without another sign of life.
    pub slot_until: Timestamp,
    /// Where playback stood when the player last reported.
    pub position: Duration,
    /// What it played then; empty where it did not say.
    pub quality: String,
    /// How much was loaded ahead then.
    pub buffer: Duration,
    /// Thousandths of the speed as made; 0 while it was paused.
    pub rate_milli: i32,
    /// When others were last told of it, and of which position.
    pub told: (Timestamp, Duration),
    /// The login that started it or took it up last; none in sessions of older versions.
    pub login: Option<Id<sv_kernel::Session>>,
    /// Where and on what it was started or taken up last, by which it is judged while it runs (X-CAT-5).
    pub whereabouts: Whereabouts,
}

/// Why a session ended. The numbers are stored, and are those of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Somebody of the account stopped it.
    Stopped = 1,
    /// The player said so.
    Completed = 2,
    /// Its device started something else and needed its stream.
    Replaced = 3,
    /// Rights no longer allow it.
    AccessEnded = 4,
    /// It was silent, and its stream is another's now.
    StreamLimit = 5,
    /// Its addresses ended, or it was silent for too long.
    Expired = 6,
}

impl End {
    /// Reads a stored number; sessions of older versions have none.
    pub fn stored(number: i32) -> Self {
        match number {
            1 => Self::Stopped,
            2 => Self::Completed,
            3 => Self::Replaced,
            4 => Self::AccessEnded,
            5 => Self::StreamLimit,
            _ => Self::Expired,
        }
    }
}

impl Session {
    /// Says whether it holds one of its account's streams. One that would for longer than any sign of life
    /// gives was noted by a clock that was ahead.
    pub fn holds_stream(&self, now: Timestamp) -> bool {
        let holds = self.slot_until > now && self.slot_until <= now + SLOT_AT_MOST;
        self.ended.is_none() && holds && self.expires_at > now
    }

    /// Says whether others are to be told how it goes on: now and then, and when it passes the positions
    /// from which a title counts as begun and as watched.
    pub fn is_to_be_told(&self, now: Timestamp) -> bool {
        let (at, position) = self.told;
        now.since(at) >= TELL_EVERY || self.stage_at(position) != self.stage_at(self.position)
    }

    fn stage_at(&self, position: Duration) -> Stage {
        Stage::of(position, self.length, self.credits)
    }

    /// Says whether it counts as over, although nobody has ended it.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.expires_at <= now || self.slot_until + SILENCE <= now
    }
}

/// Where playback stands, as a player reports it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Where it stands; what is not said stays.
    pub position: Option<Duration>,
    /// What it plays.
    pub quality: String,
    /// How much is loaded ahead.
    pub buffer: Duration,
    /// Thousandths of the speed as made; 0 while it is paused.
    pub rate_milli: i32,
}

/// Chooses what has to end so that one more stream can start: nothing where one is free, else what the
/// same device plays already, the longest silent first. `None` where that is not enough.
///
/// `running` are the sessions that hold streams; a device that has no name of its own, `named` says so,
/// gives up nothing, because there may be several behind one login.
pub fn make_room<'s>(
    running: &'s [Session],
    limit: usize,
    device: &str,
    named: bool,
) -> Option<Vec<&'s Session>> {
    let too_many = (running.len() + 1).saturating_sub(limit);
    let mut own: Vec<&Session> = running
        .iter()
        .filter(|session| named && session.key.device == device)
        .collect();
    own.sort_by_key(|session| session.beat_at);
    own.truncate(too_many);
    (own.len() == too_many && limit > 0).then_some(own)
}

/// A chapter of a title, or a part that players offer to skip.
#[derive(Clone, Debug, PartialEq)]
pub struct Marker {
    /// What it is.
    pub kind: MarkerKind,
    /// Where it begins, in seconds from the start of the title.
    pub start: f64,
    /// Where it ends, in the same seconds; 0 means where the title does.
    pub end: f64,
    /// Of a chapter: its name.
    pub title: String,
}

/// Playback that was started or goes on.
#[derive(Clone, Debug)]
pub struct Play {
    /// The session.
    pub session: Id<PlaySession>,
    /// What is played.
    pub published: Arc<Published>,
    /// The title as shown.
    pub title: String,
    /// Opens the addresses.
    pub token: String,
    /// When the addresses end.
    pub expires_at: Timestamp,
    /// Where the profile left the title.
    pub resume: Duration,
    /// Its chapters and what may be skipped.
    pub markers: Vec<Marker>,
    /// Its captions.
    pub tracks: Vec<Track>,
    /// The most lines of a picture that the viewer's plan gives; no limit where it says none.
    pub most_lines: Option<u32>,
}

/// Playback of a channel that was started or goes on.
#[derive(Clone, Debug)]
pub struct LivePlay {
    /// The session.
    pub session: Id<PlaySession>,
    /// Where its stream is.
    pub address: String,
    /// The channel.
    pub channel: Uuid,
    /// The channel's name.
    pub name: String,
    /// Address of its logo.
    pub logo: String,
    /// When a signed address ends.
    pub expires_at: Timestamp,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn session(n: u128, device: &str, beat: i64) -> Session {
        let at = Timestamp::from_secs(beat);
        Session {
            id: Id::from_uuid(Uuid::from_u128(n)),
            key: SessionKey {
                user: Uuid::nil(),
                profile: Uuid::nil(),
                device: device.into(),
                content: Uuid::from_u128(n),
            },
            title: String::new(),
            profile_name: String::new(),
            device_name: String::new(),
            place: None,
            is_live: false,
            length: Duration::ZERO,
            credits: None,
            started_at: at,
            expires_at: at + Duration::from_hours(4),
            ended: None,
            beat_at: at,
            slot_until: at + SLOT,
            position: Duration::ZERO,
            quality: String::new(),
            buffer: Duration::ZERO,
            rate_milli: 1_000,
            told: (at, Duration::ZERO),
            login: None,
            whereabouts: Whereabouts::default(),
        }
    }

    #[test]
    fn a_named_device_gives_up_its_own_streams_and_no_others() {
        let running = [
            session(1, "tv", 20),
            session(2, "phone", 5),
            session(3, "tv", 10),
        ];
        let ended = |limit, device, named| {
            let ended = make_room(&running, limit, device, named)?;
            Some(
                ended
                    .iter()
                    .map(|s| s.id.uuid().as_u128())
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(ended(4, "tv", true), Some(vec![]), "one is free");
        assert_eq!(ended(3, "tv", true), Some(vec![3]), "the longest silent");
        assert_eq!(ended(2, "tv", true), Some(vec![3, 1]), "a smaller plan");
        assert_eq!(ended(1, "tv", true), None, "the phone stays");
        assert_eq!(ended(3, "tablet", true), None);
        assert_eq!(ended(3, "tv", false), None);
        assert_eq!(
            make_room(&[], 0, "tv", true),
            None,
            "a plan without streams"
        );
    }

    #[test]
    fn a_stream_is_held_for_90_s_after_the_last_sign_of_life() {
        let of = session(1, "tv", 0);
        assert!(of.holds_stream(Timestamp::from_secs(89)));
        assert!(!of.holds_stream(Timestamp::from_secs(90)));
        assert!(!of.is_over(Timestamp::from_secs(90)));
        assert!(of.is_over(Timestamp::from_secs(4 * 3600)));
    }
}

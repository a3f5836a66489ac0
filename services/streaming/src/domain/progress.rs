//! How far a profile has come with titles, and what it goes on with (X-CAT-1).

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
    time::Duration,
};

use sv_kernel::Timestamp;
use uuid::Uuid;

use super::{
    Session,
    stage::{Place, Stage},
};

/// How far a profile has come with one title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The film or episode.
    pub content: Uuid,
    /// Of an episode.
    pub place: Option<Place>,
    /// Where it was left.
    pub position: Duration,
    /// The title's length when it was played.
    pub length: Duration,
    /// Where its credits began then, if editors had marked them.
    pub credits: Option<Duration>,
    /// Whether it was finished at least once.
    pub watched: bool,
    /// When it was last played.
    pub watched_at: Timestamp,
    /// When it was taken off the list of what goes on.
    pub hidden_at: Option<Timestamp>,
}

impl Progress {
    /// Says how far it was played last.
    pub fn stage(&self) -> Stage {
        Stage::of(self.position, self.length, self.credits)
    }

    /// Returns where playback goes on: a finished title starts again.
    pub fn resume(&self) -> Duration {
        match self.stage() {
            Stage::Finished => Duration::ZERO,
            _ => self.position,
        }
    }

    /// Returns what follows from a session that runs or has ended: nothing where too little was played to
    /// change anything, and never anything of a channel.
    pub fn of(session: &Session) -> Option<Self> {
        let stage = Stage::of(session.position, session.length, session.credits);
        (stage > Stage::Unbegun).then(|| Self {
            content: session.key.content,
            place: session.place,
            position: session.position,
            length: session.length,
            credits: session.credits,
            watched: stage == Stage::Finished,
            watched_at: session.beat_at,
            hidden_at: None,
        })
    }
}

/// Adds what open sessions tell to what is stored, latest first.
pub fn with_running(stored: Vec<Progress>, sessions: &[Session]) -> Vec<Progress> {
    let mut of: HashMap<Uuid, Progress> = stored
        .into_iter()
        .map(|progress| (progress.content, progress))
        .collect();
    for session in sessions {
        let Some(running) = Progress::of(session) else {
            continue;
        };
        let stored = of.get(&running.content);
        if stored.is_some_and(|stored| stored.watched_at > running.watched_at) {
            continue;
        }
        let hidden_at = stored
            .and_then(|stored| stored.hidden_at)
            .filter(|hidden| *hidden > session.started_at);
        let watched = running.watched || stored.is_some_and(|stored| stored.watched);
        let merged = Progress {
            watched,
            hidden_at,
            ..running
        };
        of.insert(merged.content, merged);
    }
    let mut all: Vec<_> = of.into_values().collect();
    all.sort_by_key(|progress| (Reverse(progress.watched_at), progress.content));
    all
}

/// What a profile goes on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GoingOn {
    /// With this title, from where it was left.
    Here(Progress),
    /// With the episode that follows one that was finished then.
    After(Place, Timestamp),
}

/// Chooses what a profile goes on with, of all it has played, latest first: begun films, and of each
/// series what was played last.
pub fn going_on(played: &[Progress]) -> Vec<GoingOn> {
    let mut series = HashSet::new();
    let mut chosen = Vec::new();
    for progress in played {
        let latest = match progress.place {
            Some(place) => series.insert(place.series),
            None => true,
        };
        if !latest || progress.hidden_at.is_some() {
            continue;
        }
        match (progress.stage(), progress.place) {
            (Stage::Begun, _) => chosen.push(GoingOn::Here(progress.clone())),
            (Stage::Finished, Some(place)) => {
                chosen.push(GoingOn::After(place, progress.watched_at));
            }
            _ => {}
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::session::tests::session;

    fn played(n: u128, percent: u64, at: i64, place: Option<(u128, i32, i32)>) -> Progress {
        Progress {
            content: Uuid::from_u128(n),
            place: place.map(|(series, season, episode)| Place {
                series: Uuid::from_u128(series),
                season,
                episode,
            }),
            position: Duration::from_secs(percent),
            length: Duration::from_secs(100),
            credits: None,
            watched: percent >= 90,
            watched_at: Timestamp::from_secs(at),
            hidden_at: None,
        }
    }

    #[test]
    fn a_title_is_begun_at_2_percent_and_finished_at_90() {
        let hour = Duration::from_hours(1);
        let of = |seconds| Stage::of(Duration::from_secs(seconds), hour, None);
        assert_eq!(of(71), Stage::Unbegun);
        assert_eq!(of(72), Stage::Begun);
        assert_eq!(of(3239), Stage::Begun);
        assert_eq!(of(3240), Stage::Finished);
        let of_channel = Stage::of(hour, Duration::ZERO, None);
        assert_eq!(of_channel, Stage::Unbegun);
        let credits = Some(Duration::from_mins(50));
        let of = |minutes| Stage::of(Duration::from_mins(minutes), hour, credits);
        assert_eq!((of(49), of(50)), (Stage::Begun, Stage::Finished));
        assert_eq!(played(1, 95, 0, None).resume(), Duration::ZERO);
        assert_eq!(played(1, 50, 0, None).resume(), Duration::from_secs(50));
    }

    #[test]
    fn of_a_series_the_episode_that_was_played_last_counts() {
        let list = [
            played(1, 95, 9, Some((7, 1, 2))),
            played(2, 50, 8, Some((7, 1, 5))),
            played(3, 50, 7, None),
            played(4, 95, 6, None),
            played(5, 30, 5, Some((8, 1, 1))),
        ];
        let brief = |going: &GoingOn| match going {
            GoingOn::Here(progress) => (progress.content.as_u128(), 0),
            GoingOn::After(place, _) => (place.series.as_u128(), place.episode),
        };
        let chosen: Vec<_> = going_on(&list).iter().map(brief).collect();
        assert_eq!(chosen, [(7, 2), (3, 0), (5, 0)]);
    }

    #[test]
    fn a_hidden_series_stays_hidden_until_one_of_its_episodes_is_played() {
        let mut list = vec![
            played(1, 50, 9, Some((7, 1, 2))),
            played(2, 50, 8, Some((7, 1, 5))),
        ];
        list[0].hidden_at = Some(Timestamp::from_secs(10));
        list[1].hidden_at = Some(Timestamp::from_secs(10));
        assert_eq!(going_on(&list), []);
        list.insert(0, played(3, 5, 11, Some((7, 1, 6))));
        assert_eq!(going_on(&list).len(), 1);
    }

    #[test]
    fn a_running_session_counts_like_what_is_stored() {
        let mut running = session(1, "tv", 100);
        running.length = Duration::from_secs(100);
        running.position = Duration::from_secs(40);
        let all = |stored: Progress, running: &Session| {
            with_running(vec![stored], std::slice::from_ref(running))
        };
        let stored = played(1, 95, 50, None);
        let merged = &all(stored.clone(), &running)[0];
        assert_eq!(merged.position, Duration::from_secs(40));
        assert!(merged.watched, "a replay never takes that away");
        running.position = Duration::from_secs(1);
        assert_eq!(all(stored, &running)[0].position, Duration::from_secs(95));
        running.position = Duration::from_secs(40);
        let mut later = played(1, 60, 200, None);
        assert_eq!(
            all(later.clone(), &running)[0].position,
            Duration::from_mins(1)
        );
        later.watched_at = Timestamp::from_secs(90);
        later.hidden_at = Some(Timestamp::from_secs(95));
        assert_eq!(
            all(later.clone(), &running)[0].hidden_at,
            None,
            "played since"
        );
        later.hidden_at = Some(Timestamp::from_secs(105));
        assert!(all(later, &running)[0].hidden_at.is_some());
    }
}

//! Editors that write as fast as they can, whatever happens to the server.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{
    TIMEOUT,
    ledger::{Entry, Ledger},
    random,
    stored::film,
};
use crate::harness::Client;

/// The pause after a call that was not answered.
const PAUSE: Duration = Duration::from_millis(200);

/// What the server said to a call.
enum Said {
    /// It is done.
    Done(Value),
    /// There is no such film.
    NoSuchFilm,
    /// Not now; the call may be repeated.
    Later,
    /// Nothing: the call may have been carried out or not.
    Nothing,
}

/// Writers at work.
pub(super) struct Burst {
    /// How long a writer rests between two writes, in milliseconds.
    rest: AtomicU64,
    /// The editor at the server's present address.
    editor: Mutex<Client>,
    over: AtomicBool,
    acknowledged: AtomicUsize,
    /// Calls without an answer.
    unanswered: AtomicUsize,
    /// How often each refusal was heard.
    refusals: Mutex<BTreeMap<String, usize>>,
}

impl fmt::Display for Burst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (done, lost) = (self.acknowledged(), self.unanswered());
        let refusals = self.refusals.lock().unwrap();
        write!(
            f,
            "{done} acknowledged writes; {lost} calls without an answer; refused: {refusals:?}"
        )
    }
}

/// Ends a burst.
pub(super) struct Ending<'b>(&'b AtomicBool);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A film as its only writer knows it.
pub(super) struct Own {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) version: i64,
    revision: usize,
}

impl Burst {
    pub(super) fn new(editor: Client) -> Self {
        Self {
            rest: AtomicU64::new(0),
            editor: Mutex::new(editor),
            over: AtomicBool::new(false),
            acknowledged: AtomicUsize::new(0),
            unanswered: AtomicUsize::new(0),
            refusals: Mutex::default(),
        }
    }

    /// Has each writer rest for so many milliseconds between two writes from now on.
    #[cfg(feature = "test-faults")]
    pub(super) fn rest(&self, millis: u64) {
        self.rest.store(millis, Ordering::Relaxed);
    }

    /// Tells the writers where the server is now.
    pub(super) fn moved_to(&self, edge: &str) {
        let mut editor = self.editor();
        let mut moved = Client::new(edge);
        moved.token = editor.token.take();
        *editor = moved;
    }

    /// Has the writers end with the call they are at, settled, when what is returned goes out of
    /// scope: also where a test fails.
    pub(super) fn ending(&self) -> Ending<'_> {
        Ending(&self.over)
    }

    /// Says whether the writers were told to end.
    #[cfg(feature = "test-faults")]
    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Returns how many writes were acknowledged so far.
    pub(super) fn acknowledged(&self) -> usize {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// Returns how many calls had no answer so far.
    pub(super) fn unanswered(&self) -> usize {
        self.unanswered.load(Ordering::Relaxed)
    }

    /// Waits until a write is acknowledged that is not among these.
    pub(super) fn progress_since(&self, before: usize) {
        let begin = Instant::now();
        while self.acknowledged() == before {
            assert!(begin.elapsed() < TIMEOUT, "nothing is acknowledged");
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Writes until the end of the burst: creates, changes and deletes films of its own. Returns
    /// what was acknowledged, which nobody else touches.
    pub(super) fn write(&self, writer: usize) -> Ledger {
        let (mut ledger, mut films) = (Ledger::default(), Vec::new());
        let mut open = Vec::new();
        for number in 0.. {
            if self.over.load(Ordering::Relaxed) {
                break;
            }
            thread::sleep(Duration::from_millis(self.rest.load(Ordering::Relaxed)));
            match random(10) {
                0..5 => {
                    let title = format!("Harbour w{writer}n{number} r0");
                    if let Some(film) = self.create(&title) {
                        films.push(film);
                    } else {
                        open.push(title);
                        thread::sleep(PAUSE);
                    }
                }
                5..8 => {
                    if let Some(film) = pick(&mut films) {
                        films.push(self.change(film));
                    }
                }
                _ => {
                    if let Some(film) = pick(&mut films) {
                        let (id, gone) = self.delete(film);
                        ledger.0.insert(id, gone);
                    }
                }
            }
        }
        films.extend(self.settle(open));
        let entry = |film: Own| {
            let entry = Entry {
                version: film.version,
                title: film.title,
                deleted: false,
            };
            (film.id, entry)
        };
        ledger.0.extend(films.into_iter().map(entry));
        ledger
    }

    /// Creates a film under an idempotency key of its own, unless there is no answer.
    pub(super) fn create(&self, title: &str) -> Option<Own> {
        let key = format!("create {title}");
        match self.ask(
            "POST",
            "/admin/ondemand/movies",
            Some(&body(title)),
            Some(&key),
        ) {
            Said::Done(made) => {
                let made = film(&made);
                assert_eq!(
                    (made.version, made.title.as_str()),
                    (1, title),
                    "the answer is that of the first call"
                );
                Some(Own {
                    id: made.id,
                    title: made.title,
                    version: made.version,
                    revision: 0,
                })
            }
            Said::Later | Said::Nothing => None,
            Said::NoSuchFilm => panic!("creating {title} needs no film"),
        }
    }

    /// Repeats creations, all of them in turn, until each has its answer.
    fn settle(&self, mut open: Vec<String>) -> Vec<Own> {
        let begin = Instant::now();
        let mut made = Vec::new();
        while !open.is_empty() {
            assert!(begin.elapsed() < TIMEOUT, "no answer: {open:?}");
            open.retain(|title| match self.create(title) {
                Some(film) => {
                    made.push(film);
                    false
                }
                None => true,
            });
            thread::sleep(PAUSE);
        }
        made
    }

    /// Changes a film's title; repeated until it is acknowledged.
    pub(super) fn change(&self, film: Own) -> Own {
        let revision = film.revision + 1;
        let (name, _) = film.title.rsplit_once(' ').unwrap();
        let title = format!("{name} r{revision}");
        let path = format!("/admin/ondemand/movies/{}", film.id);
        let Said::Done(changed) = self.insist("PUT", &path, Some(&body(&title))) else {
            panic!("{} is lost", film.id);
        };
        let changed = super::stored::film(&changed);
        assert_eq!(changed.title, title);
        Own {
            title,
            version: changed.version,
            revision,
            ..film
        }
    }

    /// Deletes a film; repeated until that is acknowledged.
    pub(super) fn delete(&self, film: Own) -> (String, Entry) {
        let path = format!("/admin/ondemand/movies/{}", film.id);
        let mut before = self.unanswered();
        if matches!(self.insist("DELETE", &path, None), Said::NoSuchFilm) {
            before += 1;
            assert!(before <= self.unanswered(), "{} is lost", film.id);
        }
        let gone = Entry {
            version: film.version + 1,
            title: film.title,
            deleted: true,
        };
        (film.id, gone)
    }

    /// Repeats a call that may be carried out more than once until it is answered.
    fn insist(&self, method: &str, path: &str, body: Option<&Value>) -> Said {
        let begin = Instant::now();
        loop {
            match self.ask(method, path, body, None) {
                Said::Later | Said::Nothing => {}
                said => return said,
            }
            assert!(begin.elapsed() < TIMEOUT, "{method} {path}: no answer");
            thread::sleep(PAUSE);
        }
    }

    /// Makes a call once.
    fn ask(&self, method: &str, path: &str, body: Option<&Value>, key: Option<&str>) -> Said {
        let editor = self.editor().clone();
        let body = body.map(ToString::to_string);
        let headers: Vec<_> = key
            .map(|key| ("idempotency-key", key))
            .into_iter()
            .collect();
        let answer = editor.try_call(method, path, body.as_deref().map(str::as_bytes), &headers);
        let Ok(answer) = answer else {
            self.unanswered.fetch_add(1, Ordering::Relaxed);
            return Said::Nothing;
        };
        if answer.status < 300 {
            self.acknowledged.fetch_add(1, Ordering::Relaxed);
            return Said::Done(answer.data(answer.status));
        }
        let error = answer.json()["error"].take();
        let reason = error["code"].as_str().unwrap_or_default().to_owned();
        let said = match (answer.status, reason.as_str()) {
            (404, "MOVIE_NOT_FOUND") => Said::NoSuchFilm,
            (409, "IDEMPOTENCY_IN_PROGRESS") | (503 | 504, _) => Said::Later,
            _ => panic!("{method} {path}: {} {error}", answer.status),
        };
        *self.refusals.lock().unwrap().entry(reason).or_default() += 1;
        said
    }

    /// Returns an editor at the server's present address.
    pub(super) fn editor(&self) -> MutexGuard<'_, Client> {
        self.editor.lock().unwrap()
    }
}

fn body(title: &str) -> Value {
    json!({"title": title, "status": "published", "releaseDate": "2024-05-01"})
}

/// Takes a film out at random.
fn pick(films: &mut Vec<Own>) -> Option<Own> {
    let count = u64::try_from(films.len()).unwrap();
    if count == 0 {
        return None;
    }
    Some(films.swap_remove(usize::try_from(random(count)).unwrap()))
}

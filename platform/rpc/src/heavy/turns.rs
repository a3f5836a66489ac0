//! Turns at something that only a few may have at once. Who waits is served client by client, so that
//! one who asks a hundred times does not come before one who asks once.

use std::{
    collections::VecDeque,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;

/// Hands out turns.
#[derive(Debug)]
pub(super) struct Turns {
    state: Mutex<State>,
    waiting: usize,
    of_one: usize,
}

#[derive(Debug)]
struct State {
    free: usize,
    waiting: usize,
    /// Those who wait, by client; the client at the front is next.
    lines: VecDeque<Line>,
}

#[derive(Debug)]
struct Line {
    client: Option<IpAddr>,
    waiting: VecDeque<oneshot::Sender<Turn>>,
}

/// A turn; the next has it when this one is dropped.
#[derive(Debug)]
pub(super) struct Turn(Option<Arc<Turns>>);

impl Turns {
    /// Hands out `at_once` turns at a time, while at most `waiting` wait, `of_one` of them for one
    /// client.
    pub(super) fn new(at_once: usize, waiting: usize, of_one: usize) -> Arc<Self> {
        let state = State {
            free: at_once,
            waiting: 0,
            lines: VecDeque::new(),
        };
        Arc::new(Self {
            state: Mutex::new(state),
            waiting,
            of_one,
        })
    }

    /// Waits for the client's turn; `None` where too many wait.
    pub(super) async fn take(self: &Arc<Self>, client: Option<IpAddr>) -> Option<Turn> {
        let told = {
            let mut state = self.state();
            if state.free > 0 {
                state.free -= 1;
                return Some(Turn(Some(self.clone())));
            }
            if state.waiting >= self.waiting {
                return None;
            }
            let (tell, told) = oneshot::channel();
            let line = state.lines.iter_mut().find(|line| line.client == client);
            match line {
                Some(line) if line.waiting.len() >= self.of_one => return None,
                Some(line) => line.waiting.push_back(tell),
                None => state.lines.push_back(Line {
                    client,
                    waiting: [tell].into(),
                }),
            }
            state.waiting += 1;
            told
        };
        told.await.ok()
    }

    /// Says how many wait.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.state().waiting
    }

    /// Gives a turn that has ended to the next who still waits.
    fn give(self: Arc<Self>) {
        let mut turn = Turn(Some(self.clone()));
        loop {
            let Some(next) = self.state().next() else {
                // Nobody waits: it was counted as free again.
                turn.0 = None;
                return;
            };
            match next.send(turn) {
                Ok(()) => return,
                // Its client has left.
                Err(back) => turn = back,
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Takes the next who waits out of the line; with nobody there, a turn is free.
    fn next(&mut self) -> Option<oneshot::Sender<Turn>> {
        let Some(mut line) = self.lines.pop_front() else {
            self.free += 1;
            return None;
        };
        let next = line.waiting.pop_front();
        self.waiting -= usize::from(next.is_some());
        if !line.waiting.is_empty() {
            self.lines.push_back(line);
        }
        next
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(turns) = self.0.take() {
            turns.give();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    fn client(n: u8) -> IpAddr {
        [192, 0, 2, n].into()
    }

    #[test]
    fn one_who_asks_once_does_not_wait_for_all_of_one_who_asks_often() {
        let turns = Turns::new(1, 100, 50);
        let at_work = turns
            .take(Some(client(1)))
            .now_or_never()
            .flatten()
            .unwrap();
        let mut often: Vec<_> = (0..10)
            .map(|_| Box::pin(turns.take(Some(client(1)))))
            .collect();
        for waits in &mut often {
            assert!(waits.now_or_never().is_none());
        }
        let mut once = Box::pin(turns.take(Some(client(2))));
        assert!((&mut once).now_or_never().is_none());
        drop(at_work);
        let first = (&mut often[0]).now_or_never().flatten().unwrap();
        drop(first);
        once.now_or_never().flatten().expect("the second turn");
    }

    #[test]
    fn too_many_are_turned_away_in_all_and_of_one() {
        let turns = Turns::new(1, 3, 2);
        let at_work = turns.take(None).now_or_never().flatten().unwrap();
        let mut waiting: Vec<_> = [1, 1, 2]
            .map(|n| Box::pin(turns.take(Some(client(n)))))
            .into();
        for waits in &mut waiting[..2] {
            assert!(waits.now_or_never().is_none());
        }
        let third = turns.take(Some(client(1))).now_or_never();
        assert!(third.unwrap().is_none(), "a third of one");
        assert!((&mut waiting[2]).now_or_never().is_none());
        let fourth = turns.take(Some(client(3))).now_or_never();
        assert!(fourth.unwrap().is_none(), "a fourth in all");
        drop(at_work);
        drop(waiting);
        assert!(turns.take(None).now_or_never().flatten().is_some());
    }

    #[test]
    fn who_leaves_holds_nobody_up_and_keeps_no_turn() {
        let turns = Turns::new(1, 10, 10);
        let at_work = turns.take(None).now_or_never().flatten().unwrap();
        let mut leaves = Box::pin(turns.take(Some(client(1))));
        let mut told = Box::pin(turns.take(Some(client(2))));
        let mut stays = Box::pin(turns.take(Some(client(3))));
        for waits in [&mut leaves, &mut told, &mut stays] {
            assert!(waits.now_or_never().is_none());
        }
        drop(leaves);
        drop(at_work);
        // It was given the turn, and leaves before it hears of it.
        drop(told);
        assert!(stays.now_or_never().flatten().is_some());
        assert!(turns.take(None).now_or_never().flatten().is_some());
    }
}

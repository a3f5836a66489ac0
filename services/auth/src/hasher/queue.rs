//! Whose password is hashed next: everybody's turn comes, however much one of them asks for.
//!
//! A job counts for the network that it comes from and for the account that it is about. The more of
//! either wait already, the later it comes: so neither one address with many accounts nor many
//! addresses with one account are before somebody who asks once. Those who were let in from where they
//! ask have every second turn for themselves.

use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
    time::Instant,
};

/// How many jobs of one network, or about one account, wait at most.
const MOST_OF_ONE: u64 = 8;

/// Who wants a password hashed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asker {
    /// Whether the account was reached from there before.
    pub(crate) known: bool,
    /// The client's network; all of those that the edge did not name are one.
    pub(crate) network: Option<IpAddr>,
    /// The account, as the caller names it.
    pub(crate) account: String,
    /// When the caller stops waiting.
    pub(crate) deadline: Option<Instant>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Party {
    Network(Option<IpAddr>),
    Account(String),
}

impl Asker {
    fn parties(&self) -> [Party; 2] {
        [
            Party::Network(self.network),
            Party::Account(self.account.clone()),
        ]
    }
}

/// Jobs that wait, in bounded number.
#[derive(Debug)]
pub(super) struct Queue<J> {
    /// Strangers, and those that are known.
    lanes: [Lane<J>; 2],
    most: usize,
    /// The lane that has the next turn.
    turn: usize,
}

/// Start-time fair queueing over two parties of each job.
#[derive(Debug)]
struct Lane<J> {
    /// By turn, and by arrival among those of one turn.
    jobs: BTreeMap<(u64, u64), (Asker, J)>,
    /// The first turn that each party has free.
    free: HashMap<Party, u64>,
    /// The turn that is being given.
    now: u64,
    arrivals: u64,
}

impl<J> Default for Lane<J> {
    fn default() -> Self {
        Self {
            jobs: BTreeMap::new(),
            free: HashMap::new(),
            now: 0,
            arrivals: 0,
        }
    }
}

impl<J> Lane<J> {
    /// Returns the turn that a job would get.
    fn turn_of(&self, asker: &Asker) -> u64 {
        let free = |party: &Party| self.free.get(party).copied().unwrap_or(0);
        let [network, account] = asker.parties();
        self.now.max(free(&network)).max(free(&account))
    }

    fn push(&mut self, asker: Asker, job: J) {
        let turn = self.turn_of(&asker);
        for party in asker.parties() {
            self.free.insert(party, turn + 1);
        }
        self.arrivals += 1;
        self.jobs.insert((turn, self.arrivals), (asker, job));
    }

    fn pop(&mut self) -> Option<(Asker, J)> {
        let ((turn, _), job) = self.jobs.pop_first()?;
        if turn > self.now {
            self.now = turn;
            // What lies behind is no advantage any more.
            self.free.retain(|_, free| *free > turn);
        }
        Some(job)
    }

    /// Removes the job whose turn is last.
    fn pop_last(&mut self) -> Option<(Asker, J)> {
        let ((turn, _), (asker, job)) = self.jobs.pop_last()?;
        for party in asker.parties() {
            if self.free.get(&party) == Some(&(turn + 1)) {
                self.free.insert(party, turn);
            }
        }
        Some((asker, job))
    }
}

impl<J> Queue<J> {
    /// Makes a queue of up to `most` jobs.
    pub(super) fn new(most: usize) -> Self {
        Self {
            lanes: [Lane::default(), Lane::default()],
            most,
            turn: 0,
        }
    }

    /// Counts the jobs that wait.
    pub(super) fn len(&self) -> usize {
        self.lanes.iter().map(|lane| lane.jobs.len()).sum()
    }

    /// Takes a job. Where there is no room, the job whose turn is last gives way to it, or it is that
    /// job itself: what is returned does not wait any more.
    pub(super) fn push(&mut self, asker: Asker, job: J) -> Option<J> {
        let lane = &mut self.lanes[usize::from(asker.known)];
        if lane.turn_of(&asker) >= lane.now + MOST_OF_ONE {
            return Some(job);
        }
        lane.push(asker, job);
        if self.len() <= self.most {
            return None;
        }
        let [strangers, known] = &mut self.lanes;
        let longer = if known.jobs.len() > strangers.jobs.len() {
            known
        } else {
            strangers
        };
        longer.pop_last().map(|(_, job)| job)
    }

    /// Gives the next turn.
    pub(super) fn pop(&mut self) -> Option<(Asker, J)> {
        let first = self.turn;
        self.turn = 1 - first;
        let job = self.lanes[first].pop();
        job.or_else(|| self.lanes[1 - first].pop())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asker(network: u32, account: &str) -> Asker {
        Asker {
            known: false,
            network: Some(std::net::Ipv4Addr::from_bits(network).into()),
            account: account.to_owned(),
            deadline: None,
        }
    }

    /// Empties the queue; the turn at which each job came, by its name.
    fn turns(queue: &mut Queue<&'static str>) -> Vec<&'static str> {
        std::iter::from_fn(|| queue.pop().map(|(_, job)| job)).collect()
    }

    #[test]
    fn one_address_with_many_jobs_is_not_before_another_with_one() {
        let mut queue = Queue::new(64);
        for n in 0..8 {
            assert_eq!(queue.push(asker(1, &format!("account-{n}")), "flood"), None);
        }
        queue.push(asker(2, "ana"), "owner");
        let order = turns(&mut queue);
        assert_eq!(order.iter().position(|job| *job == "owner"), Some(1));
        assert_eq!(order.len(), 9);
    }

    #[test]
    fn many_addresses_with_one_account_are_not_before_another_account() {
        let mut queue = Queue::new(64);
        for n in 0..8 {
            queue.push(asker(n, "attacked"), "flood");
        }
        queue.push(asker(100, "ana"), "owner");
        let order = turns(&mut queue);
        assert_eq!(order.iter().position(|job| *job == "owner"), Some(1));
    }

    #[test]
    fn forty_strangers_of_all_kinds_let_the_known_owner_pass_at_the_next_turn() {
        let mut queue = Queue::new(64);
        for n in 0..40 {
            queue.push(asker(n, &format!("account-{n}")), "flood");
        }
        let owner = Asker {
            known: true,
            ..asker(100, "ana")
        };
        queue.push(owner, "owner");
        let order = turns(&mut queue);
        assert!(
            order.iter().position(|job| *job == "owner") <= Some(1),
            "{order:?}"
        );
    }

    #[test]
    fn what_one_party_has_waiting_is_bounded() {
        let mut queue = Queue::new(64);
        let refused = (0..40).filter(|n| queue.push(asker(1, &n.to_string()), "one").is_some());
        assert_eq!(refused.count(), 32);
        let refused = (0..40).filter(|n| queue.push(asker(n + 10, "ana"), "one").is_some());
        assert_eq!(refused.count(), 32);
    }

    #[test]
    fn a_full_queue_gives_up_what_comes_last_and_not_who_came_last() {
        let mut queue = Queue::new(8);
        for n in 0..8 {
            queue.push(asker(1, &n.to_string()), "flood");
        }
        assert_eq!(queue.push(asker(2, "ana"), "owner"), Some("flood"));
        assert_eq!(queue.push(asker(1, "more"), "flood"), Some("flood"));
        let known = Asker {
            known: true,
            ..asker(3, "bo")
        };
        assert_eq!(queue.push(known, "known"), Some("flood"));
        let order = turns(&mut queue);
        assert_eq!(order.len(), 8);
        assert!(order.contains(&"owner") && order.contains(&"known"));
    }

    #[test]
    fn everybodys_turn_comes() {
        let mut queue = Queue::new(64);
        queue.push(asker(1, "a"), "first");
        for round in 0..1_000 {
            queue.push(asker(round + 10, "b"), "other");
            if queue.pop().is_some_and(|(_, job)| job == "first") {
                return;
            }
        }
        panic!("never");
    }
}

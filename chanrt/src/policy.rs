//! Scheduling policy, apart from mechanism: every free choice the runtime makes goes through a `Chooser`.
//!
//! There are two kinds of choice: which runnable goroutine goes next, and which ready select case proceeds.
//! - `Fifo` leaves the first to Go's queue discipline and draws the second; `Random` draws both, and the time
//!   slices too; `Replay` repeats a recorded `Schedule`; `Exhaustive` walks through all choices, one run after another.
//! - Choices with one alternative are no choices: neither drawn nor recorded.
//! - Randomness has one seed and two streams: choices take from one, the program (map iteration, math/rand) from the
//!   other, so that a replayed run sees the same numbers.

use crate::rng::Rng;

/// How a runtime makes its choices.
#[derive(Clone, Debug, Default)]
pub enum Policy {
    /// Go's own order with GOMAXPROCS=1: FIFO with a run-next slot.
    #[default]
    Fifo,
    /// Any runnable goroutine, any time slice; determined by the seed.
    Random,
    /// What a recorded run did.
    Replay(Schedule),
    /// The next untried sequence of choices; see [`Explorer`].
    Exhaustive(Explorer),
}

/// Who decides which goroutine runs next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// Go's queues.
    Queue,
    /// A choice among all runnable goroutines.
    Chosen,
}

/// How long a goroutine may run before the host preempts it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quanta {
    /// Always [`QUANTUM`].
    Fixed,
    /// A choice from a few lengths.
    Drawn,
}

/// The choices of one run: enough to repeat it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Schedule {
    /// Seed of the run.
    pub seed: u64,
    /// Who decided which goroutine runs next.
    pub order: Order,
    /// Whether time slices were among the choices.
    pub quanta: Quanta,
    /// Every choice that had alternatives, in order.
    pub choices: Vec<u32>,
}

/// Walks the tree of all choices depth first. Give it to a run, take it back, [`advance`](Explorer::advance), repeat.
#[derive(Clone, Debug, Default)]
pub struct Explorer {
    path: Vec<Decision>,
    pos: usize,
}

#[derive(Clone, Copy, Debug)]
struct Decision {
    chosen: u32,
    of: u32,
}

impl Explorer {
    /// An explorer whose first run takes the first alternative everywhere.
    pub fn new() -> Explorer {
        Explorer::default()
    }

    /// Prepares the next run; false when every sequence of choices has been tried.
    pub fn advance(&mut self) -> bool {
        self.path.truncate(self.pos);
        self.pos = 0;
        while let Some(last) = self.path.last_mut() {
            if last.chosen + 1 < last.of {
                last.chosen += 1;
                return true;
            }
            self.path.pop();
        }
        false
    }

    fn choose(&mut self, n: usize) -> usize {
        if self.pos == self.path.len() {
            self.path.push(Decision {
                chosen: 0,
                of: n as u32,
            });
        }
        let chosen = self.path[self.pos].chosen as usize;
        self.pos += 1;
        // A host that is not deterministic may offer fewer alternatives than last time.
        chosen.min(n - 1)
    }
}

/// Instructions a goroutine may run before the host preempts it.
pub const QUANTUM: u32 = 20_000;

/// The time slices `Quanta::Drawn` chooses from; the first is what a replay falls back to.
const DRAWN_QUANTA: [u32; 8] = [QUANTUM, 5000, 1000, 300, 100, 30, 10, 3];

enum Source {
    Dice(Rng),
    Replay { choices: Vec<u32>, pos: usize },
    Explore(Explorer),
}

/// Makes and records the choices of one run.
pub struct Chooser {
    source: Source,
    order: Order,
    quanta: Quanta,
    seed: u64,
    rng: Rng,
    record: Option<Vec<u32>>,
}

impl Chooser {
    /// The chooser of a run under `policy`. `record`: keep the choices for [`Chooser::schedule`].
    pub fn new(policy: Policy, seed: u64, record: bool) -> Chooser {
        let seed = if let Policy::Replay(s) = &policy {
            s.seed
        } else {
            seed
        };
        let mut rng = Rng::new(seed);
        let dice = rng.fork();
        let (source, order, quanta) = match policy {
            Policy::Fifo => (Source::Dice(dice), Order::Queue, Quanta::Fixed),
            Policy::Random => (Source::Dice(dice), Order::Chosen, Quanta::Drawn),
            Policy::Replay(s) => (
                Source::Replay {
                    choices: s.choices,
                    pos: 0,
                },
                s.order,
                s.quanta,
            ),
            Policy::Exhaustive(e) => (Source::Explore(e), Order::Chosen, Quanta::Fixed),
        };
        Chooser {
            source,
            order,
            quanta,
            seed,
            rng,
            record: record.then(Vec::new),
        }
    }

    /// Starts anew from a seed, as if the run began now.
    pub fn reseed(&mut self, seed: u64) {
        self.seed = seed;
        self.rng = Rng::new(seed);
        let dice = self.rng.fork();
        if let Source::Dice(d) = &mut self.source {
            *d = dice;
        }
    }

    /// One of `0..n`. `n` must not be 0.
    pub fn choose(&mut self, n: usize) -> usize {
        if n < 2 {
            return 0;
        }
        let chosen = match &mut self.source {
            Source::Dice(dice) => dice.below(n as u64) as usize,
            Source::Explore(explorer) => explorer.choose(n),
            Source::Replay { choices, pos } => {
                let chosen = choices.get(*pos).map_or(0, |&c| c as usize);
                *pos += 1;
                chosen.min(n - 1)
            }
        };
        if let Some(record) = &mut self.record {
            record.push(chosen as u32);
        }
        chosen
    }

    /// The next time slice, in instructions.
    pub fn quantum(&mut self) -> u32 {
        match self.quanta {
            Quanta::Fixed => QUANTUM,
            Quanta::Drawn => DRAWN_QUANTA[self.choose(DRAWN_QUANTA.len())],
        }
    }

    /// Who decides which goroutine runs next.
    pub fn order(&self) -> Order {
        self.order
    }

    /// The program's random stream.
    #[inline]
    pub fn rng(&mut self) -> &mut Rng {
        &mut self.rng
    }

    /// What has been chosen so far, if it was recorded.
    pub fn schedule(&self) -> Option<Schedule> {
        let choices = self.record.clone()?;
        Some(Schedule {
            seed: self.seed,
            order: self.order,
            quanta: self.quanta,
            choices,
        })
    }

    /// The explorer of an exhaustive run, to be advanced and given to the next one.
    pub fn take_explorer(&mut self) -> Option<Explorer> {
        match &mut self.source {
            Source::Explore(explorer) => Some(std::mem::take(explorer)),
            Source::Dice(_) | Source::Replay { .. } => None,
        }
    }
}

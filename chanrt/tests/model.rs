//! Random operations against a naive model of Go's channel semantics.
//!
//! The model keeps plain queues of values and waiters and says, for each operation, what may happen. The runtime
//! must agree on every result, every woken goroutine, every value, every length.

mod host;

use std::collections::{HashMap, VecDeque};

use chanrt::{
    ChanState, CloseResult, Config, Dir, Gp, Next, Policy, RecvResult, Rng, Runtime, Scase,
    SelectResult, SendResult, TryRecv, TrySend, chanlen, chanrecv, chansend, closechan, selectgo,
    try_recv, try_send,
};
use host::ChanMem;

const CASES: usize = 5;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct ModelWaiter {
    goid: u64,
    dir: Dir,
    value: u64,
    case: u32,
}

#[derive(Default)]
struct ModelChan {
    cap: usize,
    buf: VecDeque<u64>,
    closed: bool,
    queue: VecDeque<ModelWaiter>,
}

/// How a parked goroutine was woken: success, case, and the value in the slot of the case if it received.
type Woken = (bool, u32, Option<u64>);

#[derive(Default)]
struct Model {
    chans: Vec<ModelChan>,
    woken: HashMap<u64, Woken>,
}

impl Model {
    fn ready(&self, c: usize, dir: Dir) -> bool {
        let ch = &self.chans[c];
        let other = if dir == Dir::Send {
            Dir::Recv
        } else {
            Dir::Send
        };
        let partner = ch.queue.iter().any(|w| w.dir == other);
        match dir {
            Dir::Send => ch.closed || partner || ch.buf.len() < ch.cap,
            Dir::Recv => ch.closed || partner || !ch.buf.is_empty(),
        }
    }

    /// Takes the first waiter in this direction, and its records elsewhere.
    fn take(&mut self, c: usize, dir: Dir) -> Option<ModelWaiter> {
        let w = *self.chans[c].queue.iter().find(|w| w.dir == dir)?;
        for ch in &mut self.chans {
            ch.queue.retain(|other| other.goid != w.goid);
        }
        Some(w)
    }

    /// A send that can go on: false if it panics.
    fn send(&mut self, c: usize, v: u64) -> bool {
        if self.chans[c].closed {
            return false;
        }
        match self.take(c, Dir::Recv) {
            Some(w) => drop(self.woken.insert(w.goid, (true, w.case, Some(v)))),
            None => self.chans[c].buf.push_back(v),
        }
        true
    }

    /// A receive that can go on.
    fn recv(&mut self, c: usize) -> Option<u64> {
        let sender = self.take(c, Dir::Send);
        if let Some(w) = sender {
            self.chans[c].buf.push_back(w.value);
            self.woken.insert(w.goid, (true, w.case, None));
        }
        self.chans[c].buf.pop_front()
    }

    fn close(&mut self, c: usize) {
        self.chans[c].closed = true;
        for dir in [Dir::Recv, Dir::Send] {
            while let Some(w) = self.take(c, dir) {
                self.woken
                    .insert(w.goid, (false, w.case, (dir == Dir::Recv).then_some(0)));
            }
        }
    }

    fn wait(&mut self, c: usize, w: ModelWaiter) {
        self.chans[c].queue.push_back(w);
    }
}

struct Frame {
    /// A parked goroutine's slots, one per case.
    slots: [u64; CASES],
    parked: bool,
}

struct World {
    rt: Runtime<Box<Frame>>,
    chans: Vec<ChanMem>,
    model: Model,
    rng: Rng,
    values: u64,
}

#[test]
fn random_operations_agree_with_the_model() {
    for seed in 0..60 {
        World::new(seed).run(if cfg!(miri) { 200 } else { 6000 });
    }
}

impl World {
    fn new(seed: u64) -> World {
        let config = Config {
            policy: Policy::Random,
            seed: Some(seed),
            ..Config::default()
        };
        let mut rng = Rng::new(seed);
        let caps: Vec<usize> = (0..4)
            .map(|_| [0, 0, 1, 2, 5][rng.below(5) as usize])
            .collect();
        let model_chan = |&cap: &usize| ModelChan {
            cap,
            ..ModelChan::default()
        };
        World {
            // SAFETY: handles and channels stay inside the world.
            rt: unsafe { Runtime::new(config) },
            chans: caps.iter().map(|&cap| ChanMem::new(cap)).collect(),
            model: Model {
                chans: caps.iter().map(model_chan).collect(),
                woken: HashMap::new(),
            },
            rng,
            values: 0,
        }
    }

    fn below(&mut self, n: usize) -> usize {
        self.rng.below(n as u64) as usize
    }

    fn spawn(&mut self) {
        self.rt.newproc(
            None,
            0,
            Box::new(Frame {
                slots: [u64::MAX; CASES],
                parked: false,
            }),
        );
    }

    fn run(&mut self, turns: usize) {
        (0..6).for_each(|_| self.spawn());
        for _ in 0..turns {
            match self.rt.schedule() {
                Next::Run(g) => self.turn(g),
                Next::Deadlock => {
                    assert!(self.model.woken.is_empty(), "a woken goroutine must run");
                    self.unblock();
                }
                Next::AllDone => self.spawn(),
                other => panic!("{other:?} without timers"),
            }
            self.compare();
        }
    }

    /// Everybody is parked: a fresh channel for a closed one, or a new goroutine.
    fn unblock(&mut self) {
        let c = self.below(self.chans.len());
        if self.model.chans[c].closed {
            self.chans[c] = ChanMem::new(self.model.chans[c].cap);
            self.model.chans[c] = ModelChan {
                cap: self.model.chans[c].cap,
                ..ModelChan::default()
            };
        }
        self.spawn();
    }

    /// `g` runs: checks how it was woken, then does random things until it parks, yields or exits.
    fn turn(&mut self, g: Gp) {
        let frame = self.rt.payload(g);
        // SAFETY: `g` is alive, and this is the only reference to its frame.
        let frame = unsafe { &mut **frame };
        if frame.parked {
            frame.parked = false;
            let (success, case, value) = self
                .model
                .woken
                .remove(&g.goid())
                .expect("the model woke it too");
            assert_eq!((g.wake().success, g.wake().case), (success, case));
            if let Some(v) = value {
                assert_eq!(
                    frame.slots[case as usize], v,
                    "the value arrived before the goroutine ran"
                );
            }
        }
        for _ in 0..self.below(6) {
            match self.below(40) {
                0 if self.rt.gcount() > 3 => {
                    self.rt.goexit(g);
                    return;
                }
                1 if self.rt.gcount() < 12 => self.spawn(),
                2 => self.close(),
                3..=6 => self.try_op(),
                7..=16 => {
                    if self.select(g, frame) {
                        return;
                    }
                }
                _ => {
                    if self.plain(g, frame) {
                        return;
                    }
                }
            }
        }
        self.rt.yield_now(g);
    }

    fn value(&mut self) -> u64 {
        self.values += 1;
        self.values
    }

    fn close(&mut self) {
        let c = self.below(self.chans.len());
        // Closing now and then is enough: a closed channel is a dull one.
        if self.below(4) > 0 {
            return;
        }
        // SAFETY: the channel is valid.
        let result = unsafe { closechan(&mut self.rt, self.chans[c].c) };
        if self.model.chans[c].closed {
            assert_eq!(result, CloseResult::AlreadyClosed);
        } else {
            assert_eq!(result, CloseResult::Done);
            self.model.close(c);
        }
    }

    fn try_op(&mut self) {
        let c = self.below(self.chans.len());
        let raw = self.chans[c].c;
        if self.below(2) == 0 {
            let v = self.value();
            // SAFETY: the channel is valid, the value too.
            let result = unsafe { try_send(&mut self.rt, raw, (&raw const v).cast()) };
            let expected = match self.model.ready(c, Dir::Send) {
                false => TrySend::WouldBlock,
                true if self.model.send(c, v) => TrySend::Done,
                true => TrySend::Closed,
            };
            assert_eq!(result, expected);
        } else {
            let mut v = u64::MAX;
            // SAFETY: as above.
            let result = unsafe { try_recv(&mut self.rt, raw, (&raw mut v).cast()) };
            let expected = match self.model.ready(c, Dir::Recv) {
                false => (TryRecv::WouldBlock, u64::MAX),
                true => self
                    .model
                    .recv(c)
                    .map_or((TryRecv::Closed, 0), |v| (TryRecv::Value, v)),
            };
            assert_eq!((result, v), expected);
        }
    }

    /// A blocking send or receive; says whether it parked.
    fn plain(&mut self, g: Gp, frame: &mut Frame) -> bool {
        let c = self.below(self.chans.len());
        let raw = self.chans[c].c;
        let dir = [Dir::Send, Dir::Recv][self.below(2)];
        let ready = self.model.ready(c, dir);
        let v = self.value();
        frame.slots[0] = if dir == Dir::Send { v } else { u64::MAX };
        let ep = frame.slots.as_mut_ptr().cast::<u8>();
        match dir {
            Dir::Send => {
                let expected = match ready {
                    false => SendResult::Park,
                    true if self.model.send(c, v) => SendResult::Done,
                    true => SendResult::Closed,
                };
                // SAFETY: the channel is valid; the frame is boxed and stands still.
                let result = unsafe { chansend(&mut self.rt, g, raw, ep) };
                assert_eq!(result, expected);
            }
            Dir::Recv => {
                let expected = match ready {
                    false => (RecvResult::Park, u64::MAX),
                    true => self
                        .model
                        .recv(c)
                        .map_or((RecvResult::Closed, 0), |v| (RecvResult::Value, v)),
                };
                // SAFETY: as above.
                let result = unsafe { chanrecv(&mut self.rt, g, raw, ep) };
                assert_eq!((result, frame.slots[0]), expected);
            }
        }
        if !ready {
            self.model.wait(
                c,
                ModelWaiter {
                    goid: g.goid(),
                    dir,
                    value: v,
                    case: 0,
                },
            );
            frame.parked = true;
        }
        !ready
    }

    /// A select of random cases, nil channels among them; says whether it parked.
    fn select(&mut self, g: Gp, frame: &mut Frame) -> bool {
        let n = 1 + self.below(CASES);
        let cases: Vec<(Option<usize>, Dir)> = (0..n)
            .map(|_| {
                let c = self.below(self.chans.len() + 1);
                (
                    (c < self.chans.len()).then_some(c),
                    [Dir::Send, Dir::Recv][self.below(2)],
                )
            })
            .collect();
        let block = self.below(3) > 0 && cases.iter().any(|(c, _)| c.is_some());
        for (i, (_, dir)) in cases.iter().enumerate() {
            frame.slots[i] = if *dir == Dir::Send {
                self.value()
            } else {
                u64::MAX
            };
        }
        let slots = frame.slots.as_mut_ptr();
        let scase = |(i, &(c, dir)): (usize, &(Option<usize>, Dir))| Scase {
            c: c.map_or(std::ptr::null_mut(), |c| self.chans[c].c),
            // SAFETY: there are CASES slots.
            elem: unsafe { slots.add(i).cast() },
            dir,
        };
        let scases: Vec<Scase> = cases.iter().enumerate().map(scase).collect();
        // SAFETY: as in `plain`.
        let result = unsafe { selectgo(&mut self.rt, g, &scases, block) };
        let any_ready = cases
            .iter()
            .any(|&(c, dir)| c.is_some_and(|c| self.model.ready(c, dir)));
        match result {
            SelectResult::Park => {
                assert!(!any_ready && block);
                for (i, &(c, dir)) in cases.iter().enumerate() {
                    let Some(c) = c else { continue };
                    let waiter = ModelWaiter {
                        goid: g.goid(),
                        dir,
                        value: frame.slots[i],
                        case: i as u32,
                    };
                    self.model.wait(c, waiter);
                }
                frame.parked = true;
                return true;
            }
            SelectResult::Default => assert!(!any_ready && !block),
            SelectResult::SendClosed { case } => {
                assert_eq!(cases[case].1, Dir::Send);
                assert!(self.model.chans[cases[case].0.unwrap()].closed);
            }
            SelectResult::Ready { case, recv_ok } => {
                let (c, dir) = (
                    cases[case].0.expect("nil channels are never ready"),
                    cases[case].1,
                );
                assert!(self.model.ready(c, dir), "only a ready case is chosen");
                match dir {
                    Dir::Send => assert!(self.model.send(c, frame.slots[case]) && recv_ok),
                    Dir::Recv => {
                        let expected = self.model.recv(c);
                        assert_eq!(
                            (recv_ok, frame.slots[case]),
                            (expected.is_some(), expected.unwrap_or(0))
                        );
                    }
                }
            }
        }
        false
    }

    /// The queues, the buffers and the invariants, channel by channel.
    fn compare(&self) {
        for (mem, model) in self.chans.iter().zip(&self.model.chans) {
            // SAFETY: the channel is valid.
            let (len, closed, waiters) =
                unsafe { (chanlen(mem.c), (*mem.c).closed, chanrt::waiters(mem.c)) };
            assert_eq!(len, model.buf.len());
            assert_eq!(closed == ChanState::Closed, model.closed);
            let queue = |dir| {
                let real = waiters.iter().filter(move |w| w.dir == dir).map(|w| w.goid);
                let naive = model
                    .queue
                    .iter()
                    .filter(move |w| w.dir == dir)
                    .map(|w| w.goid);
                (real.collect::<Vec<_>>(), naive.collect::<Vec<_>>())
            };
            for (real, naive) in [queue(Dir::Send), queue(Dir::Recv)] {
                assert_eq!(real, naive);
            }
            assert!(!model.closed || waiters.is_empty());
        }
    }
}

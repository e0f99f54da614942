//! A little host for tests: goroutines are lists of steps over numbered channels of u64, and everything that
//! happens is logged. It needs no native stacks.
#![allow(dead_code, reason = "every test file uses its own part")]

use std::collections::HashMap;

use chanrt::{
    CloseResult, Config, Dir, Gp, Hchan, Next, RecvResult, Runtime, Scase, SelectResult,
    SendResult, WaitReason, chanrecv, chansend, closechan, finish_select, selectgo,
};

/// One step of a goroutine.
#[derive(Clone, Debug)]
pub enum Step {
    Send(usize, u64),
    Recv(usize),
    /// Receives until the channel is closed.
    Range(usize),
    Close(usize),
    Select(Vec<Arm>, Block),
    Yield,
    Sleep(i64),
    /// Locks or unlocks mutex `n`.
    Lock(usize),
    Unlock(usize),
    /// Starts the program with this number.
    Go(usize),
    Log(u64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    Yes,
    No,
}

#[derive(Clone, Copy, Debug)]
pub enum Arm {
    Send(usize, u64),
    Recv(usize),
}

/// What happened, with the number of the goroutine's program.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Event {
    Got(usize, u64),
    Closed(usize),
    Chose(usize, usize),
    Default(usize),
    Panic(usize),
    Log(usize, u64),
    Exit(usize),
    MainDone,
    Deadlock,
}

struct Frame {
    program: usize,
    pc: usize,
    parked: bool,
    elems: Vec<u64>,
}

/// A channel's memory.
pub struct ChanMem {
    _mem: Vec<u64>,
    pub c: *mut Hchan,
}

impl ChanMem {
    pub fn new(cap: usize) -> ChanMem {
        let size = Hchan::size_for(8, cap as i64).unwrap();
        let mut mem = vec![0u64; size.div_ceil(8)];
        // SAFETY: zeroed, aligned, large enough; the vector's memory does not move.
        let c = unsafe { Hchan::init(mem.as_mut_ptr().cast(), 8, cap, 0, 0, 0) };
        ChanMem { _mem: mem, c }
    }
}

pub struct Host {
    // Dropped before the channels.
    pub rt: Runtime<Box<dyn std::any::Any>>,
    chans: Vec<ChanMem>,
    locks: HashMap<usize, u32>,
    programs: Vec<Vec<Step>>,
    pub log: Vec<Event>,
}

enum Turn {
    Again,
    Parked,
    Exited,
}

impl Host {
    /// Program 0 is main.
    pub fn new(config: Config, caps: &[usize], programs: &[&[Step]]) -> Host {
        // SAFETY: handles and channels stay inside the host.
        let rt = unsafe { Runtime::new(config) };
        let mut host = Host {
            rt,
            chans: caps.iter().map(|&cap| ChanMem::new(cap)).collect(),
            locks: HashMap::new(),
            programs: programs.iter().map(|p| p.to_vec()).collect(),
            log: Vec::new(),
        };
        host.start(None, 0);
        host
    }

    fn start(&mut self, creator: Option<Gp>, program: usize) {
        let frame = Frame {
            program,
            pc: 0,
            parked: false,
            elems: Vec::new(),
        };
        self.rt.newproc(creator, program as u32, Box::new(frame));
    }

    /// Runs until main is done, or everything is stuck.
    pub fn run(&mut self) -> &[Event] {
        loop {
            let g = match self.rt.schedule() {
                Next::Run(g) => g,
                Next::Timer(_) | Next::Interrupted => continue,
                Next::Deadlock | Next::AllDone => {
                    self.log.push(Event::Deadlock);
                    break;
                }
            };
            if self.run_goroutine(g) {
                self.log.push(Event::MainDone);
                break;
            }
        }
        &self.log
    }

    /// Runs `g` until it parks or ends; says whether it was main that ended.
    fn run_goroutine(&mut self, g: Gp) -> bool {
        let payload = self.rt.payload(g);
        // SAFETY: `g` is alive; only this reference to its frame exists, and `goexit` comes after its last use.
        let frame = unsafe { (*payload).downcast_mut::<Frame>().unwrap() };
        let program = frame.program;
        loop {
            match self.turn(g, frame) {
                Turn::Again => {}
                Turn::Parked => return false,
                Turn::Exited => break,
            }
        }
        self.rt.goexit(g);
        program == 0
    }

    fn turn(&mut self, g: Gp, frame: &mut Frame) -> Turn {
        let me = frame.program;
        let Some(step) = self.programs[me].get(frame.pc).cloned() else {
            self.log.push(Event::Exit(me));
            return Turn::Exited;
        };
        let resumed = std::mem::replace(&mut frame.parked, false);
        let turn = match step {
            Step::Send(c, v) => self.send(g, frame, c, v, resumed),
            Step::Recv(c) => self.recv(g, frame, c, resumed).0,
            Step::Range(c) => match self.recv(g, frame, c, resumed) {
                (Turn::Again, true) => return Turn::Again,
                (turn, _) => turn,
            },
            Step::Close(c) => self.close(me, c),
            Step::Select(arms, block) => self.select(g, frame, &arms, block, resumed),
            Step::Yield if resumed => Turn::Again,
            Step::Yield => {
                self.rt.yield_now(g);
                Turn::Parked
            }
            Step::Sleep(_) if resumed => Turn::Again,
            Step::Sleep(ns) => {
                self.rt.park_sleep(g, ns);
                Turn::Parked
            }
            Step::Lock(n) => self.lock(g, n, resumed),
            Step::Unlock(n) => self.unlock(n),
            Step::Go(program) => {
                self.start(Some(g), program);
                Turn::Again
            }
            Step::Log(n) => {
                self.log.push(Event::Log(me, n));
                Turn::Again
            }
        };
        match turn {
            Turn::Parked => frame.parked = true,
            Turn::Again | Turn::Exited => frame.pc += 1,
        }
        turn
    }

    fn send(&mut self, g: Gp, frame: &mut Frame, c: usize, v: u64, resumed: bool) -> Turn {
        if !resumed {
            frame.elems = vec![v];
            let raw = self.chan(c);
            // SAFETY: the channel lives as long as the host; the elems stand still while the goroutine is parked.
            match unsafe { chansend(&mut self.rt, g, raw, frame.elems.as_ptr().cast()) } {
                SendResult::Park => return Turn::Parked,
                SendResult::Done => return Turn::Again,
                SendResult::Closed => {}
            }
        } else if g.wake().success {
            return Turn::Again;
        }
        self.log.push(Event::Panic(frame.program));
        Turn::Exited
    }

    fn recv(&mut self, g: Gp, frame: &mut Frame, c: usize, resumed: bool) -> (Turn, bool) {
        let ok = if resumed {
            g.wake().success
        } else {
            frame.elems = vec![u64::MAX];
            let raw = self.chan(c);
            // SAFETY: as in `send`.
            match unsafe { chanrecv(&mut self.rt, g, raw, frame.elems.as_mut_ptr().cast()) } {
                RecvResult::Park => return (Turn::Parked, false),
                RecvResult::Value => true,
                RecvResult::Closed => false,
            }
        };
        self.received(frame, 0, ok);
        (Turn::Again, ok)
    }

    fn received(&mut self, frame: &Frame, case: usize, ok: bool) {
        let v = frame.elems[case];
        if ok {
            self.log.push(Event::Got(frame.program, v));
        } else {
            assert_eq!(v, 0, "a closed channel yields zero values");
            self.log.push(Event::Closed(frame.program));
        }
    }

    fn close(&mut self, me: usize, c: usize) -> Turn {
        let raw = self.chan(c);
        // SAFETY: as in `send`.
        match unsafe { closechan(&mut self.rt, raw) } {
            CloseResult::Done => Turn::Again,
            CloseResult::Nil | CloseResult::AlreadyClosed => {
                self.log.push(Event::Panic(me));
                Turn::Exited
            }
        }
    }

    fn select(
        &mut self,
        g: Gp,
        frame: &mut Frame,
        arms: &[Arm],
        block: Block,
        resumed: bool,
    ) -> Turn {
        let (case, ok) = if resumed {
            let done = finish_select(g);
            (done.case, done.success)
        } else {
            frame.elems = arms
                .iter()
                .map(|arm| {
                    if let Arm::Send(_, v) = arm {
                        *v
                    } else {
                        u64::MAX
                    }
                })
                .collect();
            let elems = frame.elems.as_mut_ptr();
            let scase = |(i, arm): (usize, &Arm)| {
                let (c, dir) = match *arm {
                    Arm::Send(c, _) => (c, Dir::Send),
                    Arm::Recv(c) => (c, Dir::Recv),
                };
                // SAFETY: one elem per arm.
                let elem = unsafe { elems.add(i).cast() };
                Scase {
                    c: self.chan(c),
                    elem,
                    dir,
                }
            };
            let cases: Vec<Scase> = arms.iter().enumerate().map(scase).collect();
            // SAFETY: as in `send`.
            match unsafe { selectgo(&mut self.rt, g, &cases, block == Block::Yes) } {
                SelectResult::Ready { case, recv_ok } => (case, recv_ok),
                SelectResult::SendClosed { case } => (case, false),
                SelectResult::Park => return Turn::Parked,
                SelectResult::Default => {
                    self.log.push(Event::Default(frame.program));
                    return Turn::Again;
                }
            }
        };
        self.log.push(Event::Chose(frame.program, case));
        match arms[case] {
            Arm::Recv(_) => self.received(frame, case, ok),
            Arm::Send(..) if ok => {}
            Arm::Send(..) => {
                self.log.push(Event::Panic(frame.program));
                return Turn::Exited;
            }
        }
        Turn::Again
    }

    /// A mutex that hands itself over: its state here, its waiters in the semaphore table.
    fn lock(&mut self, g: Gp, n: usize, resumed: bool) -> Turn {
        let held = self.locks.entry(n).or_default();
        if resumed || *held == 0 {
            *held = 1;
            return Turn::Again;
        }
        self.rt.semaqueue(n, g, WaitReason::SyncMutexLock, 0);
        Turn::Parked
    }

    fn unlock(&mut self, n: usize) -> Turn {
        match self.rt.semadequeue(n) {
            Some((waiter, _)) => self.rt.ready(waiter),
            None => *self.locks.get_mut(&n).unwrap() = 0,
        }
        Turn::Again
    }

    /// Channel `c`; numbers past the last channel are nil channels.
    pub fn chan(&self, c: usize) -> *mut Hchan {
        self.chans.get(c).map_or(std::ptr::null_mut(), |mem| mem.c)
    }

    /// The goroutines that are left: program and wait reason.
    pub fn stuck(&self) -> Vec<(u32, Option<WaitReason>)> {
        self.rt
            .goroutines()
            .map(|g| (g.go_site(), g.wait_reason()))
            .collect()
    }
}

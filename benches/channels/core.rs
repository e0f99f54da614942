//! A little host on chanrt's core: each goroutine repeats one operation a number of times.

use chanrt::{
    Config, Dir, Gp, Hchan, Next, RecvResult, Runtime, Scase, SelectResult, SendResult, chanrecv,
    chansend, finish_select, selectgo,
};

/// What a goroutine repeats.
#[derive(Clone)]
pub enum Work {
    /// Sends on a channel.
    Send(*mut Hchan),
    /// Receives from a channel.
    Recv(*mut Hchan),
    /// Sends on a channel, then receives from it.
    Both(*mut Hchan),
    /// Sends on each channel in turn.
    Round(Vec<*mut Hchan>),
    /// Receives from any of the channels.
    Select(Vec<*mut Hchan>),
    /// Makes the channel ready, then selects.
    Ready(*mut Hchan, Vec<*mut Hchan>),
}

struct Frame {
    work: Work,
    left: u64,
    turn: u64,
    parked: bool,
    elem: u64,
    cases: Vec<Scase>,
}

/// The memory of a channel of `u64`.
pub struct ChanMem {
    _mem: Vec<u64>,
    /// The channel.
    pub c: *mut Hchan,
}

impl ChanMem {
    /// A channel of that capacity.
    pub fn new(cap: usize) -> ChanMem {
        let size = Hchan::size_for(8, cap as i64).expect("a small channel");
        let mut mem = vec![0u64; size.div_ceil(8)];
        // SAFETY: zeroed, aligned and large enough; the vector's memory does not move.
        let c = unsafe { Hchan::init(mem.as_mut_ptr().cast(), 8, cap, 0, 0, 0) };
        ChanMem { _mem: mem, c }
    }
}

/// Runs goroutines that do their work that many times, until all are done.
pub fn run(programs: &[(Work, u64)]) {
    // SAFETY: goroutines and channels are used with this runtime only, and the caller's channels outlive it.
    let mut rt = unsafe { Runtime::<Box<Frame>>::new(Config::default()) };
    for (work, times) in programs {
        let cases = match work {
            Work::Select(chans) | Work::Ready(_, chans) => chans
                .iter()
                .map(|&c| Scase {
                    c,
                    elem: std::ptr::null_mut(),
                    dir: Dir::Recv,
                })
                .collect(),
            _ => Vec::new(),
        };
        let frame = Frame {
            work: work.clone(),
            left: *times,
            turn: 0,
            parked: false,
            elem: 0,
            cases,
        };
        rt.newproc(None, 0, Box::new(frame));
    }
    loop {
        match rt.schedule() {
            Next::Run(g) => {
                // SAFETY: `g` is alive; this is the only reference to its frame, and its last use comes before `goexit`.
                let frame = unsafe { &mut *rt.payload(g) };
                if go_on(&mut rt, g, frame) {
                    rt.goexit(g);
                }
            }
            Next::Timer(_) | Next::Interrupted => {}
            Next::AllDone => return,
            Next::Deadlock => panic!("a benchmark is stuck"),
        }
    }
}

/// Runs a goroutine until it parks; says whether it is done.
fn go_on(rt: &mut Runtime<Box<Frame>>, g: Gp, f: &mut Frame) -> bool {
    if std::mem::take(&mut f.parked) {
        if !f.cases.is_empty() {
            finish_select(g);
        }
        f.left -= 1;
    }
    while f.left > 0 {
        f.turn += 1;
        if !once(rt, g, f) {
            f.parked = true;
            return false;
        }
        f.left -= 1;
    }
    true
}

/// Does the work once; says whether it could go on without waiting.
fn once(rt: &mut Runtime<Box<Frame>>, g: Gp, f: &mut Frame) -> bool {
    let elem = (&raw mut f.elem).cast::<u8>();
    // SAFETY: the channels are alive; the element is in the boxed frame, which stands still while the goroutine is parked.
    unsafe {
        match &f.work {
            Work::Send(c) => matches!(chansend(rt, g, *c, elem), SendResult::Done),
            Work::Recv(c) => matches!(chanrecv(rt, g, *c, elem), RecvResult::Value),
            Work::Both(c) => {
                matches!(chansend(rt, g, *c, elem), SendResult::Done)
                    && matches!(chanrecv(rt, g, *c, elem), RecvResult::Value)
            }
            Work::Round(chans) => {
                let c = chans[f.turn as usize % chans.len()];
                matches!(chansend(rt, g, c, elem), SendResult::Done)
            }
            Work::Select(_) => select(rt, g, &mut f.cases, elem),
            Work::Ready(c, _) => {
                matches!(chansend(rt, g, *c, elem), SendResult::Done)
                    && select(rt, g, &mut f.cases, elem)
            }
        }
    }
}

/// # Safety
/// The cases' channels are alive and `elem` has room for a `u64` that stands still while the goroutine is parked.
unsafe fn select(rt: &mut Runtime<Box<Frame>>, g: Gp, cases: &mut [Scase], elem: *mut u8) -> bool {
    for case in cases.iter_mut() {
        case.elem = elem;
    }
    // SAFETY: the caller's promise.
    let result = unsafe { selectgo(rt, g, cases, true) };
    matches!(result, SelectResult::Ready { .. })
}

/// Starts goroutines that end at once, one after the other.
pub fn spawn(times: u64) {
    // SAFETY: the handles are used with this runtime only.
    let mut rt = unsafe { Runtime::<u64>::new(Config::default()) };
    for i in 0..times {
        rt.newproc(None, 0, i);
        if let Next::Run(g) = rt.schedule() {
            rt.goexit(g);
        }
    }
}

/// Starts and stops timers.
pub fn timers(times: u64) {
    // SAFETY: as in `spawn`.
    let mut rt = unsafe { Runtime::<u64>::new(Config::default()) };
    let far = rt.nanotime() + 3_600_000_000_000;
    for i in 0..times {
        let id = rt.start_timer(far + i as i64, chanrt::TimerPayload::Host(i));
        assert!(rt.stop_timer(id));
    }
}

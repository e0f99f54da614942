//! Timer channels: on the heap only while somebody waits, evaluated when looked at, and nothing stale.

use chanrt::{
    Clock, Config, Dir, GState, Gp, Hchan, Next, RecvResult, Runtime, Scase, SelectResult,
    TIMER_CHAN_CAP, TimeNow, TryRecv, WaitReason, chancap, chanlen, chanrecv, make_timer_chan,
    selectgo, try_recv,
};

/// A channel and its memory.
struct Mem {
    words: Vec<u64>,
}

impl Mem {
    fn new() -> Mem {
        let size = Hchan::size_for(24, TIMER_CHAN_CAP as i64).unwrap();
        Mem {
            words: vec![0; size.div_ceil(8)],
        }
    }

    fn timer(&mut self, rt: &mut Runtime<()>) -> *mut Hchan {
        let (mem, id) = (self.words.as_mut_ptr().cast(), rt.next_chan_id());
        // SAFETY: zeroed memory of the channel's size.
        unsafe {
            let c = Hchan::init(mem, 24, TIMER_CHAN_CAP, 0, 0, id);
            assert!(make_timer_chan(c, mono) && !make_timer_chan(c, mono));
            c
        }
    }
}

fn mono(now: TimeNow) -> [u64; 3] {
    [now.mono as u64, now.sec as u64, u64::from(now.nsec)]
}

fn world() -> (Runtime<()>, Gp) {
    let config = Config {
        clock: Clock::virtual_(),
        seed: Some(1),
        ..Config::default()
    };
    // SAFETY: the tests use handles with this runtime only; channels outlive their waiters.
    let mut rt = unsafe { Runtime::new(config) };
    let g = rt.newproc(None, 0, ());
    assert_eq!(rt.schedule(), Next::Run(g));
    (rt, g)
}

fn sleep(rt: &mut Runtime<()>, g: Gp, ns: i64) {
    rt.park_sleep(g, ns);
    assert_eq!(rt.schedule(), Next::Run(g));
}

/// What a receive that does not wait gives.
fn look(rt: &mut Runtime<()>, c: *mut Hchan) -> Option<u64> {
    let mut value = [0u64; 3];
    // SAFETY: a valid channel with elements of 24 bytes.
    let got = unsafe { try_recv(rt, c, value.as_mut_ptr().cast()) };
    (got == TryRecv::Value).then_some(value[0])
}

#[test]
fn a_timer_is_evaluated_when_looked_at() {
    let (mut rt, g) = world();
    let mut mem = Mem::new();
    let c = mem.timer(&mut rt);
    // SAFETY: `c` is a timer channel all along.
    unsafe {
        assert!(!rt.start_chan_timer(c, 10, 0));
        assert!(rt.timers().is_empty() && look(&mut rt, c).is_none());
        sleep(&mut rt, g, 25);
        assert_eq!((chanlen(c), chancap(c)), (0, 0));
        assert_eq!((look(&mut rt, c), look(&mut rt, c)), (Some(10), None));
        assert!(!rt.stop_chan_timer(c));
        assert!(!rt.start_chan_timer(c, 30, 0));
        sleep(&mut rt, g, 10);
        assert!(rt.stop_chan_timer(c) && !rt.stop_chan_timer(c) && look(&mut rt, c).is_none());
        // A ticker drops what nobody receives.
        rt.start_chan_timer(c, 40, 10);
        sleep(&mut rt, g, 40);
        assert_eq!((look(&mut rt, c), look(&mut rt, c)), (Some(40), None));
        sleep(&mut rt, g, 6);
        assert_eq!(look(&mut rt, c), Some(80));
    }
}

#[test]
fn a_timer_is_on_the_heap_while_somebody_waits() {
    let (mut rt, g) = world();
    let (mut mem, mut other) = (Mem::new(), Mem::new());
    let (c, d) = (mem.timer(&mut rt), other.timer(&mut rt));
    let mut value = [0u64; 3];
    let elem = value.as_mut_ptr().cast::<u8>();
    // SAFETY: both are timer channels; the value stands still while the goroutine is parked.
    unsafe {
        rt.start_chan_timer(c, 10, 5);
        assert_eq!(chanrecv(&mut rt, g, c, elem), RecvResult::Park);
        assert_eq!(rt.timers().len(), 1);
        assert_eq!(rt.schedule(), Next::Run(g));
        assert_eq!((*elem.cast::<u64>(), rt.timers().len()), (10, 0));

        rt.start_chan_timer(d, 12, 0);
        let case = |c| Scase {
            c,
            elem,
            dir: Dir::Recv,
        };
        let select = [case(c), case(d)];
        assert_eq!(selectgo(&mut rt, g, &select, true), SelectResult::Park);
        assert_eq!(rt.timers().len(), 2);
        assert_eq!(rt.schedule(), Next::Run(g));
        assert_eq!((*elem.cast::<u64>(), rt.timers().len()), (12, 0));
        assert_eq!(g.wake().case, 1);

        // Stopped while somebody waits: a deadlock, until it is started again.
        assert_eq!(chanrecv(&mut rt, g, c, elem), RecvResult::Park);
        rt.stop_chan_timer(c);
        assert_eq!(rt.schedule(), Next::Deadlock);
        rt.start_chan_timer(c, 50, 0);
        assert_eq!(rt.schedule(), Next::Run(g));
        assert_eq!(rt.nanotime(), 50);

        // A wait that is cancelled takes its timer along.
        rt.start_chan_timer(c, 60, 0);
        assert_eq!(chanrecv(&mut rt, g, c, elem), RecvResult::Park);
        rt.cancel_wait(g);
        assert!(rt.timers().is_empty());
        assert!(matches!(g.state(), GState::Parked(WaitReason::ChanReceive)));
        assert_eq!(rt.schedule(), Next::Deadlock);
    }
}

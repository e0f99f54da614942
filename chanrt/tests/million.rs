//! A million parked goroutines, and what each costs. Alone in its file: it counts the process's allocations.

mod host;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use chanrt::{Clock, Config, Dir, Hchan, Next, Runtime, Scase, Sudog, chanrecv, selectgo};
use host::ChanMem;

struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is passed on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's contract.
        unsafe { System.dealloc(ptr, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const N: usize = if cfg!(miri) { 1000 } else { 1_000_000 };

fn runtime() -> Runtime<[u64; 4]> {
    let config = Config {
        clock: Clock::virtual_(),
        seed: Some(1),
        ..Config::default()
    };
    // SAFETY: handles stay in this test; its channels are dropped after the runtime.
    unsafe { Runtime::new(config) }
}

#[test]
fn a_million_parked_goroutines() {
    assert!(size_of::<Hchan>() <= 96 && size_of::<Sudog>() <= 56);
    assert!(size_of::<chanrt::GHead>() + size_of::<Hchan>() <= 350);

    let chans: Vec<ChanMem> = (0..N).map(|_| ChanMem::new(0)).collect();
    let before = LIVE.load(Ordering::Relaxed);
    let mut rt = runtime();
    for chan in &chans {
        let g = rt.newproc(None, 0, [0; 4]);
        assert_eq!(rt.schedule(), Next::Run(g));
        // SAFETY: the channel is valid; the value is discarded.
        unsafe { chanrecv(&mut rt, g, chan.c, std::ptr::null_mut()) };
    }
    let each = (LIVE.load(Ordering::Relaxed) - before) / N;
    let with_chan = each - 32 + size_of::<Hchan>();
    assert!(
        with_chan <= 350,
        "{with_chan} bytes per parked goroutine, channel included, payload not"
    );
    assert_eq!((rt.gcount(), rt.schedule()), (N, Next::Deadlock));
    assert_eq!(rt.goroutines().count(), N);

    // Everybody wakes when the channels close, in any order, and all memory is reused by as many selects.
    for chan in &chans {
        // SAFETY: the channel is valid.
        unsafe { chanrt::closechan(&mut rt, chan.c) };
    }
    while let Next::Run(g) = rt.schedule() {
        assert!(!g.wake().success);
        rt.goexit(g);
    }
    let drained = LIVE.load(Ordering::Relaxed);
    let both: Vec<ChanMem> = (0..2).map(|_| ChanMem::new(0)).collect();
    for _ in 0..N {
        let g = rt.newproc(None, 0, [0; 4]);
        assert_eq!(rt.schedule(), Next::Run(g));
        let case = |i: usize| Scase {
            c: both[i].c,
            elem: std::ptr::null_mut(),
            dir: Dir::Recv,
        };
        // SAFETY: the channels are valid; values are discarded.
        unsafe { selectgo(&mut rt, g, &[case(0), case(1)], true) };
    }
    let each = (LIVE.load(Ordering::Relaxed) - drained) / N;
    assert!(
        each <= 2 * size_of::<Sudog>() + 1,
        "{each} more bytes per goroutine in a select of two"
    );
    drop(rt);
    drop((chans, both));
    assert!(
        LIVE.load(Ordering::Relaxed) < before,
        "the runtime gives everything back"
    );
}

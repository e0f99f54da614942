//! What channel operations cost: chanrt's core and its typed face beside crossbeam-channel, flume and threads. The others move
//! values between threads where it takes two parties; that is what a Rust program would do in their place.
//!
//! `cargo bench --bench channels`; an iteration is one operation.

mod core;

use chanrt::typed::{Chan, Select, go, run};
use core::{ChanMem, Work};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

fn timed(f: impl FnOnce()) -> Duration {
    let start = Instant::now();
    f();
    start.elapsed()
}

/// Measures `f`, which does a number of operations in goroutines; starting the runtime does not count.
fn inside(f: impl FnOnce()) -> Duration {
    run(|| timed(f)).expect("a benchmark is stuck")
}

fn case(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, mut f: impl FnMut(u64) -> Duration) {
    group.bench_function(name, |b| b.iter_custom(&mut f));
}

fn hand_off(c: &mut Criterion) {
    let mut group = c.benchmark_group("hand-off, unbuffered");
    case(&mut group, "chanrt core", |n| {
        let c = ChanMem::new(0);
        timed(|| core::run(&[(Work::Send(c.c), n), (Work::Recv(c.c), n)]))
    });
    case(&mut group, "chanrt typed", |n| {
        inside(|| {
            let c = Chan::new(0);
            let to = c.clone();
            go(move || (0..n).for_each(|i| to.send(i).expect("open")));
            for _ in 0..n {
                black_box(c.recv());
            }
        })
    });
    case(&mut group, "crossbeam", |n| {
        let (to, from) = crossbeam_channel::bounded(0);
        threads(
            n,
            move |i| to.send(i).expect("open"),
            move || from.recv().expect("open"),
        )
    });
    case(&mut group, "flume", |n| {
        let (to, from) = flume::bounded(0);
        threads(
            n,
            move |i| to.send(i).expect("open"),
            move || from.recv().expect("open"),
        )
    });
}

/// Sends on one thread and receives on this one.
fn threads(n: u64, send: impl Fn(u64) + Send + 'static, recv: impl Fn() -> u64) -> Duration {
    let start = Instant::now();
    let sender = thread::spawn(move || (0..n).for_each(send));
    for _ in 0..n {
        black_box(recv());
    }
    sender.join().expect("the sender ends well");
    start.elapsed()
}

fn buffered(c: &mut Criterion) {
    let mut group = c.benchmark_group("send and receive, buffered");
    case(&mut group, "chanrt core", |n| {
        let c = ChanMem::new(128);
        timed(|| core::run(&[(Work::Both(c.c), n)]))
    });
    case(&mut group, "chanrt typed", |n| {
        inside(|| {
            let c = Chan::new(128);
            for i in 0..n {
                c.send(i).expect("open");
                black_box(c.recv());
            }
        })
    });
    case(&mut group, "crossbeam", |n| {
        let (to, from) = crossbeam_channel::bounded(128);
        timed(|| {
            for i in 0..n {
                to.send(i).expect("open");
                black_box(from.recv().expect("open"));
            }
        })
    });
    case(&mut group, "flume", |n| {
        let (to, from) = flume::bounded(128);
        timed(|| {
            for i in 0..n {
                to.send(i).expect("open");
                black_box(from.recv().expect("open"));
            }
        })
    });
}

/// A send that makes one of the cases ready, and the select.
fn select_ready(c: &mut Criterion) {
    for cases in [2, 8] {
        let mut group = c.benchmark_group(format!("send, then select, {cases} cases"));
        case(&mut group, "chanrt core", |n| {
            let chans: Vec<ChanMem> = (0..cases).map(|_| ChanMem::new(1)).collect();
            let all: Vec<_> = chans.iter().map(|c| c.c).collect();
            timed(|| core::run(&[(Work::Ready(all[cases - 1], all.clone()), n)]))
        });
        case(&mut group, "chanrt typed", |n| {
            inside(|| {
                let chans: Vec<Chan<u64>> = (0..cases).map(|_| Chan::new(1)).collect();
                for i in 0..n {
                    chans[cases - 1].send(i).expect("open");
                    black_box(typed_select(&chans));
                }
            })
        });
        case(&mut group, "crossbeam", |n| {
            let chans: Vec<_> = (0..cases)
                .map(|_| crossbeam_channel::bounded::<u64>(1))
                .collect();
            timed(|| {
                for i in 0..n {
                    chans[cases - 1].0.send(i).expect("open");
                    black_box(crossbeam_select(chans.iter().map(|c| &c.1)));
                }
            })
        });
        case(&mut group, "flume", |n| {
            let chans: Vec<_> = (0..cases).map(|_| flume::bounded::<u64>(1)).collect();
            timed(|| {
                for i in 0..n {
                    chans[cases - 1].0.send(i).expect("open");
                    black_box(flume_select(chans.iter().map(|c| &c.1)));
                }
            })
        });
    }
}

fn typed_select(chans: &[Chan<u64>]) -> Option<u64> {
    chans
        .iter()
        .fold(Select::new(), |s, c| s.recv(c, |v| v))
        .run()
}

fn crossbeam_select<'a>(chans: impl Iterator<Item = &'a crossbeam_channel::Receiver<u64>>) -> u64 {
    let chans: Vec<_> = chans.collect();
    let mut select = crossbeam_channel::Select::new();
    for c in &chans {
        select.recv(c);
    }
    let ready = select.select();
    let from = chans[ready.index()];
    ready.recv(from).expect("open")
}

fn flume_select<'a>(chans: impl Iterator<Item = &'a flume::Receiver<u64>>) -> u64 {
    chans
        .fold(flume::Selector::new(), |s, c| {
            s.recv(c, |v| v.expect("open"))
        })
        .wait()
}

/// A select that has to wait for the other side each time.
fn select_blocked(c: &mut Criterion) {
    for cases in [2, 8] {
        let mut group = c.benchmark_group(format!("select that waits, {cases} cases"));
        case(&mut group, "chanrt core", |n| {
            let chans: Vec<ChanMem> = (0..cases).map(|_| ChanMem::new(0)).collect();
            let all: Vec<_> = chans.iter().map(|c| c.c).collect();
            timed(|| core::run(&[(Work::Select(all.clone()), n), (Work::Round(all), n)]))
        });
        case(&mut group, "chanrt typed", |n| {
            inside(|| {
                let chans: Vec<Chan<u64>> = (0..cases).map(|_| Chan::new(0)).collect();
                let to = chans.clone();
                go(move || (0..n).for_each(|i| to[i as usize % cases].send(i).expect("open")));
                for _ in 0..n {
                    black_box(typed_select(&chans));
                }
            })
        });
        case(&mut group, "crossbeam", |n| {
            let (to, from): (Vec<_>, Vec<_>) = (0..cases)
                .map(|_| crossbeam_channel::bounded::<u64>(0))
                .unzip();
            threads(
                n,
                move |i| to[i as usize % cases].send(i).expect("open"),
                move || crossbeam_select(from.iter()),
            )
        });
        case(&mut group, "flume", |n| {
            let (to, from): (Vec<_>, Vec<_>) = (0..cases).map(|_| flume::bounded::<u64>(0)).unzip();
            // A channel without senders would be ready, with an error.
            let _open = to.clone();
            threads(
                n,
                move |i| to[i as usize % cases].send(i).expect("open"),
                move || flume_select(from.iter()),
            )
        });
    }
}

fn spawn(c: &mut Criterion) {
    let mut group = c.benchmark_group("start and end");
    case(&mut group, "chanrt core", |n| timed(|| core::spawn(n)));
    case(&mut group, "chanrt typed", |n| {
        inside(|| {
            for i in 0..n {
                go(move || {
                    black_box(i);
                });
                chanrt::typed::yield_now();
            }
        })
    });
    case(&mut group, "std thread", |n| {
        timed(|| {
            for i in 0..n {
                thread::spawn(move || black_box(i))
                    .join()
                    .expect("the thread ends well");
            }
        })
    });
}

fn timer(c: &mut Criterion) {
    let mut group = c.benchmark_group("timer started and stopped");
    case(&mut group, "chanrt core", |n| timed(|| core::timers(n)));
    case(&mut group, "crossbeam after", |n| {
        timed(|| {
            for _ in 0..n {
                black_box(crossbeam_channel::after(Duration::from_secs(3600)));
            }
        })
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    targets = hand_off, buffered, select_ready, select_blocked, spawn, timer
}
criterion_main!(benches);

//! The typed face: Rust values through the same channels.
#![cfg(feature = "coroutines")]

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use chanrt::WaitReason;
use chanrt::stack::STACK_SIZE;
use chanrt::typed::{
    Chan, Select, SendError, TryRecvError, TrySendError, after, blocking, explore, go, goid,
    nanotime, run, run_with, sleep, yield_now,
};
use chanrt::{Clock, Config};

fn virtual_time() -> Config {
    Config {
        clock: Clock::virtual_(),
        seed: Some(1),
        ..Config::default()
    }
}

/// Counts how many of its kind are alive.
struct Counted(Rc<Cell<i32>>);

impl Counted {
    fn new(live: &Rc<Cell<i32>>) -> Counted {
        live.set(live.get() + 1);
        Counted(Rc::clone(live))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

#[test]
fn values_of_all_sizes_arrive_whole() {
    run(|| {
        for cap in [0, 1, 3] {
            let (a, b, c, d) = (
                Chan::new(cap),
                Chan::new(cap),
                Chan::new(cap),
                Chan::new(cap),
            );
            let (a2, b2, c2, d2) = (a.clone(), b.clone(), c.clone(), d.clone());
            go(move || {
                for i in 0..10u8 {
                    a2.send(i).unwrap();
                    b2.send(format!("value {i}")).unwrap();
                    c2.send(()).unwrap();
                    d2.send([i; 1000]).unwrap();
                }
            });
            for i in 0..10u8 {
                assert_eq!(a.recv(), Some(i));
                assert_eq!(b.recv(), Some(format!("value {i}")));
                assert_eq!(c.recv(), Some(()));
                assert_eq!(d.recv(), Some([i; 1000]));
            }
        }
    })
    .unwrap();
}

#[test]
fn nothing_leaks_and_nothing_is_dropped_twice() {
    let live = Rc::new(Cell::new(0));
    run(|| {
        let buffered = Chan::new(4);
        for _ in 0..3 {
            buffered.send(Counted::new(&live)).ok().unwrap();
        }
        drop(buffered.recv());
        let c = Chan::<Counted>::new(0);
        // Left behind when main returns: a parked sender, a select, a receiver that has been served but not run.
        let (sender, live2) = (c.clone(), Rc::clone(&live));
        go(move || drop(sender.send(Counted::new(&live2))));
        let (x, live2) = (Chan::<Counted>::new(0), Rc::clone(&live));
        go(move || {
            Select::new()
                .send(&x, Counted::new(&live2), drop)
                .recv(&Chan::<Counted>::new(0), drop)
                .run()
        });
        let served = Chan::<Counted>::new(0);
        let receiver = served.clone();
        go(move || drop(receiver.recv()));
        yield_now();
        served.try_send(Counted::new(&live)).ok().unwrap();
        let taken = Chan::<Counted>::new(0);
        let (sender, live2) = (taken.clone(), Rc::clone(&live));
        go(move || drop(sender.send(Counted::new(&live2))));
        yield_now();
        yield_now();
        drop(taken.try_recv());
    })
    .unwrap();
    assert_eq!(live.get(), 0);
}

#[test]
fn closing() {
    run(|| {
        let c = Chan::new(2);
        assert_eq!(
            (c.try_send(1), c.try_send(2), c.try_send(3)),
            (Ok(()), Ok(()), Err(TrySendError::Full(3)))
        );
        assert_eq!((c.len(), c.cap(), c.is_empty()), (2, 2, false));
        c.close().unwrap();
        assert!(c.close().is_err());
        assert_eq!(c.send(4), Err(SendError(4)));
        assert_eq!(c.try_send(4), Err(TrySendError::Closed(4)));
        assert_eq!((&c).into_iter().collect::<Vec<_>>(), [1, 2]);
        assert_eq!((c.recv(), c.try_recv()), (None, Err(TryRecvError::Closed)));

        let d = Chan::<Box<i32>>::new(0);
        let (sender, heard) = (d.clone(), Chan::new(1));
        let tell = heard.clone();
        go(move || tell.send(sender.send(Box::new(5))).unwrap());
        yield_now();
        d.close().unwrap();
        assert_eq!(
            heard.recv(),
            Some(Err(SendError(Box::new(5)))),
            "a parked sender gets its value back"
        );
    })
    .unwrap();
}

#[test]
fn select_waits_and_defaults() {
    run_with(virtual_time(), STACK_SIZE, || {
        let (a, b) = (Chan::<String>::new(0), Chan::<u32>::new(0));
        assert!(
            Select::new()
                .recv(&a, |_| false)
                .send(&b, 1, |_| false)
                .default_case(|| true)
                .run()
        );
        let from_b = b.clone();
        go(move || {
            sleep(Duration::from_millis(5));
            assert_eq!(from_b.recv(), Some(7));
        });
        let case = Select::new()
            .recv(&a, |_| "a")
            .send(&b, 7, |sent| sent.map_or("closed", |()| "b"))
            .run();
        assert_eq!(case, "b");
        let timeout = Select::new()
            .recv(&a, |_| false)
            .recv(&after(Duration::from_secs(60)), |_| true)
            .run();
        assert!(timeout);
        assert_eq!(nanotime(), 60_005_000_000);
    })
    .unwrap();
}

#[test]
fn deadlocks_are_reported() {
    let deadlock = run(|| {
        let c = Chan::<i32>::new(0);
        let sender = c.clone();
        go(move || sender.send(1).unwrap());
        c.recv();
        c.recv()
    })
    .unwrap_err();
    assert_eq!(deadlock.goroutines, [(1, WaitReason::ChanReceive)]);
    assert_eq!(
        deadlock.to_string(),
        "all goroutines are asleep - deadlock!\ngoroutine 1 [chan receive]"
    );
}

#[test]
fn a_panic_ends_the_run_and_unwinds_the_others() {
    let live = Rc::new(Cell::new(0));
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        run(|| {
            let _here = Counted::new(&live);
            let c = Chan::<i32>::new(0);
            go(|| std::panic::resume_unwind(Box::new("boom")));
            c.recv()
        })
    }));
    assert_eq!(result.unwrap_err().downcast_ref::<&str>(), Some(&"boom"));
    assert_eq!(live.get(), 0);
    assert_eq!(run(goid), Ok(1), "the thread can run again");
}

#[test]
fn blocking_work_leaves_the_others_running() {
    let sum = run(|| {
        let c = Chan::new(0);
        for i in 0..8u64 {
            let c = c.clone();
            go(move || {
                let n = blocking(move || {
                    std::thread::sleep(Duration::from_millis(5));
                    i * i
                });
                c.send(n).unwrap();
            });
        }
        (0..8).filter_map(|_| c.recv()).sum::<u64>()
    });
    assert_eq!(sum, Ok(140));
}

#[test]
fn explore_finds_every_outcome() {
    let outcomes = explore(10_000, || {
        let c = Chan::new(2);
        for i in [1, 2] {
            let c = c.clone();
            go(move || c.send(i).unwrap());
        }
        yield_now();
        Select::new().recv(&c, |v| v).default_case(|| None).run()
    });
    let distinct: BTreeSet<_> = outcomes.into_iter().map(Result::unwrap).collect();
    assert_eq!(distinct, BTreeSet::from([None, Some(1), Some(2)]));
}

#[test]
fn ten_thousand_goroutines() {
    let n = 10_000;
    let total = run(|| {
        let (start, done) = (Chan::<()>::new(0), Chan::new(0));
        for i in 0..n {
            let (start, done) = (start.clone(), done.clone());
            go(move || {
                start.recv();
                done.send(i).unwrap();
            });
        }
        yield_now();
        start.close().unwrap();
        (0..n).filter_map(|_| done.recv()).sum::<u64>()
    });
    assert_eq!(total, Ok(n * (n - 1) / 2));
}

#[test]
fn destructors_that_talk_to_channels_do_not_hang_the_end() {
    struct Goodbye(Chan<i32>);
    impl Drop for Goodbye {
        fn drop(&mut self) {
            assert_eq!(self.0.send(1), Err(SendError(1)));
            assert_eq!(self.0.recv(), None);
            go(|| unreachable!("no goroutine starts while the run ends"));
            yield_now();
        }
    }
    let order = Rc::new(RefCell::new(Vec::new()));
    run(|| {
        let c = Chan::new(0);
        let order = Rc::clone(&order);
        go(move || {
            let _bye = Goodbye(c.clone());
            order.borrow_mut().push("parked");
            c.recv();
            order.borrow_mut().push("woken");
        });
        yield_now();
    })
    .unwrap();
    assert_eq!(*order.borrow(), ["parked"]);
}

//! The order goroutines run in (Go's, with GOMAXPROCS=1), time, policies, the blocking pool, verdicts.

mod host;

use std::time::{Duration, Instant};

use chanrt::{
    Clock, Config, GState, Gp, Next, Policy, Runtime, TimerPayload, VIRTUAL_EPOCH, WaitReason,
    chanrecv,
};
use host::{Arm, Block, ChanMem, Event, Host, Step};

fn virtual_time() -> Config {
    Config {
        clock: Clock::virtual_(),
        seed: Some(1),
        ..Config::default()
    }
}

/// The numbers logged, in order.
fn logged(host: &mut Host) -> Vec<u64> {
    host.run()
        .iter()
        .filter_map(|e| {
            if let Event::Log(_, n) = e {
                Some(*n)
            } else {
                None
            }
        })
        .collect()
}

fn runtime<T>(config: Config) -> Runtime<T> {
    // SAFETY: tests use handles with their own runtime only.
    unsafe { Runtime::new(config) }
}

fn run<T>(rt: &mut Runtime<T>) -> Gp {
    match rt.schedule() {
        Next::Run(g) => g,
        other => panic!("nothing to run: {other:?}"),
    }
}

#[test]
fn the_newest_goroutine_runs_first_then_the_others_in_order() {
    let logs: Vec<[Step; 1]> = (0..5).map(|n| [Step::Log(n)]).collect();
    let main: Vec<Step> = (1..=5).map(Step::Go).chain([Step::Sleep(1)]).collect();
    let programs: Vec<&[Step]> = std::iter::once(&main[..])
        .chain(logs.iter().map(|p| &p[..]))
        .collect();
    assert_eq!(
        logged(&mut Host::new(virtual_time(), &[], &programs)),
        [4, 0, 1, 2, 3]
    );
}

#[test]
fn equal_sleeps_and_close_wake_in_gos_order() {
    let sleepers: Vec<[Step; 2]> = (0..5).map(|n| [Step::Sleep(10), Step::Log(n)]).collect();
    let main: Vec<Step> = (1..=5).map(Step::Go).chain([Step::Sleep(99)]).collect();
    let programs: Vec<&[Step]> = std::iter::once(&main[..])
        .chain(sleepers.iter().map(|p| &p[..]))
        .collect();
    assert_eq!(
        logged(&mut Host::new(virtual_time(), &[], &programs)),
        [3, 4, 0, 1, 2]
    );

    let receivers: Vec<[Step; 2]> = (0..5).map(|n| [Step::Recv(0), Step::Log(n)]).collect();
    let main: Vec<Step> = (1..=5)
        .map(Step::Go)
        .chain([Step::Sleep(1), Step::Close(0), Step::Sleep(1)])
        .collect();
    let programs: Vec<&[Step]> = std::iter::once(&main[..])
        .chain(receivers.iter().map(|p| &p[..]))
        .collect();
    assert_eq!(
        logged(&mut Host::new(virtual_time(), &[0], &programs)),
        [4, 3, 2, 1, 0]
    );
}

/// A hash of numbers in order (FNV-1a by number).
fn order_hash(numbers: &[u64]) -> u64 {
    numbers.iter().fold(0xcbf2_9ce4_8422_2325, |h, n| {
        (h ^ n).wrapping_mul(0x0100_0000_01b3)
    })
}

#[test]
fn long_queues_keep_gos_order() {
    // main starts n goroutines and waits; goroutine i appends i, and every third one yields and appends i again.
    // The hashes are those of what Go 1.27 leaves with GOMAXPROCS=1.
    let go = [
        (100, 0x838b_9790_119f_2be2),
        (257, 0x8835_98c8_33a8_2942),
        (1000, 0x5a75_3b76_05b3_9dfe),
        (3000, 0x3237_8c3c_18b3_b5e1),
    ];
    for (n, expected) in go {
        let mut programs: Vec<Vec<Step>> =
            vec![(1..=n).map(Step::Go).chain([Step::Sleep(1)]).collect()];
        programs.extend((0..n as u64).map(|i| match i % 3 {
            0 => vec![Step::Log(i), Step::Yield, Step::Log(i)],
            _ => vec![Step::Log(i)],
        }));
        let programs: Vec<&[Step]> = programs.iter().map(|p| &p[..]).collect();
        assert_eq!(
            order_hash(&logged(&mut Host::new(virtual_time(), &[], &programs))),
            expected,
            "{n} goroutines"
        );
    }
}

#[test]
fn a_thousand_goroutines_all_run_once() {
    let worker = [Step::Yield, Step::Send(0, 1)];
    let main: Vec<Step> = [vec![Step::Go(1); 1000], vec![Step::Recv(0); 1000]].concat();
    for policy in [Policy::Fifo, Policy::Random] {
        let mut host = Host::new(
            Config {
                policy,
                ..virtual_time()
            },
            &[0],
            &[&main, &worker],
        );
        let log = host.run();
        assert_eq!(
            log.iter().filter(|e| matches!(e, Event::Got(0, 1))).count(),
            1000
        );
        assert_eq!(log.last(), Some(&Event::MainDone));
    }
}

#[test]
fn a_pair_that_wakes_each_other_does_not_starve_the_rest() {
    let mut rt = runtime::<u8>(virtual_time());
    let (a, b) = (rt.newproc(None, 0, 0), rt.newproc(None, 0, 0));
    assert_eq!(run(&mut rt), b);
    rt.park(b, WaitReason::Semacquire);
    assert_eq!(run(&mut rt), a);
    let third = rt.newproc(None, 0, 0);
    assert_eq!(run_after_yield(&mut rt, a), third);
    rt.yield_now(third);
    assert_eq!(run(&mut rt), a);
    let mut current = a;
    let mut other = b;
    for _ in 0..100_000 {
        rt.ready(other);
        rt.park(current, WaitReason::Semacquire);
        let next = run(&mut rt);
        if next == third {
            return;
        }
        (current, other) = (next, current);
    }
    panic!("the third goroutine never ran");
}

fn run_after_yield<T>(rt: &mut Runtime<T>, g: Gp) -> Gp {
    rt.yield_now(g);
    run(rt)
}

#[test]
fn goids_count_up_and_structs_are_reused() {
    let mut rt = runtime::<String>(virtual_time());
    let main = rt.newproc(None, 0, "main".into());
    assert_eq!(
        (main.goid(), main.creator(), main.state()),
        (1, 0, GState::Runnable)
    );
    assert_eq!(run(&mut rt), main);
    for i in 2..100 {
        let g = rt.newproc(Some(main), i, format!("g{i}"));
        assert_eq!((g.goid(), g.creator(), g.go_site()), (u64::from(i), 1, i));
        assert_eq!(
            rt.goroutines().map(Gp::goid).collect::<Vec<_>>(),
            [1, u64::from(i)]
        );
        rt.park(main, WaitReason::Semacquire);
        assert_eq!(run(&mut rt), g);
        assert_eq!(rt.goexit(g), format!("g{i}"));
        rt.ready(main);
        run(&mut rt);
    }
    assert_eq!(rt.gcount(), 1);
}

#[test]
fn virtual_time_jumps_and_real_time_does_not_pass() {
    let started = Instant::now();
    let hour = 3_600_000_000_000;
    let mut host = Host::new(
        virtual_time(),
        &[],
        &[&[Step::Sleep(1000 * hour), Step::Log(1)]],
    );
    assert_eq!(host.rt.walltime(), (VIRTUAL_EPOCH, 0));
    assert_eq!(logged(&mut host), [1]);
    assert_eq!(host.rt.nanotime(), 1000 * hour);
    assert_eq!(host.rt.walltime(), (VIRTUAL_EPOCH + 3_600_000, 0));
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn real_sleeps_take_their_time_even_beside_a_busy_goroutine() {
    let config = Config {
        seed: Some(1),
        ..Config::default()
    };
    let started = Instant::now();
    let busy = vec![Step::Yield; 2_000_000];
    let mut host = Host::new(
        config,
        &[0],
        &[&[Step::Go(1), Step::Sleep(3_000_000), Step::Log(1)], &busy],
    );
    assert_eq!(logged(&mut host), [1]);
    assert!(started.elapsed() >= Duration::from_millis(3));
}

#[test]
fn host_timers_fire_in_order_and_can_be_stopped_and_moved() {
    let mut rt = runtime::<u8>(virtual_time());
    let main = rt.newproc(None, 0, 0);
    run(&mut rt);
    rt.park(main, WaitReason::Semacquire);
    let ids: Vec<_> = (0..6)
        .map(|i| rt.start_timer(100 - (i as i64 % 3) * 10, TimerPayload::Host(i)))
        .collect();
    assert!(rt.stop_timer(ids[1]) && !rt.stop_timer(ids[1]));
    assert!(rt.reset_timer(ids[5], 95));
    let mut fired = Vec::new();
    while let Next::Timer(n) = rt.schedule() {
        fired.push((n, rt.nanotime()));
    }
    assert_eq!(fired, [(2, 80), (4, 90), (5, 95), (0, 100), (3, 100)]);
    assert_eq!(rt.schedule(), Next::Deadlock);
    assert!(!rt.reset_timer(ids[5], 200) && !rt.stop_timer(ids[0]));
    assert_eq!(chanrt::TimerId::from_bits(ids[0].to_bits()), Some(ids[0]));
}

#[test]
fn a_million_timers() {
    let n: u64 = if cfg!(miri) { 1000 } else { 1_000_000 };
    let mut rt = runtime::<u8>(virtual_time());
    let main = rt.newproc(None, 0, 0);
    run(&mut rt);
    rt.park(main, WaitReason::Semacquire);
    let mut rng = chanrt::Rng::new(5);
    let ids: Vec<_> = (0..n)
        .map(|i| rt.start_timer(rng.below(1 << 40) as i64 + 1, TimerPayload::Host(i)))
        .collect();
    let stopped = ids
        .iter()
        .step_by(3)
        .filter(|&&id| rt.stop_timer(id))
        .count();
    let (mut fired, mut last) = (0, 0);
    while let Next::Timer(i) = rt.schedule() {
        assert!(rt.nanotime() >= last && i % 3 != 0);
        last = rt.nanotime();
        fired += 1;
    }
    assert_eq!(fired + stopped, n as usize);
}

#[test]
fn a_recorded_run_repeats_itself() {
    let worker = |n| {
        [
            Step::Yield,
            Step::Send(0, n),
            Step::Yield,
            Step::Send(0, n + 10),
        ]
    };
    let arms = vec![Arm::Recv(0), Arm::Recv(1)];
    let select = Step::Select(arms, Block::Yes);
    let mut main: Vec<Step> = (1..=4).map(Step::Go).collect();
    main.extend(vec![select; 8]);
    let programs = [
        &main[..],
        &worker(1),
        &worker(2),
        &[Step::Send(1, 3), Step::Send(1, 4)],
        &worker(5),
    ];
    let mut different = std::collections::HashSet::new();
    for seed in 0..20 {
        for policy in [Policy::Random, Policy::Fifo] {
            let config = Config {
                policy,
                seed: Some(seed),
                record: true,
                ..virtual_time()
            };
            let mut first = Host::new(config, &[0, 0], &programs);
            let log = first.run().to_vec();
            let drawn = (first.rt.rand_u64(), first.rt.quantum());
            let schedule = first.rt.schedule_taken().unwrap();
            let replay = Config {
                policy: Policy::Replay(schedule),
                seed: None,
                record: false,
                ..virtual_time()
            };
            let mut second = Host::new(replay, &[0, 0], &programs);
            assert_eq!(second.run(), log);
            assert_eq!((second.rt.rand_u64(), second.rt.quantum()), drawn);
            different.insert(log);
        }
    }
    assert!(different.len() > 5, "seeds make a difference");
}

#[test]
fn blocking_jobs_overlap_and_hold_back_the_verdict() {
    let mut rt = runtime::<u64>(Config {
        seed: Some(1),
        ..Config::default()
    });
    for i in 0..40 {
        rt.newproc(None, 0, i);
    }
    let started = Instant::now();
    let (mut done, mut sum) = (0, 0);
    loop {
        let g = match rt.schedule() {
            Next::Run(g) => g,
            Next::AllDone => break,
            other => panic!("{other:?} while jobs are in flight"),
        };
        // SAFETY: `g` is alive.
        let n = unsafe { *rt.payload(g) };
        match rt.take_result(g) {
            Some(result) => {
                sum += *result.unwrap().downcast::<u64>().unwrap();
                done += 1;
                rt.goexit(g);
            }
            None => rt.submit(
                g,
                Box::new(move || {
                    std::thread::sleep(Duration::from_millis(30));
                    Box::new(n * 2)
                }),
            ),
        }
    }
    assert_eq!((done, sum), (40, 2 * (0..40).sum::<u64>()));
    assert!(
        started.elapsed() < Duration::from_millis(600),
        "40 jobs of 30 ms ran side by side"
    );
}

#[test]
fn a_deadlock_is_found_after_the_last_job_and_is_not_the_end() {
    let mut rt = runtime::<u8>(virtual_time());
    let chan = ChanMem::new(0);
    let main = rt.newproc(None, 0, 0);
    let job = rt.newproc(Some(main), 0, 0);
    assert_eq!(run(&mut rt), job);
    rt.submit(job, Box::new(|| panic!("boom")));
    assert_eq!(
        (job.wait_reason(), rt.in_flight()),
        (Some(WaitReason::IOWait), 1)
    );
    assert_eq!(run(&mut rt), main);
    // SAFETY: the channel is valid; the value is discarded.
    unsafe { chanrecv(&mut rt, main, chan.c, std::ptr::null_mut()) };
    // A sleeper due far in the future: virtual time waits for the job first.
    assert_eq!(run(&mut rt), job);
    let panic = rt.take_result(job).unwrap().unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"boom"));
    rt.goexit(job);
    assert_eq!(rt.schedule(), Next::Deadlock);
    assert_eq!(
        rt.schedule(),
        Next::Deadlock,
        "asking again changes nothing"
    );
    let late = rt.newproc(None, 0, 0);
    assert_eq!(run(&mut rt), late);
    assert_eq!(
        rt.waiting_on(main)
            .iter()
            .map(|w| (w.c, w.goid))
            .collect::<Vec<_>>(),
        [(chan.c, 1)]
    );
    rt.kill(main);
    // SAFETY: the channel is valid.
    assert!(unsafe { chanrt::waiters(chan.c) }.is_empty());
    rt.goexit(late);
    assert_eq!(rt.schedule(), Next::AllDone);
}

#[test]
fn virtual_time_waits_for_jobs() {
    let mut rt = runtime::<u8>(virtual_time());
    let sleeper = rt.newproc(None, 0, 0);
    let job = rt.newproc(None, 0, 0);
    assert_eq!(run(&mut rt), job);
    rt.submit(
        job,
        Box::new(|| {
            std::thread::sleep(Duration::from_millis(20));
            Box::new(())
        }),
    );
    assert_eq!(run(&mut rt), sleeper);
    rt.park_sleep(sleeper, 1);
    assert_eq!(
        run(&mut rt),
        job,
        "the job first, though the timer is due in a nanosecond"
    );
    assert_eq!(rt.nanotime(), 0);
    assert!(rt.take_result(job).is_some_and(|r| r.is_ok()));
    rt.goexit(job);
    assert_eq!(run(&mut rt), sleeper);
    assert_eq!(rt.nanotime(), 1);
}

#[test]
fn an_interrupt_ends_the_idle_wait() {
    let mut rt = runtime::<u8>(Config::default());
    let g = rt.newproc(None, 0, 0);
    run(&mut rt);
    rt.park_sleep(g, 3_600_000_000_000);
    let interrupter = rt.interrupter();
    let other = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(10));
        interrupter.interrupt();
    });
    assert_eq!(rt.schedule(), Next::Interrupted);
    other.join().unwrap();
    let again = rt.newproc(None, 0, 0);
    assert_eq!(run(&mut rt), again, "the interrupt is consumed");
    assert!(!rt.poll());
    rt.interrupter().interrupt();
    assert!(
        rt.poll(),
        "a running goroutine hears of it at its preemption point"
    );
    rt.yield_now(again);
    let mut saw = false;
    for _ in 0..200 {
        match rt.schedule() {
            Next::Interrupted => saw = true,
            Next::Run(g) => rt.yield_now(g),
            other => panic!("{other:?}"),
        }
    }
    assert!(saw);
}

#[test]
fn semaphores_queue_first_come_first_served() {
    let mut rt = runtime::<u8>(virtual_time());
    let gs: Vec<Gp> = (0..6).map(|_| rt.newproc(None, 0, 0)).collect();
    for i in 0..6u32 {
        let g = run(&mut rt);
        match i {
            4 => rt.semaqueue_first(0x40, g, WaitReason::SyncMutexLock, i),
            5 => rt.semaqueue(0x48, g, WaitReason::SyncCondWait, i),
            _ => rt.semaqueue(0x40, g, WaitReason::SyncRWMutexRLock, i),
        }
    }
    assert_eq!(
        (
            rt.sema_waiters(0x40),
            rt.sema_waiters(0x48),
            rt.sema_waiters(0x50)
        ),
        (5, 1, 0)
    );
    assert_eq!(rt.schedule(), Next::Deadlock);
    assert_eq!(rt.sema_peek(0x40), Some(4));
    let second = gs[0];
    assert_eq!(
        rt.waiting_at(second).map(|w| (w.addr, w.tag)),
        Some((0x40, 1))
    );
    rt.kill(second);
    let mut tags = Vec::new();
    while let Some((g, tag)) = rt.semadequeue(0x40) {
        assert_eq!((g.wake().case, rt.waiting_at(g)), (tag, None));
        tags.push(tag);
    }
    assert_eq!(tags, [4, 0, 2, 3]);
    assert_eq!(rt.sema_waiters(0x40), 0);
}

#[test]
fn wait_reasons_are_gos() {
    assert_eq!(
        GState::Parked(WaitReason::ChanReceiveNilChan).to_string(),
        "chan receive (nil chan)"
    );
    assert_eq!(GState::Runnable.to_string(), "runnable");
    let texts: std::collections::HashSet<_> = WaitReason::ALL.iter().map(|r| r.as_str()).collect();
    assert_eq!(texts.len(), WaitReason::ALL.len());
}

#[test]
fn killing_takes_goroutines_off_everything() {
    let mut host = Host::new(
        virtual_time(),
        &[0, 0],
        &[
            &[Step::Go(1), Step::Go(2), Step::Go(3), Step::Recv(9)],
            &[Step::Select(
                vec![Arm::Recv(0), Arm::Send(1, 1)],
                Block::Yes,
            )],
            &[Step::Sleep(50)],
            &[Step::Send(0, 1), Step::Recv(1)],
        ],
    );
    host.run();
    let left: Vec<Gp> = host.rt.goroutines().collect();
    for g in left {
        drop(host.rt.kill(g));
    }
    for c in [0, 1] {
        // SAFETY: the host's channels are valid.
        assert!(unsafe { chanrt::waiters(host.chan(c)) }.is_empty());
    }
    assert_eq!(host.rt.schedule(), Next::AllDone);
}

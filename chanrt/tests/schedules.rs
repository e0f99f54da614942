//! Small programs under every schedule: what may happen happens, what must not never does.

mod host;

use std::collections::BTreeSet;

use chanrt::{Clock, Config, Explorer, Policy};
use host::{Arm, Block, Event, Host, Step};

/// Runs the program under every schedule; `check` sees each finished host. Returns the distinct logs.
fn every_schedule(
    caps: &[usize],
    programs: &[&[Step]],
    mut check: impl FnMut(&Host),
) -> BTreeSet<Vec<Event>> {
    let mut explorer = Explorer::new();
    let mut logs = BTreeSet::new();
    for runs in 1.. {
        assert!(runs < 200_000, "too many schedules");
        let config = Config {
            policy: Policy::Exhaustive(explorer),
            clock: Clock::virtual_(),
            seed: Some(0),
            record: false,
        };
        let mut host = Host::new(config, caps, programs);
        host.run();
        check(&host);
        logs.insert(std::mem::take(&mut host.log));
        explorer = host.rt.take_explorer().unwrap();
        if !explorer.advance() {
            break;
        }
    }
    logs
}

/// The values a program received, in order.
fn got(log: &[Event], program: usize) -> Vec<u64> {
    log.iter()
        .filter_map(|e| {
            if let Event::Got(p, v) = e {
                (*p == program).then_some(*v)
            } else {
                None
            }
        })
        .collect()
}

#[test]
fn two_producers_one_consumer() {
    for cap in 0..3 {
        let producer = |first| {
            [
                Step::Yield,
                Step::Send(0, first),
                Step::Yield,
                Step::Send(0, first + 1),
            ]
        };
        let recv = Step::Recv(0);
        let main = [
            Step::Go(1),
            Step::Go(2),
            recv.clone(),
            recv.clone(),
            recv.clone(),
            recv,
        ];
        let mut orders = BTreeSet::new();
        every_schedule(&[cap], &[&main, &producer(10), &producer(20)], |host| {
            assert_eq!(host.log.last(), Some(&Event::MainDone));
            let values = got(&host.log, 0);
            let of = |p: u64| {
                values
                    .iter()
                    .copied()
                    .filter(|v| v / 10 == p)
                    .collect::<Vec<_>>()
            };
            assert_eq!(
                (of(1), of(2)),
                (vec![10, 11], vec![20, 21]),
                "each producer's values arrive in order"
            );
            orders.insert(values);
        });
        assert_eq!(
            orders.len(),
            6,
            "every interleaving of two and two happens (capacity {cap})"
        );
    }
}

#[test]
fn close_wakes_every_receiver_after_the_values() {
    for cap in 0..3 {
        let main = [
            Step::Go(1),
            Step::Go(2),
            Step::Yield,
            Step::Send(0, 1),
            Step::Send(0, 2),
            Step::Close(0),
            Step::Recv(1),
            Step::Recv(1),
        ];
        let worker = [Step::Range(0), Step::Send(1, 9)];
        every_schedule(&[cap, 2], &[&main, &worker, &worker], |host| {
            assert_eq!(host.log.last(), Some(&Event::MainDone));
            let mut values = got(&host.log, 1);
            values.extend(got(&host.log, 2));
            values.sort_unstable();
            assert_eq!(values, [1, 2], "every value is received once");
            for w in [1, 2] {
                assert_eq!(
                    host.log.iter().filter(|e| **e == Event::Closed(w)).count(),
                    1
                );
            }
        });
    }
}

#[test]
fn a_select_is_won_once() {
    let main = [
        Step::Go(1),
        Step::Go(2),
        Step::Select(vec![Arm::Recv(0), Arm::Recv(1)], Block::Yes),
    ];
    let mut winners = BTreeSet::new();
    every_schedule(
        &[0, 0],
        &[&main, &[Step::Send(0, 5)], &[Step::Send(1, 6)]],
        |host| {
            let chosen: Vec<_> = host
                .log
                .iter()
                .filter(|e| matches!(e, Event::Chose(0, _)))
                .collect();
            assert_eq!(chosen.len(), 1);
            let values = got(&host.log, 0);
            assert_eq!(values.len(), 1);
            winners.insert(values[0]);
            // The loser's queue is clean: whoever is left is a sender, and nobody's record of the select remains.
            for c in [0, 1] {
                // SAFETY: the host's channels are valid.
                let waiters = unsafe { chanrt::waiters(host.chan(c)) };
                assert!(
                    waiters
                        .iter()
                        .all(|w| w.dir == chanrt::Dir::Send && w.case.is_none())
                );
            }
        },
    );
    assert_eq!(winners, BTreeSet::from([5, 6]));
}

#[test]
fn selects_meet_selects() {
    // Two goroutines that each either send to or receive from the other, on one channel.
    let arms = |v| Step::Select(vec![Arm::Send(0, v), Arm::Recv(0)], Block::Yes);
    let main = [Step::Go(1), arms(1), Step::Recv(1)];
    let other = [arms(2), Step::Send(1, 0)];
    let logs = every_schedule(&[0, 0], &[&main, &other], |host| {
        assert_eq!(host.log.last(), Some(&Event::MainDone));
    });
    let main_got: BTreeSet<Vec<u64>> = logs.iter().map(|log| got(log, 0)).collect();
    assert_eq!(
        main_got,
        BTreeSet::from([vec![0], vec![2, 0]]),
        "either direction can win"
    );
}

#[test]
fn send_on_a_closed_channel_panics_whoever_is_first() {
    let main = [Step::Go(1), Step::Go(2), Step::Sleep(1)];
    let logs = every_schedule(
        &[0],
        &[&main, &[Step::Log(1), Step::Send(0, 1)], &[Step::Close(0)]],
        |host| {
            assert!(host.log.contains(&Event::Panic(1)), "{:?}", host.log);
        },
    );
    assert!(logs.len() > 1, "the sender both parks first and comes late");
}

#[test]
fn a_mutex_excludes() {
    let section = |n: u64| {
        [
            Step::Lock(8),
            Step::Log(n),
            Step::Yield,
            Step::Log(n),
            Step::Unlock(8),
            Step::Send(0, n),
        ]
    };
    let main = [
        Step::Go(1),
        Step::Go(2),
        Step::Go(3),
        Step::Recv(0),
        Step::Recv(0),
        Step::Recv(0),
    ];
    let logs = every_schedule(
        &[3],
        &[&main, &section(1), &section(2), &section(3)],
        |host| {
            assert_eq!(host.log.last(), Some(&Event::MainDone));
            let logged: Vec<u64> = host
                .log
                .iter()
                .filter_map(|e| {
                    if let Event::Log(_, n) = e {
                        Some(*n)
                    } else {
                        None
                    }
                })
                .collect();
            for pair in logged.chunks(2) {
                assert_eq!(pair[0], pair[1], "nobody enters while another is inside");
            }
        },
    );
    assert!(logs.len() >= 6, "every order of entry happens");
}

#[test]
fn lock_order_inversion_deadlocks_sometimes() {
    let ab = [
        Step::Lock(1),
        Step::Yield,
        Step::Lock(2),
        Step::Unlock(2),
        Step::Unlock(1),
        Step::Send(0, 1),
    ];
    let ba = [
        Step::Lock(2),
        Step::Yield,
        Step::Lock(1),
        Step::Unlock(1),
        Step::Unlock(2),
        Step::Send(0, 1),
    ];
    let main = [Step::Go(1), Step::Go(2), Step::Recv(0), Step::Recv(0)];
    let ends: BTreeSet<Event> = every_schedule(&[2], &[&main, &ab, &ba], |_| {})
        .into_iter()
        .map(|log| log.last().unwrap().clone())
        .collect();
    assert_eq!(ends, BTreeSet::from([Event::Deadlock, Event::MainDone]));
}

#[test]
fn non_blocking_select_takes_the_default_only_when_nothing_is_ready() {
    let main = [
        Step::Go(1),
        Step::Yield,
        Step::Select(vec![Arm::Recv(0)], Block::No),
    ];
    let logs = every_schedule(&[0], &[&main, &[Step::Send(0, 3)]], |_| {});
    let ends: BTreeSet<bool> = logs
        .iter()
        .map(|log| log.contains(&Event::Default(0)))
        .collect();
    assert_eq!(ends, BTreeSet::from([false, true]));
}

#[test]
fn nil_channels_never_take_part() {
    let nil = 7;
    let main = [
        Step::Go(1),
        Step::Select(
            vec![Arm::Recv(nil), Arm::Recv(0), Arm::Send(nil, 1)],
            Block::Yes,
        ),
        Step::Recv(nil),
    ];
    every_schedule(&[0], &[&main, &[Step::Send(0, 3)]], |host| {
        assert!(host.log.contains(&Event::Chose(0, 1)));
        assert_eq!(host.log.last(), Some(&Event::Deadlock));
        assert_eq!(
            host.stuck(),
            [(0, Some(chanrt::WaitReason::ChanReceiveNilChan))]
        );
    });
}

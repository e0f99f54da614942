//! `:why`: what a goroutine waits for, in plain words, and who could wake it.
//!
//! Invariants: what is said to wake a goroutine would do so; who "can get at" something is found by following memory and code, so it may be that
//! one of those never will, but code that has not run yet is not followed.

use super::goroutines::{named, starter};
use super::{Argument, Command};
use crate::repl::report::Said;
use crate::repl::state::Repl;
use crate::repl::text::nanos;
use crate::session::{Limits, Session, plain_value, type_name};
use std::fmt::Write;
use vm::{ChanInfo, GoroutineInfo};

pub(super) const WHY: Command = Command {
    name: "why",
    form: "N",
    argument: Argument::Goroutine,
    doc: "explain why a goroutine waits, and who could wake it",
    more: "Example:\n  ch := make(chan int)\n  ch <- 1\n  :why 2",
    run: why,
};

/// How much of a value is shown.
const LIMITS: Limits = Limits {
    elems: 4,
    bytes: 40,
    total: 80,
    depth: 2,
};

fn why(repl: &mut Repl, argument: &str) -> Result<Said, String> {
    let info = named(repl, argument)?;
    let started = starter(repl, &info);
    let session = &mut repl.session;
    let mut out = match info.is_parked {
        _ if info.has_crashed => format!(
            "goroutine {} has crashed. It stays so that :g {0} can show it; nothing wakes it.\n",
            info.goid
        ),
        false => format!(
            "goroutine {} does not wait: it is {} and goes on when its turn comes.\n",
            info.goid, info.state
        ),
        true => waits(session, &info),
    };
    if started != "-" {
        let _ = writeln!(out, "It was started by {started}.");
    }
    Ok(Said::out(out))
}

fn waits(session: &mut Session, info: &GoroutineInfo) -> String {
    let at = info.at.as_ref();
    let at = at.map_or_else(String::new, |p| format!(" at {p}: {}", p.text.trim()));
    let age = nanos(info.age);
    let mut out = format!("goroutine {} has been waiting for {age}{at}\n", info.goid);
    let channels = session.vm.channels_of(info.goid);
    out += &match info.state.as_str() {
        "sleep" => sleep(session, info),
        "select (no cases)" => "A select without cases waits for ever.\n".to_string(),
        "chan send (nil chan)" | "chan receive (nil chan)" => {
            "The channel is nil: that waits for ever, whatever anybody does.\n".to_string()
        }
        "IO wait" => "It waits for the outside: a file, the network, a process.\n".to_string(),
        _ if !channels.is_empty() => {
            let texts = channels.iter().map(|&c| channel(session, info, c));
            texts.collect()
        }
        _ => sync(session, info),
    };
    out
}

fn sleep(session: &Session, info: &GoroutineInfo) -> String {
    let left = nanos(info.wakes_in.unwrap_or(0));
    match session.vm.is_virtual_time() {
        true => format!(
            "It sleeps for {left} more of virtual time: :tick {left} lets that pass, and so does any input that waits.\n"
        ),
        false => format!("It sleeps for {left} more.\n"),
    }
}

/// What it waits for on one channel.
fn channel(session: &mut Session, info: &GoroutineInfo, addr: u64) -> String {
    let Some(c) = session.vm.channel(addr) else {
        return String::new();
    };
    let sends = c.sendq.iter().find(|w| w.goid == info.goid);
    let name = name(&c);
    let (mut out, wakes) = match sends {
        Some(w) => {
            let value = w
                .value
                .as_ref()
                .map_or_else(String::new, |v| plain_value(v, LIMITS).0);
            (
                format!("It wants to send {value} on {name}. {}\n", no_room(&c)),
                "receives from",
            )
        }
        None => (
            format!(
                "It wants to receive from {name}. {}\n",
                "There is no value in it, and nobody is sending."
            ),
            "sends on, or closes,",
        ),
    };
    if c.timed {
        out += "A timer sends on that channel when it fires.\n";
    }
    let ahead = ahead(&c, info.goid);
    let queue = match sends {
        Some(_) => &c.sendq,
        None => &c.recvq,
    };
    let alike: Vec<u64> = queue.iter().map(|w| w.goid).collect();
    if ahead > 0 {
        let others = match ahead {
            1 => "One other waits".to_string(),
            n => format!("{n} others wait"),
        };
        let _ = writeln!(out, "{others} there before it.");
    }
    let _ = writeln!(
        out,
        "Whoever {wakes} that channel wakes it{}",
        match ahead {
            0 => ".",
            _ => " once its turn has come.",
        }
    );
    out + &holders(session, &alike, addr)
}

fn name(c: &ChanInfo<'_>) -> String {
    let made = c.made.as_ref();
    let made = made.map_or_else(String::new, |p| format!(", made at {p}"));
    format!("channel {} (chan {}{made})", c.id, type_name(c.elemtype))
}

fn no_room(c: &ChanInfo<'_>) -> String {
    match c.dataqsiz {
        0 => "The channel has no buffer, and nobody is receiving.".to_string(),
        n => format!(
            "Its buffer is full ({} of {n}), and nobody is receiving.",
            c.qcount
        ),
    }
}

/// How many wait in the same queue before a goroutine.
fn ahead(c: &ChanInfo<'_>, goid: u64) -> usize {
    let place = |q: &[vm::Waiter<'_>]| q.iter().position(|w| w.goid == goid);
    place(&c.sendq).or_else(|| place(&c.recvq)).unwrap_or(0)
}

/// What it waits for in package sync, or elsewhere.
fn sync(session: &mut Session, info: &GoroutineInfo) -> String {
    let wakes = match info.state.as_str() {
        "sync.Mutex.Lock" => "The mutex is locked: it goes on when whoever holds it calls Unlock.",
        "sync.RWMutex.Lock" => {
            "The lock is held: it goes on when all who hold it have unlocked it."
        }
        "sync.RWMutex.RLock" => {
            "A writer holds the lock or waits for it: it goes on after that one's Unlock."
        }
        "sync.WaitGroup.Wait" => {
            "The WaitGroup's counter is not 0: it goes on when Done has been called often enough."
        }
        "sync.Cond.Wait" => "It goes on when somebody calls Signal or Broadcast.",
        _ => "",
    };
    let mut out = match wakes {
        "" => format!("Go calls that {:?}.\n", info.state),
        text => format!("{text}\n"),
    };
    if let Some(addr) = session.vm.waits_at(info.goid) {
        out += &holders(session, &[info.goid], addr);
    }
    out
}

/// Who can get at what goroutines wait for, but for themselves.
fn holders(session: &mut Session, waiters: &[u64], addr: u64) -> String {
    let (variables, places) = variables(session, addr);
    let others = session.vm.who_reaches(addr, &places);
    let mut out = String::new();
    if !variables.is_empty() {
        let _ = writeln!(out, "You can get at it: {}.", variables.join(", "));
    }
    for other in others.into_iter().filter(|o| !waiters.contains(o)) {
        let Some(o) = session.vm.goroutine_of(other) else {
            continue;
        };
        let at = o.at.as_ref();
        let at = at.map_or_else(String::new, |p| format!(" at {p}: {}", p.text.trim()));
        let _ = writeln!(out, "goroutine {other} can get at it ({}{at}).", o.state);
    }
    if out.is_empty() {
        out = "Nobody else can get at it: it will wait for ever.\n".to_string();
    }
    out
}

/// The session's variables that lead to a heap block: their names and addresses.
fn variables(session: &mut Session, addr: u64) -> (Vec<String>, Vec<u64>) {
    let (mut names, mut places) = (Vec::new(), Vec::new());
    for (name, var) in session.variables() {
        if let Some(at) = session.vm.variable_leading_to(var, addr) {
            names.push(name);
            places.push(at);
        }
    }
    (names, places)
}

//! `:chan` and `:chans`: channels as they are in memory.

use super::{Argument, Command};
use crate::repl::draw::{self, CELL, Drawn};
use crate::repl::report::Said;
use crate::repl::state::Repl;
use crate::repl::text::{columns, plural, width};
use crate::session::{Limits, Session, plain_value, type_name};
use std::fmt::Write;
use vm::rtype::Kind;
use vm::value::Value;
use vm::{ChanInfo, Vm, Waiter};

pub(super) const CHAN: Command = Command {
    name: "chan",
    form: "EXPR",
    argument: Argument::Expr,
    doc: "draw a channel: header, ring, waiting goroutines",
    more: "Shows the channel's hchan as it is in memory: counts, the ring with sendx (slot of the next send) and recvx (slot\n\
           of the next receive), both wait queues with their goroutines and values, and the bytes in all.\n\
           Example:\n  ch := make(chan int, 3)\n  ch <- 42\n  :chan ch",
    run: chan,
};

pub(super) const CHANS: Command = Command {
    name: "chans",
    form: "",
    argument: Argument::Nothing,
    doc: "list the channels that are alive",
    more: "Collects garbage first: what it lists, somebody can still reach.\nExample:\n  :chans",
    run: chans,
};

/// How much of a value is shown.
const LIMITS: Limits = Limits {
    elems: 8,
    bytes: 60,
    total: 120,
    depth: 3,
};

fn chan(repl: &mut Repl, expr: &str) -> Result<Said, String> {
    let session = &mut repl.session;
    let looked = session.look(expr)?;
    let ty = session.type_of_looked(looked);
    let value = session.vm.global(looked.var);
    let addr = value.and_then(|v| (v.kind() == Kind::Chan).then(|| v.pointer()));
    let out = match addr {
        None => Err(format!("{expr} is of type {ty}, not a channel")),
        Some(0) => Ok(nil(expr, &ty)),
        Some(addr) => Ok(drawing(session, addr, &ty)),
    };
    session.drop_value(looked);
    out.map(Said::out)
}

fn nil(expr: &str, ty: &str) -> String {
    format!(
        "{expr} is nil, a {ty} that was never made: there is no hchan.\n\
         Sending and receiving wait for ever, and close panics.\n"
    )
}

/// The channel at an address, in full.
fn drawing(session: &mut Session, addr: u64, ty: &str) -> String {
    let vm = &session.vm;
    let Some(c) = vm.channel(addr) else {
        return String::new();
    };
    let mut out = title(&c, ty);
    let slots = draw::shown(c.dataqsiz, c.sendx, c.recvx);
    let name = type_name(c.elemtype);
    let text = |i: usize| {
        let text = c.slot(i, vm).map_or_else(String::new, |v| shown(&v));
        // The box says of what type the values are.
        match text.strip_prefix(&name) {
            Some(rest) if rest.starts_with('{') => rest.to_string(),
            _ => text,
        }
    };
    let drawn = Drawn {
        fields: fields(&c),
        slots: slots.into_iter().map(|i| (i, text(i))).collect(),
        size: c.dataqsiz,
        sendx: c.sendx,
        recvx: c.recvx,
    };
    out += &drawn.header();
    out += &drawn.ring();
    for (i, value) in drawn.slots.iter().filter(|s| width(&s.1) > CELL) {
        let _ = writeln!(out, "  [{i}] = {value}");
    }
    out += &queues(vm, &c);
    out + &bytes(&c)
}

fn title(c: &ChanInfo<'_>, ty: &str) -> String {
    let made = match &c.made {
        Some(p) if p.is_std => format!(", made at {p}"),
        Some(p) => format!(", made at {p}: {}", p.text.trim()),
        None => String::new(),
    };
    let timer = if c.timed { ", fed by a timer" } else { "" };
    format!("channel {}: {ty}{timer}{made}\n", c.id)
}

fn fields(c: &ChanInfo<'_>) -> Vec<(&'static str, String)> {
    let buf = match c.buffer_bytes() {
        0 => "none".to_string(),
        _ => format!("{:#x}", c.buf),
    };
    vec![
        ("qcount", c.qcount.to_string()),
        ("dataqsiz", c.dataqsiz.to_string()),
        ("buf", buf),
        ("elemsize", c.elemsize.to_string()),
        ("closed", u8::from(c.closed).to_string()),
        ("elemtype", type_name(c.elemtype)),
        ("sendx", c.sendx.to_string()),
        ("recvx", c.recvx.to_string()),
        ("recvq", queue(&c.recvq)),
        ("sendq", queue(&c.sendq)),
    ]
}

/// `[G3: 999, G4: 5]`
fn queue(waiters: &[Waiter<'_>]) -> String {
    const MOST: usize = 8;
    let mut texts: Vec<String> = waiters.iter().take(MOST).map(waiter).collect();
    if waiters.len() > MOST {
        texts.push(format!("{} more", waiters.len() - MOST));
    }
    format!("[{}]", texts.join(", "))
}

fn waiter(w: &Waiter<'_>) -> String {
    match &w.value {
        Some(v) => format!("G{}: {}", w.goid, shown(v)),
        None => format!("G{}", w.goid),
    }
}

fn shown(v: &Value<'_>) -> String {
    plain_value(v, LIMITS).0
}

/// A line for everybody who waits.
fn queues(vm: &Vm, c: &ChanInfo<'_>) -> String {
    const MOST: usize = 20;
    let mut out = String::new();
    let waits = c.recvq.iter().chain(&c.sendq);
    for w in waits.take(MOST) {
        let what = match &w.value {
            Some(v) => format!("to send {}", shown(v)),
            None => "to receive".to_string(),
        };
        let select = if w.in_select { " in a select" } else { "" };
        let at = vm.goroutine_of(w.goid).and_then(|g| g.at);
        let at = at.map_or_else(String::new, |p| format!(", at {p}: {}", p.text.trim()));
        let _ = writeln!(out, "goroutine {} waits {what}{select}{at}", w.goid);
    }
    out
}

/// `hchan 96 bytes + buffer 3 × 8 = 120 bytes`
fn bytes(c: &ChanInfo<'_>) -> String {
    let (header, buffer) = (ChanInfo::HEADER, c.buffer_bytes());
    match buffer {
        0 => format!("hchan {header} bytes, no buffer\n"),
        _ => format!(
            "hchan {header} bytes + buffer {} × {} = {} bytes\n",
            c.dataqsiz,
            c.elemsize,
            header + buffer
        ),
    }
}

fn chans(repl: &mut Repl, _: &str) -> Result<Said, String> {
    const MOST: usize = 100;
    let vm = &mut repl.session.vm;
    let all = vm.channels();
    if all.is_empty() {
        return Ok(Said::out("no channels\n".to_string()));
    }
    let head = ["channel", "type", "len/cap", "state", "waiting", "made at"];
    let mut rows = vec![head.map(String::from).to_vec()];
    let first = all.len().saturating_sub(MOST);
    rows.extend(all[first..].iter().filter_map(|&c| row(&vm.channel(c)?)));
    let mut out = columns(&rows);
    if first > 0 {
        let _ = writeln!(
            out,
            "and {} that are older",
            plural(first as u64, "channel")
        );
    }
    Ok(Said::out(out))
}

fn row(c: &ChanInfo<'_>) -> Option<Vec<String>> {
    let state = match (c.closed, c.timed) {
        (true, _) => "closed",
        (false, true) => "timer",
        (false, false) => "open",
    };
    let waiting = match (c.recvq.len(), c.sendq.len()) {
        (0, 0) => "nobody".to_string(),
        (r, 0) => format!("{r} to receive"),
        (0, s) => format!("{s} to send"),
        (r, s) => format!("{r} to receive, {s} to send"),
    };
    let made = match &c.made {
        Some(p) if p.is_std => p.to_string(),
        Some(p) => format!("{p}: {}", p.text.trim()),
        None => "-".to_string(),
    };
    Some(vec![
        c.id.to_string(),
        format!("chan {}", type_name(c.elemtype)),
        format!("{}/{}", c.qcount, c.dataqsiz),
        state.to_string(),
        waiting,
        made,
    ])
}

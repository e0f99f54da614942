//! Layout of jumps: labels become distances.
//!
//! Invariants: a conditional jump whose 16-bit distance does not reach is split into itself over a long `Jmp`; splitting only moves
//! code apart, so repeating until nothing changes ends. Positions, notes and jump tables move with their instructions.

use super::state::{FuncState, Label};
use crate::bytecode::*;
use crate::program::Program;

/// Where things are after jumps have been split.
struct Layout {
    /// Old index → new index; one more entry for the end.
    start: Vec<u32>,
}

impl Layout {
    fn new(len: usize, long: &[bool]) -> Layout {
        let mut start = Vec::with_capacity(len + 1);
        let mut at = 0;
        for is_long in long {
            start.push(at);
            at += if *is_long { 3 } else { 1 };
        }
        start.push(at);
        Layout { start }
    }
}

/// Resolves the jumps of `f` in place.
pub(super) fn assemble(f: &mut FuncState, p: &mut Program) {
    thread_jumps(f);
    let n = f.code.len();
    let mut long = vec![false; n];
    let mut layout = Layout::new(n, &long);
    loop {
        let mut changed = false;
        for &(at, l) in &f.jumps {
            let from = layout.start[at as usize] + 1;
            let d = distance(f, &layout, l, from);
            if !long[at as usize] && is_short(&f.code[at as usize]) && i16::try_from(d).is_err() {
                long[at as usize] = true;
                changed = true;
            }
        }
        if !changed {
            break;
        }
        layout = Layout::new(n, &long);
    }
    let mut code = Vec::with_capacity(layout.start[n] as usize);
    let mut target = vec![None; n];
    f.jumps
        .iter()
        .for_each(|&(at, l)| target[at as usize] = Some(l));
    for (i, op) in f.code.iter().enumerate() {
        let mut op = *op;
        let Some(l) = target[i] else {
            code.push(op);
            continue;
        };
        if long[i] {
            set_distance(&mut op, 1);
            let d = distance(f, &layout, l, layout.start[i] + 3);
            code.extend([op, Op::Jmp { to: Jump32(1) }, Op::Jmp { to: Jump32(d) }]);
        } else {
            let d = distance(f, &layout, l, layout.start[i] + 1);
            set_distance(&mut op, d);
            code.push(op);
        }
    }
    for (at, table, labels) in &f.tables {
        let from = layout.start[*at as usize] + 1;
        p.tables[table.0 as usize] = labels
            .iter()
            .map(|&l| distance(f, &layout, l, from))
            .collect();
    }
    f.positions
        .iter_mut()
        .for_each(|e| e.0 = layout.start[e.0 as usize]);
    f.notes
        .iter_mut()
        .for_each(|e| e.0 = layout.start[e.0 as usize]);
    f.labels
        .iter_mut()
        .filter(|l| **l != u32::MAX)
        .for_each(|l| *l = layout.start[*l as usize]);
    f.code = code;
}

fn distance(f: &FuncState, layout: &Layout, l: Label, from: u32) -> i32 {
    let to = f.labels[l.0 as usize];
    if to == u32::MAX {
        0
    } else {
        layout.start[to as usize] as i32 - from as i32
    }
}

/// Lets jumps to a `Jmp` go on to where that leads.
fn thread_jumps(f: &mut FuncState) {
    let mut next: Vec<Option<Label>> = vec![None; f.code.len() + 1];
    for &(at, l) in &f.jumps {
        if matches!(f.code[at as usize], Op::Jmp { .. }) {
            next[at as usize] = Some(l);
        }
    }
    let follow = |mut l: Label| {
        for _ in 0..8 {
            match f.labels[l.0 as usize] {
                u32::MAX => break,
                at => match next[at as usize] {
                    Some(n) => l = n,
                    None => break,
                },
            }
        }
        l
    };
    let jumps: Vec<_> = f.jumps.iter().map(|&(at, l)| (at, follow(l))).collect();
    f.jumps = jumps;
}

macro_rules! jumping {
    (long: $($long:ident)*; short: $($short:ident)*) => {
        /// Whether the instruction jumps by a 16-bit distance.
        fn is_short(op: &Op) -> bool {
            matches!(op, $(Op::$short { .. })|*)
        }

        /// Sets the instruction's jump distance.
        fn set_distance(op: &mut Op, d: i32) {
            match op {
                $(Op::$long { to, .. } => *to = Jump32(d),)*
                $(Op::$short { to, .. } => *to = Jump16(d as i16),)*
                _ => {}
            }
        }
    };
}

jumping! {
    long: Jmp JmpT JmpF StrNext MapNext;
    short: JEq JNe JLt JLe JLtU JLeU JEqI JNeI JLtI JLeI JGtI JGeI JLtF64 JLeF64 JNLtF64 JNLeF64 IncJLt IncJLtI IncJLe RangeChan
}

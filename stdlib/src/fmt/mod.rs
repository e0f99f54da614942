//! Package fmt: the natives, on top of the printer.
//!
//! Invariants: a printing native collects its output in a Rust buffer and has no effect before the output is complete, so that it
//! can ask for a stack of its own when it meets a method to call, and start over.

mod directive;
mod number;
mod printer;
mod scan;
mod text;
mod value;

use printer::Printer;
use vm::{Cx, Flow, GoSlice, NativeFn};

/// The natives of the package.
pub const NATIVES: &[(&str, NativeFn)] = &[
    ("Sprintln", |cx| {
        sprint(cx, false, |p, f, v| p.println(f, v))
    }),
    ("Sprintf", |cx| sprint(cx, true, |p, f, v| p.printf(f, v))),
    ("Sprint", |cx| sprint(cx, false, |p, f, v| p.print(f, v))),
    ("Appendln", |cx| {
        append(cx, false, |p, f, v| p.println(f, v))
    }),
    ("Appendf", |cx| append(cx, true, |p, f, v| p.printf(f, v))),
    ("Append", |cx| append(cx, false, |p, f, v| p.print(f, v))),
    ("println", |cx| {
        to_stdout(cx, false, |p, f, v| p.println(f, v))
    }),
    ("printf", |cx| to_stdout(cx, true, |p, f, v| p.printf(f, v))),
    ("print", |cx| to_stdout(cx, false, |p, f, v| p.print(f, v))),
    ("errorf", errorf),
    ("target", scan::target),
    ("setInt", scan::set_int),
    ("setFloat", scan::set_float),
    ("setComplex", scan::set_complex),
    ("setString", scan::set_string),
];

/// Prints a format (empty if there is none) and operands.
type Print = fn(&mut Printer<'_, '_>, &[u8], GoSlice) -> Result<(), Flow>;

/// Reads the format, if any, and the operands; prints.
fn run<'x, 'a>(
    cx: &'x mut Cx<'a>,
    has_format: bool,
    print: Print,
) -> Result<Printer<'x, 'a>, Flow> {
    let format: &[u8] = if has_format { cx.str().as_bytes() } else { &[] };
    let operands = cx.slice();
    let mut p = Printer::new(cx);
    print(&mut p, format, operands)?;
    Ok(p)
}

fn sprint(cx: &mut Cx<'_>, has_format: bool, print: Print) -> Flow {
    let out = match run(cx, has_format, print) {
        Ok(p) => p.finish(),
        Err(flow) => return flow,
    };
    cx.ret_str(&out);
    printer::recycle(out);
    Flow::Done
}

fn append(cx: &mut Cx<'_>, has_format: bool, print: Print) -> Flow {
    let to = cx.slice();
    let out = match run(cx, has_format, print) {
        Ok(p) => p.finish(),
        Err(flow) => return flow,
    };
    let all = crate::bytes_append(cx, to, &out);
    cx.ret_slice(all);
    printer::recycle(out);
    Flow::Done
}

fn to_stdout(cx: &mut Cx<'_>, has_format: bool, print: Print) -> Flow {
    let out = match run(cx, has_format, print) {
        Ok(p) => p.finish(),
        Err(flow) => return flow,
    };
    cx.stdout(&out);
    cx.ret_int(out.len() as i64);
    printer::recycle(out);
    Flow::Done
}

fn errorf(cx: &mut Cx<'_>) -> Flow {
    let format = cx.str().as_bytes();
    let operands = cx.slice();
    let mut p = Printer::new(cx);
    p.wraps = true;
    if let Err(flow) = p.printf(format, operands) {
        return flow;
    }
    let mut wrapped = std::mem::take(&mut p.wrapped);
    wrapped.sort_unstable();
    let out = p.finish();
    cx.ret_str(&out);
    let indexes = crate::new_ints(cx, wrapped.iter().map(|&i| i as i64));
    cx.ret_slice(indexes);
    Flow::Done
}

//! Package runtime: the scheduler, the heap and the stack.

use vm::{Cx, Flow, NativeFn};

/// The natives of the package.
pub const NATIVES: &[(&str, NativeFn)] = &[
    ("Gosched", |cx| cx.gosched()),
    ("Goexit", |cx| cx.goexit()),
    ("GC", |cx| cx.gc()),
    ("NumGoroutine", |cx| {
        let n = cx.num_goroutine();
        cx.ret_int(n as i64);
        Flow::Done
    }),
    ("NumCPU", |cx| {
        cx.ret_int(std::thread::available_parallelism().map_or(1, |n| n.get() as i64));
        Flow::Done
    }),
    ("caller", caller),
    ("stack", stack),
    ("memStats", mem_stats),
];

/// `caller(skip int) (name, file string, line int, ok bool)`: 0 is the function that calls `caller`.
fn caller(cx: &mut Cx<'_>) -> Flow {
    let skip = usize::try_from(cx.int()).unwrap_or(usize::MAX);
    let frames = cx.callers();
    match frames.get(skip) {
        Some(f) => {
            cx.ret_str(&f.func);
            cx.ret_str(&f.file);
            cx.ret_int(i64::from(f.line));
            cx.ret_bool(true);
        }
        None => {
            cx.ret_str("");
            cx.ret_str("");
            cx.ret_int(0);
            cx.ret_bool(false);
        }
    }
    Flow::Done
}

fn stack(cx: &mut Cx<'_>) -> Flow {
    let mut text = format!("goroutine {} [running]:\n", cx.goid());
    for f in cx.callers().iter().skip(1) {
        text += &format!("{}(...)\n\t{}:{}\n", f.func, f.file, f.line);
    }
    cx.ret_str(text);
    Flow::Done
}

/// `memStats() [7]uint64`: heapAlloc, totalAlloc, sys, mallocs, frees, nextGC, numGC.
fn mem_stats(cx: &mut Cx<'_>) -> Flow {
    let s = cx.mem_stats();
    cx.ret_words([
        s.heap_alloc,
        s.total_alloc,
        s.sys,
        s.mallocs,
        s.frees,
        s.next_gc,
        u64::from(s.num_gc),
    ]);
    Flow::Done
}

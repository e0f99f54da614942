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
    ("setFinalizer", set_finalizer),
    ("addCleanup", |cx| {
        let (p, f) = (cx.ptr(), cx.func());
        let id = cx.add_cleanup(p, f);
        cx.ret_uint(id);
        Flow::Done
    }),
    ("stopCleanup", |cx| {
        let id = cx.uint();
        cx.stop_cleanup(id);
        Flow::Done
    }),
    ("throw", |cx| {
        let text = cx.str().to_string_lossy();
        cx.fatal(&text)
    }),
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

/// `stack(all bool) string`: from the caller of `Stack` on.
fn stack(cx: &mut Cx<'_>) -> Flow {
    let all = cx.bool();
    let text = cx.stack_text(1, all);
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

/// What is wrong with the arguments; nothing if the finalizer is set.
fn set_finalizer(cx: &mut Cx<'_>) -> Flow {
    let (obj, f) = (cx.iface(), cx.iface());
    let why = finalizer_fault(cx, obj, f);
    if why.is_empty() {
        match f.is_nil() {
            true => cx.clear_finalizer(obj),
            false => {
                let takes_interface = cx.takes_interface(f);
                cx.set_finalizer(obj, vm::GoFunc::from_iface(f), takes_interface);
            }
        }
    }
    cx.ret_str(why);
    Flow::Done
}

fn finalizer_fault(cx: &mut Cx<'_>, obj: vm::Iface, f: vm::Iface) -> String {
    use vm::rtype::Kind;
    if obj.is_nil() {
        return "first argument is nil".into();
    }
    let ot = cx.rtype(obj.ty);
    let name = ot.name.clone();
    if ot.kind != Kind::Pointer {
        return format!("first argument is {name}, not pointer");
    }
    if obj.data == 0 {
        return "nil pointer".into();
    }
    if f.is_nil() {
        return String::new();
    }
    let ft = cx.rtype(f.ty);
    if ft.kind != Kind::Func {
        return format!("second argument is {}, not a function", ft.name);
    }
    let fits = match ft.params[..] {
        [p] if !ft.variadic => p == obj.ty || cx.rtype(p).kind == Kind::Interface,
        _ => false,
    };
    if fits {
        String::new()
    } else {
        format!("cannot pass {name} to finalizer {}", cx.rtype(f.ty).name)
    }
}

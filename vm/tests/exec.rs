//! The interpreter on programs assembled by hand: what the loop, the stacks, the scheduler and unwinding do without a compiler.

#[path = "exec/asm.rs"]
mod asm;

use asm::*;
use lang::source::SourceMap;
use vm::bytecode::*;
use vm::mem::Heap;
use vm::{Cx, Exit, Flow, Options, Output, Vm};

fn fib(asm: &mut Asm) -> FuncId {
    let f = asm.func("main.fib", 1, 2, 9, 0);
    asm.code(
        f,
        &[
            Op::JGeI {
                a: s(1),
                imm: Imm16(2),
                to: Jump16(1),
            },
            Op::Ret1 { s: s(1) },
            Op::AddI {
                d: d(6),
                a: s(1),
                imm: Imm16(-1),
            },
            Op::Call { w: Win(5), f },
            Op::Move { d: d(2), s: s(5) },
            Op::AddI {
                d: d(6),
                a: s(1),
                imm: Imm16(-2),
            },
            Op::Call { w: Win(5), f },
            Op::AddI64 {
                d: d(0),
                a: s(2),
                b: s(5),
            },
            Op::Ret {},
        ],
    );
    f
}

#[test]
fn calls() {
    let mut asm = Asm::new();
    let f = fib(&mut asm);
    let main = asm.func("main.main", 0, 0, 6, 0);
    let [p, n] = print_int(2);
    asm.code(
        main,
        &[
            Op::LoadI {
                d: d(3),
                imm: Imm32(20),
            },
            Op::Call { w: Win(2), f },
            p,
            n,
            Op::Ret {},
        ],
    );
    assert_eq!(
        asm.run(main),
        (Exit::Code(0), String::new(), "6765\n".to_string())
    );
}

/// A recursion of this depth moves the stack many times.
fn deep(n: i32, options: Options) -> (Exit, String, String) {
    let mut asm = Asm::new();
    let f = asm.func("main.deep", 1, 2, 6, 0);
    asm.code(
        f,
        &[
            Op::JGtI {
                a: s(1),
                imm: Imm16(0),
                to: Jump16(1),
            },
            Op::Ret1 { s: s(1) },
            Op::AddI {
                d: d(5),
                a: s(1),
                imm: Imm16(-1),
            },
            Op::Call { w: Win(4), f },
            Op::AddI {
                d: d(0),
                a: s(4),
                imm: Imm16(1),
            },
            Op::Ret {},
        ],
    );
    let main = asm.func("main.main", 0, 0, 6, 0);
    let [p, nl] = print_int(2);
    asm.code(
        main,
        &[
            Op::LoadI {
                d: d(3),
                imm: Imm32(n),
            },
            Op::Call { w: Win(2), f },
            p,
            nl,
            Op::Ret {},
        ],
    );
    asm.run_with(main, options)
}

#[test]
fn stacks_grow() {
    assert_eq!(
        deep(100_000, Options::default()),
        (Exit::Code(0), String::new(), "100000\n".to_string())
    );
}

#[test]
fn stacks_overflow() {
    let (exit, _, err) = deep(
        10_000_000,
        Options {
            max_stack: 1 << 20,
            ..Options::default()
        },
    );
    assert_eq!(exit, Exit::Crashed);
    let first = "runtime: goroutine stack exceeds 1000000000-byte limit\nfatal error: stack overflow\n\ngoroutine 1 [running]:\nmain.deep(...)\n";
    assert!(err.starts_with(first), "{err}");
    assert!(err.contains(" frames elided...\n"), "{err}");
}

/// main receives the sum of what `n` goroutines send on a channel.
fn fan_in(options: Options) -> (Exit, String, String) {
    let mut asm = Asm::new();
    let send = asm.func("main.send", 0, 2, 2, 0);
    asm.code(send, &[Op::Send { c: s(0), v: s(1) }, Op::Ret {}]);
    let main = asm.func("main.main", 0, 0, 16, 0);
    let [p, nl] = print_int(3);
    asm.code(
        main,
        &[
            Op::LoadI {
                d: d(0),
                imm: Imm32(0),
            },
            Op::MakeChan { w: Win(0), t: INT },
            Op::LoadI {
                d: d(1),
                imm: Imm32(0),
            },
            Op::Move { d: d(8), s: s(0) },
            Op::Move { d: d(9), s: s(1) },
            Op::Go { w: Win(8), f: send },
            Op::IncJLtI {
                a: s(1),
                imm: Imm16(1000),
                to: Jump16(-4),
            },
            Op::LoadI {
                d: d(1),
                imm: Imm32(0),
            },
            Op::LoadI {
                d: d(3),
                imm: Imm32(0),
            },
            Op::Recv { d: d(2), c: s(0) },
            Op::AddI64 {
                d: d(3),
                a: s(3),
                b: s(2),
            },
            Op::IncJLtI {
                a: s(1),
                imm: Imm16(1000),
                to: Jump16(-3),
            },
            p,
            nl,
            Op::Ret {},
        ],
    );
    asm.run_with(main, options)
}

#[test]
fn goroutines_and_channels() {
    for seed in 0..8 {
        for policy in [chanrt::Policy::Fifo, chanrt::Policy::Random] {
            let options = Options {
                seed: Some(seed),
                policy,
                gc_stress: seed % 2 == 1,
                ..Options::default()
            };
            assert_eq!(
                fan_in(options),
                (Exit::Code(0), String::new(), "499500\n".to_string())
            );
        }
    }
}

#[test]
fn deadlocks() {
    let mut asm = Asm::new();
    let main = asm.func("main.main", 0, 0, 4, 0);
    asm.code(
        main,
        &[
            Op::LoadI {
                d: d(0),
                imm: Imm32(0),
            },
            Op::MakeChan { w: Win(0), t: INT },
            Op::RecvX { c: s(0) },
            Op::Ret {},
        ],
    );
    let (exit, _, err) = asm.run(main);
    assert_eq!(exit, Exit::Crashed);
    let first = "fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [chan receive]:\nmain.main()\n\t";
    assert!(err.starts_with(first), "{err}");
}

fn int_value(asm: &mut Asm) -> u32 {
    asm.0.consts.push(u64::from(INT.0));
    asm.0.consts.len() as u32 - 1
}

/// `f` panics with 7 and has deferred `deferred`; main prints f's result.
fn panicking(asm: &mut Asm, deferred: FuncId) -> FuncId {
    let int = int_value(asm);
    let f = asm.func("main.f", 1, 1, 12, 0);
    asm.code(
        f,
        &[
            Op::LoadI {
                d: d(0),
                imm: Imm32(5),
            },
            Op::Defer {
                w: Win(8),
                f: deferred,
            },
            Op::LoadC {
                d: d(2),
                c: Const(int),
            },
            Op::LoadI {
                d: d(3),
                imm: Imm32(7),
            },
            Op::Panic { s: s(2) },
            Op::RunDefers {},
            Op::Ret {},
        ],
    );
    asm.0.metas[f.0 as usize].on_recover = 5;
    let main = asm.func("main.main", 0, 0, 6, 0);
    let [p, nl] = print_int(2);
    asm.code(main, &[Op::Call { w: Win(2), f }, p, nl, Op::Ret {}]);
    main
}

#[test]
fn recovers() {
    let mut asm = Asm::new();
    let g = asm.func("main.g", 0, 0, 4, 0);
    let [p, nl] = print_int(1);
    asm.code(g, &[Op::Recover { d: d(0) }, p, nl, Op::Ret {}]);
    let main = panicking(&mut asm, g);
    assert_eq!(
        asm.run(main),
        (Exit::Code(0), String::new(), "7\n5\n".to_string())
    );
}

#[test]
fn recovers_only_in_the_deferred_function_itself() {
    let mut asm = Asm::new();
    let inner = asm.func("main.inner", 0, 0, 4, 0);
    let [p, nl] = print_int(1);
    asm.code(inner, &[Op::Recover { d: d(0) }, p, nl, Op::Ret {}]);
    let g = asm.func("main.g", 0, 0, 4, 0);
    asm.code(
        g,
        &[
            Op::Call {
                w: Win(2),
                f: inner,
            },
            Op::Ret {},
        ],
    );
    let main = panicking(&mut asm, g);
    let (exit, _, err) = asm.run(main);
    assert_eq!(exit, Exit::Crashed);
    assert!(
        err.starts_with("0\npanic: 7\n\ngoroutine 1 [running]:\nmain.f()\n"),
        "{err}"
    );
}

#[test]
fn panics_in_deferred_calls_replace() {
    let mut asm = Asm::new();
    let int = int_value(&mut asm);
    let g = asm.func("main.g", 0, 0, 4, 0);
    asm.code(
        g,
        &[
            Op::LoadC {
                d: d(0),
                c: Const(int),
            },
            Op::LoadI {
                d: d(1),
                imm: Imm32(8),
            },
            Op::Panic { s: s(0) },
        ],
    );
    let main = panicking(&mut asm, g);
    let (exit, _, err) = asm.run(main);
    assert_eq!(exit, Exit::Crashed);
    assert!(
        err.starts_with("panic: 7\n\tpanic: 8\n\ngoroutine 1 [running]:\nmain.g()\n"),
        "{err}"
    );
    assert!(err.contains("panic(...)\n"), "{err}");
}

#[test]
fn run_time_errors() {
    let mut asm = Asm::new();
    let main = asm.func("main.main", 0, 0, 8, 0);
    asm.code(
        main,
        &[
            Op::LoadI {
                d: d(0),
                imm: Imm32(3),
            },
            Op::LoadI {
                d: d(1),
                imm: Imm32(3),
            },
            Op::MakeSlice { w: Win(0), t: INT },
            Op::LoadI {
                d: d(4),
                imm: Imm32(5),
            },
            Op::Idx64 {
                d: d(5),
                s: s(0),
                i: s(4),
            },
            Op::Ret {},
        ],
    );
    let (exit, _, err) = asm.run(main);
    assert_eq!(exit.code(), 2);
    assert!(
        err.starts_with(
            "panic: runtime error: index out of range [5] with length 3\n\ngoroutine 1 [running]:\n"
        ),
        "{err}"
    );
}

#[test]
fn natives() {
    fn twice(cx: &mut Cx<'_>) -> Flow {
        let n = cx.int();
        cx.ret_int(2 * n);
        Flow::Done
    }
    fn sleep(cx: &mut Cx<'_>) -> Flow {
        let ns = cx.int();
        cx.sleep(ns)
    }
    /// Calls the function value it gets twice, on a stack of its own.
    fn apply(cx: &mut Cx<'_>) -> Flow {
        let (f, n) = (cx.func(), cx.int());
        if !cx.on_stack() {
            return Flow::NeedStack;
        }
        let callee = cx.callee(f);
        let result = cx
            .call(callee, &[n as u64])
            .and_then(|r| cx.call(callee, &r));
        match result {
            Ok(r) => {
                cx.ret_int(r[0] as i64);
                Flow::Done
            }
            Err(flow) => flow,
        }
    }
    let mut asm = Asm::new();
    let twice = asm.native("x.twice", twice, 1, 2);
    let sleep = asm.native("x.sleep", sleep, 0, 1);
    let apply = asm.native("x.apply", apply, 1, 3);
    // func(n int) int { x.sleep(1e6); return x.twice(n) }, as a closure without captures.
    let f = asm.func("main.f", 1, 2, 10, 0);
    asm.code(
        f,
        &[
            Op::LoadI {
                d: d(6),
                imm: Imm32(1_000_000),
            },
            Op::CallN {
                w: Win(6),
                n: sleep,
            },
            Op::Move { d: d(7), s: s(1) },
            Op::CallN {
                w: Win(6),
                n: twice,
            },
            Op::Ret1 { s: s(6) },
        ],
    );
    let main = asm.func("main.main", 0, 0, 10, 0);
    let [p, nl] = print_int(4);
    asm.code(
        main,
        &[
            Op::Closure { d: d(5), f },
            Op::LoadI {
                d: d(6),
                imm: Imm32(21),
            },
            Op::CallN {
                w: Win(4),
                n: apply,
            },
            p,
            nl,
            Op::Ret {},
        ],
    );
    assert_eq!(
        asm.run(main),
        (Exit::Code(0), String::new(), "84\n".to_string())
    );
}

#[test]
fn strings_and_garbage() {
    let mut asm = Asm::new();
    let text: &'static str = "ab";
    asm.0.consts.extend([text.as_ptr().addr() as u64, 2]);
    let main = asm.func("main.main", 0, 0, 10, 0);
    asm.code(
        main,
        &[
            Op::LoadC2 {
                d: d(0),
                c: Const(0),
            },
            Op::LoadI {
                d: d(2),
                imm: Imm32(0),
            },
            Op::Cat {
                d: d(0),
                a: s(0),
                b: s(0),
            },
            Op::IncJLtI {
                a: s(2),
                imm: Imm16(3),
                to: Jump16(-2),
            },
            Op::Print {
                f: PrintFn::Str,
                s: s(0),
            },
            Op::Ret {},
        ],
    );
    let options = Options {
        gc_stress: true,
        ..Options::default()
    };
    assert_eq!(asm.run_with(main, options).2, "ab".repeat(8));
    let _ = STRING;
}

#[test]
fn runs_again() {
    let mut asm = Asm::new();
    // The first run leaves a goroutine waiting for a value; the second sends it.
    asm.0.consts.push(0);
    let wait = asm.func("main.wait", 0, 1, 4, 0);
    let [p, nl] = print_int(1);
    asm.code(wait, &[Op::Recv { d: d(1), c: s(0) }, p, nl, Op::Ret {}]);
    let cell: &'static mut u64 = Box::leak(Box::new(0));
    asm.0.consts.push((&raw mut *cell).addr() as u64);
    let first = asm.func("main.first", 0, 0, 8, 0);
    asm.code(
        first,
        &[
            Op::LoadI {
                d: d(0),
                imm: Imm32(0),
            },
            Op::MakeChan { w: Win(0), t: INT },
            Op::StG64 {
                s: s(0),
                c: Const(1),
            },
            Op::Move { d: d(4), s: s(0) },
            Op::Go { w: Win(4), f: wait },
            Op::RecvX { c: s(0) },
            Op::Ret {},
        ],
    );
    let second = asm.func("main.second", 0, 0, 4, 0);
    asm.code(
        second,
        &[
            Op::LdG64 {
                d: d(0),
                c: Const(1),
            },
            Op::LoadI {
                d: d(1),
                imm: Imm32(42),
            },
            Op::Send { c: s(0), v: s(1) },
            Op::LoadI {
                d: d(1),
                imm: Imm32(43),
            },
            Op::Send { c: s(0), v: s(1) },
            Op::Ret {},
        ],
    );
    let (out, err) = (Sink::default(), Sink::default());
    let linker = Box::new(NoLinker(SourceMap::default()));
    let (o, e) = (
        Output::new(Box::new(out)),
        Output::new(Box::new(err.clone())),
    );
    let mut vm = Vm::new(asm.0, Heap::new(), linker, Options::default(), o, e);
    assert_eq!(vm.run(&[first]), Exit::Crashed);
    assert!(
        err.text()
            .starts_with("fatal error: all goroutines are asleep")
    );
    assert_eq!(vm.run(&[second]), Exit::Code(0));
}

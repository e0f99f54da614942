#![allow(unused,missing_docs)]
//! The interpreter on programs assembled by hand: what the loop, the stacks, the scheduler and unwinding do without a compiler.

use lang::source::{Pos, SourceMap};
use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;
use vm::bytecode::*;
use vm::mem::Heap;
use vm::program::*;
use vm::rtype::{EqKind, Kind, PtrMap, RType};
use vm::{Cx, Exit, Flow, Options, Output, Vm};

struct NoLinker(SourceMap);

impl Linker for NoLinker {
    fn compile(&mut self, _: &mut Program, _: &mut Heap, f: FuncId) -> Result<(), LinkError> {
        Err(LinkError(format!("no code for {f}")))
    }
    fn find_method(
        &mut self,
        _: &mut Program,
        _: &mut Heap,
        _: TypeIx,
        _: MethodKey,
    ) -> Option<(FuncId, RecvLoad)> {
        None
    }
    fn implements(
        &mut self,
        _: &mut Program,
        _: &mut Heap,
        _: TypeIx,
        _: TypeIx,
    ) -> Result<(), String> {
        Err("M".to_string())
    }
    fn named_type(
        &mut self,
        p: &mut Program,
        _: &mut Heap,
        pkg: &str,
        name: &str,
    ) -> Option<TypeIx> {
        p.types
            .iter()
            .find(|t| t.name == name && t.pkg == pkg)
            .map(|t| t.ix)
    }
    fn pointer_to(&mut self, _: &mut Program, _: &mut Heap, t: TypeIx) -> TypeIx {
        t
    }
    fn slice_of(&mut self, _: &mut Program, _: &mut Heap, t: TypeIx) -> TypeIx {
        t
    }
    fn sources(&self) -> &SourceMap {
        &self.0
    }
}

#[derive(Clone, Default)]
struct Sink(Rc<RefCell<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, b: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(b);
        Ok(b.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Sink {
    fn text(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).unwrap()
    }
}

const INT: TypeIx = TypeIx(1);
const STRING: TypeIx = TypeIx(2);

fn rtype(
    ix: u32,
    kind: Kind,
    name: &str,
    size: u64,
    repr: Repr,
    ptrs: PtrMap,
    eq: EqKind,
) -> RType {
    RType {
        ix: TypeIx(ix),
        lang: lang::types::TypeId(0),
        kind,
        size,
        align: 8,
        repr,
        ptrs,
        eq,
        name: name.to_string(),
        short_name: String::new(),
        pkg: String::new(),
        elem: TypeIx(0),
        key: TypeIx(0),
        len: 0,
        fields: Vec::new(),
        params: Vec::new(),
        results: Vec::new(),
        variadic: false,
        chan_dir: 3,
        methods: Vec::new(),
    }
}

struct Asm(Program);

impl Asm {
    fn new() -> Asm {
        let mut p = Program::new();
        p.types.push(rtype(
            0,
            Kind::Invalid,
            "",
            0,
            Repr::Zero,
            PtrMap::None,
            EqKind::None,
        ));
        p.types.push(rtype(
            1,
            Kind::Int,
            "int",
            8,
            Repr::W64,
            PtrMap::None,
            EqKind::Mem,
        ));
        p.types.push(rtype(
            2,
            Kind::String,
            "string",
            16,
            Repr::Mem(2),
            PtrMap::Bits(1),
            EqKind::Str,
        ));
        Asm(p)
    }

    fn func(&mut self, name: &str, results: u16, window: u16, frame: u32, captures: u16) -> FuncId {
        let entry = FuncEntry {
            code: std::ptr::null(),
            frame_slots: frame,
            result_slots: results,
            window_slots: window,
            captures,
        };
        let meta = FuncMeta {
            name: name.to_string(),
            len: 0,
            positions: Vec::new(),
            notes: Vec::new(),
            pos: Pos::NONE,
            is_wrapper: false,
            code: Box::new([]),
            on_recover: 0,
        };
        self.0.declare(entry, meta)
    }

    fn code(&mut self, f: FuncId, code: &[Op]) {
        self.0.define(f, code.to_vec());
    }

    fn native(&mut self, name: &str, f: vm::NativeFn, results: u16, window: u16) -> NativeIx {
        let entry = NativeEntry {
            name: name.to_string(),
            f,
            stack: false,
            result_slots: results,
            window_slots: window,
        };
        self.0.natives.push(entry);
        NativeIx(self.0.natives.len() as u32 - 1)
    }

    fn run_with(self, main: FuncId, options: Options) -> (Exit, String, String) {
        let (out, err) = (Sink::default(), Sink::default());
        let linker = Box::new(NoLinker(SourceMap::default()));
        let (o, e) = (
            Output::new(Box::new(out.clone())),
            Output::new(Box::new(err.clone())),
        );
        let mut vm = Vm::new(self.0, Heap::new(), linker, options, o, e);
        let exit = vm.run(&[main]);
        (exit, out.text(), err.text())
    }

    fn run(self, main: FuncId) -> (Exit, String, String) {
        self.run_with(
            main,
            Options {
                seed: Some(1),
                virtual_time: true,
                ..Options::default()
            },
        )
    }
}

fn d(r: u16) -> Dst {
    Dst(r)
}
fn s(r: u16) -> Src {
    Src(r)
}

fn print_int(r: u16) -> [Op; 2] {
    [
        Op::Print {
            f: PrintFn::Int,
            s: s(r),
        },
        Op::Print {
            f: PrintFn::Newline,
            s: s(r),
        },
    ]
}

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


fn time(name: &str, asm: Asm, main: FuncId) {
    let t = std::time::Instant::now();
    let r = asm.run(main);
    println!("{name}: {:?} {:?}", t.elapsed(), r.2);
}
fn main() {
    for _ in 0..3 {
    let mut asm = Asm::new();
    let f = fib(&mut asm);
    let main = asm.func("main.main", 0, 0, 6, 0);
    let [p, n] = print_int(2);
    asm.code(main, &[Op::LoadI { d: d(3), imm: Imm32(35) }, Op::Call { w: Win(2), f }, p, n, Op::Ret {}]);
    time("fib35", asm, main);
    // loop: s += i*i % 7
    let mut asm = Asm::new();
    let main = asm.func("main.main", 0, 0, 6, 0);
    let [p, n] = print_int(1);
    asm.code(main, &[
        Op::LoadI { d: d(0), imm: Imm32(0) }, Op::LoadI { d: d(1), imm: Imm32(0) }, Op::LoadI { d: d(2), imm: Imm32(100_000_000) },
        Op::MulI64 { d: d(3), a: s(0), b: s(0) }, Op::AddI64 { d: d(1), a: s(1), b: s(3) }, Op::XorI { d: d(1), a: s(1), imm: Imm16(5) },
        Op::IncJLt { a: s(0), b: s(2), to: Jump16(-4) }, p, n, Op::Ret {}]);
    time("loop 1e8 x4ops", asm, main);
    // pingpong
    let mut asm = Asm::new();
    let echo = asm.func("main.echo", 0, 2, 4, 0);
    asm.code(echo, &[
        Op::RangeChan { d: d(2), c: s(0), to: Jump16(3) },
        Op::AddI { d: d(2), a: s(2), imm: Imm16(1) },
        Op::Send { c: s(1), v: s(2) },
        Op::Jmp { to: Jump32(-4) },
        Op::Close { c: s(1) }, Op::Ret {}]);
    let main = asm.func("main.main", 0, 0, 12, 0);
    let [p, n] = print_int(3);
    asm.code(main, &[
        Op::LoadI { d: d(0), imm: Imm32(0) }, Op::MakeChan { w: Win(0), t: INT },
        Op::LoadI { d: d(1), imm: Imm32(0) }, Op::MakeChan { w: Win(1), t: INT },
        Op::Move { d: d(8), s: s(0) }, Op::Move { d: d(9), s: s(1) }, Op::Go { w: Win(8), f: echo },
        Op::LoadI { d: d(2), imm: Imm32(0) }, Op::LoadI { d: d(3), imm: Imm32(0) }, Op::LoadI { d: d(5), imm: Imm32(1_000_000) },
        Op::Send { c: s(0), v: s(2) }, Op::Recv { d: d(4), c: s(1) }, Op::AddI64 { d: d(3), a: s(3), b: s(4) },
        Op::IncJLt { a: s(2), b: s(5), to: Jump16(-4) }, Op::Close { c: s(0) }, p, n, Op::Ret {}]);
    time("pingpong 1e6", asm, main);
    }
}

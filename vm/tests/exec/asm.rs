//! A small assembler: programs made by hand, and what they print.

use lang::source::{Pos, SourceMap};
use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;
use vm::bytecode::*;
use vm::mem::Heap;
use vm::program::*;
use vm::rtype::{EqKind, Kind, PtrMap, RType};
use vm::{Exit, Options, Output, Vm};

pub struct NoLinker(pub SourceMap);

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
    fn as_any(&mut self) -> &mut dyn std::any::Any {
        self
    }

    fn sources(&self) -> &SourceMap {
        &self.0
    }
}

#[derive(Clone, Default)]
pub struct Sink(Rc<RefCell<Vec<u8>>>);

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
    pub fn text(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).unwrap()
    }
}

pub const INT: TypeIx = TypeIx(1);
pub const STRING: TypeIx = TypeIx(2);

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

/// A program being put together.
pub struct Asm(pub Program);

impl Asm {
    pub fn new() -> Asm {
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

    pub fn func(
        &mut self,
        name: &str,
        results: u16,
        window: u16,
        frame: u32,
        captures: u16,
    ) -> FuncId {
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

    pub fn code(&mut self, f: FuncId, code: &[Op]) {
        self.0.define(f, code.to_vec());
    }

    pub fn native(&mut self, name: &str, f: vm::NativeFn, results: u16, window: u16) -> NativeIx {
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

    pub fn run_with(self, main: FuncId, options: Options) -> (Exit, String, String) {
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

    pub fn run(self, main: FuncId) -> (Exit, String, String) {
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

pub fn d(r: u16) -> Dst {
    Dst(r)
}
pub fn s(r: u16) -> Src {
    Src(r)
}

pub fn print_int(r: u16) -> [Op; 2] {
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

//! What the interpreter asks of the compiler while the program runs.

use super::{Compiler, Parts};
use crate::bytecode::{FuncId, TypeIx};
use crate::mem::Heap;
use crate::program::{LinkError, Linker, MethodKey, Program, RecvLoad};
use lang::source::SourceMap;

impl Linker for Compiler {
    fn compile(&mut self, p: &mut Program, heap: &mut Heap, f: FuncId) -> Result<(), LinkError> {
        let mut parts = Parts { program: p, heap };
        self.compile_func(&mut parts, f)
            .map_err(|e| LinkError(e.message()))
    }

    fn find_method(
        &mut self,
        p: &mut Program,
        _: &mut Heap,
        t: TypeIx,
        m: MethodKey,
    ) -> Option<(FuncId, RecvLoad)> {
        Compiler::find_method(self, p, t, m)
    }

    fn implements(
        &mut self,
        p: &mut Program,
        _: &mut Heap,
        t: TypeIx,
        iface: TypeIx,
    ) -> Result<(), String> {
        Compiler::implements(self, p, t, iface)
    }

    fn named_type(
        &mut self,
        p: &mut Program,
        _: &mut Heap,
        pkg: &str,
        name: &str,
    ) -> Option<TypeIx> {
        Compiler::named_type(self, p, pkg, name)
    }

    fn pointer_to(&mut self, p: &mut Program, _: &mut Heap, t: TypeIx) -> TypeIx {
        let t = self.world.types.pointer(p.types[t.0 as usize].lang);
        self.type_ix(p, t)
    }

    fn slice_of(&mut self, p: &mut Program, _: &mut Heap, t: TypeIx) -> TypeIx {
        let t = self.world.types.slice(p.types[t.0 as usize].lang);
        self.type_ix(p, t)
    }

    fn sources(&self) -> &SourceMap {
        &self.world.sources
    }
}

//! What the interpreter asks of the compiler while the program runs.

use super::{Compiler, Parts};
use crate::bytecode::{FuncId, TypeIx};
use crate::mem::Heap;
use crate::program::{Compose, LinkError, Linker, MethodKey, Program, RecvLoad};
use lang::ast::ChanDir;
use lang::source::SourceMap;
use lang::symbol::Symbol;
use lang::types::{PkgId, Struct, StructField, TypeId};

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

    fn compose(&mut self, p: &mut Program, _: &mut Heap, c: &Compose) -> Option<TypeIx> {
        let lang = |t: &TypeIx| p.types[t.0 as usize].lang;
        let all = |ts: &[TypeIx]| ts.iter().map(lang).collect::<Vec<TypeId>>();
        let types = &self.world.types;
        let t = match c {
            Compose::Array(n, t) => types.array(i64::try_from(*n).ok()?, lang(t)),
            Compose::Map(k, v) => types.map(lang(k), lang(v)),
            Compose::Chan(1, t) => types.chan(ChanDir::Recv, lang(t)),
            Compose::Chan(2, t) => types.chan(ChanDir::Send, lang(t)),
            Compose::Chan(_, t) => types.chan(ChanDir::Both, lang(t)),
            Compose::Func(params, results, variadic) => {
                types.func(&all(params), &all(results), *variadic)
            }
            Compose::Struct(fields) => {
                let field =
                    |(name, path, ty, embedded, tag): &(String, String, TypeIx, bool, String)| {
                        let pkg = self.world.packages.iter().position(|k| k.path == *path);
                        StructField {
                            name: Symbol::new(name),
                            ty: lang(ty),
                            embedded: *embedded,
                            tag: tag.as_str().into(),
                            pkg: pkg.filter(|_| !path.is_empty()).map(|k| PkgId(k as u32)),
                        }
                    };
                types.structure(Struct {
                    fields: fields.iter().map(field).collect(),
                })
            }
        };
        Some(self.type_ix(p, t))
    }

    fn underlying(&mut self, p: &mut Program, _: &mut Heap, t: TypeIx) -> TypeIx {
        let u = self.world.types.underlying(p.types[t.0 as usize].lang);
        self.type_ix(p, u)
    }

    fn fill_methods(&mut self, p: &mut Program, _: &mut Heap, t: TypeIx) {
        Compiler::fill_methods(self, p, t);
    }

    fn sources(&self) -> &SourceMap {
        &self.world.sources
    }

    fn as_any(&mut self) -> &mut dyn std::any::Any {
        self
    }
}

//! The bytecode of a session's functions.

use super::Session;
use lang::symbol::Symbol;
use lang::types::{ObjKind, PkgId};
use vm::bytecode::FuncId;
use vm::compile::disasm::listing;
use vm::program::Linker;

impl Session {
    /// The bytecode of a function, with the function literals in it: `f`, `T.Method`, `pkg.Func`.
    ///
    /// # Errors
    /// A line that says why there is none.
    pub fn disasm(&mut self, name: &str) -> Result<String, String> {
        let f = self
            .function(name)
            .ok_or_else(|| format!("there is no function {name}, or it is generic"))?;
        let (compiler, parts) = self
            .vm
            .compiler()
            .expect("a session's linker is the compiler");
        let literals = format!("{}.func", parts.program.metas[f.0 as usize].name);
        let mut out = String::new();
        let mut next = f.0;
        while (next as usize) < parts.program.funcs.len() {
            let at = FuncId(next);
            next += 1;
            let own = parts.program.metas[at.0 as usize]
                .name
                .starts_with(&literals);
            if at == f || own {
                let compiled = compiler.compile(parts.program, parts.heap, at);
                compiled.map_err(|e| e.0)?;
                out += &listing(parts.program, &compiler.world.sources, at);
            }
        }
        Ok(out)
    }

    fn function(&mut self, name: &str) -> Option<FuncId> {
        let (of, name) = match name.rsplit_once('.') {
            Some((of, name)) => (of.trim_matches(['(', ')', '*']), name),
            None => ("", name),
        };
        let pkg = self.pkg;
        let imported = (!of.is_empty()).then(|| self.imported(of)).flatten();
        let (compiler, parts) = self.vm.compiler()?;
        match imported {
            Some(of) => compiler.func_named(parts.program, of, name),
            None if of.is_empty() => compiler.func_named(parts.program, pkg, name),
            None => compiler.method_named(parts.program, pkg, of, name),
        }
    }

    /// The package that a name stands for: one that is imported, or that would be by its use.
    fn imported(&mut self, name: &str) -> Option<PkgId> {
        let own = self.pkg;
        let world = self.world();
        let package = world.package(own);
        let name = Symbol::new(name);
        if world.objects.lookup(package.scope, name).is_some() {
            return None;
        }
        let known = package.file_scopes.iter().find_map(|&s| {
            let obj = world.objects.lookup(s, name)?;
            world.objects.with(obj, |o| match o.kind {
                ObjKind::PkgName(p) => Some(p),
                _ => None,
            })
        });
        known.or_else(|| {
            let path = world.importer.clone().by_name(name.as_str())?;
            world.import(&path).ok()
        })
    }
}

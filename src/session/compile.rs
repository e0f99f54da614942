//! From an input's text to functions to run.

use super::{End, Session};
use crate::engine::describe;
use crate::load::{Failure, Loader, add, stops};
use lang::ast::File;
use lang::check::Shown;
use lang::diag::Diagnostic;
use lang::syntax::{self, ParseOptions};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use vm::bytecode::FuncId;

/// An input that has been checked.
pub(super) struct Checked {
    /// What to run, in order.
    pub(super) funcs: Vec<FuncId>,
    /// What to show then.
    pub(super) shown: Vec<Shown>,
    /// What the checker warned of.
    pub(super) warnings: Vec<Diagnostic>,
}

impl Session {
    /// Checks an input.
    pub(super) fn check(&mut self, name: &str, text: &str) -> Result<Checked, End> {
        catch_unwind(AssertUnwindSafe(|| self.check_input(name, text))).unwrap_or_else(|cause| {
            Err(End::Bug(format!(
                "{} (while checking {name})",
                describe(&*cause)
            )))
        })
    }

    fn check_input(&mut self, name: &str, text: &str) -> Result<Checked, End> {
        let (dir, ids, pkg) = (self.dir.clone(), self.ids.clone(), self.pkg);
        let packages = self.packages.clone();
        let world = self.world();
        let texts = Loader {
            world,
            packages: &packages,
        }
        .resolve(&dir, vec![(name.to_string(), text.to_string())])
        .map_err(end_of)?;
        let source = add(world, name, &texts[0].1).map_err(end_of)?;
        let (file, mut diags) = syntax::parse_file(&source, &ids, ParseOptions::default());
        if diags.iter().any(stops) {
            return Err(End::Rejected(diags));
        }
        let is_program = file.package.is_some();
        let file = File {
            package: None,
            ..file
        };
        let checked = world.check_script(Some(pkg), Rc::new(file), ids);
        diags.extend(checked.diags);
        if diags.iter().any(Diagnostic::is_error) {
            return Err(End::Rejected(diags));
        }
        let (compiler, parts) = self
            .vm
            .compiler()
            .expect("a session's linker is the compiler");
        let mut funcs = Vec::new();
        if !checked.units.is_empty() {
            funcs.push(compiler.script(parts.program, pkg, checked.units));
        }
        if is_program {
            funcs.extend(compiler.func_named(parts.program, pkg, "main"));
        }
        Ok(Checked {
            funcs,
            shown: checked.shown,
            warnings: diags,
        })
    }
}

fn end_of(failure: Failure) -> End {
    match failure {
        Failure::Io(what) => End::Unreadable(what),
        Failure::Diagnostics(diags) => End::Rejected(diags),
        Failure::Bug(what) => End::Bug(what),
    }
}

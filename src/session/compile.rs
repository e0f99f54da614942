//! From an input's text to functions to run.

use super::{End, Session};
use crate::engine::describe;
use crate::load::{Failure, Loader, add, stops};
use lang::ast::{AssignOp, Decl, File, Item, Stmt, StmtKind};
use lang::check::{Shown, Undo};
use lang::diag::Diagnostic;
use lang::syntax::{self, ParseOptions};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use vm::bytecode::FuncId;

/// Whether the session takes over what a text declares.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// It is an input.
    Input,
    /// It is an expression or a statement that leaves no trace.
    Nothing,
}

/// An input that has been checked.
pub(super) struct Checked {
    /// What to run, in order.
    pub(super) funcs: Vec<FuncId>,
    /// What to show then.
    pub(super) shown: Vec<Shown>,
    /// What the checker warned of.
    pub(super) warnings: Vec<Diagnostic>,
    /// The syntax nodes that nobody needs once the input is compiled.
    pub(super) nodes: Range<usize>,
    /// How to take back what it declares.
    pub(super) undo: Undo,
}

impl Session {
    /// Checks an input.
    pub(super) fn check(&mut self, name: &str, text: &str, keep: Keep) -> Result<Checked, End> {
        catch_unwind(AssertUnwindSafe(|| self.check_text(name, text, keep))).unwrap_or_else(
            |cause| {
                Err(End::Bug(format!(
                    "{} (while checking {name})",
                    describe(&*cause)
                )))
            },
        )
    }

    fn check_text(&mut self, name: &str, text: &str, keep: Keep) -> Result<Checked, End> {
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
        let first = ids.len();
        let (file, mut diags) = syntax::parse_file(&source, &ids, ParseOptions::default());
        if diags.iter().any(stops) {
            return Err(End::Rejected(diags));
        }
        let is_program = file.package.is_some();
        let last = if declares_functions(&file.items) {
            first
        } else {
            ids.len()
        };
        let file = File {
            package: None,
            ..file
        };
        if keep == Keep::Nothing && !is_aside(&file) {
            return Err(End::Unreadable(
                "that is not an expression or a statement".to_string(),
            ));
        }
        let file = Rc::new(file);
        let checked = match keep {
            Keep::Input => world.check_script(Some(pkg), file, ids),
            Keep::Nothing => world.check_aside(pkg, file, ids),
        };
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
            nodes: first..last,
            undo: checked.undo,
        })
    }
}

/// Whether a text is one expression or statement that declares nothing.
fn is_aside(file: &File) -> bool {
    let plain = |s: &Stmt| match &s.kind {
        StmtKind::Decl(_) => false,
        StmtKind::Assign(a) => a.op != AssignOp::Define,
        _ => true,
    };
    match &file.items[..] {
        [Item::Stmt(s)] => file.package.is_none() && file.imports.is_empty() && plain(s),
        _ => false,
    }
}

/// Functions are compiled when they are first called.
fn declares_functions(items: &[Item]) -> bool {
    fn is_function(d: &Decl) -> bool {
        match d {
            Decl::Func(_) => true,
            Decl::Group(list) => list.iter().any(is_function),
            _ => false,
        }
    }
    let function = |i: &Item| matches!(i, Item::Decl(d) if is_function(d));
    items.iter().any(function)
}

fn end_of(failure: Failure) -> End {
    match failure {
        Failure::Io(what) => End::Unreadable(what),
        Failure::Diagnostics(diags) => End::Rejected(diags),
        Failure::Bug(what) => End::Bug(what),
    }
}

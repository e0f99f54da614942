//! Checking without a trace: what an editor asks is checked as a further input of the session, and taken back.
//!
//! Invariants: the session's package, its scope and its numbers are afterwards what they were. Types, objects and scopes of a trial are forgotten unless
//! it was the first to reach something of a lazily checked package, which is then there for good and may know them; that can happen only as
//! often as there are such things, so that trials repeated for ever need no more memory.

use super::{Package, World};
use crate::types::PkgId;
use std::panic::{AssertUnwindSafe, catch_unwind};

impl World {
    /// Runs `f` with a fresh package in the place of the session's, inside whose scope it is; nothing if gol's own code failed.
    pub(super) fn trial<R>(
        &mut self,
        session: PkgId,
        f: impl FnOnce(&mut World) -> R,
    ) -> Option<R> {
        let (mark, reached, importing) = (self.objects.mark(), self.reached, self.importing.len());
        self.types.begin_trial();
        let real = self.put_scratch(session);
        let outcome = catch_unwind(AssertUnwindSafe(|| f(self)));
        self.packages[session.0 as usize] = real;
        self.importing.truncate(importing);
        if self.reached == reached {
            for obj in self.objects.forget_since(mark).map(crate::types::ObjId) {
                self.deps.remove(&obj);
                self.func_sigs.remove(&obj);
            }
            self.types.undo_trial();
        } else {
            self.objects.unhook_since(mark);
            self.types.keep_trial();
        }
        outcome.ok()
    }

    /// Puts an empty package in the session's place: a scope for imports and one for an input inside the session's.
    fn put_scratch(&mut self, session: PkgId) -> Package {
        let real = &self.packages[session.0 as usize];
        let (path, name, outer, results) = (real.path.clone(), real.name, real.scope, real.results);
        let imports = self.objects.new_scope(Some(outer), false);
        let scope = self.objects.new_scope(Some(imports), false);
        let scratch = Package {
            is_script: true,
            file_scopes: vec![imports],
            results,
            ..Package::new(&path, name.as_str(), scope)
        };
        std::mem::replace(&mut self.packages[session.0 as usize], scratch)
    }
}

//! Finalizers and cleanups for package runtime.

use super::{Cx, GoFunc, GoPtr, Iface};
use crate::mem::Due;
use crate::rtype::Kind;

/// Objects that are to be told of before they go.
impl Cx<'_> {
    /// Has `f` called with `obj`, a pointer, when nothing else reaches what it points to. `f` takes one parameter, of `obj`'s type or of an
    /// interface type. Replaces an earlier one.
    pub fn set_finalizer(&mut self, obj: Iface, f: GoFunc, takes_interface: bool) {
        let (words, args) = if takes_interface {
            ([u64::from(obj.ty.0), obj.data], 2)
        } else {
            ([obj.data, 0], 1)
        };
        self.clear_finalizer(obj);
        self.vm().heap.add_finalizer(
            obj.data,
            Due {
                closure: f.word(),
                words,
                args,
            },
        );
    }

    /// Takes a finalizer back.
    pub fn clear_finalizer(&mut self, obj: Iface) {
        self.vm().heap.clear_finalizer(obj.data);
    }

    /// Has `f`, which takes nothing, called when nothing reaches what `p` points to. The number is 0 for what is never freed.
    pub fn add_cleanup(&mut self, p: GoPtr, f: GoFunc) -> u64 {
        let due = Due {
            closure: f.word(),
            words: [0; 2],
            args: 0,
        };
        self.vm()
            .heap
            .add_finalizer(p.addr() as u64, due)
            .unwrap_or(0)
    }

    /// Takes a cleanup back.
    pub fn stop_cleanup(&mut self, id: u64) {
        self.vm().heap.remove_finalizer(id);
    }

    /// Whether the values of a func type's first parameter are interfaces.
    pub fn takes_interface(&self, f: Iface) -> bool {
        let t = self.rtype(f.ty);
        t.params
            .first()
            .is_some_and(|&p| self.rtype(p).kind == Kind::Interface)
    }
}

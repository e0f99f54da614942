//! Types and values of the standard library that the VM makes itself: errors and strings. Found by name when first needed.
//!
//! Invariants: a `TypeIx` found once stays right; a program whose library lacks a type still runs, with strings in place of errors.

use crate::bytecode::FuncId;
use crate::bytecode::TypeIx;
use crate::native::{GoStr, Iface};
use crate::program::RecvLoad;
use crate::vm::Vm;
use rustc_hash::FxHashMap;

/// Types found so far.
#[derive(Default)]
pub(crate) struct Known {
    named: FxHashMap<(&'static str, &'static str, bool), Option<TypeIx>>,
    /// Whether a type implements an interface type.
    pub(crate) implements: FxHashMap<(TypeIx, TypeIx), bool>,
}

impl Vm {
    /// A type by package path and name.
    pub(crate) fn named_type(&mut self, pkg: &str, name: &str) -> Option<TypeIx> {
        self.linker
            .named_type(&mut self.program, &mut self.heap, pkg, name)
    }

    /// The type `name` of `pkg`, or the pointer to it; looked up once.
    pub(crate) fn known_type(
        &mut self,
        pkg: &'static str,
        name: &'static str,
        pointer: bool,
    ) -> Option<TypeIx> {
        if let Some(&t) = self.known.named.get(&(pkg, name, pointer)) {
            return t;
        }
        let t = self.named_type(pkg, name).map(|t| {
            if pointer {
                self.linker.pointer_to(&mut self.program, &mut self.heap, t)
            } else {
                t
            }
        });
        self.known.named.insert((pkg, name, pointer), t);
        t
    }

    /// The type `string`.
    pub(crate) fn string_type(&mut self) -> TypeIx {
        self.known_type("", "string", false).unwrap_or(TypeIx(0))
    }

    /// A Go string with this text.
    pub(crate) fn new_str(&mut self, text: &str) -> GoStr {
        if text.is_empty() {
            return GoStr::EMPTY;
        }
        let p = self.alloc_bytes(text.len());
        // SAFETY: a fresh block of that size.
        unsafe { std::ptr::copy_nonoverlapping(text.as_ptr(), p, text.len()) };
        GoStr {
            ptr: p,
            len: text.len(),
        }
    }

    /// An interface of dynamic type `t` holding these register words.
    pub(crate) fn box_words(&mut self, t: TypeIx, words: &[u64]) -> Iface {
        let size = self.program.types[t.0 as usize].size as usize;
        if size <= 8 {
            return Iface {
                ty: t,
                data: words.first().copied().unwrap_or(0),
            };
        }
        assert!(size <= words.len() * 8, "too few words for a value");
        let p = self.new_value(t);
        // SAFETY: a fresh block of `size` bytes; the words hold as many.
        unsafe { std::ptr::copy_nonoverlapping(words.as_ptr().cast::<u8>(), p, size) };
        Iface {
            ty: t,
            data: p.addr() as u64,
        }
    }

    /// An interface that holds a string.
    pub(crate) fn string_iface(&mut self, s: GoStr) -> Iface {
        let t = self.string_type();
        if t.0 == 0 {
            Iface::NIL
        } else {
            self.box_words(t, &s.words())
        }
    }

    /// A value of the string type `name` of package runtime.
    fn runtime_string(&mut self, name: &'static str, text: &str) -> Option<Iface> {
        let t = self.known_type("runtime", name, false)?;
        let s = self.new_str(text);
        Some(self.box_words(t, &s.words()))
    }

    fn plain_string(&mut self, text: &str) -> Iface {
        let s = self.new_str(text);
        self.string_iface(s)
    }

    /// A `runtime.Error` whose text is "runtime error: " and `text`.
    pub(crate) fn runtime_error(&mut self, text: &str) -> Iface {
        let bounds = ["index out of range", "slice bounds out of range"];
        let name = if bounds.iter().any(|b| text.starts_with(b)) {
            "boundsError"
        } else {
            "errorString"
        };
        match self.runtime_string(name, text) {
            Some(v) => v,
            None => self.plain_string(&format!("runtime error: {text}")),
        }
    }

    /// A `runtime.Error` whose text is `text` alone.
    pub(crate) fn plain_error(&mut self, text: &str) -> Iface {
        match self.runtime_string("plainError", text) {
            Some(v) => v,
            None => self.plain_string(text),
        }
    }

    /// A `*runtime.TypeAssertionError` with this text.
    pub(crate) fn type_assertion_error(&mut self, text: &str) -> Iface {
        let Some(t) = self.known_type("runtime", "TypeAssertionError", false) else {
            return self.plain_error(text);
        };
        if self.program.types[t.0 as usize].size != 16 {
            return self.plain_error(text);
        }
        let s = self.new_str(text);
        let v = self.box_words(t, &s.words());
        match self.known_type("runtime", "TypeAssertionError", true) {
            Some(p) => Iface {
                ty: p,
                data: v.data,
            },
            None => self.plain_error(text),
        }
    }

    /// The value `panic(nil)` panics with.
    pub(crate) fn panic_nil_error(&mut self) -> Iface {
        match self
            .known_type("runtime", "PanicNilError", false)
            .zip(self.known_type("runtime", "PanicNilError", true))
        {
            Some((t, p)) => Iface {
                ty: p,
                data: self.new_value(t).addr() as u64,
            },
            None => self.plain_error("runtime error: panic called with nil argument"),
        }
    }

    /// An error like those of `errors.New`.
    pub(crate) fn error_value(&mut self, s: GoStr) -> Iface {
        match self
            .known_type("errors", "errorString", false)
            .zip(self.known_type("errors", "errorString", true))
        {
            Some((t, p)) => {
                let addr = self.new_value(t);
                // SAFETY: a fresh `struct { s string }`.
                unsafe { addr.cast::<[u64; 2]>().write(s.words()) };
                Iface {
                    ty: p,
                    data: addr.addr() as u64,
                }
            }
            None => self.string_iface(s),
        }
    }

    /// The exported method `name` of dynamic type `t`.
    pub(crate) fn exported_method(&mut self, t: TypeIx, name: &str) -> Option<(FuncId, RecvLoad)> {
        if t.0 == 0 {
            return None;
        }
        let key = self.program.method_key(name, "");
        self.linker
            .find_method(&mut self.program, &mut self.heap, t, key)
    }
}

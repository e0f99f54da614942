//! Interned names.
//!
//! Invariant: two symbols are equal exactly when their texts are. The texts live as long as the process: a session is one
//! thread and its set of distinct names is small.

use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::fmt;

/// An interned identifier or import path.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(u32);

#[derive(Default)]
struct Interner {
    index: FxHashMap<&'static str, u32>,
    texts: Vec<&'static str>,
}

thread_local! {
    static INTERNER: RefCell<Interner> = RefCell::default();
}

impl Symbol {
    /// The symbol of `text`.
    pub fn new(text: &str) -> Symbol {
        INTERNER.with_borrow_mut(|i| {
            if let Some(&n) = i.index.get(text) {
                return Symbol(n);
            }
            let n = i.texts.len() as u32;
            let text: &'static str = Box::leak(text.into());
            i.texts.push(text);
            i.index.insert(text, n);
            Symbol(n)
        })
    }

    /// The symbol's text.
    pub fn as_str(self) -> &'static str {
        INTERNER.with_borrow(|i| i.texts[self.0 as usize])
    }

    /// Whether this is the blank identifier `_`.
    pub fn is_blank(self) -> bool {
        self.as_str() == "_"
    }

    /// Whether the name starts with an upper-case letter (spec: Exported identifiers).
    pub fn is_exported(self) -> bool {
        self.as_str().chars().next().is_some_and(char::is_uppercase)
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

//! Node identity and ownership.

use crate::source::Span;
use crate::symbol::Symbol;
use std::cell::Cell;
use std::ops::Deref;

/// Identifies a node within its package's side tables. Dense enough to index a vector.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeId(pub u32);

/// Hands out the node ids of one package; gaps are allowed (a parser that backtracks leaves some).
#[derive(Debug, Default)]
pub struct NodeIds(Cell<u32>);

impl NodeIds {
    /// The next unused id.
    pub fn fresh(&self) -> NodeId {
        let n = self.0.get();
        self.0.set(n + 1);
        NodeId(n)
    }

    /// A source of its own that goes on where this one stands.
    pub fn fork(&self) -> NodeIds {
        NodeIds(Cell::new(self.0.get()))
    }

    /// Takes over what a fork has handed out; nothing may have been handed out here in between.
    pub fn join(&self, fork: &NodeIds) {
        self.0.set(self.0.get().max(fork.0.get()));
    }

    /// How many ids have been handed out: the length side tables need.
    pub fn len(&self) -> usize {
        self.0.get() as usize
    }

    /// Whether none has been handed out.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// An owned child node. Like `Box`, but a deep tree drops without overflowing the stack.
#[derive(Debug)]
pub struct P<T>(Option<Box<T>>);

impl<T> P<T> {
    /// Boxes a node.
    pub fn new(node: T) -> P<T> {
        P(Some(Box::new(node)))
    }

    /// Takes the node out.
    pub fn into_inner(mut self) -> T {
        *self.0.take().expect("a P is full until it is dropped")
    }
}

impl<T> Deref for P<T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.0.as_deref().expect("a P is full until it is dropped")
    }
}

impl<T> Drop for P<T> {
    fn drop(&mut self) {
        if let Some(node) = self.0.take() {
            deep(|| drop(node));
        }
    }
}

/// Runs one level of a recursive walk over a tree, on a fresh piece of stack when the current one is nearly used up. Every
/// function that recurses on expressions, statements or types calls itself through this.
pub fn deep<R>(walk: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(128 << 10, 2 << 20, walk)
}

/// An identifier occurrence: a use or a declaration.
#[derive(Clone, Copy, Debug)]
pub struct Ident {
    /// Key for `Info::defs` and `Info::uses`.
    pub id: NodeId,
    /// Where it stands.
    pub span: Span,
    /// Its name.
    pub name: Symbol,
}

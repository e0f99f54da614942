//! The syntax tree: what the parser makes and what everybody else only reads.
//!
//! Invariants: names follow the Go spec's productions; a tree is never rewritten, what is learned about a node goes into side
//! tables keyed by its `NodeId` (`check::Info`); ids are unique within a package; children hang on `P`, whose
//! drop does not recurse without bound.

mod decl;
mod expr;
mod stmt;
mod tree;

pub use decl::*;
pub use expr::*;
pub use stmt::*;
pub use tree::*;

//! Types, objects and scopes: what the checker makes of a program and what the compiler reads.
//!
//! Invariants: a `TypeId` names one type of the session; structural types are interned, so `==` on ids is a fast path of
//! `identical` and nearly always decides it; a named type has one id per declaration and type arguments; types are never
//! removed. Everything is append-only behind `&self` (interior mutability), so readers never fight the checker for a borrow.
//! Tables keyed by type use `Types::canonical`.

mod arena;
mod identity;
mod lookup;
mod members;
mod object;
mod predicates;
mod sizes;
mod store;
mod subst;
mod trial;
mod ty;
mod type_set;
mod type_string;
mod universe;

pub use crate::ast::ChanDir;
pub use arena::{Color, Objects, Scope};
pub use lookup::{Found, LookupError, Member, lookup_field_or_method, method_set};
pub use members::{Reached, members};
pub use object::*;
pub use sizes::MAX_SIZE;
pub use store::{SigNames, Types};
pub use ty::*;
pub use type_set::{Term, TypeSet};
pub use type_string::{TypeWriter, type_string};
pub use universe::{UNIVERSE, UNSAFE, declare_universe, declare_unsafe};

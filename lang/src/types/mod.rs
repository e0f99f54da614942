//! Types, objects and scopes: what the checker makes of a program and what the compiler reads.
//!
//! Invariants: a `TypeId` names one type of the session; structural types are interned, so `==` on ids is a fast path of
//! `identical` and nearly always decides it; a named type has one id per declaration and type arguments; types are never
//! removed. Everything is append-only behind `&self` (interior mutability), so readers never fight the checker for a borrow.

mod object;
mod ty;

pub use object::*;
pub use ty::*;

//! The language: text, tokens, syntax trees, types, constants and diagnostics. It knows no bytecode, heap, IO or clock.

#![forbid(unsafe_code)]

pub mod ast;
pub mod check;
pub mod constant;
pub mod diag;
pub mod source;
pub mod symbol;
pub mod syntax;
pub mod types;

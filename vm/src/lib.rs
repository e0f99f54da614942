//! The virtual machine.

pub mod bytecode;
pub mod program;
pub mod rtype;

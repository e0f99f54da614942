//! The virtual machine.

pub mod bytecode;
pub mod mem;
pub mod program;
pub mod rtype;
pub mod value;

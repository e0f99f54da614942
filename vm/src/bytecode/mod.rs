//! The instruction set as data.

mod op;
mod operand;

pub use op::*;
pub use operand::*;

//! Package sync/atomic: all but a comparison of types is Go.

use vm::NativeFn;

/// The natives of the package.
pub const NATIVES: &[(&str, NativeFn)] = &[("sameType", crate::reflect::same_type)];

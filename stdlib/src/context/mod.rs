//! Package context: what String methods and WithValue need to know about types.

use vm::NativeFn;

/// The natives of the package.
pub const NATIVES: &[(&str, NativeFn)] = &[
    ("comparable_", crate::reflect::comparable),
    ("typeName", crate::reflect::type_name),
];

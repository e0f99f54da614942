//! What the checker learned about a package's syntax tree: side tables keyed by node id (go/types: Info).

use crate::ast::NodeId;
use crate::constant::Value;
use crate::types::{ObjId, SigVars, TypeId};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// How an expression may be used (go/types: operandMode).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// An error was reported.
    Invalid,
    /// A call without results.
    NoValue,
    /// A builtin function (only as the callee of a call).
    Builtin,
    /// A type.
    TypeExpr,
    /// A constant; the value is recorded.
    Constant,
    /// An addressable variable (variable, dereference, slice element, field of such…).
    Variable,
    /// `m[k]`: assignable but not addressable; comma-ok allowed.
    MapIndex,
    /// A computed value.
    Value,
    /// The predeclared `nil`.
    Nil,
    /// A receive or type assertion or the like: comma-ok allowed.
    CommaOk,
}

/// Type, mode and constant value of an expression. Untyped operands have been given their final type: after checking, an
/// expression that needs a runtime value never has an untyped type (except `nil`, which carries the target type, and
/// untyped booleans/constants in discarded positions).
#[derive(Clone, Debug)]
pub struct TypeAndValue {
    /// The mode.
    pub mode: Mode,
    /// The type. A call with several results, and a comma-ok form used as such, has a tuple type.
    pub ty: TypeId,
    /// The value if constant.
    pub value: Option<Value>,
}

/// What a selector expression selects.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SelectionKind {
    /// `x.f`, a struct field.
    FieldVal,
    /// `x.m`, a method value or call.
    MethodVal,
    /// `T.m`, a method expression.
    MethodExpr,
}

/// A resolved selector that is not a qualified identifier (those are in `uses`).
#[derive(Clone, Debug)]
pub struct Selection {
    /// What it selects.
    pub kind: SelectionKind,
    /// The type of `x` (or `T` itself for a method expression).
    pub recv: TypeId,
    /// Field indices from `recv`'s struct down to the field; for a method the last entry is the index of the method in its
    /// named type's `methods` (concrete) or in the interface's sorted complete method list (interface), all before it are
    /// embedded fields.
    pub path: Vec<u32>,
    /// Whether a pointer is followed on the way (at any step, `x` itself included).
    pub indirect: bool,
    /// The concrete method's function object (origin method of a generic type); `None` for fields and interface methods.
    pub method: Option<ObjId>,
    /// The field's type, the method's signature (method value) or the function type with receiver (method expression).
    pub ty: TypeId,
}

/// A generic function or type name used with type arguments, given or inferred.
#[derive(Clone, Debug)]
pub struct Instance {
    /// The type arguments.
    pub targs: Rc<[TypeId]>,
    /// The instantiated type.
    pub ty: TypeId,
}

/// The side tables of one package. Absent entries mean "nothing was recorded".
#[derive(Default, Debug)]
pub struct Info {
    /// Expressions.
    pub types: FxHashMap<NodeId, TypeAndValue>,
    /// Declaring identifiers → their objects (`None` entry absent for `_`; `_` variables get objects where a slot is needed).
    pub defs: FxHashMap<NodeId, ObjId>,
    /// Using identifiers → the objects they denote (for a field name in a composite literal too: not recorded; use `field_keys`).
    pub uses: FxHashMap<NodeId, ObjId>,
    /// Type-switch clauses that bind → the clause's variable.
    pub implicits: FxHashMap<NodeId, ObjId>,
    /// Selector expressions (by the selector expression's id).
    pub selections: FxHashMap<NodeId, Selection>,
    /// Instantiated identifiers (by the identifier's id).
    pub instances: FxHashMap<NodeId, Instance>,
    /// Function literals (by the expression's id) → their parameter and result variables.
    pub func_lits: FxHashMap<NodeId, Rc<SigVars>>,
    /// Struct literal keys (by the key expression's id) → field path (more than one entry for a promoted field, Go 1.27).
    pub field_keys: FxHashMap<NodeId, Vec<u32>>,
}

impl Info {
    /// What is recorded of an expression.
    pub fn type_and_value(&self, id: NodeId) -> Option<&TypeAndValue> {
        self.types.get(&id)
    }
}

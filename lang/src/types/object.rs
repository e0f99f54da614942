//! Objects: the things names stand for (go/types: Object).

use super::TypeId;
use crate::ast::{ConstSpec, FuncDecl, TypeSpec, VarSpec};
use crate::constant::Value;
use crate::source::{Pos, Span};
use crate::symbol::Symbol;
use std::rc::Rc;

/// An object of the session.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ObjId(pub u32);

/// A package of the session; 0 is the universe.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PkgId(pub u32);

/// A scope of the session.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ScopeId(pub u32);

/// A named entity.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its name.
    pub name: Symbol,
    /// Where it was declared.
    pub span: Span,
    /// Its package; `None` for universe objects.
    pub pkg: Option<PkgId>,
    /// Its type; `Invalid` until resolved or on error.
    pub ty: TypeId,
    /// What it is.
    pub kind: ObjKind,
    /// The scope that holds it, if any.
    pub parent: Option<ScopeId>,
    /// From here on the name is visible in a local scope.
    pub scope_pos: Pos,
}

/// The kinds of objects.
#[derive(Clone, Debug)]
pub enum ObjKind {
    /// An imported package's local name.
    PkgName(PkgId),
    /// A constant and its value (`Unknown` after an error).
    Const(Value),
    /// A type name; `true` for an alias.
    TypeName(bool),
    /// A variable.
    Var(VarKind),
    /// A function or method with its declaration (absent for interface methods).
    Func(FuncObj),
    /// A label.
    Label,
    /// A builtin function.
    Builtin(Builtin),
    /// The predeclared `nil`.
    Nil,
}

/// Where a variable lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VarKind {
    /// Package level.
    Global,
    /// Declared in a function body.
    Local,
    /// Parameter.
    Param,
    /// Receiver.
    Recv,
    /// Result.
    Result,
    /// Struct field.
    Field,
}

/// What is known about a declared function.
#[derive(Clone, Default, Debug)]
pub struct FuncObj {
    /// Its declaration.
    pub decl: Option<Rc<FuncDecl>>,
    /// For a method: the receiver type as declared (`T` or `*T`).
    pub recv: Option<TypeId>,
    /// For a method: whether the receiver is a pointer (known before the signature is).
    pub ptr_recv: bool,
    /// The variable objects of receiver, parameters and results, blank and unnamed ones included, in order.
    pub vars: Rc<SigVars>,
}

/// The variables a function's signature declares.
#[derive(Clone, Default, Debug)]
pub struct SigVars {
    /// The receiver.
    pub recv: Option<ObjId>,
    /// Parameters, one per parameter.
    pub params: Vec<ObjId>,
    /// Results, one per result.
    pub results: Vec<ObjId>,
}

/// The declaration of a package-level object (for lazy checking and for documentation).
#[derive(Clone, Debug)]
pub enum DeclRef {
    /// Constant.
    Const(Rc<ConstSpec>),
    /// Variable.
    Var(Rc<VarSpec>),
    /// Type.
    Type(Rc<TypeSpec>),
    /// Function or method.
    Func(Rc<FuncDecl>),
}

/// The predeclared functions, and unsafe's.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)] // the names are Go's
pub enum Builtin {
    Append,
    Cap,
    Clear,
    Close,
    Complex,
    Copy,
    Delete,
    Imag,
    Len,
    Make,
    Max,
    Min,
    New,
    Panic,
    Print,
    Println,
    Real,
    Recover,
    UnsafeAdd,
    UnsafeAlignof,
    UnsafeOffsetof,
    UnsafeSizeof,
    UnsafeSlice,
    UnsafeSliceData,
    UnsafeString,
    UnsafeStringData,
}

//! The type representation.

use super::{ObjId, PkgId};
use crate::ast::ChanDir;
use crate::symbol::Symbol;
use std::rc::Rc;

/// A type of the session.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TypeId(pub u32);

/// A declared (or instantiated) named type's entry in `Types`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NamedId(pub u32);

/// A type parameter's entry in `Types`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TypeParamId(pub u32);

/// The shape of a type (go/types: Type). Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Type {
    /// A predeclared type, typed or untyped, or `Invalid`.
    Basic(Basic),
    /// A defined type or an instance of a generic one; details in `Types::named`.
    Named(NamedId),
    /// `*T`
    Pointer(TypeId),
    /// `[]T`
    Slice(TypeId),
    /// `[n]T`; a length below 0 stands for an invalid one.
    Array(i64, TypeId),
    /// `map[K]V`
    Map(TypeId, TypeId),
    /// `chan T`
    Chan(ChanDir, TypeId),
    /// `struct {…}`
    Struct(Rc<Struct>),
    /// The types of a multi-value expression (results of a call), or of no value at all.
    Tuple(Rc<[TypeId]>),
    /// A function type. The receiver is not part of it.
    Signature(Rc<Signature>),
    /// An interface type.
    Interface(Rc<Interface>),
    /// A type parameter; details in `Types::type_param`.
    TypeParam(TypeParamId),
}

/// Predeclared types and the untyped constants' kinds (go/types: BasicKind). `byte` and `rune` are `Uint8` and `Int32`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)] // the names are Go's
#[repr(u8)]
pub enum Basic {
    Invalid,
    Bool,
    Int,
    Int8,
    Int16,
    Int32,
    Int64,
    Uint,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Uintptr,
    Float32,
    Float64,
    Complex64,
    Complex128,
    String,
    UnsafePointer,
    UntypedBool,
    UntypedInt,
    UntypedRune,
    UntypedFloat,
    UntypedComplex,
    UntypedString,
    UntypedNil,
}

/// A struct type's fields. Identity: names, types, tags, embeddedness, and the package of unexported names.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Struct {
    /// The fields in order.
    pub fields: Vec<StructField>,
}

/// One field of a struct type.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct StructField {
    /// Its name; for an embedded field the type's name.
    pub name: Symbol,
    /// Its type.
    pub ty: TypeId,
    /// Whether it is embedded.
    pub embedded: bool,
    /// The unquoted tag, empty if none.
    pub tag: Rc<str>,
    /// The declaring package: decides visibility and identity of unexported names.
    pub pkg: Option<PkgId>,
}

/// A function type.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Signature {
    /// Parameter types; of a variadic function the last one is a slice type.
    pub params: Vec<TypeId>,
    /// Result types.
    pub results: Vec<TypeId>,
    /// Whether the last parameter is `...T`.
    pub variadic: bool,
    /// The function's own type parameters (empty once instantiated).
    pub tparams: Vec<TypeParamId>,
}

/// An interface type as written (embeddeds unresolved); its method set and type set are computed on demand and cached.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Interface {
    /// Explicitly declared methods, sorted by name.
    pub methods: Vec<IfaceMethod>,
    /// Embedded interfaces and unions.
    pub embedded: Vec<Embedded>,
    /// Whether it is the implicit interface around a constraint literal such as `~int|string`.
    pub implicit: bool,
    /// Whether it is the predeclared `comparable`.
    pub comparable: bool,
}

/// A method of an interface.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct IfaceMethod {
    /// Its name.
    pub name: Symbol,
    /// The declaring package (decides identity of unexported names).
    pub pkg: Option<PkgId>,
    /// Its signature.
    pub sig: TypeId,
}

/// An embedded element of an interface: one term is a plain embedded type, several are a union.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Embedded {
    /// `(tilde, type)` terms.
    pub terms: Vec<(bool, TypeId)>,
}

/// What `Types` knows about a named type.
#[derive(Clone, Debug)]
pub struct Named {
    /// The `TypeName` object.
    pub obj: ObjId,
    /// For an instance: the generic type it comes from and the type arguments.
    pub origin: Option<(NamedId, Rc<[TypeId]>)>,
    /// Type parameters (of a generic, uninstantiated type).
    pub tparams: Vec<TypeParamId>,
    /// The underlying type; `None` while it is being set up. Use `Types::underlying`.
    pub underlying: Option<TypeId>,
    /// The type on the right-hand side of the declaration, while the underlying type is not known.
    pub rhs: Option<TypeId>,
    /// For a type declared inside a generic function: the type parameters it may mention. `Types::subst` treats it as an
    /// instance over them, so that each instantiation of the function has its own type.
    pub captures: Rc<[TypeParamId]>,
    /// Declared methods (function objects, receiver base is this type or its origin), in source order.
    pub methods: Vec<ObjId>,
}

/// What `Types` knows about a type parameter.
#[derive(Clone, Debug)]
pub struct TypeParam {
    /// The `TypeName` object.
    pub obj: ObjId,
    /// Its index in its parameter list.
    pub index: u32,
    /// Its constraint: an interface type (set once the list has been collected).
    pub bound: Option<TypeId>,
}

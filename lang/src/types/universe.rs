//! The universe scope and package unsafe.

use super::{
    Basic, Builtin, IfaceMethod, Interface, ObjId, ObjKind, Objects, PkgId, ScopeId, TypeId, Types,
};
use crate::constant::Value;
use crate::source::Span;
use crate::symbol::Symbol;

/// The universe's package id.
pub const UNIVERSE: PkgId = PkgId(0);
/// Package unsafe's id.
pub const UNSAFE: PkgId = PkgId(1);

impl Builtin {
    /// The predeclared functions with their names.
    pub const PREDECLARED: &'static [(Builtin, &'static str)] = &[
        (Builtin::Append, "append"),
        (Builtin::Cap, "cap"),
        (Builtin::Clear, "clear"),
        (Builtin::Close, "close"),
        (Builtin::Complex, "complex"),
        (Builtin::Copy, "copy"),
        (Builtin::Delete, "delete"),
        (Builtin::Imag, "imag"),
        (Builtin::Len, "len"),
        (Builtin::Make, "make"),
        (Builtin::Max, "max"),
        (Builtin::Min, "min"),
        (Builtin::New, "new"),
        (Builtin::Panic, "panic"),
        (Builtin::Print, "print"),
        (Builtin::Println, "println"),
        (Builtin::Real, "real"),
        (Builtin::Recover, "recover"),
    ];

    /// Package unsafe's functions with their names.
    pub const UNSAFE: &'static [(Builtin, &'static str)] = &[
        (Builtin::UnsafeAdd, "Add"),
        (Builtin::UnsafeAlignof, "Alignof"),
        (Builtin::UnsafeOffsetof, "Offsetof"),
        (Builtin::UnsafeSizeof, "Sizeof"),
        (Builtin::UnsafeSlice, "Slice"),
        (Builtin::UnsafeSliceData, "SliceData"),
        (Builtin::UnsafeString, "String"),
        (Builtin::UnsafeStringData, "StringData"),
    ];

    /// What they are for: Go declarations with their comments, one for each.
    pub const DOCS: &'static str = include_str!("builtin.gol");

    /// The builtin's name, without package.
    pub fn name(self) -> &'static str {
        let all = Builtin::PREDECLARED.iter().chain(Builtin::UNSAFE);
        all.into_iter().find(|e| e.0 == self).map_or("", |e| e.1)
    }
}

struct Universe<'a> {
    types: &'a Types,
    objects: &'a Objects,
    scope: ScopeId,
}

impl Universe<'_> {
    fn def(&self, name: &str, ty: TypeId, kind: ObjKind) -> ObjId {
        let o = self
            .objects
            .new_object(Symbol::new(name), Span::NONE, None, ty, kind);
        self.objects.insert(self.scope, o);
        o
    }

    fn named_interface(&self, name: &str, want: TypeId, i: Interface) {
        let obj = self.def(name, want, ObjKind::TypeName(false));
        let (n, t) = self.types.new_named(obj);
        debug_assert_eq!(
            t, want,
            "the ids of error and comparable follow those of the predeclared types"
        );
        let u = self.types.interface(i);
        self.types.set_underlying(n, u);
    }
}

/// Declares everything predeclared in a new outermost scope. `error` and `comparable` come first: their ids are fixed.
pub fn declare_universe(types: &Types, objects: &Objects) -> ScopeId {
    let scope = objects.new_scope(None, false);
    let u = Universe {
        types,
        objects,
        scope,
    };
    // Reserve the two named types' ids before anything else is interned.
    let empty = Interface {
        methods: vec![],
        embedded: vec![],
        implicit: false,
        comparable: false,
    };
    u.named_interface("error", TypeId::ERROR, empty.clone());
    u.named_interface(
        "comparable",
        TypeId::COMPARABLE,
        Interface {
            comparable: true,
            ..empty.clone()
        },
    );
    let sig = types.func(&[], &[TypeId::STRING], false);
    let method = IfaceMethod {
        name: Symbol::new("Error"),
        pkg: None,
        sig,
    };
    let error = types.interface(Interface {
        methods: vec![method],
        ..empty
    });
    if let Some(n) = types.as_named(TypeId::ERROR) {
        types.set_underlying(n, error);
    }
    for b in 1..=Basic::String as u32 {
        if let super::Type::Basic(basic) = types.get(TypeId(b)) {
            u.def(basic.name(), TypeId(b), ObjKind::TypeName(false));
        }
    }
    u.def("byte", TypeId::BYTE, ObjKind::TypeName(true));
    u.def("rune", TypeId::RUNE, ObjKind::TypeName(true));
    u.def("any", TypeId::ANY, ObjKind::TypeName(true));
    u.def(
        "true",
        TypeId::UNTYPED_BOOL,
        ObjKind::Const(Value::Bool(true)),
    );
    u.def(
        "false",
        TypeId::UNTYPED_BOOL,
        ObjKind::Const(Value::Bool(false)),
    );
    u.def(
        "iota",
        TypeId::UNTYPED_INT,
        ObjKind::Const(crate::constant::make_int64(0)),
    );
    u.def("nil", TypeId::UNTYPED_NIL, ObjKind::Nil);
    for &(b, name) in Builtin::PREDECLARED {
        u.def(name, TypeId::INVALID, ObjKind::Builtin(b));
    }
    scope
}

/// Declares package unsafe's names in its scope.
pub fn declare_unsafe(objects: &Objects, scope: ScopeId) {
    let def = |name: &str, ty: TypeId, kind: ObjKind| {
        let o = objects.new_object(Symbol::new(name), Span::NONE, Some(UNSAFE), ty, kind);
        objects.insert(scope, o);
    };
    def("Pointer", TypeId::UNSAFE_POINTER, ObjKind::TypeName(false));
    for &(b, name) in Builtin::UNSAFE {
        def(name, TypeId::INVALID, ObjKind::Builtin(b));
    }
}

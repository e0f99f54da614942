//! Commonly used questions about types (go/types: predicates.go).

use super::{Basic, NamedId, Type, TypeId, TypeParamId, Types};

impl Basic {
    /// Whether it is one of the untyped kinds.
    pub fn is_untyped(self) -> bool {
        self >= Basic::UntypedBool
    }

    /// Whether it is a boolean kind.
    pub fn is_boolean(self) -> bool {
        matches!(self, Basic::Bool | Basic::UntypedBool)
    }

    /// Whether it is an integer kind.
    pub fn is_integer(self) -> bool {
        (Basic::Int..=Basic::Uintptr).contains(&self)
            || matches!(self, Basic::UntypedInt | Basic::UntypedRune)
    }

    /// Whether it is an unsigned integer type.
    pub fn is_unsigned(self) -> bool {
        (Basic::Uint..=Basic::Uintptr).contains(&self)
    }

    /// Whether it is a float kind.
    pub fn is_float(self) -> bool {
        matches!(self, Basic::Float32 | Basic::Float64 | Basic::UntypedFloat)
    }

    /// Whether it is a complex kind.
    pub fn is_complex(self) -> bool {
        matches!(
            self,
            Basic::Complex64 | Basic::Complex128 | Basic::UntypedComplex
        )
    }

    /// Whether it is a numeric kind.
    pub fn is_numeric(self) -> bool {
        self.is_integer() || self.is_float() || self.is_complex()
    }

    /// Whether it is a string kind.
    pub fn is_string(self) -> bool {
        matches!(self, Basic::String | Basic::UntypedString)
    }

    /// Whether its values can be constants.
    pub fn is_const_type(self) -> bool {
        self.is_boolean() || self.is_numeric() || self.is_string()
    }

    /// Whether its values are ordered.
    pub fn is_ordered(self) -> bool {
        self.is_integer() || self.is_float() || self.is_string()
    }

    /// Its name in Go (and in messages, for the untyped ones).
    pub fn name(self) -> &'static str {
        use Basic::*;
        match self {
            Invalid => "invalid type",
            Bool => "bool",
            Int => "int",
            Int8 => "int8",
            Int16 => "int16",
            Int32 => "int32",
            Int64 => "int64",
            Uint => "uint",
            Uint8 => "uint8",
            Uint16 => "uint16",
            Uint32 => "uint32",
            Uint64 => "uint64",
            Uintptr => "uintptr",
            Float32 => "float32",
            Float64 => "float64",
            Complex64 => "complex64",
            Complex128 => "complex128",
            String => "string",
            UnsafePointer => "unsafe.Pointer",
            UntypedBool => "untyped bool",
            UntypedInt => "untyped int",
            UntypedRune => "untyped rune",
            UntypedFloat => "untyped float",
            UntypedComplex => "untyped complex",
            UntypedString => "untyped string",
            UntypedNil => "untyped nil",
        }
    }
}

macro_rules! basic_predicates {
    ($($(#[$doc:meta])* $is:ident, $all:ident => $p:ident;)*) => {
        impl Types {
            $(
                $(#[$doc])*
                /// A type parameter never is.
                pub fn $is(&self, t: TypeId) -> bool {
                    self.is_basic(t, Basic::$p)
                }

                $(#[$doc])*
                /// A type parameter is if all types of its type set are.
                pub fn $all(&self, t: TypeId) -> bool {
                    self.all_basic(t, Basic::$p)
                }
            )*
        }
    };
}

basic_predicates! {
    /// Whether the underlying type is boolean.
    is_boolean, all_boolean => is_boolean;
    /// Whether the underlying type is an integer type.
    is_integer, all_integer => is_integer;
    /// Whether the underlying type is an unsigned integer type.
    is_unsigned, all_unsigned => is_unsigned;
    /// Whether the underlying type is a float type.
    is_float, all_float => is_float;
    /// Whether the underlying type is a complex type.
    is_complex, all_complex => is_complex;
    /// Whether the underlying type is numeric.
    is_numeric, all_numeric => is_numeric;
    /// Whether the underlying type is a string type.
    is_string, all_string => is_string;
    /// Whether values of the type can be constants.
    is_const_type, all_const_type => is_const_type;
    /// Whether values of the type are ordered.
    is_ordered, all_ordered => is_ordered;
}

impl Types {
    /// The basic type a type has underneath, if any.
    pub fn as_basic(&self, t: TypeId) -> Option<Basic> {
        match self.under(t) {
            Type::Basic(b) => Some(b),
            _ => None,
        }
    }

    fn is_basic(&self, t: TypeId, p: impl Fn(Basic) -> bool) -> bool {
        self.as_basic(t).is_some_and(p)
    }

    fn all_basic(&self, t: TypeId, p: impl Fn(Basic) -> bool + Copy) -> bool {
        if self.is_type_param(t) {
            return self
                .specific_types(t)
                .is_some_and(|ts| ts.iter().all(|&t| self.all_basic(t, p)));
        }
        self.is_basic(t, p)
    }

    /// Whether all types of the type set are numeric or all are strings, in any mix.
    pub fn all_numeric_or_string(&self, t: TypeId) -> bool {
        self.all_basic(t, |b| b.is_numeric() || b.is_string())
    }

    /// Whether the type is one of the untyped constants' (or nil's).
    pub fn is_untyped(&self, t: TypeId) -> bool {
        (TypeId::UNTYPED_BOOL..=TypeId::UNTYPED_NIL).contains(&t)
    }

    /// Whether it is an untyped numeric type.
    pub fn is_untyped_numeric(&self, t: TypeId) -> bool {
        self.is_untyped(t) && self.is_numeric(t)
    }

    /// Whether the type has a name: predeclared, declared, or a type parameter.
    pub fn has_name(&self, t: TypeId) -> bool {
        matches!(
            self.get(t),
            Type::Basic(_) | Type::Named(_) | Type::TypeParam(_)
        )
    }

    /// The named type behind an id.
    pub fn as_named(&self, t: TypeId) -> Option<NamedId> {
        match self.get(t) {
            Type::Named(n) => Some(n),
            _ => None,
        }
    }

    /// The type parameter behind an id.
    pub fn as_type_param(&self, t: TypeId) -> Option<TypeParamId> {
        match self.get(t) {
            Type::TypeParam(p) => Some(p),
            _ => None,
        }
    }

    /// Whether it is a type parameter.
    pub fn is_type_param(&self, t: TypeId) -> bool {
        self.as_type_param(t).is_some()
    }

    /// Whether it is an interface type (and no type parameter).
    pub fn is_interface(&self, t: TypeId) -> bool {
        matches!(self.under(t), Type::Interface(_))
    }

    /// Whether it is an interface that all types implement.
    pub fn is_empty_interface(&self, t: TypeId) -> bool {
        self.is_interface(t) && self.type_set(t).is_all()
    }

    /// Whether it is a generic named type without type arguments, or a generic function's signature.
    pub fn is_generic(&self, t: TypeId) -> bool {
        match self.get(t) {
            Type::Named(n) => !self.named(n).tparams.is_empty(),
            Type::Signature(s) => !s.tparams.is_empty(),
            _ => false,
        }
    }

    /// Whether it is a generic type (or alias) without type arguments.
    pub fn is_generic_type(&self, t: TypeId) -> bool {
        self.is_generic_alias(t) || self.as_named(t).is_some() && self.is_generic(t)
    }

    /// Whether it is a slice of bytes or runes.
    pub fn is_bytes_or_runes(&self, t: TypeId) -> bool {
        match self.under(t) {
            Type::Slice(e) => matches!(self.under(e), Type::Basic(Basic::Uint8 | Basic::Int32)),
            _ => false,
        }
    }

    /// The element type of a pointer type (of the type's own shape, not of a named pointer type).
    pub fn deref(&self, t: TypeId) -> (TypeId, bool) {
        match self.get(t) {
            Type::Pointer(e) => (e, true),
            _ => (t, false),
        }
    }

    /// Whether `nil` is a value of the type.
    pub fn has_nil(&self, t: TypeId) -> bool {
        match self.under(t) {
            Type::Basic(b) => matches!(b, Basic::UnsafePointer | Basic::UntypedNil),
            Type::Slice(_)
            | Type::Pointer(_)
            | Type::Signature(_)
            | Type::Map(..)
            | Type::Chan(..) => true,
            Type::Interface(_) => true,
            Type::TypeParam(_) => self
                .specific_types(t)
                .is_some_and(|ts| ts.iter().all(|&t| self.has_nil(t))),
            _ => false,
        }
    }

    /// Whether values of the type can be compared (at run time interfaces may still panic).
    pub fn comparable(&self, t: TypeId) -> bool {
        self.comparable_type(t, true)
    }

    /// Whether values of the type can be compared; with `dynamic`, interfaces count as comparable.
    pub fn comparable_type(&self, t: TypeId, dynamic: bool) -> bool {
        self.comparable_seen(t, dynamic, &mut Vec::new())
    }

    /// A type that is being looked at already does not decide (type parameters may be constrained in circles).
    fn comparable_seen(&self, t: TypeId, dynamic: bool, seen: &mut Vec<TypeId>) -> bool {
        let u = self.under(t);
        match &u {
            Type::Basic(b) => return *b != Basic::UntypedNil,
            Type::Pointer(_) | Type::Chan(..) => return true,
            Type::Interface(_) if dynamic => return true,
            _ if seen.contains(&t) => return true,
            _ => seen.push(t),
        }
        crate::ast::deep(|| match u {
            Type::Struct(s) => s
                .fields
                .iter()
                .all(|f| self.comparable_seen(f.ty, dynamic, seen)),
            Type::Array(_, e) => self.comparable_seen(e, dynamic, seen),
            Type::Interface(_) | Type::TypeParam(_) => {
                let set = self.type_set(t);
                match &set.terms {
                    None => set.comparable,
                    Some(ts) => {
                        !ts.is_empty() && ts.iter().all(|x| self.comparable_seen(x.ty, false, seen))
                    }
                }
            }
            _ => false,
        })
    }

    /// Whether every comparison of two values of the type is guaranteed not to panic.
    pub fn strictly_comparable(&self, t: TypeId) -> bool {
        self.comparable_type(t, false)
    }

    /// The type an untyped value takes when nothing else says so.
    pub fn default_type(&self, t: TypeId) -> TypeId {
        match t {
            TypeId::UNTYPED_BOOL => TypeId::BOOL,
            TypeId::UNTYPED_INT => TypeId::INT,
            TypeId::UNTYPED_RUNE => TypeId::RUNE,
            TypeId::UNTYPED_FLOAT => TypeId::FLOAT64,
            TypeId::UNTYPED_COMPLEX => TypeId::COMPLEX128,
            TypeId::UNTYPED_STRING => TypeId::STRING,
            _ => t,
        }
    }

    /// Whether the type mentions one of the type parameters; with an empty list, any.
    pub fn mentions(&self, t: TypeId, tparams: &[TypeParamId]) -> bool {
        let any = |ts: &[TypeId]| ts.iter().any(|&t| self.mentions(t, tparams));
        crate::ast::deep(|| match self.get(t) {
            Type::Basic(_) => false,
            Type::TypeParam(p) => tparams.is_empty() || tparams.contains(&p),
            Type::Pointer(e) | Type::Slice(e) | Type::Array(_, e) | Type::Chan(_, e) => {
                self.mentions(e, tparams)
            }
            Type::Map(k, v) => any(&[k, v]),
            Type::Tuple(ts) => any(&ts),
            Type::Struct(s) => s.fields.iter().any(|f| self.mentions(f.ty, tparams)),
            Type::Signature(s) => any(&s.params) || any(&s.results),
            Type::Interface(i) => {
                i.methods.iter().any(|m| self.mentions(m.sig, tparams))
                    || i.embedded
                        .iter()
                        .flat_map(|e| &e.terms)
                        .any(|t| self.mentions(t.1, tparams))
            }
            Type::Named(n) => {
                let d = self.named(n);
                d.origin.is_some_and(|(_, targs)| any(&targs))
                    || d.captures
                        .iter()
                        .any(|p| tparams.is_empty() || tparams.contains(p))
            }
        })
    }
}

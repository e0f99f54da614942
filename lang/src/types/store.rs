//! The type arena and interner.
//!
//! Invariants: an id never changes its meaning once its type is complete; once two types are complete, `canonical(a) == canonical(b)`
//! exactly when they are identical. Several ids may be *spellings* of one type: `byte` and `uint8`, `any` and
//! `interface{}`, an alias and what it stands for, signatures that differ in parameter names. `get` gives the same shape for all of them and only type strings tell them
//! apart, so whoever keys a table by type keys it by `canonical`.

use super::{
    Basic, Embedded, Interface, Named, NamedId, ObjId, Signature, Struct, Type, TypeId, TypeParam,
    TypeParamId,
};
use super::{IfaceMethod, TypeSet};
use crate::ast::ChanDir;
use crate::symbol::Symbol;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::Rc;

/// All types of a session.
#[derive(Debug)]
pub struct Types {
    pub(super) inner: RefCell<Inner>,
}

#[derive(Debug, Default)]
pub(super) struct Inner {
    pub(super) types: Vec<Type>,
    pub(super) canon: Vec<TypeId>,
    pub(super) index: FxHashMap<Type, TypeId>,
    pub(super) named: Vec<Named>,
    pub(super) named_ids: Vec<TypeId>,
    pub(super) tparams: Vec<TypeParam>,
    pub(super) tparam_ids: Vec<TypeId>,
    pub(super) instances: FxHashMap<(NamedId, Rc<[TypeId]>), TypeId>,
    pub(super) spellings: FxHashMap<TypeId, ObjId>,
    pub(super) alias_args: FxHashMap<TypeId, Rc<[TypeId]>>,
    pub(super) alias_tparams: FxHashMap<TypeId, Rc<[TypeParamId]>>,
    pub(super) sig_names: FxHashMap<TypeId, Rc<SigNames>>,
    pub(super) type_sets: FxHashMap<TypeId, Rc<TypeSet>>,
    pub(super) canonical: FxHashMap<TypeId, TypeId>,
    /// Generic types whose instances are being set up: meeting one again is a cycle without a type.
    pub(super) expanding: Vec<NamedId>,
    /// Pairs of interfaces being compared, and types being made canonical: they may lead back to themselves.
    pub(super) comparing: Vec<(TypeId, TypeId)>,
    pub(super) canonicalizing: Vec<TypeId>,
    /// Interfaces whose type sets are being computed.
    pub(super) computing: Vec<TypeId>,
    /// What a trial has changed, while there is one.
    pub(super) trial: Option<super::trial::Journal>,
}

/// The names of a signature's parameters and results, for type strings. Empty where there is none.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SigNames {
    /// One per parameter, or none at all.
    pub params: Vec<Symbol>,
    /// One per result, or none at all.
    pub results: Vec<Symbol>,
}

macro_rules! basic_ids {
    ($($id:ident = $basic:ident),* $(,)?) => {
        #[allow(missing_docs)] // the names are Go's
        impl TypeId { $(pub const $id: TypeId = TypeId(Basic::$basic as u32);)* }
        const BASICS: &[Basic] = &[$(Basic::$basic),*];
    };
}

basic_ids! {
    INVALID = Invalid, BOOL = Bool, INT = Int, INT8 = Int8, INT16 = Int16, INT32 = Int32, INT64 = Int64, UINT = Uint,
    UINT8 = Uint8, UINT16 = Uint16, UINT32 = Uint32, UINT64 = Uint64, UINTPTR = Uintptr, FLOAT32 = Float32,
    FLOAT64 = Float64, COMPLEX64 = Complex64, COMPLEX128 = Complex128, STRING = String, UNSAFE_POINTER = UnsafePointer,
    UNTYPED_BOOL = UntypedBool, UNTYPED_INT = UntypedInt, UNTYPED_RUNE = UntypedRune, UNTYPED_FLOAT = UntypedFloat,
    UNTYPED_COMPLEX = UntypedComplex, UNTYPED_STRING = UntypedString, UNTYPED_NIL = UntypedNil,
}

const N: u32 = BASICS.len() as u32;

impl TypeId {
    /// `byte`: `uint8` under its other name.
    pub const BYTE: TypeId = TypeId(N);
    /// `rune`: `int32` under its other name.
    pub const RUNE: TypeId = TypeId(N + 1);
    /// `interface{}`
    pub const EMPTY_INTERFACE: TypeId = TypeId(N + 2);
    /// `any`: `interface{}` under its other name.
    pub const ANY: TypeId = TypeId(N + 3);
    /// The type of no value at all.
    pub const EMPTY_TUPLE: TypeId = TypeId(N + 4);
    /// The predeclared `error`.
    pub const ERROR: TypeId = TypeId(N + 5);
    /// The predeclared `comparable`.
    pub const COMPARABLE: TypeId = TypeId(N + 6);

    /// Whether this is the invalid type.
    pub fn is_invalid(self) -> bool {
        self == TypeId::INVALID
    }
}

impl From<Basic> for TypeId {
    fn from(b: Basic) -> TypeId {
        TypeId(b as u32)
    }
}

impl Default for Types {
    fn default() -> Types {
        Types::new()
    }
}

impl Types {
    /// An arena that holds the predeclared types. `error` and `comparable` are named types whose objects
    /// `universe::declare` makes.
    pub fn new() -> Types {
        let t = Types {
            inner: RefCell::default(),
        };
        for &b in BASICS {
            t.intern(Type::Basic(b));
        }
        t.spell(TypeId::UINT8, None);
        t.spell(TypeId::INT32, None);
        t.interface(Interface {
            methods: vec![],
            embedded: vec![],
            implicit: false,
            comparable: false,
        });
        t.spell(TypeId::EMPTY_INTERFACE, None);
        t.tuple(&[]);
        t
    }

    /// The type's shape.
    pub fn get(&self, t: TypeId) -> Type {
        self.inner.borrow().types[t.0 as usize].clone()
    }

    /// How many ids there are: they are dense.
    pub fn len(&self) -> usize {
        self.inner.borrow().types.len()
    }

    /// Never: the predeclared types are always there.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The one id that stands for all spellings of `t` (but not yet for all ways to write an interface: see `canonical`).
    pub(crate) fn plain(&self, t: TypeId) -> TypeId {
        self.inner.borrow().canon[t.0 as usize]
    }

    /// The id of a structural type.
    pub fn intern(&self, ty: Type) -> TypeId {
        if let Some(&id) = self.inner.borrow().index.get(&ty) {
            return id;
        }
        let canon = self.canonical_shape(&ty).map(|shape| self.intern(shape));
        let mut inner = self.inner.borrow_mut();
        let id = inner.push(ty.clone(), canon);
        inner.index.insert(ty, id);
        id
    }

    /// The shape with canonical parts, if that differs.
    fn canonical_shape(&self, ty: &Type) -> Option<Type> {
        let inner = self.inner.borrow();
        let c = |t: TypeId| inner.canon[t.0 as usize];
        let shape = match ty {
            Type::Pointer(e) => Type::Pointer(c(*e)),
            Type::Slice(e) => Type::Slice(c(*e)),
            Type::Array(n, e) => Type::Array(*n, c(*e)),
            Type::Map(k, v) => Type::Map(c(*k), c(*v)),
            Type::Chan(d, e) => Type::Chan(*d, c(*e)),
            Type::Tuple(ts) => Type::Tuple(ts.iter().map(|&t| c(t)).collect()),
            Type::Struct(s) => {
                let mut s = (**s).clone();
                s.fields.iter_mut().for_each(|f| f.ty = c(f.ty));
                Type::Struct(Rc::new(s))
            }
            Type::Signature(s) => {
                let mut s = (**s).clone();
                s.params
                    .iter_mut()
                    .chain(&mut s.results)
                    .for_each(|t| *t = c(*t));
                Type::Signature(Rc::new(s))
            }
            Type::Interface(i) => {
                let mut i = (**i).clone();
                i.methods.iter_mut().for_each(|m| m.sig = c(m.sig));
                i.embedded
                    .iter_mut()
                    .flat_map(|e| &mut e.terms)
                    .for_each(|t| t.1 = c(t.1));
                Type::Interface(Rc::new(i))
            }
            Type::Basic(_) | Type::Named(_) | Type::TypeParam(_) => return None,
        };
        (shape != *ty).then_some(shape)
    }

    /// Another spelling of `t`, shown under the name of the alias (or of a method's own name for a receiver type parameter).
    pub fn spelled(&self, t: TypeId, name: ObjId) -> TypeId {
        self.spell(t, Some(name))
    }

    /// A spelling of `t` as an instance of a generic alias.
    pub fn spelled_instance(&self, t: TypeId, name: ObjId, targs: &[TypeId]) -> TypeId {
        let id = self.spell(t, Some(name));
        self.inner.borrow_mut().alias_args.insert(id, targs.into());
        id
    }

    fn spell(&self, t: TypeId, name: Option<ObjId>) -> TypeId {
        let mut inner = self.inner.borrow_mut();
        let (ty, canon) = (inner.types[t.0 as usize].clone(), inner.canon[t.0 as usize]);
        let id = inner.push(ty, Some(canon));
        if let Some(name) = name {
            inner.spellings.insert(id, name);
        }
        id
    }

    /// Makes an alias's spelling generic.
    pub fn set_alias_tparams(&self, t: TypeId, tparams: Rc<[TypeParamId]>) {
        self.inner.borrow_mut().alias_tparams.insert(t, tparams);
    }

    /// A generic alias's type parameters.
    pub fn alias_tparams(&self, t: TypeId) -> Option<Rc<[TypeParamId]>> {
        self.inner.borrow().alias_tparams.get(&t).cloned()
    }

    /// Whether it is a generic alias without type arguments.
    pub fn is_generic_alias(&self, t: TypeId) -> bool {
        self.inner.borrow().alias_tparams.contains_key(&t)
    }

    /// A spelling of a signature with its parameters' names.
    pub fn with_names(&self, sig: TypeId, names: Rc<SigNames>) -> TypeId {
        let id = self.spell(sig, None);
        self.inner.borrow_mut().sig_names.insert(id, names);
        id
    }

    /// The parameter names a signature was spelled with.
    pub fn sig_names(&self, sig: TypeId) -> Option<Rc<SigNames>> {
        self.inner.borrow().sig_names.get(&sig).cloned()
    }

    /// The name a type id is shown under if it is a spelling, and the type arguments shown with it.
    pub fn spelling(&self, t: TypeId) -> Option<(ObjId, Option<Rc<[TypeId]>>)> {
        let inner = self.inner.borrow();
        inner
            .spellings
            .get(&t)
            .map(|&o| (o, inner.alias_args.get(&t).cloned()))
    }

    /// `*elem`
    pub fn pointer(&self, elem: TypeId) -> TypeId {
        self.intern(Type::Pointer(elem))
    }

    /// `[]elem`
    pub fn slice(&self, elem: TypeId) -> TypeId {
        self.intern(Type::Slice(elem))
    }

    /// `[len]elem`
    pub fn array(&self, len: i64, elem: TypeId) -> TypeId {
        self.intern(Type::Array(len, elem))
    }

    /// `map[key]elem`
    pub fn map(&self, key: TypeId, elem: TypeId) -> TypeId {
        self.intern(Type::Map(key, elem))
    }

    /// `chan elem` with a direction
    pub fn chan(&self, dir: ChanDir, elem: TypeId) -> TypeId {
        self.intern(Type::Chan(dir, elem))
    }

    /// A tuple of types
    pub fn tuple(&self, types: &[TypeId]) -> TypeId {
        self.intern(Type::Tuple(types.into()))
    }

    /// A struct type
    pub fn structure(&self, s: Struct) -> TypeId {
        self.intern(Type::Struct(Rc::new(s)))
    }

    /// A function type
    pub fn signature(&self, s: Signature) -> TypeId {
        self.intern(Type::Signature(Rc::new(s)))
    }

    /// A function type without type parameters
    pub fn func(&self, params: &[TypeId], results: &[TypeId], variadic: bool) -> TypeId {
        self.signature(Signature {
            params: params.into(),
            results: results.into(),
            variadic,
            tparams: vec![],
        })
    }

    /// An interface type; the methods get sorted.
    pub fn interface(&self, mut i: Interface) -> TypeId {
        i.methods.sort_by_key(method_key);
        self.intern(Type::Interface(Rc::new(i)))
    }

    /// The implicit interface around a constraint literal.
    pub fn implicit_interface(&self, terms: Vec<(bool, TypeId)>) -> TypeId {
        let embedded = vec![Embedded { terms }];
        self.interface(Interface {
            methods: vec![],
            embedded,
            implicit: true,
            comparable: false,
        })
    }

    /// A fresh named type for the type name `obj`, without underlying type yet.
    pub fn new_named(&self, obj: ObjId) -> (NamedId, TypeId) {
        let named = Named {
            obj,
            origin: None,
            tparams: vec![],
            underlying: None,
            rhs: None,
            methods: vec![],
            captures: Rc::new([]),
        };
        self.inner.borrow_mut().push_named(named, None)
    }

    /// What is known about a named type.
    pub fn named(&self, n: NamedId) -> Named {
        self.inner.borrow().named[n.0 as usize].clone()
    }

    /// The type id of a named type.
    pub fn named_type(&self, n: NamedId) -> TypeId {
        self.inner.borrow().named_ids[n.0 as usize]
    }

    /// The type name object of a named type.
    pub fn named_obj(&self, n: NamedId) -> ObjId {
        self.inner.borrow().named[n.0 as usize].obj
    }

    /// The generic type an instance comes from, or the type itself.
    pub fn origin(&self, n: NamedId) -> NamedId {
        self.inner.borrow().named[n.0 as usize]
            .origin
            .as_ref()
            .map_or(n, |o| o.0)
    }

    /// Changes what is known about a named type.
    pub fn update_named(&self, n: NamedId, f: impl FnOnce(&mut Named)) {
        let inner = &mut *self.inner.borrow_mut();
        let named = &mut inner.named[n.0 as usize];
        if let Some(trial) = &mut inner.trial {
            trial.changing_named(n, named);
        }
        f(named);
    }

    /// Completes a named type.
    pub fn set_underlying(&self, n: NamedId, t: TypeId) {
        self.update_named(n, |d| d.underlying = Some(t));
    }

    /// The declared methods of a named type (those of its origin for an instance).
    pub fn methods(&self, n: NamedId) -> Vec<ObjId> {
        let n = self.origin(n);
        self.inner.borrow().named[n.0 as usize].methods.clone()
    }

    /// Calls `f` with the declared methods of a named type (those of its origin for an instance).
    pub fn with_methods<R>(&self, n: NamedId, f: impl FnOnce(&[ObjId]) -> R) -> R {
        let n = self.origin(n);
        f(&self.inner.borrow().named[n.0 as usize].methods)
    }

    /// The instance of a generic named type; the same arguments give the same id.
    pub fn instance(&self, origin: NamedId, targs: &[TypeId]) -> TypeId {
        let key: (NamedId, Rc<[TypeId]>) = (origin, targs.into());
        if let Some(&t) = self.inner.borrow().instances.get(&key) {
            return t;
        }
        let canon: Rc<[TypeId]> = targs.iter().map(|&t| self.plain(t)).collect();
        let canon = (canon != key.1).then(|| self.instance(origin, &canon));
        let mut inner = self.inner.borrow_mut();
        let obj = inner.named[origin.0 as usize].obj;
        let named = Named {
            obj,
            origin: Some((origin, key.1.clone())),
            tparams: vec![],
            underlying: None,
            rhs: None,
            methods: vec![],
            captures: Rc::new([]),
        };
        let (_, id) = inner.push_named(named, canon);
        inner.instances.insert(key, id);
        id
    }

    /// The underlying type; `Invalid` while a named type is not set up yet.
    pub fn underlying(&self, t: TypeId) -> TypeId {
        let mut t = t;
        for _ in 0..100_000 {
            let n = match self.inner.borrow().types[t.0 as usize] {
                Type::Named(n) => n,
                _ => return t,
            };
            let (underlying, rhs, is_instance) = {
                let inner = self.inner.borrow();
                let d = &inner.named[n.0 as usize];
                (d.underlying, d.rhs, d.origin.is_some())
            };
            if let Some(u) = underlying {
                return u;
            }
            if is_instance {
                return self.expand(n);
            }
            match rhs {
                Some(r) => t = r,
                None => return TypeId::INVALID,
            }
        }
        TypeId::INVALID
    }

    /// The shape of the underlying type.
    pub fn under(&self, t: TypeId) -> Type {
        self.get(self.underlying(t))
    }

    /// Sets up an instance's underlying type once its origin has one.
    fn expand(&self, n: NamedId) -> TypeId {
        let Some((origin, targs)) = self.named(n).origin else {
            return TypeId::INVALID;
        };
        let o = self.named(origin);
        if self.inner.borrow().expanding.contains(&origin) {
            return TypeId::INVALID;
        }
        self.inner.borrow_mut().expanding.push(origin);
        let u = self.underlying(self.named_type(origin));
        self.inner.borrow_mut().expanding.pop();
        if u.is_invalid() && o.underlying.is_none() {
            return TypeId::INVALID;
        }
        let params: &[TypeParamId] = if o.tparams.is_empty() {
            &o.captures
        } else {
            &o.tparams
        };
        if params.len() != targs.len() {
            return TypeId::INVALID;
        }
        let u = self.subst(u, params, &targs);
        self.set_underlying(n, u);
        u
    }

    /// A fresh type parameter.
    pub fn new_type_param(&self, obj: ObjId, index: u32) -> (TypeParamId, TypeId) {
        let mut inner = self.inner.borrow_mut();
        let id = TypeParamId(inner.tparams.len() as u32);
        inner.tparams.push(TypeParam {
            obj,
            index,
            bound: None,
        });
        let t = inner.push(Type::TypeParam(id), None);
        inner.tparam_ids.push(t);
        (id, t)
    }

    /// What is known about a type parameter.
    pub fn type_param(&self, p: TypeParamId) -> TypeParam {
        self.inner.borrow().tparams[p.0 as usize].clone()
    }

    /// The type id of a type parameter.
    pub fn type_param_type(&self, p: TypeParamId) -> TypeId {
        self.inner.borrow().tparam_ids[p.0 as usize]
    }

    /// Sets a type parameter's constraint.
    pub fn set_bound(&self, p: TypeParamId, bound: TypeId) {
        self.inner.borrow_mut().tparams[p.0 as usize].bound = Some(bound);
    }

    /// Notes that two types are being compared; false if they already are.
    pub(super) fn enter_comparison(&self, x: TypeId, y: TypeId) -> bool {
        let comparing = &mut self.inner.borrow_mut().comparing;
        let fresh = !comparing.contains(&(x, y));
        if fresh {
            comparing.push((x, y));
        }
        fresh
    }

    /// The last noted comparison is over.
    pub(super) fn leave_comparison(&self) {
        self.inner.borrow_mut().comparing.pop();
    }

    /// Notes that a type is being made canonical; false if it already is.
    pub(super) fn enter_canonical(&self, t: TypeId) -> bool {
        let active = &mut self.inner.borrow_mut().canonicalizing;
        let fresh = !active.contains(&t);
        if fresh {
            active.push(t);
        }
        fresh
    }

    /// The last noted type is canonical.
    pub(super) fn leave_canonical(&self) {
        self.inner.borrow_mut().canonicalizing.pop();
    }

    /// A known canonical id.
    pub(super) fn cached_canonical(&self, t: TypeId) -> Option<TypeId> {
        self.inner.borrow().canonical.get(&t).copied()
    }

    /// Runs `f` unless the type set of `t` is being computed already.
    pub(super) fn computing<R>(&self, t: TypeId, f: impl FnOnce() -> R) -> Option<R> {
        if self.inner.borrow().computing.contains(&t) {
            return None;
        }
        self.inner.borrow_mut().computing.push(t);
        let result = f();
        self.inner.borrow_mut().computing.pop();
        Some(result)
    }

    /// A computed type set, if there is one.
    pub(super) fn cached_type_set(&self, t: TypeId) -> Option<Rc<TypeSet>> {
        self.inner.borrow().type_sets.get(&t).cloned()
    }
}

impl Inner {
    fn push(&mut self, ty: Type, canon: Option<TypeId>) -> TypeId {
        let id = TypeId(self.types.len() as u32);
        self.types.push(ty);
        self.canon.push(canon.unwrap_or(id));
        id
    }

    fn push_named(&mut self, named: Named, canon: Option<TypeId>) -> (NamedId, TypeId) {
        let n = NamedId(self.named.len() as u32);
        self.named.push(named);
        let t = self.push(Type::Named(n), canon);
        self.named_ids.push(t);
        (n, t)
    }
}

/// The order of methods in an interface: by name, unexported ones of different packages by package.
pub(super) fn method_key(m: &IfaceMethod) -> (&'static str, Option<u32>) {
    (
        m.name.as_str(),
        if m.name.is_exported() {
            None
        } else {
            m.pkg.map(|p| p.0)
        },
    )
}

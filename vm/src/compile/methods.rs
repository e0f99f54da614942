//! Method lookup: for selectors being compiled and for the interpreter's dynamic dispatch.

use super::wrapper::{WrapperKey, WrapperKind};
use super::{Compiler, FuncKey};
use crate::bytecode::{FuncId, TypeIx};
use crate::program::{MethodKey, Program, RecvLoad, Repr};
use crate::rtype::{Kind, RMethod};
use lang::symbol::Symbol;
use lang::types::{
    Found, Member, NamedId, ObjId, PkgId, Type, TypeId, lookup_field_or_method, method_set,
};
use std::rc::Rc;

/// What a method selector calls.
#[derive(Clone, Debug)]
pub(super) enum Callee {
    /// A declared method.
    Static {
        /// The method's object and the receiver type's arguments.
        key: FuncKey,
        /// Whether its receiver is a pointer.
        ptr_recv: bool,
    },
    /// A method of an interface value.
    Iface {
        /// The method.
        method: MethodKey,
        /// Its signature.
        sig: TypeId,
    },
}

/// A resolved method: the embedded fields on the way, and what is called there.
#[derive(Clone, Debug)]
pub(super) struct Method {
    /// Indices of embedded fields.
    pub path: Vec<u32>,
    /// What is called.
    pub callee: Callee,
}

impl Compiler {
    /// The method `name` of the concrete type `t` (addressable operands' pointer methods included).
    pub(super) fn resolve_method(
        &self,
        p: &mut Program,
        t: TypeId,
        pkg: Option<PkgId>,
        name: Symbol,
    ) -> Option<Method> {
        let found = lookup_field_or_method(
            &self.world.types,
            &self.world.objects,
            t,
            true,
            pkg,
            name,
            false,
        )
        .ok()?;
        self.method_of(p, found)
    }

    fn method_of(&self, p: &mut Program, found: Found) -> Option<Method> {
        let mut path = found.path;
        path.pop();
        let callee = match found.member {
            Member::Field(_) => return None,
            Member::Method(obj, named) => Callee::Static {
                key: FuncKey {
                    obj,
                    targs: self.named_args(named),
                },
                ptr_recv: self.world.objects.func(obj).is_some_and(|f| f.ptr_recv),
            },
            Member::Interface(m) => {
                let (name, pkg) = self.member_name(m.name, m.pkg);
                Callee::Iface {
                    method: p.method_key(&name, &pkg),
                    sig: self.world.types.canonical(m.sig),
                }
            }
        };
        Some(Method { path, callee })
    }

    /// The canonical type arguments of a named type.
    pub(super) fn named_args(&self, n: NamedId) -> Rc<[TypeId]> {
        let types = &self.world.types;
        match types.named(n).origin {
            Some((origin, args)) if !types.named(origin).tparams.is_empty() => {
                args.iter().map(|&t| types.canonical(t)).collect()
            }
            _ => Rc::new([]),
        }
    }

    fn key_name(&self, p: &Program, m: MethodKey) -> (Symbol, Option<PkgId>) {
        let (name, path) = &p.methods[m.0 as usize];
        let pkg = self.world.packages.iter().position(|k| k.path == *path);
        (
            Symbol::new(name),
            pkg.filter(|_| !path.is_empty()).map(|k| PkgId(k as u32)),
        )
    }

    /// The method `m` in the method set of dynamic type `t`, and how an interface call makes its receiver.
    pub fn find_method(
        &mut self,
        p: &mut Program,
        t: TypeIx,
        m: MethodKey,
    ) -> Option<(FuncId, RecvLoad)> {
        let lang = p.types.get(t.0 as usize)?.lang;
        let (name, pkg) = self.key_name(p, m);
        let found = lookup_field_or_method(
            &self.world.types,
            &self.world.objects,
            lang,
            false,
            pkg,
            name,
            false,
        )
        .ok()?;
        let direct = found.path.len() == 1;
        let method = self.method_of(p, found)?;
        match method.callee {
            Callee::Static { key, ptr_recv } if direct => {
                let f = self.func_id(p, &key);
                let is_ptr = p.types[t.0 as usize].kind == Kind::Pointer;
                let load = match (ptr_recv, is_ptr) {
                    (false, true) => {
                        let elem = p.types[t.0 as usize].elem;
                        load_from(p, elem)
                    }
                    _ => value_load(p, t),
                };
                Some((f, load))
            }
            _ => {
                let key = WrapperKey {
                    kind: WrapperKind::Promoted,
                    recv: lang,
                    name,
                    pkg,
                    targs: Rc::new([]),
                };
                Some((self.wrapper_id(p, &key), value_load(p, t)))
            }
        }
    }

    /// Whether dynamic type `t` implements interface type `iface`.
    ///
    /// # Errors
    /// The name of a missing method.
    pub fn implements(&mut self, p: &mut Program, t: TypeIx, iface: TypeIx) -> Result<(), String> {
        let (lang, wanted) = (p.types[t.0 as usize].lang, p.types[iface.0 as usize].lang);
        for m in &self.world.types.type_set(wanted).methods.clone() {
            let have = lookup_field_or_method(
                &self.world.types,
                &self.world.objects,
                lang,
                false,
                m.pkg,
                m.name,
                false,
            );
            let sig = have.ok().and_then(|f| self.found_signature(&f));
            if sig != Some(self.world.types.canonical(m.sig)) {
                return Err(m.name.as_str().to_string());
            }
        }
        Ok(())
    }

    /// The canonical signature of a found method, without receiver.
    fn found_signature(&mut self, f: &Found) -> Option<TypeId> {
        match &f.member {
            Member::Field(_) => None,
            Member::Interface(m) => Some(self.world.types.canonical(m.sig)),
            Member::Method(obj, named) => {
                self.settle(*obj);
                if self.is_generic_method(*obj) {
                    return None;
                }
                let key = FuncKey {
                    obj: *obj,
                    targs: self.named_args(*named),
                };
                Some(self.signature(&key).0)
            }
        }
    }

    fn is_generic_method(&self, obj: ObjId) -> bool {
        matches!(self.world.types.get(self.world.objects.ty(obj)), Type::Signature(s) if !s.tparams.is_empty())
    }

    /// Lists the method set of a non-interface type in its descriptor (for reflection); interfaces have theirs already.
    pub fn fill_methods(&mut self, p: &mut Program, t: TypeIx) {
        let r = &p.types[t.0 as usize];
        if r.kind == Kind::Interface || !r.methods.is_empty() {
            return;
        }
        let mut methods = Vec::new();
        for (name, pkg, found) in method_set(&self.world.types, &self.world.objects, r.lang) {
            let Some(sig) = self.found_signature(&found) else {
                continue;
            };
            let (name, pkg) = self.member_name(name, pkg);
            let ty = self.type_ix(p, sig);
            methods.push(RMethod {
                key: p.method_key(&name, &pkg),
                name,
                pkg,
                ty,
            });
        }
        p.types[t.0 as usize].methods = methods;
    }

    /// The type declared as `name` in package `pkg`, or a predeclared one if `pkg` is empty.
    pub fn named_type(&mut self, p: &mut Program, pkg: &str, name: &str) -> Option<TypeIx> {
        let scope = if pkg.is_empty() {
            self.world.packages[0].scope
        } else {
            self.world
                .import(pkg)
                .ok()
                .map(|id| self.package(id).scope)?
        };
        let obj = self.world.objects.lookup(scope, Symbol::new(name))?;
        self.settle(obj);
        let t = self.world.objects.ty(obj);
        (!t.is_invalid()).then(|| self.type_ix(p, t))
    }
}

/// The receiver as the dynamic type's own value.
fn value_load(p: &Program, t: TypeIx) -> RecvLoad {
    let r = &p.types[t.0 as usize];
    if r.is_direct() {
        RecvLoad::Direct
    } else {
        RecvLoad::Copy(r.size.min(u64::from(u16::MAX)) as u16)
    }
}

/// The receiver behind a pointer.
fn load_from(p: &Program, elem: TypeIx) -> RecvLoad {
    let r = &p.types[elem.0 as usize];
    match r.repr {
        Repr::Mem(_) => RecvLoad::CopyFrom(r.size.min(u64::from(u16::MAX)) as u16),
        repr => RecvLoad::Load(repr),
    }
}

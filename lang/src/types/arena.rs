//! The arena of objects and scopes.
//!
//! Invariants: ids index append-only tables; an object is inserted into at most one scope under its own name (a dot import
//! inserts it into further ones); `_` is never inserted; an object's progress only goes White → Grey → Black.

use super::{Builtin, DeclRef, FuncObj, ObjId, ObjKind, Object, PkgId, ScopeId, TypeId, VarKind};
use crate::constant::Value;
use crate::source::{Pos, Span};
use crate::symbol::Symbol;
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// How far the checker is with a package-level object (go/types: color).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Color {
    /// Collected, nothing known about its type.
    White,
    /// Being checked; its place on the checker's object path.
    Grey(u32),
    /// Done.
    Black,
}

#[derive(Debug)]
struct Entry {
    obj: Object,
    color: Color,
    used: bool,
}

/// A scope.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// The enclosing scope.
    pub parent: Option<ScopeId>,
    /// Scopes inside, in source order.
    pub children: Vec<ScopeId>,
    /// Whether it is a function's outermost scope.
    pub is_func: bool,
    names: Names,
}

/// Few names are looked through, many are hashed.
#[derive(Clone, Debug, Default)]
struct Names {
    list: Vec<(Symbol, ObjId)>,
    index: Option<FxHashMap<Symbol, ObjId>>,
}

const HASH_FROM: usize = 10;

impl Names {
    fn get(&self, name: Symbol) -> Option<ObjId> {
        match &self.index {
            Some(m) => m.get(&name).copied(),
            None => self.list.iter().find(|e| e.0 == name).map(|e| e.1),
        }
    }

    fn insert(&mut self, name: Symbol, obj: ObjId) {
        self.list.push((name, obj));
        match &mut self.index {
            Some(m) => {
                m.insert(name, obj);
            }
            None if self.list.len() > HASH_FROM => {
                self.index = Some(self.list.iter().copied().collect())
            }
            None => {}
        }
    }

    fn replace(&mut self, name: Symbol, obj: ObjId) {
        self.list.retain(|e| e.0 != name);
        self.insert(name, obj);
    }

    fn remove(&mut self, name: Symbol) {
        self.list.retain(|e| e.0 != name);
        if let Some(m) = &mut self.index {
            m.remove(&name);
        }
    }
}

/// All objects and scopes of a session.
#[derive(Debug, Default)]
pub struct Objects {
    objs: RefCell<Vec<Entry>>,
    scopes: RefCell<Vec<Scope>>,
}

impl Objects {
    /// Adds an object. Package-level objects start out White (see `set_color`), everything else Black.
    pub fn add(&self, obj: Object) -> ObjId {
        let mut objs = self.objs.borrow_mut();
        objs.push(Entry {
            obj,
            color: Color::Black,
            used: false,
        });
        ObjId(objs.len() as u32 - 1)
    }

    /// A new object that is in no scope yet.
    pub fn new_object(
        &self,
        name: Symbol,
        span: Span,
        pkg: Option<PkgId>,
        ty: TypeId,
        kind: ObjKind,
    ) -> ObjId {
        self.add(Object {
            name,
            span,
            pkg,
            ty,
            kind,
            parent: None,
            scope_pos: Pos::NONE,
        })
    }

    /// A new variable that is in no scope yet.
    pub fn new_var(
        &self,
        name: Symbol,
        span: Span,
        pkg: PkgId,
        ty: TypeId,
        kind: VarKind,
    ) -> ObjId {
        self.new_object(name, span, Some(pkg), ty, ObjKind::Var(kind))
    }

    /// How many objects there are: ids are dense.
    pub fn len(&self) -> usize {
        self.objs.borrow().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A copy of the object.
    pub fn get(&self, o: ObjId) -> Object {
        self.objs.borrow()[o.0 as usize].obj.clone()
    }

    /// Looks at an object in place.
    pub fn with<R>(&self, o: ObjId, f: impl FnOnce(&Object) -> R) -> R {
        f(&self.objs.borrow()[o.0 as usize].obj)
    }

    /// Changes an object.
    pub fn update(&self, o: ObjId, f: impl FnOnce(&mut Object)) {
        f(&mut self.objs.borrow_mut()[o.0 as usize].obj);
    }

    /// The object's name.
    pub fn name(&self, o: ObjId) -> Symbol {
        self.with(o, |o| o.name)
    }

    /// The object's type.
    pub fn ty(&self, o: ObjId) -> TypeId {
        self.with(o, |o| o.ty)
    }

    /// Where the object was declared.
    pub fn span(&self, o: ObjId) -> Span {
        self.with(o, |o| o.span)
    }

    /// The object's package.
    pub fn pkg(&self, o: ObjId) -> Option<PkgId> {
        self.with(o, |o| o.pkg)
    }

    /// Gives the object its type.
    pub fn set_type(&self, o: ObjId, t: TypeId) {
        self.update(o, |o| o.ty = t);
    }

    /// A constant's value; `Unknown` for anything else.
    pub fn const_value(&self, o: ObjId) -> Value {
        self.with(o, |o| match &o.kind {
            ObjKind::Const(v) => v.clone(),
            _ => Value::Unknown,
        })
    }

    /// Which builtin the object is, if it is one.
    pub fn builtin(&self, o: ObjId) -> Option<Builtin> {
        self.with(o, |o| match o.kind {
            ObjKind::Builtin(b) => Some(b),
            _ => None,
        })
    }

    /// What is known about a function, if the object is one.
    pub fn func(&self, o: ObjId) -> Option<FuncObj> {
        self.with(o, |o| match &o.kind {
            ObjKind::Func(f) => Some(f.clone()),
            _ => None,
        })
    }

    /// How a variable lives, if the object is one.
    pub fn var_kind(&self, o: ObjId) -> Option<VarKind> {
        self.with(o, |o| match o.kind {
            ObjKind::Var(k) => Some(k),
            _ => None,
        })
    }

    /// Notes that a variable, import or label was used.
    pub fn mark_used(&self, o: ObjId) {
        self.objs.borrow_mut()[o.0 as usize].used = true;
    }

    /// Sets the used flag, e.g. back to what it was.
    pub fn set_used(&self, o: ObjId, used: bool) {
        self.objs.borrow_mut()[o.0 as usize].used = used;
    }

    /// Whether a variable, import or label was used.
    pub fn is_used(&self, o: ObjId) -> bool {
        self.objs.borrow()[o.0 as usize].used
    }

    /// How far the checker is with the object.
    pub fn color(&self, o: ObjId) -> Color {
        self.objs.borrow()[o.0 as usize].color
    }

    /// Notes how far the checker is with the object.
    pub fn set_color(&self, o: ObjId, c: Color) {
        self.objs.borrow_mut()[o.0 as usize].color = c;
    }

    /// A new scope inside `parent`.
    pub fn new_scope(&self, parent: Option<ScopeId>, is_func: bool) -> ScopeId {
        let mut scopes = self.scopes.borrow_mut();
        let id = ScopeId(scopes.len() as u32);
        scopes.push(Scope {
            parent,
            is_func,
            ..Scope::default()
        });
        if let Some(p) = parent {
            scopes[p.0 as usize].children.push(id);
        }
        id
    }

    /// The enclosing scope.
    pub fn scope_parent(&self, s: ScopeId) -> Option<ScopeId> {
        self.scopes.borrow()[s.0 as usize].parent
    }

    /// The scopes directly inside, in source order.
    pub fn scope_children(&self, s: ScopeId) -> Vec<ScopeId> {
        self.scopes.borrow()[s.0 as usize].children.clone()
    }

    /// Whether the scope is a function's outermost one.
    pub fn scope_is_func(&self, s: ScopeId) -> bool {
        self.scopes.borrow()[s.0 as usize].is_func
    }

    /// The objects of a scope in the order of their insertion.
    pub fn scope_objects(&self, s: ScopeId) -> Vec<ObjId> {
        self.scopes.borrow()[s.0 as usize]
            .names
            .list
            .iter()
            .map(|e| e.1)
            .collect()
    }

    /// The names of a scope with their objects, in the order of their insertion.
    pub fn scope_names(&self, s: ScopeId) -> Vec<(Symbol, ObjId)> {
        self.scopes.borrow()[s.0 as usize].names.list.clone()
    }

    /// The object of that name in this very scope.
    pub fn lookup(&self, s: ScopeId, name: Symbol) -> Option<ObjId> {
        self.scopes.borrow()[s.0 as usize].names.get(name)
    }

    /// The object a name denotes at `pos`, looking outwards from `s`; with `Pos::NONE` positions do not matter.
    pub fn lookup_parent(&self, s: ScopeId, name: Symbol, pos: Pos) -> Option<(ScopeId, ObjId)> {
        let (scopes, objs) = (self.scopes.borrow(), self.objs.borrow());
        let mut at = Some(s);
        while let Some(id) = at {
            let scope = &scopes[id.0 as usize];
            if let Some(o) = scope.names.get(name)
                && (!pos.is_valid() || objs[o.0 as usize].obj.scope_pos <= pos)
            {
                return Some((id, o));
            }
            at = scope.parent;
        }
        None
    }

    /// Inserts the object under its name; gives back the object that is already there, if one is. `_` is not inserted.
    pub fn insert(&self, s: ScopeId, o: ObjId) -> Option<ObjId> {
        let name = self.name(o);
        if name.is_blank() {
            return None;
        }
        if let Some(alt) = self.lookup(s, name) {
            return Some(alt);
        }
        self.scopes.borrow_mut()[s.0 as usize].names.insert(name, o);
        self.update(o, |o| {
            if o.parent.is_none() {
                o.parent = Some(s);
            }
        });
        None
    }

    /// Puts an object under its name in place of whatever is there: how a session's later input redeclares.
    pub fn replace(&self, s: ScopeId, o: ObjId) {
        let name = self.name(o);
        self.scopes.borrow_mut()[s.0 as usize]
            .names
            .replace(name, o);
        self.update(o, |o| o.parent = Some(s));
    }

    /// Takes a name out of a scope.
    pub fn remove(&self, s: ScopeId, name: Symbol) {
        self.scopes.borrow_mut()[s.0 as usize].names.remove(name);
    }
}

/// How far the tables of objects and scopes went.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ObjectMark {
    objs: usize,
    scopes: usize,
}

impl Objects {
    /// How far the tables go now.
    pub(crate) fn mark(&self) -> ObjectMark {
        ObjectMark {
            objs: self.objs.borrow().len(),
            scopes: self.scopes.borrow().len(),
        }
    }

    /// Forgets the objects and scopes made since; nothing may know their ids any more. Gives back the objects' ids.
    pub(crate) fn forget_since(&self, mark: ObjectMark) -> std::ops::Range<u32> {
        let mut objs = self.objs.borrow_mut();
        let gone = mark.objs as u32..objs.len() as u32;
        objs.truncate(mark.objs);
        self.unhook_since(mark);
        self.scopes.borrow_mut().truncate(mark.scopes);
        gone
    }

    /// Takes the scopes made since out of those from before that they are in, so that no walk over these meets them.
    pub(crate) fn unhook_since(&self, mark: ObjectMark) {
        let mut scopes = self.scopes.borrow_mut();
        for at in mark.scopes..scopes.len() {
            let Some(parent) = scopes[at].parent.filter(|p| (p.0 as usize) < mark.scopes) else {
                continue;
            };
            let children = &mut scopes[parent.0 as usize].children;
            while children.last().is_some_and(|c| c.0 as usize >= mark.scopes) {
                children.pop();
            }
        }
    }
}

impl Object {
    /// The function's details, if this is one.
    pub fn as_func(&self) -> Option<&FuncObj> {
        match &self.kind {
            ObjKind::Func(f) => Some(f),
            _ => None,
        }
    }
}

impl DeclRef {
    /// The doc comment of the declaration.
    pub fn doc(&self) -> Option<&str> {
        match self {
            DeclRef::Const(s) => s.doc.as_deref(),
            DeclRef::Var(s) => s.doc.as_deref(),
            DeclRef::Type(s) => s.doc.as_deref(),
            DeclRef::Func(s) => s.doc.as_deref(),
        }
    }
}

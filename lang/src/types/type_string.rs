//! How types are written in messages (go/types: typestring.go).

use super::{
    ChanDir, Interface, ObjId, Objects, PkgId, SigNames, Signature, Struct, Type, TypeId,
    TypeParamId, Types,
};
use crate::symbol::Symbol;

/// Writes types; `qualify` gives the prefix of a package's names, if they get one.
pub struct TypeWriter<'a> {
    types: &'a Types,
    objects: &'a Objects,
    qualify: &'a dyn Fn(PkgId) -> Option<String>,
    place: Option<&'a dyn Fn(ObjId) -> Option<String>>,
    names: bool,
    out: String,
}

/// The type as Go text.
pub fn type_string(
    types: &Types,
    objects: &Objects,
    t: TypeId,
    qualify: &dyn Fn(PkgId) -> Option<String>,
) -> String {
    let mut w = TypeWriter::new(types, objects, qualify);
    w.typ(t);
    w.finish()
}

impl<'a> TypeWriter<'a> {
    /// A writer with nothing written.
    pub fn new(
        types: &'a Types,
        objects: &'a Objects,
        qualify: &'a dyn Fn(PkgId) -> Option<String>,
    ) -> TypeWriter<'a> {
        TypeWriter {
            types,
            objects,
            qualify,
            place: None,
            names: true,
            out: String::new(),
        }
    }

    /// Says of type parameters what `place` says of them, if anything.
    #[must_use]
    pub fn with_places(mut self, place: &'a dyn Fn(ObjId) -> Option<String>) -> TypeWriter<'a> {
        self.place = Some(place);
        self
    }

    /// Leaves parameter names out.
    #[must_use]
    pub fn without_names(mut self) -> TypeWriter<'a> {
        self.names = false;
        self
    }

    /// What was written.
    pub fn finish(self) -> String {
        self.out
    }

    /// Writes a type.
    pub fn typ(&mut self, t: TypeId) {
        match t {
            TypeId::BYTE => return self.out.push_str("byte"),
            TypeId::RUNE => return self.out.push_str("rune"),
            TypeId::ANY => return self.out.push_str("any"),
            _ => {}
        }
        if let Some((alias, args)) = self.types.spelling(t) {
            self.obj_name(alias);
            if let Some(tparams) = self.types.alias_tparams(t) {
                self.type_params(&tparams);
            }
            if let Some(args) = args {
                self.type_list("[", &args, "]");
            }
            return;
        }
        crate::ast::deep(|| self.shape(t));
    }

    fn shape(&mut self, t: TypeId) {
        match self.types.get(t) {
            Type::Basic(b) => self.out.push_str(b.name()),
            Type::Named(n) => {
                let d = self.types.named(n);
                self.obj_name(d.obj);
                match d.origin {
                    // The arguments of a generic function's local type are not written.
                    Some((o, args)) if !self.types.named(o).tparams.is_empty() => {
                        self.type_list("[", &args, "]")
                    }
                    Some(_) => {}
                    None => self.type_params(&d.tparams),
                }
            }
            Type::Pointer(e) => self.prefixed("*", e),
            Type::Slice(e) => self.prefixed("[]", e),
            Type::Array(n, e) => self.prefixed(&format!("[{n}]"), e),
            Type::Map(k, v) => {
                self.prefixed("map[", k);
                self.prefixed("]", v);
            }
            Type::Chan(dir, e) => self.chan(dir, e),
            Type::Struct(s) => self.structure(&s),
            Type::Tuple(ts) => {
                let names = self.types.sig_names(t);
                self.tuple(&ts, names.as_ref().map(|n| n.results.as_slice()), false);
            }
            Type::Signature(s) => {
                self.out.push_str("func");
                self.sig_of(t, &s);
            }
            Type::Interface(i) => self.interface(&i),
            Type::TypeParam(p) => {
                let obj = self.types.type_param(p).obj;
                self.obj_name(obj);
            }
        }
    }

    fn obj_name(&mut self, o: ObjId) {
        let (name, pkg) = self.objects.with(o, |o| (o.name, o.pkg));
        let is_tparam = self
            .objects
            .with(o, |o| matches!(self.types.get(o.ty), Type::TypeParam(_)));
        if let Some(prefix) = pkg.filter(|_| !is_tparam).and_then(|p| (self.qualify)(p)) {
            self.out.push_str(&prefix);
            self.out.push('.');
        }
        self.out.push_str(name.as_str());
        if let Some(note) = self.place.filter(|_| is_tparam).and_then(|place| place(o)) {
            self.out.push_str(&note);
        }
    }

    fn prefixed(&mut self, prefix: &str, t: TypeId) {
        self.out.push_str(prefix);
        self.typ(t);
    }

    fn type_list(&mut self, open: &str, ts: &[TypeId], close: &str) {
        self.type_list_sep(open, ts, ", ", close);
    }

    fn type_list_sep(&mut self, open: &str, ts: &[TypeId], sep: &str, close: &str) {
        self.out.push_str(open);
        for (i, &t) in ts.iter().enumerate() {
            if i > 0 {
                self.out.push_str(sep);
            }
            self.typ(t);
        }
        self.out.push_str(close);
    }

    fn chan(&mut self, dir: ChanDir, e: TypeId) {
        let prefix = match dir {
            ChanDir::Both => "chan ",
            ChanDir::Send => "chan<- ",
            ChanDir::Recv => "<-chan ",
        };
        let parens = dir != ChanDir::Recv
            && self.types.spelling(e).is_none()
            && matches!(self.types.get(e), Type::Chan(ChanDir::Recv, _));
        self.out.push_str(prefix);
        if parens {
            self.prefixed("(", e);
            self.out.push(')');
        } else {
            self.typ(e);
        }
    }

    fn structure(&mut self, s: &Struct) {
        self.out.push_str("struct{");
        for (i, f) in s.fields.iter().enumerate() {
            if i > 0 {
                self.out.push_str("; ");
            }
            if !f.embedded {
                self.out.push_str(f.name.as_str());
                self.out.push(' ');
            }
            self.typ(f.ty);
            if !f.tag.is_empty() {
                self.out.push(' ');
                self.out.push_str(&crate::constant::quote(f.tag.as_bytes()));
            }
        }
        self.out.push('}');
    }

    fn interface(&mut self, i: &Interface) {
        if i.implicit && i.methods.is_empty() && i.embedded.len() == 1 {
            return self.union(&i.embedded[0].terms);
        }
        self.out.push_str("interface{");
        let mut first = true;
        let sep = |w: &mut Self, first: &mut bool| {
            if !std::mem::take(first) {
                w.out.push_str("; ");
            }
        };
        if i.comparable {
            sep(self, &mut first);
            self.out.push_str("comparable");
        }
        for m in &i.methods {
            sep(self, &mut first);
            self.out.push_str(m.name.as_str());
            self.signature(m.sig);
        }
        for e in &i.embedded {
            sep(self, &mut first);
            self.union(&e.terms);
        }
        self.out.push('}');
    }

    fn union(&mut self, terms: &[(bool, TypeId)]) {
        for (i, &(tilde, t)) in terms.iter().enumerate() {
            if i > 0 {
                self.out.push_str(" | ");
            }
            self.prefixed(if tilde { "~" } else { "" }, t);
        }
    }

    /// Writes type parameters with their constraints, in brackets; nothing if there are none.
    pub fn type_params(&mut self, tparams: &[TypeParamId]) {
        if tparams.is_empty() {
            return;
        }
        self.out.push('[');
        let mut prev: Option<TypeId> = None;
        for (i, &p) in tparams.iter().enumerate() {
            let d = self.types.type_param(p);
            if i > 0 {
                if d.bound != prev {
                    self.bound(prev);
                }
                self.out.push_str(", ");
            }
            prev = d.bound;
            let name = self.objects.name(d.obj);
            self.out.push_str(name.as_str());
        }
        self.bound(prev);
        self.out.push(']');
    }

    fn bound(&mut self, bound: Option<TypeId>) {
        if let Some(b) = bound {
            self.prefixed(" ", b);
        }
    }

    /// Writes a signature without `func`.
    pub fn signature(&mut self, sig: TypeId) {
        if let Type::Signature(s) = self.types.get(sig) {
            self.sig_of(sig, &s);
        }
    }

    fn sig_of(&mut self, id: TypeId, s: &Signature) {
        let names = self.types.sig_names(id).filter(|_| self.names);
        let names = names.as_deref();
        self.type_params(&s.tparams);
        self.tuple(
            &s.params,
            names.map(|n: &SigNames| n.params.as_slice()),
            s.variadic,
        );
        match (&s.results[..], names.map(|n| n.results.as_slice())) {
            ([], _) => {}
            (&[t], None | Some([])) => self.prefixed(" ", t),
            (ts, names) => {
                self.out.push(' ');
                self.tuple(ts, names, false);
            }
        }
    }

    fn tuple(&mut self, ts: &[TypeId], names: Option<&[Symbol]>, variadic: bool) {
        self.out.push('(');
        for (i, &t) in ts.iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            if let Some(name) = names
                .and_then(|n| n.get(i))
                .filter(|n| !n.as_str().is_empty())
            {
                self.out.push_str(name.as_str());
                self.out.push(' ');
            }
            if variadic && i + 1 == ts.len() {
                match self.types.get(t) {
                    Type::Slice(e) => self.prefixed("...", e),
                    // append([]byte, string...)
                    _ => {
                        self.typ(t);
                        self.out.push_str("...");
                    }
                }
            } else {
                self.typ(t);
            }
        }
        self.out.push(')');
    }
}

//! What expressions and names are: types, and documentation from the sources.

use super::ask::{Aside, View};
use super::{Session, show};
use lang::ast::{Item, StmtKind};
use lang::check::{OperandMode, Place, Valued};
use lang::diag::{Code, Diagnostic};
use lang::types::{Builtin, DeclRef, Member, ObjId, ObjKind, PkgId, TypeId, members};

impl Session {
    /// The type of an expression; of a type, what it is. The expression is checked, not run.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn type_of(&mut self, expr: &str) -> Result<String, Vec<Diagnostic>> {
        let Some(aside) = self.parse_aside("expression", expr) else {
            return Err(Vec::new());
        };
        let Aside {
            source,
            file,
            ids,
            diags,
        } = aside;
        if diags.iter().any(Diagnostic::is_error) {
            return Err(diags);
        }
        let alone =
            matches!(&file.items[..], [Item::Stmt(s)] if matches!(s.kind, StmtKind::Expr(_)));
        if !alone || !file.imports.is_empty() {
            let message = "not an expression";
            return Err(vec![Diagnostic::error(Code::NotAnExpr, file.span, message)]);
        }
        let pkg = self.pkg;
        let world = self.world();
        let valued = world.value_of(pkg, file, ids, |world, valued| {
            valued.map(|v| View { world, pkg }.kind_and_type(&v))
        });
        match valued {
            Some((Some(text), diags)) if !diags.iter().any(Diagnostic::is_error) => {
                world.sources.take_back(&source);
                Ok(text)
            }
            Some((_, diags)) => Err(diags),
            None => Err(Vec::new()),
        }
    }

    /// The declaration and the comment of what a name means: a package, `pkg.Name`, a type, `Type.Method`, `value.Method`, a builtin, something declared in the
    /// session.
    pub fn doc(&mut self, what: &str) -> Option<String> {
        let what = what.trim();
        if let Some((of, name)) = what.rsplit_once('.') {
            let found = self.ask_expr(of, |view, place| match place? {
                Place::Package(pkg) => view.member_doc(pkg, name),
                Place::Member(valued) => view.selected_doc(&valued, name),
                Place::Name { .. } => None,
            });
            return found.flatten();
        }
        if let Some(doc) = self.session_doc(what) {
            return Some(doc);
        }
        let own = self.ask_expr(what, |view, place| match place? {
            Place::Package(pkg) => Some(view.package_doc(pkg)),
            Place::Member(Valued {
                builtin: Some(b), ..
            }) => Some(builtin_doc(b)),
            Place::Member(v) => match v.object {
                Some(obj) => view.object_doc(obj),
                None => Some(view.kind_and_type(&v)),
            },
            Place::Name { .. } => None,
        });
        own.flatten().or_else(|| self.path_doc(what))
    }

    /// The documentation of something that the session has declared.
    fn session_doc(&mut self, name: &str) -> Option<String> {
        let pkg = self.pkg;
        let world = self.world();
        let scope = world.package(pkg).scope;
        let names = world.objects.scope_names(scope);
        let (_, obj) = names.into_iter().find(|n| n.0.as_str() == name)?;
        View { world, pkg }.object_doc(obj)
    }

    /// The documentation of the package with an import path such as `math/rand`.
    fn path_doc(&mut self, path: &str) -> Option<String> {
        let pkg = self.pkg;
        super::paths::importable().find(|p| *p == path)?;
        let world = self.world();
        let found = world.import(path).ok()?;
        Some(View { world, pkg }.package_doc(found))
    }
}

fn builtin_doc(b: Builtin) -> String {
    let doc = show::builtin(b);
    with_comment(&doc.decl, &doc.doc)
}

/// A declaration, and its comment below it.
fn with_comment(decl: &str, comment: &str) -> String {
    let mut out = decl.trim_end().to_string();
    for line in comment.lines() {
        out.push_str(if line.is_empty() { "\n" } else { "\n    " });
        out.push_str(line);
    }
    out
}

impl View<'_> {
    /// What an expression is, in a line.
    fn kind_and_type(&self, v: &Valued) -> String {
        match v.mode {
            OperandMode::Builtin => match v.builtin {
                Some(b) => show::builtin(b).signature.clone(),
                None => "builtin".to_string(),
            },
            OperandMode::TypeExpr => {
                let (name, what) = (self.type_string(v.ty), self.described(v.ty));
                match what.is_empty() || what == name {
                    true => format!("type {name}"),
                    false => format!("type {name} {what}"),
                }
            }
            OperandMode::NoValue => "no value".to_string(),
            _ => self.type_string(v.ty),
        }
    }

    fn member_doc(&mut self, pkg: PkgId, name: &str) -> Option<String> {
        let scope = self.world.package(pkg).scope;
        let name = lang::symbol::Symbol::new(name);
        let obj = self.world.objects.lookup(scope, name)?;
        name.is_exported().then(|| self.object_doc(obj)).flatten()
    }

    fn selected_doc(&mut self, of: &Valued, name: &str) -> Option<String> {
        let w = &*self.world;
        let list = members(&w.types, &w.objects, of.ty, true, self.pkg);
        let reached = list.into_iter().find(|r| r.name.as_str() == name)?;
        match &reached.found.member {
            Member::Method(m, _) => self.object_doc(*m),
            Member::Field(f) => Some(format!(
                "field {} {} // of {}",
                f.name,
                self.type_string(f.ty),
                self.type_string(of.ty)
            )),
            Member::Interface(m) => Some(format!(
                "method {}{} // of {}",
                m.name,
                self.type_string(m.sig).trim_start_matches("func"),
                self.type_string(of.ty)
            )),
        }
    }

    /// An object's declaration with its comment; of a type its methods too.
    fn object_doc(&mut self, obj: ObjId) -> Option<String> {
        let decl = self.world.objects.pkg(obj).and_then(|p| {
            let decl = self.world.package(p).decls.get(&obj)?;
            Some((decl.clone(), decl.doc().unwrap_or_default().to_string()))
        });
        let Some((decl, comment)) = decl.or_else(|| self.own_decl(obj)) else {
            return self.plain_doc(obj);
        };
        // A constant that repeats another's expression does not say what it is.
        let text = match &decl {
            DeclRef::Const(c) if c.inherited => self.plain_doc(obj)?,
            decl => self.decl_text(decl),
        };
        let mut out = with_comment(&text, &comment);
        if let DeclRef::Type(_) = decl {
            let _ = self.world.ensure_object(obj);
            for method in self.methods_of(self.world.objects.ty(obj)) {
                out.push('\n');
                out.push_str(&method);
            }
        }
        Some(out)
    }

    /// The declaration of a function of the session, whose package is in the background while something is asked.
    fn own_decl(&self, obj: ObjId) -> Option<(DeclRef, String)> {
        let decl = self.world.objects.func(obj)?.decl?;
        let doc = decl.doc.as_deref().unwrap_or_default().to_string();
        Some((DeclRef::Func(decl), doc))
    }

    /// What there is to say about an object without declaration.
    fn plain_doc(&mut self, obj: ObjId) -> Option<String> {
        let _ = self.world.ensure_object(obj);
        let o = self.world.objects.get(obj);
        let name = o.name;
        Some(match o.kind {
            ObjKind::Const(v) => format!("const {name} {}", self.constant(o.ty, &v.to_string())),
            ObjKind::Var(_) => format!("var {name} {}", self.type_string(o.ty)),
            ObjKind::TypeName(true) => {
                let t = self.world.types.canonical(o.ty);
                format!("type {name} = {}", self.type_string(t))
            }
            ObjKind::TypeName(false) => self.plain_type(name.as_str(), o.ty),
            ObjKind::Builtin(b) => builtin_doc(b),
            ObjKind::Nil => "nil is the zero value of pointers, functions, slices, maps, channels and interfaces".to_string(),
            ObjKind::PkgName(p) => self.package_doc(p),
            ObjKind::Func(_) | ObjKind::Label => return None,
        })
    }

    fn plain_type(&self, name: &str, t: TypeId) -> String {
        let under = self.type_string(self.world.types.underlying(t));
        match under == name {
            true => format!("type {name}"),
            false => format!("type {name} {under}"),
        }
    }

    fn decl_text(&self, decl: &DeclRef) -> String {
        match decl {
            DeclRef::Func(f) => {
                let end = f.body.as_ref().map_or(f.span.hi, |b| b.span.lo);
                self.source(f.span.lo, end)
            }
            DeclRef::Type(t) => format!("type {}", self.source(t.span.lo, t.span.hi)),
            DeclRef::Var(v) => format!("var {}", self.source(v.span.lo, v.span.hi)),
            DeclRef::Const(c) => format!("const {}", self.text(c.span.lo, c.span.hi)),
        }
    }

    /// The signatures of a type's exported methods.
    fn methods_of(&self, t: TypeId) -> Vec<String> {
        let Some(n) = self.world.types.as_named(t) else {
            return Vec::new();
        };
        let methods = self.world.types.methods(n);
        let mut list: Vec<String> = methods
            .into_iter()
            .filter(|&m| {
                let (name, pkg) = self.world.objects.with(m, |o| (o.name, o.pkg));
                name.is_exported() || pkg == Some(self.pkg)
            })
            .filter_map(|m| self.world.objects.func(m)?.decl)
            .map(|f| self.decl_text(&DeclRef::Func(f)))
            .collect();
        list.sort();
        list
    }

    /// A package's comment and what it exports.
    fn package_doc(&mut self, pkg: PkgId) -> String {
        let package = self.world.package(pkg);
        let comment = package.files.iter().find_map(|f| {
            let name = f.package?;
            let file = self.world.sources.file(name.span.lo)?;
            let before = &file.text[..(name.span.lo.0 - file.base) as usize];
            let lines = before.lines().filter_map(|l| l.strip_prefix("//"));
            let comment: Vec<&str> = lines.map(|l| l.strip_prefix(' ').unwrap_or(l)).collect();
            (!comment.is_empty()).then(|| comment.join("\n"))
        });
        let head = format!("package {} // import {:?}", package.name, package.path);
        let mut out = with_comment(&head, &comment.unwrap_or_default());
        let scope = package.scope;
        let decls: Vec<DeclRef> = self
            .world
            .objects
            .scope_names(scope)
            .into_iter()
            .filter(|n| n.0.is_exported())
            .filter_map(|n| self.world.package(pkg).decls.get(&n.1).cloned())
            .collect();
        let mut lines: Vec<String> = decls.iter().map(|d| self.summary(d)).collect();
        lines.sort();
        lines.dedup();
        for line in lines {
            out.push('\n');
            out.push_str(&line);
        }
        out
    }

    /// A declaration in one line.
    fn summary(&self, decl: &DeclRef) -> String {
        let text = self.decl_text(decl);
        let mut lines = text.lines();
        let first = lines.next().unwrap_or_default().to_string();
        match lines.next() {
            Some(_) if first.ends_with('{') => format!("{first} … }}"),
            Some(_) => format!("{first} …"),
            None => first,
        }
    }
}

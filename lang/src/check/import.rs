//! Importing packages.
//!
//! Invariants: an import path has one package per session; a standard-library package that only other standard-library packages import
//! is not read before one of its members is looked up; a package that cannot be imported is replaced by a fake one, so that its uses
//! are not reported again.

use super::{Checker, PackageSource, World};
use crate::ast::{File, NodeIds};
use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::syntax::{ParseOptions, parse_file};
use crate::types::{ObjId, ObjKind, PkgId, TypeId};
use std::rc::Rc;

/// The name a package is expected to have by its path: the last element that is no version.
pub(super) fn name_of_path(path: &str) -> &str {
    let mut parts = path.rsplit('/');
    let last = parts.next().unwrap_or(path);
    let is_version =
        last.len() > 1 && last.starts_with('v') && last[1..].bytes().all(|b| b.is_ascii_digit());
    if is_version {
        parts.next().unwrap_or(last)
    } else {
        last
    }
}

/// Why a path can name no package.
fn malformed(path: &str) -> Option<String> {
    if path.starts_with('/') {
        let why = "import path cannot be absolute path";
        return Some(format!("could not import {path} ({why})"));
    }
    let parts = path.split('/').filter(|p| !p.is_empty() && *p != ".");
    let clean = parts.collect::<Vec<_>>().join("/");
    let local = path.starts_with("./") || path.split('/').any(|p| p == "..");
    (!local && clean != path).then(|| {
        format!(
            "could not import {path} (non-canonical import path {path:?} (should be {clean:?}))"
        )
    })
}

impl World {
    /// The package with that import path, read and (unless it is of the standard library) checked.
    ///
    /// # Errors
    /// Why it cannot be imported. Errors inside the package are not among this: they are reported with those of the program.
    pub fn import(&mut self, path: &str) -> Result<PkgId, String> {
        let pkg = self.import_by_path(path);
        self.load(pkg)?;
        Ok(pkg)
    }

    /// The package with that import path, perhaps not read yet.
    pub(super) fn import_by_path(&mut self, path: &str) -> PkgId {
        if let Some(&pkg) = self.by_path.get(path) {
            return pkg;
        }
        self.reached += 1;
        let universe = self.universe();
        let scope = self.objects.new_scope(Some(universe), false);
        let pkg = self.new_package(path, name_of_path(path), scope);
        self.packages[pkg.0 as usize].loaded = false;
        self.by_path.insert(path.to_string(), pkg);
        pkg
    }

    /// Reads a package that has not been read.
    ///
    /// # Errors
    /// Why it cannot be.
    pub fn load(&mut self, pkg: PkgId) -> Result<(), String> {
        let path = self.package(pkg).path.clone();
        if self.importing.contains(&path) && !self.package(pkg).is_std {
            return Err("import cycle not allowed".to_string());
        }
        if self.package(pkg).loaded {
            return if self.package(pkg).fake {
                Err(format!("could not import {path}"))
            } else {
                Ok(())
            };
        }
        self.reached += 1;
        self.packages[pkg.0 as usize].loaded = true;
        let importer = self.importer.clone();
        let source = importer
            .import(&path)
            .inspect_err(|_| self.packages[pkg.0 as usize].fake = true)?;
        let is_std = source.is_std;
        self.packages[pkg.0 as usize].is_std = is_std;
        self.packages[pkg.0 as usize].lazy = is_std;
        self.importing.push(path);
        let (files, mut diags) = self.parse_package(pkg, &source);
        if let Some(name) = files.iter().find_map(|f| f.package) {
            self.packages[pkg.0 as usize].name = name.name;
        }
        let broken = diags.iter().any(Diagnostic::is_error);
        let mut c = Checker::new(self, pkg);
        if is_std {
            c.collect_objects(files);
        } else {
            c.check_files(files);
        }
        let found = c.finish();
        if !broken {
            diags.extend(found);
        }
        self.import_diags.extend(diags);
        self.importing.pop();
        Ok(())
    }

    fn parse_package(
        &mut self,
        pkg: PkgId,
        source: &PackageSource,
    ) -> (Vec<Rc<File>>, Vec<Diagnostic>) {
        let ids = Rc::new(NodeIds::default());
        self.packages[pkg.0 as usize].ids = ids.clone();
        let (mut files, mut diags) = (Vec::new(), Vec::new());
        for (name, text) in &source.files {
            let Ok(src) = self.sources.add(name, text, source.is_std) else {
                diags.push(Diagnostic::error(
                    Code::FileTooLarge,
                    Span::NONE,
                    format!("{name}: too much source text"),
                ));
                continue;
            };
            let options = ParseOptions {
                lazy_bodies: source.is_std,
                allow_bodyless: true,
                ..ParseOptions::default()
            };
            let (file, errors) = parse_file(&src, &ids, options);
            diags.extend(errors);
            files.push(Rc::new(file));
        }
        (files, diags)
    }
}

impl Checker<'_> {
    /// The package an import declaration names; a fake one after a reported error.
    pub(super) fn import_package(&mut self, at: Span, path: &str) -> PkgId {
        // What a lazy package imports is read when it is used.
        if self.w.packages[self.pkg.0 as usize].lazy {
            return self.w.import_by_path(path);
        }
        match malformed(path).map_or_else(|| self.w.import(path), Err) {
            Ok(pkg) => pkg,
            Err(message) => {
                let code = if message.starts_with("import cycle") {
                    Code::ImportCycle
                } else {
                    Code::BrokenImport
                };
                self.error(at, code, message);
                self.fake_package(path)
            }
        }
    }

    fn fake_package(&mut self, path: &str) -> PkgId {
        let universe = self.w.universe();
        let scope = self.w.objects.new_scope(Some(universe), false);
        let pkg = self.w.new_package(path, name_of_path(path), scope);
        self.w.packages[pkg.0 as usize].fake = true;
        pkg
    }

    /// The member `name` of an imported package, which is read if it has not been.
    pub(super) fn package_member(&mut self, pkg: PkgId, name: Symbol) -> Option<ObjId> {
        if !self.w.packages[pkg.0 as usize].loaded && self.w.load(pkg).is_err() {
            return None;
        }
        self.w
            .objects
            .lookup(self.w.packages[pkg.0 as usize].scope, name)
    }

    /// In a script, the package that an undeclared name stands for; it counts as imported from then on.
    pub(super) fn import_by_use(&mut self, name: Symbol) -> Option<ObjId> {
        let package = &self.w.packages[self.pkg.0 as usize];
        if !package.is_script {
            return None;
        }
        let scope = *package.file_scopes.last()?;
        let path = self.w.importer.clone().by_name(name.as_str())?;
        let pkg = self.w.import(&path).ok()?;
        let kind = ObjKind::PkgName(pkg);
        let obj =
            self.w
                .objects
                .new_object(name, Span::NONE, Some(self.pkg), TypeId::INVALID, kind);
        self.w.objects.insert(scope, obj);
        self.w.objects.mark_used(obj);
        self.add_import(pkg);
        Some(obj)
    }

    pub(super) fn add_import(&mut self, pkg: PkgId) {
        let imports = &mut self.w.packages[self.pkg.0 as usize].imports;
        if !imports.contains(&pkg) {
            imports.push(pkg);
        }
    }
}

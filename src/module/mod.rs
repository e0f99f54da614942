//! Programs of more than one package: folders, modules and what may be imported from where.
//!
//! Invariants: everything a program imports outside the standard library is found, read and judged before the checker starts
//! (`graph`), so that the checker's importer only hands out what is there; nothing here looks into the network.

mod constraint;
mod embed;
mod folder;
mod gomod;
mod graph;
mod header;
mod resolve;

pub use embed::rewrite;
pub use folder::{Folder, FolderError, Source, is_go_file, shown};
pub use graph::{At, Problem, Walk, graph_imports, imports};
pub use header::Header;
pub use resolve::Modules;

use lang::check::{Importer, PackageSource};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// One source file: the name shown for it, and its text.
pub type Text = (String, String);

/// What a session's checker imports: the standard library and the packages found for the program.
pub struct Packages {
    std: Rc<dyn Importer>,
    found: RefCell<HashMap<String, Vec<Text>>>,
    programs: RefCell<HashSet<String>>,
}

impl Packages {
    /// Nothing but the standard library.
    pub fn new(std: Rc<dyn Importer>) -> Packages {
        Packages {
            std,
            found: RefCell::default(),
            programs: RefCell::default(),
        }
    }

    /// Adds a package.
    pub fn add(&self, path: &str, files: Vec<Text>) {
        self.found.borrow_mut().insert(path.to_string(), files);
    }

    /// Lets the program be imported: a test may import what it tests.
    pub fn add_program(&self, path: &str) {
        self.programs.borrow_mut().insert(path.to_string());
    }

    /// Whether there is a package of that path already.
    pub fn has(&self, path: &str) -> bool {
        self.found.borrow().contains_key(path)
    }
}

impl Importer for Packages {
    fn import(&self, path: &str) -> Result<PackageSource, String> {
        match self.found.borrow().get(path) {
            Some(files) => Ok(PackageSource {
                files: files.clone(),
                is_std: false,
            }),
            None => self.std.import(path),
        }
    }

    fn by_name(&self, name: &str) -> Option<String> {
        self.std.by_name(name)
    }

    fn may_import_program(&self, path: &str) -> bool {
        self.programs.borrow().contains(path)
    }
}

/// Whether the standard library has a package of that path.
pub fn is_std(path: &str) -> bool {
    path == "unsafe" || stdlib::package_paths().any(|p| p == path)
}

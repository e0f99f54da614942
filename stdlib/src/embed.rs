//! The packages' Go texts, built into the binary.

use lang::check::{Importer, PackageSource};
use std::rc::Rc;

include!(concat!(env!("OUT_DIR"), "/packages.rs"));

/// Imports the standard packages.
struct Std;

/// What the checker asks for packages.
pub fn importer() -> Rc<dyn Importer> {
    Rc::new(Std)
}

/// The import paths of all packages, sorted.
pub fn package_paths() -> impl Iterator<Item = &'static str> {
    PACKAGES.iter().map(|p| p.0)
}

impl Importer for Std {
    fn import(&self, path: &str) -> Result<PackageSource, String> {
        let Ok(at) = PACKAGES.binary_search_by_key(&path, |p| p.0) else {
            return Err(format!("package {path} is not in std"));
        };
        let files = PACKAGES[at]
            .1
            .iter()
            .map(|(name, text)| (name.to_string(), text.to_string()))
            .collect();
        Ok(PackageSource {
            files,
            is_std: true,
        })
    }

    /// The package of that name that comes first by number of path elements, then alphabetically: `rand` is `math/rand`.
    fn by_name(&self, name: &str) -> Option<String> {
        let named = package_paths().filter(|p| p.rsplit('/').next() == Some(name));
        named
            .min_by_key(|p| (p.matches('/').count(), *p))
            .map(String::from)
    }
}

//! From import path to folder.

use super::folder::{Folder, FolderError};
use super::gomod::GoMod;
use std::path::{Path, PathBuf};

/// The modules a program is made of.
#[derive(Clone, Debug, Default)]
pub struct Modules {
    /// The program's own; absent outside of modules.
    pub main: Option<GoMod>,
    /// Where a script's relative imports start; absent for programs, which have none.
    pub script: Option<PathBuf>,
}

impl Modules {
    /// Those of a program in `dir`.
    ///
    /// # Errors
    /// What is wrong with its go.mod.
    pub fn of(dir: &Path) -> Result<Modules, String> {
        Ok(Modules {
            main: GoMod::find(dir)?,
            script: None,
        })
    }

    /// The import path of a folder of the main module.
    pub fn path_of(&self, dir: &Path) -> Option<String> {
        let m = self.main.as_ref()?;
        let rel = dir
            .strip_prefix(&m.root)
            .ok()?
            .to_string_lossy()
            .into_owned();
        Some(if rel.is_empty() {
            m.path.clone()
        } else {
            format!("{}/{rel}", m.path)
        })
    }

    /// Finds and reads the package with that import path.
    ///
    /// # Errors
    /// Why there is none, as the go command says it.
    pub fn package(&self, path: &str) -> Result<Folder, String> {
        if path.starts_with("./") || path.starts_with("../") || path == "." || path == ".." {
            if let Some(dir) = &self.script {
                return Folder::read(&dir.join(path), false).map_err(|e| match e {
                    FolderError::NoFiles(_) => {
                        format!("there is no Go package in the folder {path}")
                    }
                    other => other.text(),
                });
            }
            return Err(format!(
                "{path:?} is relative, but relative import paths are not supported in module mode"
            ));
        }
        if path == "C" {
            return Err("import \"C\": there is no cgo".to_string());
        }
        let Some(m) = &self.main else {
            return Err(outside(path));
        };
        if let Some(rel) = below(path, &m.path) {
            let dir = m.root.join(rel);
            return match Folder::read(&dir, false) {
                Err(FolderError::NoFiles(_)) if !dir.is_dir() => Err(missing(path, m)),
                other => other.map_err(FolderError::text),
            };
        }
        let vendor = m.root.join("vendor");
        if vendor.is_dir() {
            return match Folder::read(&vendor.join(path), false) {
                Err(FolderError::NoFiles(_)) if !has_dot(path) => Err(not_in_std(path)),
                Err(FolderError::NoFiles(_)) => Err(format!(
                    "cannot find module providing package {path}: import lookup disabled by -mod=vendor\n\t(Go version in go.mod is at least 1.14 and vendor directory exists.)"
                )),
                other => other.map_err(FolderError::text),
            };
        }
        self.required(path, m)
    }

    /// A package of a required module, or of one that a folder replaces.
    fn required(&self, path: &str, m: &GoMod) -> Result<Folder, String> {
        let mut modules: Vec<&(String, String)> = m
            .require
            .iter()
            .filter(|r| below(path, &r.0).is_some())
            .collect();
        modules.sort_by_key(|r| std::cmp::Reverse(r.0.len()));
        let mut first = None;
        for (module, version) in modules {
            let found = match location(m, module, version) {
                Err(why) => Err(why),
                Ok(root) => {
                    let dir = root.join(below(path, module).unwrap_or_default());
                    Folder::read(&dir, false).map_err(|e| match e {
                        FolderError::NoFiles(_) if !dir.is_dir() => {
                            format!("module {module}@{version} found, but does not contain package {path}")
                        }
                        other => other.text(),
                    })
                }
            };
            match found {
                Ok(folder) => return Ok(folder),
                Err(why) => first = first.or(Some(why)),
            }
        }
        Err(first.unwrap_or_else(|| missing(path, m)))
    }
}

/// The rest of `path` below `module`, if it lies there.
fn below<'p>(path: &'p str, module: &str) -> Option<&'p str> {
    match path.strip_prefix(module)? {
        "" => Some(""),
        rest => rest.strip_prefix('/'),
    }
}

fn has_dot(path: &str) -> bool {
    path.split('/')
        .next()
        .is_some_and(|first| first.contains('.'))
}

fn not_in_std(path: &str) -> String {
    format!("package {path} is not in std")
}

fn outside(path: &str) -> String {
    if !has_dot(path) {
        return not_in_std(path);
    }
    format!(
        "no required module provides package {path}: go.mod file not found in current directory or any parent directory; see 'go help modules'"
    )
}

fn missing(path: &str, m: &GoMod) -> String {
    if !has_dot(path) {
        return not_in_std(path);
    }
    if below(path, &m.path).is_some() {
        return format!("no required module provides package {path}; to add it:\n\tgo get {path}");
    }
    format!("no required module provides package {path}; to add it:\n\tgo get {path}")
}

/// The folder a required module is in.
fn location(m: &GoMod, module: &str, version: &str) -> Result<PathBuf, String> {
    let replaced = m
        .replace
        .iter()
        .find(|r| r.0 == module && r.1.as_deref().is_none_or(|v| v == version));
    let (module, version) = match replaced {
        Some((_, _, (dir, None))) => {
            let dir = m.root.join(dir);
            return match dir.is_dir() {
                true => Ok(dir),
                false => Err(format!(
                    "module {module} provides package and is replaced but not required or missing: replacement directory {} does not exist",
                    dir.display()
                )),
            };
        }
        Some((_, _, (path, Some(v)))) => (path.as_str(), v.as_str()),
        None => (module, version),
    };
    let cache = cache();
    let dir = cache.join(format!("{}@{}", escape(module), escape(version)));
    if dir.is_dir() {
        return Ok(dir);
    }
    Err(format!(
        "module {module}@{version} is not in the module cache ({}); to download it:\n\tgo mod download {module}",
        cache.display()
    ))
}

/// The module cache: GOMODCACHE, or pkg/mod in the first folder of GOPATH, or in ~/go.
fn cache() -> PathBuf {
    let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty());
    if let Some(dir) = set("GOMODCACHE") {
        return PathBuf::from(dir);
    }
    let path = set("GOPATH").and_then(|p| std::env::split_paths(&p).next());
    let home = || PathBuf::from(set("HOME").unwrap_or_default()).join("go");
    path.unwrap_or_else(home).join("pkg/mod")
}

/// A module path or version as a file name: capitals become `!` and the small letter.
fn escape(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for c in path.chars() {
        if c.is_ascii_uppercase() {
            out.push('!');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn capitals_are_escaped() {
        assert_eq!(
            super::escape("github.com/BurntSushi/toml"),
            "github.com/!burnt!sushi/toml"
        );
    }
}

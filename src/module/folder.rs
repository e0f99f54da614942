//! The files of a folder that make up its package.

use super::Text;
use super::constraint::{build_line, eval, name_matches};
use super::header::Header;
use std::fs;
use std::path::{Path, PathBuf};

/// A source file of a folder.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its base name.
    pub name: String,
    /// The name shown for it.
    pub shown: String,
    /// Its text.
    pub text: String,
    /// Its package clause and imports.
    pub header: Header,
}

/// The files of a package, by role.
#[derive(Clone, Debug, Default)]
pub struct Folder {
    /// Where they are.
    pub dir: PathBuf,
    /// The package's name.
    pub package: String,
    /// The files of the package.
    pub files: Vec<Source>,
    /// Its test files.
    pub tests: Vec<Source>,
    /// The files of its external test package.
    pub external: Vec<Source>,
}

/// Why a folder is no package, in the words of the go command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FolderError {
    /// It cannot be read, or holds no Go files.
    NoFiles(String),
    /// Its files do not fit together, or cannot be used.
    Unfit(String),
}

impl FolderError {
    /// The message.
    pub fn text(self) -> String {
        match self {
            FolderError::NoFiles(m) | FolderError::Unfit(m) => m,
        }
    }
}

/// Whether a file name is one of a Go source: `.go` or `.gol`.
pub fn is_go_file(name: &str) -> bool {
    name.ends_with(".go") || name.ends_with(".gol")
}

fn is_test_file(name: &str) -> bool {
    name.ends_with("_test.go") || name.ends_with("_test.gol")
}

/// A path as it is shown: relative to the current folder if it lies below.
pub fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let below = here.and_then(|h| path.strip_prefix(h).ok().map(Path::to_path_buf));
    match below {
        Some(p) if p.components().count() == 1 => format!("./{}", p.display()),
        Some(p) => p.display().to_string(),
        None => path.display().to_string(),
    }
}

impl Folder {
    /// Reads the package in `dir`. Test files are read when `with_tests` says so.
    ///
    /// # Errors
    /// When there is no package, worded as the go command words it.
    pub fn read(dir: &Path, with_tests: bool) -> Result<Folder, FolderError> {
        let full = fs::canonicalize(dir).unwrap_or_else(|_| dir.to_path_buf());
        let entries = fs::read_dir(&full).map_err(|_| {
            FolderError::NoFiles(format!(
                "cannot find package \".\" in:\n\t{}",
                full.display()
            ))
        })?;
        let mut names: Vec<String> = entries
            .flatten()
            .filter(|e| e.path().is_file())
            .map(|e| e.file_name().to_string_lossy().into_owned())
            .filter(|n| is_go_file(n) && !n.starts_with(['_', '.']))
            .collect();
        names.sort();
        let mut folder = Folder {
            dir: full.clone(),
            ..Folder::default()
        };
        let mut excluded = false;
        for name in names {
            match source(&full, &name)? {
                Some(s) => folder.sort_in(s, with_tests),
                None => excluded |= !is_test_file(&name),
            }
        }
        folder.named(excluded, with_tests)
    }

    /// A package of named files, whatever their constraints.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn of_files(paths: &[String]) -> Result<Folder, FolderError> {
        let dir = Path::new(&paths[0]).parent().unwrap_or(Path::new(""));
        let dir = if dir.as_os_str().is_empty() {
            Path::new(".")
        } else {
            dir
        };
        let mut folder = Folder {
            dir: fs::canonicalize(dir).unwrap_or_else(|_| dir.to_path_buf()),
            ..Folder::default()
        };
        for path in paths {
            let text = read_text(Path::new(path))?;
            let name = Path::new(path)
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            folder.sort_in(
                Source {
                    header: Header::of(&text),
                    name,
                    shown: path.clone(),
                    text,
                },
                true,
            );
        }
        folder.named(false, true)
    }

    fn sort_in(&mut self, s: Source, with_tests: bool) {
        if s.header.package.is_none() && s.name.ends_with(".gol") {
            return; // a script
        }
        if !is_test_file(&s.name) {
            self.files.push(s);
        } else if with_tests {
            let external = s
                .header
                .package
                .as_deref()
                .is_some_and(|p| p.ends_with("_test") && p.len() > 5);
            if external {
                self.external.push(s)
            } else {
                self.tests.push(s)
            }
        }
    }

    /// Settles the package's name.
    fn named(mut self, excluded: bool, with_tests: bool) -> Result<Folder, FolderError> {
        let dir = self.dir.display();
        let nothing = self.files.is_empty() && self.tests.is_empty() && self.external.is_empty();
        if self.files.is_empty() && (!with_tests || nothing) {
            return Err(FolderError::NoFiles(match excluded {
                true => format!("build constraints exclude all Go files in {dir}"),
                false => format!("no Go files in {dir}"),
            }));
        }
        let mut first: Option<(&str, &str)> = None;
        for s in self.files.iter().chain(&self.tests) {
            let Some(package) = s.header.package.as_deref() else {
                continue;
            };
            match first {
                None => first = Some((package, &s.name)),
                Some((p, name)) if p != package => {
                    let message = format!(
                        "found packages {p} ({name}) and {package} ({}) in {dir}",
                        s.name
                    );
                    return Err(FolderError::Unfit(message));
                }
                Some(_) => {}
            }
        }
        let external = || {
            self.external
                .first()?
                .header
                .package
                .as_deref()?
                .strip_suffix("_test")
        };
        self.package = first
            .map(|f| f.0)
            .or_else(external)
            .unwrap_or("main")
            .to_string();
        Ok(self)
    }
}

impl Source {
    /// Name and text.
    pub fn pair(&self) -> Text {
        (self.shown.clone(), self.text.clone())
    }
}

fn read_text(path: &Path) -> Result<String, FolderError> {
    let bytes = crate::load::read(&path.to_string_lossy()).map_err(|f| match f {
        crate::load::Failure::Io(m) => {
            FolderError::Unfit(m.trim_start_matches("gol: ").to_string())
        }
        _ => FolderError::Unfit(format!("cannot read {}", path.display())),
    })?;
    String::from_utf8(bytes)
        .map_err(|_| FolderError::Unfit(format!("{}: invalid UTF-8 encoding", shown(path))))
}

/// Reads a file of a folder; nothing if its constraints exclude it.
fn source(dir: &Path, name: &str) -> Result<Option<Source>, FolderError> {
    if !name_matches(name) {
        return Ok(None);
    }
    let path = dir.join(name);
    let text = read_text(&path)?;
    if let Some(expr) = build_line(&text) {
        let wanted = eval(expr).map_err(|e| {
            FolderError::Unfit(format!("{}: parsing //go:build line: {e}", shown(&path)))
        })?;
        if !wanted {
            return Ok(None);
        }
    }
    let header = Header::of(&text);
    // There is no cgo.
    if header.imports.iter().any(|i| i.0 == "C") {
        return Ok(None);
    }
    Ok(Some(Source {
        name: name.to_string(),
        shown: shown(&path),
        text,
        header,
    }))
}

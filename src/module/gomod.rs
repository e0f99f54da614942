//! go.mod files.

use std::fs;
use std::path::{Path, PathBuf};

/// What gol needs of a go.mod file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoMod {
    /// The folder it is in.
    pub root: PathBuf,
    /// The module's path.
    pub path: String,
    /// The `go` line's version, if there is one.
    pub go: Option<String>,
    /// Required modules and their versions.
    pub require: Vec<(String, String)>,
    /// Replaced modules: path, version if only that one is, and what stands for it: a folder, or a path and a version.
    pub replace: Vec<Replace>,
}

/// A replaced module: its path, the version if only that one is, and what stands for it.
type Replace = (String, Option<String>, (String, Option<String>));

impl GoMod {
    /// The module that a folder belongs to: the nearest go.mod, in it or above.
    ///
    /// # Errors
    /// What is wrong with that go.mod.
    pub fn find(dir: &Path) -> Result<Option<GoMod>, String> {
        let full = fs::canonicalize(dir).unwrap_or_else(|_| dir.to_path_buf());
        for root in full.ancestors() {
            let file = root.join("go.mod");
            if file.is_file() {
                let text = fs::read_to_string(&file)
                    .map_err(|e| format!("go: reading {}: {e}", file.display()))?;
                let shown = super::shown(&file);
                let found = GoMod::parse(&text, root).map_err(|(line, what)| {
                    format!(
                        "go: errors parsing {0}:\n{0}:{line}: {what}",
                        shown.trim_start_matches("./")
                    )
                })?;
                found.check_version()?;
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn check_version(&self) -> Result<(), String> {
        let Some(go) = &self.go else { return Ok(()) };
        let mut numbers = go.split('.').map(|n| {
            n.chars()
                .take_while(char::is_ascii_digit)
                .collect::<String>()
        });
        let (major, minor) = (numbers.next(), numbers.next());
        let number = |n: Option<String>| n.and_then(|n| n.parse::<u32>().ok()).unwrap_or(0);
        if (number(major), number(minor)) > (1, super::constraint::MINOR) {
            return Err(format!(
                "go: go.mod requires go >= {go} (gol is go 1.{})",
                super::constraint::MINOR
            ));
        }
        Ok(())
    }

    /// Reads a go.mod file's text; `root` is its folder.
    ///
    /// # Errors
    /// Line number and message.
    pub fn parse(text: &str, root: &Path) -> Result<GoMod, (usize, String)> {
        let mut out = GoMod {
            root: root.to_path_buf(),
            ..GoMod::default()
        };
        let mut block: Option<String> = None;
        for (i, line) in text.lines().enumerate() {
            let words = words(line);
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            match (&block, &words[..]) {
                (_, []) => {}
                (Some(_), [")"]) => block = None,
                (None, [verb, "("]) => block = Some(verb.to_string()),
                (Some(verb), args) => out.line(&verb.clone(), args).map_err(|e| (i + 1, e))?,
                (None, [verb, args @ ..]) => out.line(verb, args).map_err(|e| (i + 1, e))?,
            }
        }
        if out.path.is_empty() {
            return Err((1, "no module declaration in go.mod".to_string()));
        }
        Ok(out)
    }

    fn line(&mut self, verb: &str, args: &[&str]) -> Result<(), String> {
        match (verb, args) {
            ("module", [path]) => self.path = path.to_string(),
            ("go", [version]) => self.go = Some(version.to_string()),
            ("require", [path, version]) => {
                self.require.push((path.to_string(), version.to_string()))
            }
            ("replace", args) => {
                let at = args
                    .iter()
                    .position(|a| *a == "=>")
                    .ok_or("usage: replace module/path [v1.2.3] => other/module v1.4")?;
                let (old, new) = (&args[..at], &args[at + 1..]);
                let two = |side: &[&str]| match side {
                    [path] => Ok((path.to_string(), None)),
                    [path, version] => Ok((path.to_string(), Some(version.to_string()))),
                    _ => {
                        Err("usage: replace module/path [v1.2.3] => other/module v1.4".to_string())
                    }
                };
                let (path, version) = two(old)?;
                self.replace.push((path, version, two(new)?));
            }
            ("toolchain" | "exclude" | "retract" | "godebug" | "tool" | "ignore", _) => {}
            ("module" | "go" | "require", _) => return Err(format!("usage: {}", usage(verb))),
            _ => return Err(format!("unknown directive: {verb}")),
        }
        Ok(())
    }
}

fn usage(verb: &str) -> &'static str {
    match verb {
        "module" => "module module/path",
        "go" => "go 1.23",
        _ => "require module/path v1.2.3",
    }
}

/// The words of a line, without its comment; quoted ones without quotes.
fn words(line: &str) -> Vec<String> {
    let line = match line.find("//") {
        Some(at) if at == 0 || line[..at].ends_with([' ', '\t']) => &line[..at],
        _ => line,
    };
    let spread = line.replace('(', " ( ").replace(')', " ) ");
    spread
        .split_whitespace()
        .map(|w| w.trim_matches(['"', '`']).to_string())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::GoMod;
    use std::path::Path;

    #[test]
    fn files_are_understood() {
        let text = "module example.com/m // the module\n\ngo 1.22\n\nrequire (\n\ta.b/c v1.2.3\n\td.e/f/v2 v2.0.0 // indirect\n)\n\
                    require \"g\" v0.1.0\nreplace a.b/c => ../c\nreplace g v0.1.0 => h v0.2.0\ntoolchain go1.23\n";
        let m = GoMod::parse(text, Path::new("/r")).unwrap();
        assert_eq!(
            (m.path.as_str(), m.go.as_deref()),
            ("example.com/m", Some("1.22"))
        );
        assert_eq!(m.require.len(), 3);
        assert_eq!(m.replace[0], ("a.b/c".into(), None, ("../c".into(), None)));
        assert_eq!(m.replace[1].2, ("h".into(), Some("v0.2.0".into())));
        assert_eq!(
            GoMod::parse("frob x\n", Path::new("/")).unwrap_err(),
            (1, "unknown directive: frob".to_string())
        );
    }
}

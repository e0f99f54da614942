//! Build constraints: `//go:build` lines and file name suffixes.
//!
//! Invariants: gol builds for linux/amd64 with the gc tool chain's tags of Go 1.27, without cgo; a malformed constraint excludes
//! nothing by itself, its error is reported.

/// The newest Go release whose tag is set.
pub const MINOR: u32 = 27;

const OSES: &[&str] = &[
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "linux",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "wasip1",
    "windows",
    "zos",
];
const ARCHES: &[&str] = &[
    "386",
    "amd64",
    "amd64p32",
    "arm",
    "armbe",
    "arm64",
    "arm64be",
    "loong64",
    "mips",
    "mipsle",
    "mips64",
    "mips64le",
    "mips64p32",
    "mips64p32le",
    "ppc",
    "ppc64",
    "ppc64le",
    "riscv",
    "riscv64",
    "s390",
    "s390x",
    "sparc",
    "sparc64",
    "wasm",
];

/// Whether a build tag is set.
fn is_set(tag: &str) -> bool {
    match tag {
        "linux" | "amd64" | "unix" | "gc" | "gol" => true,
        _ => tag
            .strip_prefix("go1.")
            .and_then(|n| n.parse::<u32>().ok())
            .is_some_and(|n| (1..=MINOR).contains(&n)),
    }
}

/// Whether a file name's suffixes (`_linux`, `_amd64`, `_linux_amd64`, before `_test`) let it take part.
pub fn name_matches(file: &str) -> bool {
    let stem = file.split('.').next().unwrap_or(file);
    let stem = stem.strip_suffix("_test").unwrap_or(stem);
    // The part before the first underscore is never a suffix: linux.go is for every system.
    let Some(at) = stem.find('_') else {
        return true;
    };
    let parts: Vec<&str> = stem[at + 1..].split('_').collect();
    let known = |p: &str| OSES.contains(&p) || ARCHES.contains(&p);
    match parts[..] {
        [.., os, arch] if OSES.contains(&os) && ARCHES.contains(&arch) => {
            is_set(os) && is_set(arch)
        }
        [.., last] if known(last) => is_set(last),
        _ => true,
    }
}

/// The expression of the `//go:build` line above the package clause, if there is one.
pub fn build_line(text: &str) -> Option<&str> {
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    loop {
        rest = rest.trim_start();
        if let Some(comment) = rest.strip_prefix("/*") {
            rest = &comment[comment.find("*/")? + 2..];
        } else if rest.starts_with("//") {
            let (line, more) = rest.split_once('\n').unwrap_or((rest, ""));
            if let Some(expr) = line
                .strip_prefix("//go:build")
                .filter(|e| e.starts_with([' ', '\t']))
            {
                return Some(expr.trim());
            }
            rest = more;
        } else {
            return None;
        }
    }
}

/// The value of a constraint expression.
///
/// # Errors
/// What is wrong with it.
pub fn eval(expr: &str) -> Result<bool, String> {
    let mut p = Parser {
        rest: expr,
        depth: 0,
    };
    let value = p.or()?;
    match p.token() {
        "" => Ok(value),
        more => Err(format!("unexpected token {more}")),
    }
}

struct Parser<'e> {
    rest: &'e str,
    depth: u32,
}

impl<'e> Parser<'e> {
    /// The next token; empty at the end. It is not consumed.
    fn token(&mut self) -> &'e str {
        self.rest = self.rest.trim_start();
        let s = self.rest;
        let tag = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        match s.chars().next() {
            None => "",
            Some('&') if s.starts_with("&&") => &s[..2],
            Some('|') if s.starts_with("||") => &s[..2],
            Some(c) if !tag(c) => &s[..c.len_utf8()],
            _ => &s[..s.find(|c| !tag(c)).unwrap_or(s.len())],
        }
    }

    fn take(&mut self, want: &str) -> bool {
        let found = self.token() == want;
        if found {
            self.rest = &self.rest[want.len()..];
        }
        found
    }

    fn or(&mut self) -> Result<bool, String> {
        let mut value = self.and()?;
        while self.take("||") {
            value |= self.and()?;
        }
        Ok(value)
    }

    fn and(&mut self) -> Result<bool, String> {
        let mut value = self.not()?;
        while self.take("&&") {
            value &= self.not()?;
        }
        Ok(value)
    }

    fn not(&mut self) -> Result<bool, String> {
        let mut negate = false;
        while self.take("!") {
            negate = !negate;
        }
        Ok(self.operand()? != negate)
    }

    fn operand(&mut self) -> Result<bool, String> {
        if self.take("(") {
            self.depth += 1;
            if self.depth > 1000 {
                return Err("expression too large".into());
            }
            let value = self.or()?;
            self.depth -= 1;
            return if self.take(")") {
                Ok(value)
            } else {
                Err("missing close paren".into())
            };
        }
        match self.token() {
            "" => Err("unexpected end of expression".into()),
            t if t.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.') => {
                self.rest = &self.rest[t.len()..];
                Ok(is_set(t))
            }
            t => Err(format!("unexpected token {t}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{build_line, eval, name_matches};

    #[test]
    fn expressions_have_their_value() {
        let yes = [
            "linux",
            "linux && amd64",
            "!windows",
            "(darwin || linux) && !cgo",
            "go1.27",
            "unix&&gc",
            "!(!linux)",
        ];
        let no = [
            "ignore",
            "windows",
            "cgo",
            "go1.28",
            "linux && arm64",
            "!unix || ignore",
            "go1.0",
        ];
        yes.iter()
            .for_each(|e| assert_eq!(eval(e), Ok(true), "{e}"));
        no.iter()
            .for_each(|e| assert_eq!(eval(e), Ok(false), "{e}"));
        ["", "linux &&", "(linux", "linux amd64", "a & b", "!"]
            .iter()
            .for_each(|e| assert!(eval(e).is_err(), "{e}"));
    }

    #[test]
    fn names_say_where_files_belong() {
        let yes = [
            "a.go",
            "linux.go",
            "a_linux.go",
            "a_amd64.go",
            "a_linux_amd64_test.go",
            "a_unix.go",
            "a_b.go",
            "windows.go",
        ];
        let no = [
            "a_windows.go",
            "a_arm64.go",
            "a_linux_arm64.go",
            "a_windows_amd64.go",
            "a_darwin_test.go",
        ];
        yes.iter().for_each(|n| assert!(name_matches(n), "{n}"));
        no.iter().for_each(|n| assert!(!name_matches(n), "{n}"));
    }

    #[test]
    fn the_line_stands_above_the_package_clause() {
        assert_eq!(
            build_line("// x\n\n/* y */\n//go:build ignore\n\npackage p"),
            Some("ignore")
        );
        assert_eq!(build_line("package p\n//go:build ignore\n"), None);
        assert_eq!(build_line("//go:builder x\npackage p"), None);
    }
}

//! Runs `tests/check/*.gol` at the workspace root: every `// ERROR "text"` comment must be met by a diagnostic on its line
//! that contains the text, and every diagnostic by a comment. Several quoted texts stand for several
//! diagnostics; `// WARNING "text"` is the same for warnings.

#![allow(clippy::disallowed_methods)] // tests read their cases

use lang::ast::NodeIds;
use lang::check::{Importer, PackageSource, World};
use lang::diag::{Code, Diagnostic, Severity};
use lang::syntax::{ParseOptions, parse_file};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// The packages the cases may import.
const PACKAGES: &[(&str, &str)] = &[
    (
        "fmt",
        "package fmt\n\
         type Stringer interface { String() string }\n\
         func Println(a ...any) (n int, err error)\n\
         func Printf(format string, a ...any) (n int, err error)\n\
         func Print(a ...any) (n int, err error)\n\
         func Sprintf(format string, a ...any) string\n\
         func Sprint(a ...any) string\n\
         func Errorf(format string, a ...any) error\n\
         type state struct{}\n",
    ),
    (
        "errors",
        "package errors\nfunc New(text string) error\nfunc Is(err, target error) bool\n",
    ),
    (
        "os",
        "package os\n\
         type File struct { name string }\n\
         func (f *File) Name() string { return f.name }\n\
         func (f *File) Close() error\n\
         func (f *File) Write(b []byte) (n int, err error)\n\
         func (f *File) WriteString(s string) (n int, err error) { return f.Write([]byte(s)) }\n\
         var Args []string\nvar Stdout, Stderr *File\n\
         func Exit(code int)\n\
         func Open(name string) (*File, error)\n",
    ),
    (
        "sync",
        "package sync\n\
         type Locker interface { Lock(); Unlock() }\n\
         type Mutex struct { state int32; sema uint32 }\n\
         func (m *Mutex) Lock()\nfunc (m *Mutex) Unlock()\n\
         type WaitGroup struct { n int }\n\
         func (wg *WaitGroup) Add(delta int)\nfunc (wg *WaitGroup) Done() { wg.Add(-1) }\nfunc (wg *WaitGroup) Wait()\n\
         type Once struct { done bool; m Mutex }\nfunc (o *Once) Do(f func()) { if !o.done { o.done = true; f() } }\n\
         func OnceValue[T any](f func() T) func() T { var once Once; var v T; return func() T { once.Do(func() { v = f() }); return v } }\n",
    ),
    (
        "time",
        "package time\n\
         type Duration int64\n\
         const ( Nanosecond Duration = 1; Microsecond = 1000 * Nanosecond; Millisecond = 1000 * Microsecond; Second = 1000 * Millisecond )\n\
         func (d Duration) String() string\n\
         type Time struct { wall, ext int64 }\n\
         func Now() Time\nfunc (t Time) Sub(u Time) Duration\nfunc Since(t Time) Duration { return Now().Sub(t) }\n\
         func Sleep(d Duration)\nfunc After(d Duration) <-chan Time\n",
    ),
    (
        "io",
        "package io\n\
         type Reader interface { Read(p []byte) (n int, err error) }\n\
         type Writer interface { Write(p []byte) (n int, err error) }\n\
         type Closer interface { Close() error }\n\
         type ReadWriter interface { Reader; Writer }\ntype ReadCloser interface { Reader; Closer }\n",
    ),
    ("embed", "package embed\n"),
    ("math/rand", "package rand\nfunc Intn(n int) int\n"),
    (
        "math",
        "package math\nconst ( Pi = 3.14159265358979323846; MaxInt64 = 1<<63 - 1; MaxUint64 = 1<<64 - 1 )\nfunc Sqrt(x float64) float64\n",
    ),
    (
        "strings",
        "package strings\nimport \"io\"\ntype Builder struct { buf []byte }\nfunc (b *Builder) WriteString(s string) (int, error)\nfunc (b *Builder) String() string\nfunc Copy(w io.Writer, s string) error\n",
    ),
    (
        "unicode/utf8",
        "package utf8\nconst RuneError = '\\uFFFD'\nfunc RuneCountInString(s string) int\n",
    ),
];

struct Fake;

impl Importer for Fake {
    fn import(&self, path: &str) -> Result<PackageSource, String> {
        match PACKAGES.iter().find(|p| p.0 == path) {
            Some((_, text)) => Ok(PackageSource {
                files: vec![(format!("{path}.gol"), text.to_string())],
                is_std: true,
            }),
            None => Err(format!("package {path} is not in std")),
        }
    }

    fn by_name(&self, name: &str) -> Option<String> {
        PACKAGES
            .iter()
            .map(|p| p.0)
            .find(|p| p.rsplit('/').next() == Some(name))
            .map(str::to_string)
    }
}

/// Checks a text and gives the diagnostics with their line numbers.
fn check(name: &str, text: &str) -> Vec<(u32, u32, Diagnostic)> {
    let mut world = World::new(Rc::new(Fake));
    let src = world
        .sources
        .add(name, text, false)
        .expect("a test case is small");
    let ids = Rc::new(NodeIds::default());
    let (file, mut diags) = parse_file(
        &src,
        &ids,
        ParseOptions {
            lazy_bodies: false,
            allow_bodyless: true,
            ..ParseOptions::default()
        },
    );
    let stops = |d: &Diagnostic| matches!(d.code, Code::SyntaxError | Code::NestingTooDeep);
    if !diags.iter().any(stops) {
        let file = Rc::new(file);
        if file.package.is_some() {
            diags.extend(world.check_file_package("main", vec![file], ids).1);
        } else {
            diags.extend(world.check_script(None, file, ids).diags);
        }
    }
    let at = |d: &Diagnostic| {
        world
            .sources
            .locate(d.span.lo)
            .map_or((0, 0), |(_, p)| (p.line, p.col))
    };
    diags.into_iter().map(|d| (at(&d).0, at(&d).1, d)).collect()
}

/// The quoted texts after `marker` in a line.
fn expected<'a>(line: &'a str, marker: &str) -> Vec<&'a str> {
    let Some(at) = line.find(marker) else {
        return vec![];
    };
    let rest = &line[at + marker.len()..];
    // What follows another marker is not ours.
    let rest = rest.split("// ").next().unwrap_or(rest);
    let mut out = Vec::new();
    let mut rest = rest;
    while let Some(open) = rest.find(['"', '`']) {
        let quote = &rest[open..=open];
        let Some(len) = rest[open + 1..].find(quote) else {
            break;
        };
        out.push(&rest[open + 1..open + 1 + len]);
        rest = &rest[open + 2 + len..];
    }
    out
}

fn compare(path: &Path, text: &str) -> Vec<String> {
    let found = check(
        &path.file_name().unwrap_or_default().to_string_lossy(),
        text,
    );
    let mut problems = Vec::new();
    let mut used = vec![false; found.len()];
    for (i, line) in text.lines().enumerate() {
        let n = i as u32 + 1;
        for (marker, severity) in [
            ("// ERROR ", Severity::Error),
            ("// WARNING ", Severity::Warning),
        ] {
            for want in expected(line, marker) {
                let hit = found.iter().enumerate().position(|(k, (l, _, d))| {
                    !used[k] && *l == n && d.severity == severity && d.message.contains(want)
                });
                match hit {
                    Some(k) => used[k] = true,
                    None => problems.push(format!("{}:{n}: missing: {want}", path.display())),
                }
            }
        }
    }
    for (k, (line, col, d)) in found.iter().enumerate().filter(|(k, _)| !used[*k]) {
        let _ = k;
        problems.push(format!(
            "{}:{line}:{col}: unexpected {}: {}",
            path.display(),
            d.severity.as_str(),
            d.message
        ));
    }
    problems
}

fn case_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/check")
}

#[test]
fn cases_are_reported_as_gc_reports_them() {
    let only = std::env::var("GOL_CASE").unwrap_or_default();
    let mut files: Vec<PathBuf> = std::fs::read_dir(case_dir())
        .expect("tests/check exists")
        .filter_map(|e| e.ok().map(|e| e.path()))
        .filter(|p| {
            p.extension().is_some_and(|e| e == "gol") && p.to_string_lossy().contains(&only)
        })
        .collect();
    files.sort();
    assert!(!files.is_empty());
    let mut problems = Vec::new();
    for path in &files {
        let text = std::fs::read_to_string(path).expect("a case is readable");
        problems.extend(compare(path, &text));
    }
    assert!(
        problems.is_empty(),
        "{} problems:\n{}",
        problems.len(),
        problems.join("\n")
    );
}

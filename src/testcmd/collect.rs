//! Finds tests, benchmarks and examples in test files, and writes the program that runs them.

use crate::module::{Folder, Source};
use lang::ast::{Decl, File, FuncDecl, Item, NodeIds};
use lang::source::{SourceMap, Span};
use lang::syntax::{ParseOptions, lex, parse_file};
use std::fmt::Write;

/// What the test program calls, in the order of the files.
#[derive(Default)]
pub struct Tests {
    tests: Vec<String>,
    benchmarks: Vec<String>,
    fuzz: Vec<String>,
    examples: Vec<Example>,
    main: Option<&'static str>,
}

struct Example {
    package: &'static str,
    name: String,
    output: String,
    unordered: bool,
}

/// A function of a test file that looks like a test but cannot be called as one: file, text, extent, message.
pub type Misfit = (String, String, usize, usize, String);

const OWN: &str = "_test";
const EXTERNAL: &str = "_xtest";

impl Tests {
    /// Those of a package.
    ///
    /// # Errors
    /// The functions with a wrong signature.
    pub fn of(folder: &Folder) -> Result<Tests, Vec<Misfit>> {
        let (mut all, mut wrong) = (Tests::default(), Vec::new());
        for (sources, package) in [(&folder.tests, OWN), (&folder.external, EXTERNAL)] {
            for s in sources {
                all.file(s, package, &mut wrong);
            }
        }
        if wrong.is_empty() {
            Ok(all)
        } else {
            Err(wrong)
        }
    }

    fn file(&mut self, s: &Source, package: &'static str, wrong: &mut Vec<Misfit>) {
        let mut sources = SourceMap::default();
        let Ok(source) = sources.add("", &s.text, false) else {
            return;
        };
        let options = ParseOptions {
            lazy_bodies: true,
            allow_bodyless: true,
            ..ParseOptions::default()
        };
        let (file, _) = parse_file(&source, &NodeIds::default(), options);
        let comments = lex(&s.text, 1, true).comments;
        for f in functions(&file) {
            if f.recv.is_none()
                && let Err(message) = self.func(f, package, &s.text, &comments)
            {
                let (lo, hi) = (f.name.span.lo.0 as usize - 1, f.name.span.hi.0 as usize - 1);
                wrong.push((s.shown.clone(), s.text.clone(), lo, hi, message));
            }
        }
    }

    fn func(
        &mut self,
        f: &FuncDecl,
        package: &'static str,
        text: &str,
        comments: &[Span],
    ) -> Result<(), String> {
        let name = f.name.name.as_str();
        let entry = format!("{{{name:?}, {package}.{name}}}");
        let takes = |t: &str| {
            let params: Vec<&str> =
                f.ty.params
                    .iter()
                    .map(|p| &text[p.ty.span.lo.0 as usize - 1..p.ty.span.hi.0 as usize - 1])
                    .collect();
            let fits = matches!(params[..], [p] if p.starts_with('*') && p.ends_with(t))
                && f.ty.results.is_empty()
                && f.tparams.is_empty();
            let var = t.to_lowercase();
            if fits {
                Ok(())
            } else {
                Err(format!(
                    "wrong signature for {name}, must be: func {name}({var} *testing.{t})"
                ))
            }
        };
        if name == "TestMain" && !f.ty.params.is_empty() && takes("M").is_ok() {
            self.main = Some(package);
        } else if is_test(name, "Test") {
            takes("T")?;
            self.tests.push(entry);
        } else if is_test(name, "Benchmark") {
            takes("B")?;
            self.benchmarks.push(entry);
        } else if is_test(name, "Fuzz") {
            takes("F")?;
            self.fuzz.push(entry);
        } else if is_test(name, "Example")
            && let Some((output, unordered)) = expected(f, text, comments)
        {
            self.examples.push(Example {
                package,
                name: name.to_string(),
                output,
                unordered,
            });
        }
        Ok(())
    }

    /// The program that runs them; `path` is the import path of the package under test.
    pub fn program(&self, path: &str, folder: &Folder) -> String {
        let mut out = String::from("package main\n\nimport (\n\t\"os\"\n\t\"testing\"\n");
        let uses = |name: &str, lists: [&[String]; 3]| {
            let dot = format!(", {name}.");
            lists.iter().any(|l| l.iter().any(|e| e.contains(&dot)))
                || self.examples.iter().any(|e| e.package == name)
                || self.main == Some(name)
        };
        let lists = [&self.tests[..], &self.benchmarks[..], &self.fuzz[..]];
        for (name, path, present) in [
            (
                OWN,
                path.to_string(),
                !folder.files.is_empty() || !folder.tests.is_empty(),
            ),
            (
                EXTERNAL,
                format!("{path}_test"),
                !folder.external.is_empty(),
            ),
        ] {
            if present {
                let name = if uses(name, lists) { name } else { "_" };
                let _ = writeln!(out, "\t{name} {path:?}");
            }
        }
        out.push_str(")\n\n");
        for (var, ty, list) in [
            ("tests", "Test", &self.tests),
            ("benchmarks", "Benchmark", &self.benchmarks),
            ("fuzzTargets", "FuzzTarget", &self.fuzz),
        ] {
            let _ = writeln!(
                out,
                "var {var} = []testing.Internal{ty}{{{}}}",
                list.join(", ")
            );
        }
        out.push_str("var examples = []testing.InternalExample{");
        for e in &self.examples {
            let _ = write!(
                out,
                "{{{:?}, {}.{}, {}, {}}}, ",
                e.name,
                e.package,
                e.name,
                go_string(&e.output),
                e.unordered
            );
        }
        let _ = writeln!(
            out,
            "}}\n\nfunc main() {{\n\tm := testing.MainStart({path:?}, tests, benchmarks, fuzzTargets, examples)"
        );
        match self.main {
            Some(package) => {
                let _ = writeln!(
                    out,
                    "\t{package}.TestMain(m)\n\tos.Exit(testing.MainCode(m))\n}}"
                );
            }
            None => out.push_str("\tos.Exit(m.Run())\n}\n"),
        }
        out
    }
}

fn functions(file: &File) -> Vec<&FuncDecl> {
    let func = |item| match item {
        &Item::Decl(Decl::Func(ref f)) => Some(&**f),
        _ => None,
    };
    file.items.iter().filter_map(func).collect()
}

/// Whether `name` is `prefix`, followed by nothing or by something that does not begin with a small letter.
fn is_test(name: &str, prefix: &str) -> bool {
    name.strip_prefix(prefix)
        .is_some_and(|rest| !rest.starts_with(char::is_lowercase))
}

/// The output that the last comment of an example's body promises, and whether its lines may come in any order.
fn expected(f: &FuncDecl, text: &str, comments: &[Span]) -> Option<(String, bool)> {
    let body = f.body.as_ref()?.span;
    let inside: Vec<Span> = comments
        .iter()
        .copied()
        .filter(|c| c.lo >= body.lo && c.hi <= body.hi)
        .collect();
    // The last group: comments with nothing but one line break between them.
    let mut first = inside.len().checked_sub(1)?;
    while first > 0 {
        let between = &text[inside[first - 1].hi.0 as usize - 1..inside[first].lo.0 as usize - 1];
        if !between.trim().is_empty() || between.matches('\n').count() > 1 {
            break;
        }
        first -= 1;
    }
    let mut group = String::new();
    for c in &inside[first..] {
        let comment = &text[c.lo.0 as usize - 1..c.hi.0 as usize - 1];
        let plain = comment
            .strip_prefix("//")
            .map(|l| l.strip_prefix(' ').unwrap_or(l));
        let plain =
            plain.unwrap_or_else(|| comment.trim_start_matches("/*").trim_end_matches("*/"));
        group.push_str(plain.trim_end());
        group.push('\n');
    }
    let start = group.trim_start();
    let lower = start.to_ascii_lowercase();
    let (unordered, rest) = match lower.strip_prefix("unordered") {
        Some(rest) if rest.starts_with(char::is_whitespace) => (true, rest.trim_start()),
        _ => (false, lower.as_str()),
    };
    let rest = rest.strip_prefix("output:")?;
    let output = &start[start.len() - rest.len()..];
    let output = output.trim_start_matches(' ');
    Some((
        output.strip_prefix('\n').unwrap_or(output).to_string(),
        unordered,
    ))
}

fn go_string(s: &str) -> String {
    let mut out = String::from("\"");
    for c in s.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

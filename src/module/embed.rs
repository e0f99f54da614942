//! `//go:embed`: gives the variables below such lines their files as initial values.
//!
//! Invariants: the text keeps its lines, and the columns of everything before an insertion: positions in messages stay true; files
//! are named in full and read when the variable is initialised, by package internal/embed.

use lang::ast::{Decl, File, Item, NodeIds, VarSpec};
use lang::source::SourceMap;
use lang::syntax::{Kind, ParseOptions, Token, lex, parse_file};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// What is wrong: extent and message.
type Wrong = (usize, usize, String);

/// The name the loading package has in a rewritten file.
const LOADER: &str = "_gol_embed";

/// One pattern of a directive.
struct Pattern {
    text: String,
    lo: usize,
    hi: usize,
}

/// A variable and the patterns above it.
struct Target {
    spec: Rc<VarSpec>,
    at: usize,
    patterns: Vec<Pattern>,
}

/// The text with the embedded files as initial values; `None` if it embeds nothing.
///
/// # Errors
/// What is wrong with the directives, worded as gc and the go command word it.
pub fn rewrite(dir: &Path, text: &str) -> Result<Option<String>, Vec<Wrong>> {
    if !text.contains("//go:embed") {
        return Ok(None);
    }
    let mut sources = SourceMap::default();
    let Ok(source) = sources.add("", text, false) else {
        return Ok(None);
    };
    let options = ParseOptions {
        lazy_bodies: true,
        allow_bodyless: true,
        ..ParseOptions::default()
    };
    let (file, errors) = parse_file(&source, &NodeIds::default(), options);
    if !errors.is_empty() {
        return Ok(None); // reported when the package is parsed
    }
    let (targets, mut wrong) = targets(text, &file);
    let names = embed_names(&file);
    let mut inserts: Vec<(usize, String)> = Vec::new();
    for t in &targets {
        if names.is_empty() {
            wrong.push((
                t.at,
                t.at + 10,
                "go:embed only allowed in Go files that import \"embed\"".to_string(),
            ));
            continue;
        }
        match value(dir, text, t, &names) {
            Ok(insert) => inserts.push(insert),
            Err(w) => wrong.push(w),
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let Some(package) = file.package.filter(|_| !inserts.is_empty()) else {
        return Ok(None);
    };
    inserts.push((
        package.span.hi.0 as usize - 1,
        format!("; import {LOADER} \"internal/embed\""),
    ));
    inserts.sort();
    let mut out = text.to_string();
    for (at, what) in inserts.iter().rev() {
        out.insert_str(*at, what);
    }
    Ok(Some(out))
}

/// The names under which the file imports package embed.
fn embed_names(file: &File) -> Vec<String> {
    let named = |s: &lang::ast::ImportSpec| {
        s.name
            .map_or("embed".to_string(), |n| n.name.as_str().to_string())
    };
    file.imports
        .iter()
        .filter(|s| &*s.path == "embed")
        .map(named)
        .collect()
}

fn targets(text: &str, file: &File) -> (Vec<Target>, Vec<Wrong>) {
    let mut specs = Vec::new();
    for item in &file.items {
        if let Item::Decl(d) = item {
            var_specs(d, &mut specs);
        }
    }
    let tokens = lex(text, 1, true).tokens;
    let (mut targets, mut wrong): (Vec<Target>, Vec<Wrong>) = (Vec::new(), Vec::new());
    for (pos, directive) in &file.directives {
        let Some(args) = directive.strip_prefix("go:embed") else {
            continue;
        };
        if !args.starts_with([' ', '\t']) && !args.is_empty() {
            continue;
        }
        let at = pos.0 as usize - 1;
        let patterns = match patterns(args, at + "//go:embed".len()) {
            Ok(p) if p.is_empty() => {
                wrong.push((at, at + 10, "usage: //go:embed pattern...".to_string()));
                continue;
            }
            Ok(p) => p,
            Err(w) => {
                wrong.push(w);
                continue;
            }
        };
        let Some(spec) = spec_after(&tokens, pos.0, &specs) else {
            wrong.push((at, at + 10, "misplaced go:embed directive".to_string()));
            continue;
        };
        match targets.iter_mut().find(|t| Rc::ptr_eq(&t.spec, &spec)) {
            Some(t) => t.patterns.extend(patterns),
            None => targets.push(Target { spec, at, patterns }),
        }
    }
    (targets, wrong)
}

fn var_specs(d: &Decl, out: &mut Vec<Rc<VarSpec>>) {
    match d {
        Decl::Var(spec) => out.push(spec.clone()),
        Decl::Group(list) => list.iter().for_each(|d| var_specs(d, out)),
        _ => {}
    }
}

/// The spec that begins directly below a directive.
fn spec_after(tokens: &[Token], pos: u32, specs: &[Rc<VarSpec>]) -> Option<Rc<VarSpec>> {
    let mut after = tokens.iter().filter(|t| t.lo > pos);
    let mut next = after.next()?;
    if next.kind == Kind::Var {
        next = after.next()?;
    }
    specs
        .iter()
        .find(|s| s.names.first().is_some_and(|n| n.span.lo.0 == next.lo))
        .cloned()
}

/// Splits a directive's arguments: words, or Go strings.
fn patterns(args: &str, start: usize) -> Result<Vec<Pattern>, Wrong> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(skip) = args[at..].find(|c: char| !c.is_whitespace()) {
        at += skip;
        let rest = &args[at..];
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '`'));
        let len = match quote {
            Some(q) => match rest[1..].find(q) {
                Some(n) => n + 2,
                None => {
                    return Err((
                        start + at,
                        start + args.len(),
                        format!("invalid quoted string in //go:embed: {rest}"),
                    ));
                }
            },
            None => rest.find(char::is_whitespace).unwrap_or(rest.len()),
        };
        let text = rest[..len].trim_matches(|c| Some(c) == quote).to_string();
        out.push(Pattern {
            text,
            lo: start + at,
            hi: start + at + len,
        });
        at += len;
    }
    Ok(out)
}

/// Where to insert which initial value.
fn value(dir: &Path, text: &str, t: &Target, names: &[String]) -> Result<(usize, String), Wrong> {
    let here = |message: &str| Err((t.at, t.at + 10, message.to_string()));
    if t.spec.names.len() > 1 {
        return here("go:embed cannot apply to multiple vars");
    }
    if !t.spec.values.is_empty() {
        return here("go:embed cannot apply to var with initializer");
    }
    let Some(ty) = &t.spec.ty else {
        return here("go:embed cannot apply to var without type");
    };
    let end = ty.span.hi.0 as usize - 1;
    let ty = text[ty.span.lo.0 as usize - 1..end].to_string();
    let squeezed: String = ty.chars().filter(|c| !c.is_whitespace()).collect();
    let is_files = names.iter().any(|n| {
        if n == "." {
            squeezed == "FS"
        } else {
            squeezed == format!("{n}.FS")
        }
    });
    let func = match squeezed.as_str() {
        _ if is_files => "Files",
        "string" => "String",
        "[]byte" | "[]uint8" => "Bytes",
        _ => return here(&format!("go:embed cannot apply to var of type {ty}")),
    };
    let mut files = Vec::new();
    for p in &t.patterns {
        let found =
            expand(dir, &p.text).map_err(|m| (p.lo, p.hi, format!("pattern {}: {m}", p.text)))?;
        files.extend(found);
    }
    files.sort();
    files.dedup();
    if func != "Files" && files.len() > 1 {
        return here(&format!("invalid go:embed: multiple files for type {ty}"));
    }
    let mut call = format!(" = {LOADER}.{func}({:?}", dir.display().to_string());
    for f in files {
        let _ = write!(call, ", {f:?}");
    }
    call.push(')');
    Ok((end, call))
}

/// The files of one pattern, as paths below `dir` with slashes.
fn expand(dir: &Path, pattern: &str) -> Result<Vec<String>, String> {
    let (all, glob) = match pattern.strip_prefix("all:") {
        Some(p) => (true, p),
        None => (false, pattern),
    };
    let valid = glob == "."
        || glob
            .split('/')
            .all(|e| !e.is_empty() && e != "." && e != "..");
    if !valid || glob.contains('\\') && glob.ends_with('\\') {
        return Err("invalid pattern syntax".to_string());
    }
    let mut found: Vec<String> = vec![String::new()];
    for element in glob.split('/').filter(|e| *e != ".") {
        found = step(dir, &found, element);
    }
    if found.is_empty() {
        return Err("no matching files found".to_string());
    }
    let mut out = Vec::new();
    for name in found {
        let path = dir.join(&name);
        let Ok(meta) = fs::symlink_metadata(&path) else {
            continue;
        };
        if meta.is_dir() {
            let before = out.len();
            walk(&path, &name, all, &mut out);
            if out.len() == before {
                return Err(format!(
                    "cannot embed directory {name}: contains no embeddable files"
                ));
            }
        } else if meta.is_file() {
            out.push(name);
        } else {
            return Err(format!("cannot embed irregular file {name}"));
        }
    }
    Ok(out)
}

/// The entries of the folders `found` that match one element of a pattern.
fn step(dir: &Path, found: &[String], element: &str) -> Vec<String> {
    let pattern: Vec<char> = element.chars().collect();
    let mut out = Vec::new();
    for base in found {
        for name in names(&dir.join(base)) {
            let chars: Vec<char> = name.chars().collect();
            if matches(&pattern, &chars) {
                out.push(if base.is_empty() {
                    name
                } else {
                    format!("{base}/{name}")
                });
            }
        }
    }
    out
}

fn names(dir: &PathBuf) -> Vec<String> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// The files below a folder; hidden ones (`.x`, `_x`) only if `all` is set, those of other modules never.
fn walk(path: &Path, name: &str, all: bool, out: &mut Vec<String>) {
    for entry in names(&path.to_path_buf()) {
        if !all && entry.starts_with(['.', '_'])
            || matches!(entry.as_str(), ".git" | ".hg" | ".svn" | ".bzr")
        {
            continue;
        }
        let sub = path.join(&entry);
        let full = if name.is_empty() {
            entry
        } else {
            format!("{name}/{entry}")
        };
        match fs::symlink_metadata(&sub) {
            Ok(m) if m.is_dir() && !sub.join("go.mod").is_file() => walk(&sub, &full, all, out),
            Ok(m) if m.is_file() => out.push(full),
            _ => {}
        }
    }
}

/// Shell-like matching of one path element: `*`, `?`, `[a-z]`, `\c`.
fn matches(pattern: &[char], name: &[char]) -> bool {
    match pattern.split_first() {
        None => name.is_empty(),
        Some(('*', rest)) => (0..=name.len()).any(|n| matches(rest, &name[n..])),
        Some(('?', rest)) => !name.is_empty() && matches(rest, &name[1..]),
        Some(('[', rest)) => {
            let Some(end) = rest.iter().skip(1).position(|c| *c == ']').map(|n| n + 1) else {
                return false;
            };
            let Some((c, more)) = name.split_first() else {
                return false;
            };
            in_class(&rest[..end], *c) && matches(&rest[end + 1..], more)
        }
        Some(('\\', rest)) if !rest.is_empty() => {
            rest.first() == name.first() && matches(&rest[1..], &name[1..])
        }
        Some((c, rest)) => name.first() == Some(c) && matches(rest, &name[1..]),
    }
}

fn in_class(class: &[char], c: char) -> bool {
    let (negated, mut class) = match class.split_first() {
        Some(('^', rest)) => (true, rest),
        _ => (false, class),
    };
    let mut found = false;
    while let Some((&lo, rest)) = class.split_first() {
        match rest {
            ['-', hi, more @ ..] => {
                found |= (lo..=*hi).contains(&c);
                class = more;
            }
            _ => {
                found |= lo == c;
                class = rest;
            }
        }
    }
    found != negated
}

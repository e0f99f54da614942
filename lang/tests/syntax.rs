//! Case files of the parser: `syntax/tree/*` with the tree beside it, `syntax/errors/*.go` with what gc prints beside it.
//!
//! With `GOL_BLESS=1` the expected trees are written instead of compared; the expected errors are gc's own.

#![allow(clippy::disallowed_methods)] // tests read their cases

use lang::ast::NodeIds;
use lang::diag::{Format, render};
use lang::source::SourceMap;
use lang::syntax::{ParseOptions, dump, parse_body, parse_file};
use std::path::{Path, PathBuf};

fn cases(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/syntax")
        .join(folder);
    let entries = std::fs::read_dir(&folder).expect("the case folder");
    let mut files: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "go" || e == "gol"));
    files.sort();
    assert!(!files.is_empty(), "no cases in {}", folder.display());
    files
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The tree and the errors of a case, parsed at once or with its bodies afterwards.
fn parse(path: &Path, lazy: bool) -> (String, String) {
    let name = path.file_name().and_then(|n| n.to_str()).expect("a name");
    let mut sources = SourceMap::default();
    sources
        .add("before.go", "package before\n", false)
        .expect("room");
    let src = sources.add(name, &read(path), false).expect("room");
    let ids = NodeIds::default();
    let opts = ParseOptions {
        lazy_bodies: lazy,
        allow_bodyless: true,
        ..ParseOptions::default()
    };
    let (file, mut diags) = parse_file(&src, &ids, opts);
    for item in &file.items {
        if let lang::ast::Item::Decl(lang::ast::Decl::Func(f)) = item
            && let Some(body) = &f.body
        {
            assert_eq!(body.block.get().is_none(), lazy);
            diags.extend(parse_body(&src, body, &ids));
        }
    }
    (dump(&file), render(&diags, &sources, Format::Short, false))
}

#[test]
fn trees() {
    let mut failed = Vec::new();
    for path in cases("tree") {
        let (tree, errors) = parse(&path, false);
        assert_eq!(errors, "", "{}", path.display());
        assert_eq!(
            parse(&path, true).0,
            tree,
            "{}: bodies parsed later",
            path.display()
        );
        let expected = path.with_extension("tree");
        if std::env::var_os("GOL_BLESS").is_some() {
            std::fs::write(&expected, &tree).expect("to write the tree");
        } else if read(&expected) != tree {
            failed.push(format!("{}:\n{tree}", path.display()));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn errors() {
    let mut failed = Vec::new();
    for path in cases("errors") {
        let (_, errors) = parse(&path, false);
        let expected = read(&path.with_extension("err"));
        if errors != expected {
            failed.push(format!(
                "{}: expected\n{expected}but got\n{errors}",
                path.display()
            ));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

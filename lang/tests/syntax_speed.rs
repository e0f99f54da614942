//! How fast the parser is: `cargo test --release -p lang --test syntax_speed -- --ignored --nocapture`, with Go files or folders
//! to parse in `GOL_SPEED` (by default the case files, over and over).

#![allow(clippy::disallowed_methods)] // tests read their cases

use lang::ast::NodeIds;
use lang::source::SourceMap;
use lang::syntax::{ParseOptions, lex, parse_file};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

fn collect(path: &Path, into: &mut Vec<PathBuf>) {
    if path.is_dir() {
        let entries = std::fs::read_dir(path).expect("a folder");
        entries.flatten().for_each(|e| collect(&e.path(), into));
    } else if path.extension().is_some_and(|e| e == "go" || e == "gol") {
        into.push(path.to_path_buf());
    }
}

fn texts() -> Vec<String> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/syntax/tree");
    let (roots, times) = match std::env::var("GOL_SPEED") {
        Ok(roots) => (roots.split(':').map(PathBuf::from).collect(), 1),
        Err(_) => (vec![own], 200),
    };
    let mut files = Vec::new();
    roots.iter().for_each(|root| collect(root, &mut files));
    let texts: Vec<String> = files
        .iter()
        .filter_map(|f| std::fs::read_to_string(f).ok())
        .collect();
    std::iter::repeat_n(texts, times).flatten().collect()
}

#[test]
#[ignore = "a measurement"]
fn speed() {
    let mut sources = SourceMap::default();
    let opts = ParseOptions {
        lazy_bodies: false,
        allow_bodyless: true,
        ..ParseOptions::default()
    };
    let first = sources.add("first.go", "package p\n", false).expect("room");
    let start = Instant::now();
    parse_file(&first, &NodeIds::default(), opts);
    println!(
        "first file, building the grammar included: {:?}",
        start.elapsed()
    );

    let (mut bytes, mut errors) = (0, 0);
    let (mut lexing, mut parsing, mut skipping) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    for text in texts() {
        let Ok(src) = sources.add("speed.go", &text, false) else {
            break;
        };
        bytes += text.len();
        let start = Instant::now();
        drop(lex(&text, src.base, true));
        lexing += start.elapsed();
        let start = Instant::now();
        let (_file, diags) = parse_file(&src, &NodeIds::default(), opts);
        parsing += start.elapsed();
        let start = Instant::now();
        parse_file(
            &src,
            &NodeIds::default(),
            ParseOptions {
                lazy_bodies: true,
                ..opts
            },
        );
        skipping += start.elapsed();
        errors += diags.len();
    }
    let rate = |time: Duration| bytes as f64 / 1e6 / time.as_secs_f64();
    println!(
        "{bytes} bytes, {errors} errors; lexing {:.0} MB/s, parsing {:.1} MB/s",
        rate(lexing),
        rate(parsing)
    );
    println!("parsing without function bodies {:.1} MB/s", rate(skipping));
}

//! Hostile and huge texts: every one is parsed or refused in linear time, without exhausting the stack.

use lang::ast::{File, Item, NodeIds, StmtKind};
use lang::diag::{Code, Diagnostic};
use lang::source::SourceMap;
use lang::syntax::{ParseOptions, dump, parse_file};

fn parse(text: &str) -> (File, Vec<Diagnostic>) {
    let mut sources = SourceMap::default();
    let src = sources.add("limits.go", text, false).expect("room");
    parse_file(&src, &NodeIds::default(), ParseOptions::default())
}

fn codes(text: &str) -> Vec<Code> {
    parse(text).1.iter().map(|d| d.code).collect()
}

const DEEP: usize = 100_000;

#[test]
fn deep_nesting_is_refused_once() {
    let openings = [
        "(",
        "[",
        "- ",
        "*",
        "!",
        "<-",
        "f(",
        "a[",
        "T{",
        "func() { ",
        "func() { f(",
        "[]func(x ",
        "map[",
        "chan ",
        "struct{ x ",
        "interface{ m() ",
        "<-chan ",
        "func(",
        "T[",
    ];
    for open in openings {
        assert_eq!(
            codes(&format!("package p\nvar x = {}", open.repeat(DEEP))),
            [Code::NestingTooDeep],
            "{open}"
        );
    }
    for open in [
        "{",
        "for {",
        "if x {",
        "if x {} else ",
        "switch { case x: ",
        "select { default: ",
        "L: ",
        "go func() {",
        "if x := (func() {",
    ] {
        assert_eq!(
            codes(&format!("package p\nfunc f() {{ {}", open.repeat(DEEP))),
            [Code::NestingTooDeep],
            "{open}"
        );
    }
    for open in ["func (", "{", "func() {", "(", "if x {", "type T[P "] {
        let (_, errors) = parse(&open.repeat(DEEP));
        assert!(errors.len() <= 1, "{open}: {errors:?}");
    }
}

#[test]
fn ordinary_depth_is_fine() {
    for (open, close) in [
        ("(", ")"),
        ("f(", ")"),
        ("[]", ""),
        ("- ", ""),
        ("func() { _ = ", "}"),
        ("T{", "}"),
    ] {
        let text = format!(
            "package p\nvar x = {}y{}",
            open.repeat(2000),
            close.repeat(2000)
        );
        assert_eq!(codes(&text), [], "{open}");
    }
}

#[test]
fn long_chains_are_loops() {
    let n = 1_000_000;
    for (first, link) in [
        ("1", "+1"),
        ("a", ".b"),
        ("a", "()"),
        ("a", "[0]"),
        ("a", " || a"),
        ("a", " + b * c"),
    ] {
        let (file, errors) = parse(&format!("package p\nvar x = {first}{}", link.repeat(n)));
        assert_eq!(errors, [], "{link}");
        drop(file);
    }
    assert_eq!(
        codes(&format!(
            "package p\ntype T interface {{ {}B }}",
            "A|".repeat(n)
        )),
        []
    );
    assert_eq!(
        codes(&format!(
            "package p\ntype T[P {}~B] int",
            "*Q|".repeat(100_000)
        )),
        []
    );
}

#[test]
fn a_deep_tree_can_be_walked() {
    let (file, _) = parse(&format!("x = 1{}", "+1".repeat(100_000)));
    assert!(matches!(&file.items[0], Item::Stmt(s) if matches!(s.kind, StmtKind::Assign(_))));
    assert!(dump(&file).starts_with("(= (lhs x) (+ (+ "));
}

#[test]
fn many_errors_take_linear_time() {
    let text = format!("package p\nfunc f() {{\n{}}}", "x y\n".repeat(100_000));
    assert_eq!(codes(&text).len(), 100_000);
    for garbage in [
        ")", "}", "]", ";", ",", ":", "'", "\"\n", "case ", "else ", "x[", "0x ", "@", "func ",
        "import ", "...", "\u{feff}",
    ] {
        parse(&format!("package p\n{}", garbage.repeat(DEEP)));
        parse(&format!("package p\nfunc f() {{ {}", garbage.repeat(DEEP)));
        parse(&garbage.repeat(DEEP));
    }
}

#[test]
fn huge_tokens_and_files_are_refused() {
    let long = "a".repeat(2 << 20);
    assert_eq!(codes(&format!("var {long} int")), [Code::InvalidToken]);
    assert_eq!(
        codes(&format!("var x = {}", "1".repeat(2 << 20))),
        [Code::InvalidToken]
    );
    assert_eq!(codes(&format!("var x = \"{long}\"")), []);
    assert_eq!(codes(&" ".repeat((64 << 20) + 1)), [Code::FileTooLarge]);
}

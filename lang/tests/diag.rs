//! Rendering of diagnostics.

use lang::diag::{Code, Diagnostic, Format, drop_repeats, normalize, render};
use lang::source::{SourceMap, Span};

fn sources() -> (SourceMap, u32) {
    let mut sources = SourceMap::default();
    sources.add("a.go", "package a\n", true).expect("room");
    let base = sources
        .add("b.go", "package b\n\nvar x = \"é\" + 1\nvar x = y\n", false)
        .expect("room")
        .base;
    (sources, base)
}

fn sample(base: u32) -> Vec<Diagnostic> {
    let at = |lo: u32, hi: u32| Span::new(base + lo, base + hi);
    vec![
        Diagnostic::error(
            Code::DuplicateDecl,
            at(32, 33),
            "x redeclared in this block\n\tb.go:3:5: other declaration of x",
        )
        .with_label(at(15, 16), "other declaration of x"),
        Diagnostic::error(Code::MismatchedTypes, at(19, 27), "mismatched types")
            .with_help("convert one \"side\""),
        Diagnostic::error(Code::MismatchedTypes, at(19, 27), "mismatched types"),
        Diagnostic::warning(Code::UnusedVar, at(15, 16), "declared and not used: x"),
        Diagnostic::error(
            Code::MissingMain,
            Span::NONE,
            "function main is undeclared in the main package",
        ),
    ]
}

#[test]
fn short_is_gcs_format() {
    let (sources, base) = sources();
    let text = render(&sample(base), &sources, Format::Short, false);
    assert_eq!(
        text,
        "function main is undeclared in the main package\n\
         b.go:3:5: warning: declared and not used: x\n\
         b.go:3:9: mismatched types\n\
         b.go:4:5: x redeclared in this block\n\tb.go:3:5: other declaration of x\n"
    );
}

#[test]
fn json_is_one_object_per_line() {
    let (sources, base) = sources();
    let text = render(&sample(base), &sources, Format::Json, false);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4);
    assert!(
        lines[0].starts_with("{\"file\":null,\"line\":null,"),
        "{}",
        lines[0]
    );
    assert_eq!(
        lines[2],
        "{\"file\":\"b.go\",\"line\":3,\"col\":9,\"end_line\":3,\"end_col\":17,\"severity\":\"error\",\"code\":\"MismatchedTypes\",\
         \"message\":\"mismatched types\",\"labels\":[],\"help\":[\"convert one \\\"side\\\"\"]}"
    );
    assert!(
        lines[3].contains("redeclared in this block\\n\\tb.go"),
        "{}",
        lines[3]
    );
    assert!(
        lines[3].contains("\"labels\":[{\"file\":\"b.go\",\"line\":3,\"col\":5,"),
        "{}",
        lines[3]
    );
}

#[test]
fn human_shows_the_source() {
    let (sources, base) = sources();
    let text = render(&sample(base), &sources, Format::Human, false);
    for part in [
        "[DuplicateDecl]",
        "x redeclared in this block",
        "b.go:4:5",
        "var x = y",
        "other declaration of x",
        "convert one",
        "MissingMain",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    assert!(!text.contains('\u{1b}'), "{text}");
    assert!(render(&sample(base), &sources, Format::Human, true).contains('\u{1b}'));
}

#[test]
fn repetitions_are_dropped() {
    let (_, base) = sources();
    let diags = sample(base);
    assert_eq!(normalize(&diags).len(), 4);
}

#[test]
fn a_message_twice_running_on_a_line_is_dropped() {
    let (sources, base) = sources();
    let mut diags = sample(base);
    diags[2].span.lo.0 += 1;
    assert_eq!(normalize(&diags).len(), 5);
    drop_repeats(&mut diags, |p| sources.locate(p).map(|(_, at)| at.line));
    assert_eq!(diags.len(), 4);
}

#[test]
fn codes_are_unique_and_explained() {
    let mut names: Vec<&str> = Code::ALL.iter().map(|c| c.as_str()).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), Code::ALL.len());
    assert!(Code::ALL.iter().all(|c| !c.about().is_empty()));
}

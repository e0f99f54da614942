//! The parser's interface: doc comments, spans, ids, bodies on demand, completeness of inputs.

use lang::ast::*;
use lang::diag::{Code, Diagnostic};
use lang::source::{SourceFile, SourceMap};
use lang::syntax::{Completeness, ParseOptions, completeness, expr_string, parse_body, parse_file};
use std::rc::Rc;

fn parse(text: &str, opts: ParseOptions) -> (Rc<SourceFile>, NodeIds, File, Vec<Diagnostic>) {
    let mut sources = SourceMap::default();
    sources.add("other", "padding", false).expect("room");
    let src = sources.add("api.go", text, false).expect("room");
    let ids = NodeIds::default();
    let (file, errors) = parse_file(&src, &ids, opts);
    (src, ids, file, errors)
}

fn decls(file: &File) -> Vec<Decl> {
    let decl = |item: &Item| {
        if let Item::Decl(d) = item {
            Some(d.clone())
        } else {
            None
        }
    };
    file.items.iter().filter_map(decl).collect()
}

const DOCS: &str = "package p

// F does it.
//
// In two paragraphs.
//
//go:noinline
func F() {}

// not G's

func G() {}

/* H has a block. */
func H() {} // trailing
var X int // X's line

// group
const (
	// A is documented.
	A = 1
	B = 2 // trailing
	C = 3
)

// T is
// a type.
type T struct {
	// a field
	f int
}
";

#[test]
fn doc_comments_belong_to_the_declaration_below() {
    let (_, _, file, errors) = parse(DOCS, ParseOptions::default());
    assert_eq!(errors, []);
    let doc = |d: &Decl| match d {
        Decl::Func(f) => f.doc.clone(),
        Decl::Var(v) => v.doc.clone(),
        Decl::Type(t) => t.doc.clone(),
        Decl::Const(c) => c.doc.clone(),
        Decl::Group(_) => None,
    };
    let all = decls(&file);
    let docs: Vec<Option<Box<str>>> = all.iter().map(doc).collect();
    let some = |s: &str| Some(Box::from(s));
    assert_eq!(docs[0], some("F does it.\n\nIn two paragraphs."));
    assert_eq!(docs[1..4], [None, some(" H has a block."), None]);
    assert_eq!(docs[5], some("T is\na type."));
    let Decl::Group(group) = &all[4] else {
        panic!("a group")
    };
    assert_eq!(
        group.iter().map(doc).collect::<Vec<_>>(),
        [some("A is documented."), None, None]
    );
    assert_eq!(
        file.directives.iter().map(|d| &*d.1).collect::<Vec<_>>(),
        ["go:noinline"]
    );
}

#[test]
fn spans_are_the_nodes_texts() {
    let text = "package p\nfunc f(a int) int { return a + g(1)[2] }\nvar v = T{1}.x\n";
    let (src, ids, file, errors) = parse(text, ParseOptions::default());
    assert_eq!(errors, []);
    let all = decls(&file);
    let Decl::Func(f) = &all[0] else {
        panic!("a function")
    };
    assert_eq!(
        src.slice(f.span),
        "func f(a int) int { return a + g(1)[2] }"
    );
    assert_eq!(src.slice(f.ty.span), "func f(a int) int");
    let body = f.body.as_ref().and_then(|b| b.block.get()).expect("a body");
    assert_eq!(src.slice(body.span), "{ return a + g(1)[2] }");
    assert_eq!(src.slice(body.stmts[0].span), "return a + g(1)[2]");
    let StmtKind::Return(results) = &body.stmts[0].kind else {
        panic!("a return")
    };
    assert_eq!(src.slice(results[0].span), "a + g(1)[2]");
    let Decl::Var(v) = &all[1] else {
        panic!("a variable")
    };
    assert_eq!(src.slice(v.span), "v = T{1}.x");
    assert_eq!(src.slice(v.values[0].span), "T{1}.x");
    assert!(ids.len() > 10);
    let ExprKind::Binary(_, op, x, _) = &results[0].kind else {
        panic!("a sum")
    };
    assert_eq!(src.line_col(*op).col, 30);
    let ExprKind::Ident(name) = x.kind else {
        panic!("a name")
    };
    assert_eq!(name.id, x.id);
}

#[test]
fn bodies_are_parsed_on_demand() {
    let text =
        "package p\nfunc f() { if x { y(\"}\") } }\nfunc g() { return 1 2 }\nfunc native()\n";
    let opts = ParseOptions {
        lazy_bodies: true,
        allow_bodyless: true,
        ..ParseOptions::default()
    };
    let (src, ids, file, errors) = parse(text, opts);
    assert_eq!(errors, []);
    let before = ids.len();
    let reports: Vec<Vec<String>> = decls(&file)
        .iter()
        .filter_map(|d| match d {
            Decl::Func(f) => f.body.as_ref().map(|body| {
                assert!(body.block.get().is_none());
                let errors = parse_body(&src, body, &ids);
                assert!(body.block.get().is_some_and(|b| b.span == body.span));
                errors
                    .into_iter()
                    .map(|d| format!("{}: {}", src.line_col(d.span.lo).col, d.message))
                    .collect()
            }),
            _ => None,
        })
        .collect();
    assert_eq!(
        reports,
        [
            vec![],
            vec!["21: syntax error: unexpected literal 2 at end of statement".to_string()]
        ]
    );
    assert!(ids.len() > before);
}

#[test]
fn functions_without_body_are_errors_unless_allowed() {
    let (src, _, _, errors) = parse(
        "package p\nfunc f()\nfunc g() {}\n",
        ParseOptions::default(),
    );
    assert_eq!(errors.len(), 1);
    assert_eq!(
        (
            errors[0].code,
            &*errors[0].message,
            src.line_col(errors[0].span.lo).col
        ),
        (Code::MissingBody, "missing function body", 6)
    );
}

#[test]
fn expressions_print_as_gc_prints_them() {
    let sources = [
        "a + b * c",
        "f(x, y...)",
        "func(a, b int) (int, error) {…}",
        "T{…}",
        "[]int{}",
        "x.(type)",
        "m[k]",
        "x[1:2:3]",
        "x[:]",
        "(*T).m",
        "chan (<-chan int)",
        "<-c",
        "struct{a, b int; T}",
        "interface{M(x int) string; ~int | ~string}",
        "map[string][...]T",
        "&x",
        "!(a && b)",
        "func() {}",
    ];
    for text in sources {
        let input = text.replace(
            "{…}",
            if text.starts_with('T') {
                "{1}"
            } else {
                "{ f() }"
            },
        );
        let input = if text == "x.(type)" {
            "switch x.(type) {}".to_string()
        } else {
            format!("_ = {input}")
        };
        let (_, _, file, errors) = parse(&input, ParseOptions::default());
        assert_eq!(errors, [], "{text}");
        let Item::Stmt(stmt) = &file.items[0] else {
            panic!("a statement")
        };
        match &stmt.kind {
            StmtKind::Assign(a) => assert_eq!(expr_string(&a.rhs[0]), text),
            StmtKind::TypeSwitch(s) => assert_eq!(expr_string(&s.x), "x"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn errors_leave_a_tree() {
    let text = "package p\nfunc f() {\n\tx := )\n\ty := 1\n}\nfunc g() { return }\n";
    let (_, _, file, errors) = parse(text, ParseOptions::default());
    assert_eq!(errors.len(), 1);
    assert_eq!(decls(&file).len(), 2);
}

#[test]
fn inputs_are_complete_incomplete_or_invalid() {
    use Completeness::*;
    let complete = [
        "",
        "x",
        "x := 1\n",
        "f(1)",
        "if x { y() }",
        "// c",
        "func f() {}\n\nf()",
        "type T struct{}",
        "L: for {}",
        "import \"fmt\"",
    ];
    let incomplete = [
        "f(",
        "f(1,",
        "f(1",
        "x := ",
        "1 +",
        "if x {",
        "func f() {\n\tx := 1\n",
        "[]int{\n1,\n",
        "`abc",
        "/* abc",
        "x.",
        "type T struct {",
        "a = b &&\n",
        "for i := range 3 {",
        "switch x {\ncase 1:",
        "func f(a int,",
        "package",
        "var x =",
        "map[",
        "x.(",
        "const (",
        "go",
        "defer",
    ];
    let invalid = [
        ")",
        "f(]",
        "x y",
        "1 2\n",
        "if x {\n 1 2\n\n",
        "\"abc",
        "'ab'",
        "08",
        "x := )",
        "func f()",
        "}",
        "for {\n)",
    ];
    for text in complete {
        assert_eq!(completeness(text), Complete, "{text}");
    }
    for text in incomplete {
        assert_eq!(completeness(text), Incomplete, "{text}");
    }
    for text in invalid {
        assert_eq!(completeness(text), Invalid, "{text}");
    }
}

//! The checker's interface for later stages: lazily checked packages, module packages, sessions, limits, type facts.

use lang::ast::NodeIds;
use lang::check::{Importer, PackageSource, ScriptCheck, World};
use lang::diag::Diagnostic;
use lang::symbol::Symbol;
use lang::syntax::{ParseOptions, parse_file};
use lang::types::{ObjId, PkgId, TypeId, method_set};
use std::rc::Rc;

/// `(path, is_std, text)`
struct Packages(Vec<(&'static str, bool, &'static str)>);

impl Importer for Packages {
    fn import(&self, path: &str) -> Result<PackageSource, String> {
        let found = self.0.iter().find(|p| p.0 == path);
        let (_, is_std, text) = found.ok_or_else(|| format!("package {path} is not in std"))?;
        Ok(PackageSource {
            files: vec![(format!("{path}.gol"), text.to_string())],
            is_std: *is_std,
        })
    }

    fn by_name(&self, name: &str) -> Option<String> {
        self.0
            .iter()
            .map(|p| p.0)
            .find(|p| p.ends_with(name))
            .map(str::to_string)
    }
}

fn world(packages: &[(&'static str, bool, &'static str)]) -> World {
    World::new(Rc::new(Packages(packages.to_vec())))
}

fn program(w: &mut World, text: &str) -> (PkgId, Vec<Diagnostic>) {
    let src = w.sources.add("main.go", text, false).expect("small");
    let ids = Rc::new(NodeIds::default());
    let (file, errors) = parse_file(&src, &ids, ParseOptions::default());
    assert!(errors.is_empty(), "{errors:?}");
    w.check_file_package("main", vec![Rc::new(file)], ids)
}

fn messages(diags: &[Diagnostic]) -> Vec<&str> {
    diags.iter().map(|d| d.message.as_str()).collect()
}

fn member(w: &World, pkg: PkgId, name: &str) -> ObjId {
    w.objects
        .lookup(w.package(pkg).scope, Symbol::new(name))
        .expect("declared")
}

const LAZY: &str = "package lazy
import \"other\"
var table = build()
var twice = table + other.N
func build() int { return helper(20) }
func helper(n int) int { return n + 1 }
func Wrong() int { return \"no\" }
type T struct { x int }
func (t *T) Get() int { return t.x + twice }
func Native(x int) int
";

#[test]
fn lazy_packages_are_checked_when_reached() {
    let mut w = world(&[
        ("lazy", true, LAZY),
        (
            "other",
            true,
            "package other\nconst N = 2\nfunc f() { undefined() }\n",
        ),
    ]);
    let (main, diags) = program(
        &mut w,
        "package main\nimport \"lazy\"\nfunc main() { lazy.Native(1) }\n",
    );
    assert_eq!(messages(&diags), Vec::<&str>::new());
    let lazy = w.package(main).imports[0];
    assert!(
        !w.package(w.by_path["other"]).loaded,
        "nobody has used it yet"
    );
    let get = {
        let t = member(&w, lazy, "T");
        w.ensure_object(t).expect("fine");
        w.types
            .methods(w.types.as_named(w.objects.ty(t)).expect("named"))[0]
    };
    w.ensure_body(get).expect("fine");
    let twice = member(&w, lazy, "twice");
    assert!(w.ensure_initializer(twice).expect("fine").is_some());
    w.ensure_body(member(&w, lazy, "build")).expect("fine");
    let order = w.order_initializers(lazy, &[twice]);
    let names: Vec<&str> = order
        .iter()
        .map(|i| w.objects.name(i.lhs[0]).as_str())
        .collect();
    assert_eq!(names, ["table", "twice"]);
    let wrong = w
        .ensure_body(member(&w, lazy, "Wrong"))
        .expect_err("has an error");
    assert!(
        wrong[0].message.starts_with("cannot use \"no\""),
        "{wrong:?}"
    );
    let other = w.by_path["other"];
    assert_eq!(messages(&w.check_all(other)), ["undefined: undefined"]);
}

#[test]
fn packages_of_a_module_are_checked_with_the_program() {
    let mut w = world(&[
        (
            "m/a",
            false,
            "package a\nimport \"m/b\"\nfunc A() int { return b.B() }\n",
        ),
        ("m/b", false, "package b\nfunc B() string { return \"\" }\n"),
        ("m/c", false, "package c\nimport \"m/d\"\nvar C = d.D\n"),
        ("m/d", false, "package d\nimport \"m/c\"\nvar D = c.C\n"),
    ]);
    let (_, diags) = program(
        &mut w,
        "package main\nimport \"m/a\"\nimport \"m/c\"\nimport \"m/e\"\nfunc main() { a.A(); _ = c.C; e.E() }\n",
    );
    let text = messages(&diags).join("\n");
    for want in [
        "cannot use b.B() (value of type string) as int value in return statement",
        "import cycle not allowed",
        "package m/e is not in std",
    ] {
        assert!(text.contains(want), "{want} not in\n{text}");
    }
}

fn input(w: &mut World, session: Option<PkgId>, ids: &Rc<NodeIds>, text: &str) -> ScriptCheck {
    let src = w.sources.add("repl", text, false).expect("small");
    let (file, errors) = parse_file(&src, ids, ParseOptions::default());
    assert!(errors.is_empty(), "{errors:?}");
    w.check_script(session, Rc::new(file), ids.clone())
}

#[test]
fn a_session_grows_input_by_input() {
    let mut w = world(&[("fmt", true, "package fmt\nfunc Println(a ...any)\n")]);
    let ids = Rc::new(NodeIds::default());
    let first = input(&mut w, None, &ids, "x := 1\nfunc f() int { return x }\n");
    let pkg = first.pkg;
    assert_eq!(first.units, 0..1);
    let bad = input(&mut w, Some(pkg), &ids, "x := \"later\"\ny := undefined\n");
    assert_eq!(messages(&bad.diags), ["undefined: undefined"]);
    assert!(bad.units.is_empty());
    // The failed input left nothing behind; a good one shadows.
    let good = input(
        &mut w,
        Some(pkg),
        &ids,
        "var n int = x + f()\nx := x + n\nfmt.Println(x)\n",
    );
    assert_eq!(messages(&good.diags), Vec::<&str>::new());
    assert_eq!(good.units, 1..4);
    let again = input(
        &mut w,
        Some(pkg),
        &ids,
        "x := \"s\"\nfmt.Println(x + \"t\", f())\ntype T struct{ x int }\n",
    );
    assert_eq!(messages(&again.diags), Vec::<&str>::new());
    let bad = input(&mut w, Some(pkg), &ids, "func (t T) M() {}\nT{}.N()\n");
    assert!(
        bad.diags[0].message.contains("T{}.N undefined"),
        "{:?}",
        bad.diags
    );
    let methods = input(
        &mut w,
        Some(pkg),
        &ids,
        "func (t T) M() int { return t.x }\nfmt.Println(T{}.M())\n",
    );
    assert_eq!(messages(&methods.diags), Vec::<&str>::new());
}

#[test]
fn hostile_programs_cost_little() {
    let mut w = world(&[]);
    let sum = format!(
        "package main\nfunc main() {{ x := 1\n_ = x{}\n}}\n",
        "+1".repeat(200_000)
    );
    assert!(program(&mut w, &sum).1.is_empty());
    let deep = format!(
        "package main\nvar x {}int\nfunc main() {{}}\n",
        "[]".repeat(5_000)
    );
    assert!(program(&mut w, &deep).1.is_empty());
    let consts = "package main\nconst (\na = 1 << 511\nb = a * a\nc = 1e1000000 * 1e1000000\nd = 1.0 << 3\n\
                  e = 1e-1000000 / 1e1000000\nf = -1 >> 1000\ng int = f\n)\nfunc main() {}\n";
    let (_, diags) = program(&mut w, consts);
    assert_eq!(messages(&diags), ["constant multiplication overflow"]);
    let growing = "package main\ntype T[P any] struct { f *T[T[P]] }\ntype U[P any] struct { f U[U[P]] }\n\
                   var t T[int]\nfunc main() {}\n";
    let text = messages(&program(&mut w, growing).1).join("\n");
    assert!(text.contains("invalid recursive type"), "{text}");
    let large = "package main\ntype A [1 << 40][1 << 40]int\nfunc main() {}\n";
    let text = messages(&program(&mut w, large).1).join("\n");
    assert!(text.contains("larger than address space"), "{text}");
}

const TYPES: &str = "package main
type R interface { Read([]byte) (int, error) }
type RC1 interface { R; Close() error }
type Base struct { n int }
func (b *Base) Close() error { return nil }
func (b Base) Read(p []byte) (int, error) { return 0, nil }
type D struct { *Base; flag bool; x int64; y int8; z struct{} }
var a map[string]func(interface { R; Close() error }) byte
var b map[string]func(p interface { Close() error; Read(b []uint8) (n int, err error) }) uint8
type G[T any] struct { v T }
var g1 G[byte]
var g2 G[uint8]
var e1 any
var e2 interface{}
func main() {}
";

#[test]
fn identical_types_share_their_canonical_id() {
    let mut w = world(&[]);
    let (main, diags) = program(&mut w, TYPES);
    assert!(diags.is_empty(), "{diags:?}");
    let ty = |name: &str| w.objects.ty(member(&w, main, name));
    for (x, y) in [("a", "b"), ("g1", "g2"), ("e1", "e2")] {
        assert!(w.types.identical(ty(x), ty(y)), "{x} {y}");
        assert_eq!(
            w.types.canonical(ty(x)),
            w.types.canonical(ty(y)),
            "{x} {y}"
        );
    }
    assert_eq!(w.types.canonical(ty("e1")), TypeId::EMPTY_INTERFACE);
    assert_eq!(w.type_string(ty("g1")), "main.G[uint8]");
    assert_eq!((w.types.sizeof(ty("D")), w.types.alignof(ty("D"))), (32, 8));
    let set = method_set(&w.types, &w.objects, ty("D"));
    let names: Vec<&str> = set.iter().map(|m| m.0.as_str()).collect();
    assert_eq!(names, ["Close", "Read"]);
    assert_eq!(set[0].2.path, [0, 0]);
    assert!(
        method_set(&w.types, &w.objects, ty("Base"))
            .iter()
            .all(|m| m.0.as_str() == "Read")
    );
}

//! Every package checks, and its natives are exactly the functions it declares without body.

use lang::ast::{Decl, ExprKind, FuncDecl, Item};
use lang::check::World;
use lang::diag::{Format, render};
use std::collections::BTreeSet;

/// The name under which a declared native is looked up.
fn native_name(path: &str, f: &FuncDecl) -> String {
    let name = f.name.name.as_str();
    match f.recv.as_deref().and_then(|r| r.first()) {
        None => format!("{path}.{name}"),
        Some(recv) => match &recv.ty.kind {
            ExprKind::Star(to) => format!("{path}.(*{}).{name}", type_name(to)),
            _ => format!("{path}.{}.{name}", type_name(&recv.ty)),
        },
    }
}

fn type_name(e: &lang::ast::Expr) -> String {
    match &e.kind {
        ExprKind::Ident(id) => id.name.as_str().to_string(),
        other => panic!("a native's receiver is {other:?}"),
    }
}

/// Adds the natives that a declaration declares.
fn collect(path: &str, decl: &Decl, declared: &mut BTreeSet<String>) {
    match decl {
        Decl::Func(f) if f.body.is_none() => {
            declared.insert(native_name(path, f));
        }
        Decl::Group(all) => all.iter().for_each(|d| collect(path, d, declared)),
        _ => {}
    }
}

#[test]
fn natives_are_the_functions_without_body() {
    let mut world = World::new(stdlib::importer());
    let mut declared = BTreeSet::new();
    for path in stdlib::package_paths() {
        let pkg = world.import(path).expect("a package that is listed");
        for file in world.package(pkg).files.clone() {
            for item in &file.items {
                if let Item::Decl(decl) = item {
                    collect(path, decl, &mut declared);
                }
            }
        }
    }
    let defined: BTreeSet<String> = stdlib::native_names().collect();
    let missing: Vec<_> = declared.difference(&defined).collect();
    let idle: Vec<_> = defined.difference(&declared).collect();
    assert!(
        missing.is_empty() && idle.is_empty(),
        "declared only: {missing:?}\ndefined only: {idle:?}"
    );
}

#[test]
fn every_package_checks_completely() {
    let mut world = World::new(stdlib::importer());
    let mut wrong = String::new();
    for path in stdlib::package_paths() {
        let pkg = world.import(path).expect("a package that is listed");
        let diags = world.check_all(pkg);
        wrong += &render(&diags, &world.sources, Format::Short, false);
    }
    assert!(wrong.is_empty(), "{wrong}");
}

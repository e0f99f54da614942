//! `:type`, `:doc`, `:vars` and `:show`: what names and expressions are.

use super::{Argument, Command};
use crate::repl::report::Said;
use crate::repl::state::Repl;
use crate::repl::text::plural;
use crate::session::{Limits, go_syntax};
use std::fmt::Write;

pub(super) const TYPE: Command = Command {
    name: "type",
    form: "EXPR",
    argument: Argument::Expr,
    doc: "say what type an expression has, without running it",
    more: "Example:\n  :type strings.Split",
    run: type_of,
};

pub(super) const DOC: Command = Command {
    name: "doc",
    form: "NAME",
    argument: Argument::Name,
    doc: "show the declaration and comment of a name",
    more: "NAME is anything in scope, a package, pkg.Name, Type.Method or value.Method.\nExample:\n  :doc strings.Cut",
    run: doc,
};

pub(super) const VARS: Command = Command {
    name: "vars",
    form: "",
    argument: Argument::Nothing,
    doc: "list the session's variables with their values",
    more: "Oldest first, and the results _1, _2… last, of which only the latest are shown.\nExample:\n  :vars",
    run: vars,
};

pub(super) const SHOW: Command = Command {
    name: "show",
    form: "EXPR",
    argument: Argument::Expr,
    doc: "show the whole of a value, however long",
    more: "An echo leaves out what is long or deep. The value of a call is not kept.\nExample:\n  :show _1",
    run: show,
};

/// Results that are listed.
const RESULTS: usize = 5;

/// How much of a value is shown.
const LIMITS: Limits = Limits {
    elems: 8,
    bytes: 60,
    total: 120,
    depth: 3,
};

fn type_of(repl: &mut Repl, expr: &str) -> Result<Said, String> {
    match repl.session.type_of(expr) {
        Ok(ty) => Ok(Said::out(format!("{ty}\n"))),
        Err(diags) => Err(match diags.iter().find(|d| d.is_error()) {
            Some(d) => d.message.lines().next().unwrap_or_default().to_string(),
            None => "that is not an expression".to_string(),
        }),
    }
}

fn doc(repl: &mut Repl, name: &str) -> Result<Said, String> {
    match repl.session.doc(name) {
        Some(text) => Ok(Said::out(format!("{}\n", text.trim_end()))),
        None => Err(format!("{name} is not known here")),
    }
}

fn vars(repl: &mut Repl, _: &str) -> Result<Said, String> {
    let session = &mut repl.session;
    let (results, named): (Vec<_>, Vec<_>) = session
        .variables()
        .into_iter()
        .partition(|(name, _)| is_result(name));
    let older = results.len().saturating_sub(RESULTS);
    let mut out = String::new();
    for (name, var) in named.into_iter().chain(results.into_iter().skip(older)) {
        let ty = session.world().objects.ty(var);
        let ty = session.type_string(ty);
        if let Some(value) = session.vm.global(var) {
            let _ = writeln!(out, "{name} {ty} = {}", go_syntax(&value, LIMITS).0);
        }
    }
    if older > 0 {
        let _ = writeln!(out, "and {} that are older", plural(older as u64, "result"));
    }
    if out.is_empty() {
        out = "no variables\n".to_string();
    }
    Ok(Said::out(out))
}

fn show(repl: &mut Repl, expr: &str) -> Result<Said, String> {
    let session = &mut repl.session;
    let looked = session.look(expr)?;
    let value = session.vm.global(looked.var);
    let text = value.map(|v| go_syntax(&v, Limits::ALL).0);
    session.drop_value(looked);
    Ok(Said::out(text.unwrap_or_default() + "\n"))
}

fn is_result(name: &str) -> bool {
    name.strip_prefix('_')
        .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

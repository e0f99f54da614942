//! What errors say about a block: which names it lacks, or that no compiler takes it.

use super::outcome::Status;
use lang::diag::{Code, Diagnostic, normalize};

/// What a block with these errors is, and the names it needs, in the order of the text.
pub fn judge(diags: &[Diagnostic]) -> (Status, Vec<String>) {
    let mut needs: Vec<String> = Vec::new();
    for d in normalize(diags).into_iter().filter(|d| d.is_error()) {
        if d.code == Code::SyntaxError {
            return (Status::NotGo, Vec::new());
        }
        if let Some(name) = missing(d)
            && !needs.contains(&name)
        {
            needs.push(name);
        }
    }
    match needs.is_empty() {
        true => (Status::NotGo, needs),
        false => (Status::Incomplete, needs),
    }
}

/// Of errors those about missing names, the first about each.
pub fn first_of_each(diags: &[Diagnostic]) -> Vec<Diagnostic> {
    let mut seen = Vec::new();
    let mut fresh = |d: &Diagnostic| {
        missing(d).is_some_and(|name| {
            let fresh = !seen.contains(&name);
            seen.push(name);
            fresh
        })
    };
    let sorted = normalize(diags).into_iter();
    sorted.filter(|d| fresh(d)).cloned().collect()
}

/// The name that is missing, if that is what is wrong.
pub fn missing(d: &Diagnostic) -> Option<String> {
    let text = d.message.lines().next().unwrap_or_default();
    let name = match d.code {
        Code::UndeclaredName | Code::UndeclaredImportedName => {
            let rest = text.strip_prefix("undefined: ")?;
            rest.split(" (").next()?
        }
        Code::MissingFieldOrMethod => text.split(" undefined (").next()?,
        Code::BrokenImport => return broken_import(text),
        Code::MissingLitField => text.strip_prefix("unknown field ")?.split(' ').next()?,
        _ => return None,
    };
    Some(name.to_string())
}

/// The import path in a message that says that it cannot be found.
fn broken_import(text: &str) -> Option<String> {
    let quoted = text.split('"').nth(1);
    let word = || text.split(' ').find(|w| w.contains('/'));
    let plain = || text.strip_prefix("package ")?.split(' ').next();
    let path = quoted.or_else(plain).or_else(word)?;
    Some(path.trim_end_matches([':', ';', ',']).to_string())
}

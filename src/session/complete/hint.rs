//! The signature of the function whose arguments are being typed.

use super::ask::View;
use super::cut::{Context, Cut};
use super::{Session, before, show};
use lang::check::{OperandMode, Place, Valued};
use lang::syntax::Kind as Token;
use lang::types::{Type, TypeId};

impl Session {
    /// Inside the parentheses of a call the parameters and results of what is called, the parameter that the cursor is at in `‹›`.
    pub fn hint(&mut self, text: &str, pos: usize) -> Option<String> {
        let cut = Cut::of(before(text, pos));
        if cut.context == Context::Comment {
            return None;
        }
        let at = cut.frames.last()?.commas;
        self.ask_callee(&cut, |view, place| match place? {
            Place::Member(valued) => view.call_hint(&valued, at),
            _ => None,
        })?
    }

    /// Lets `look` see what is called with the argument list that the cursor is directly in.
    pub(super) fn ask_callee<R>(
        &mut self,
        cut: &Cut<'_>,
        look: impl FnMut(&mut View<'_>, Option<Place>) -> R,
    ) -> Option<R> {
        let frame = cut.frames.last().filter(|f| f.open.kind == Token::LParen)?;
        let open = cut.tokens.iter().rposition(|t| t.lo == frame.open.lo)?;
        let callee = cut.tokens[open.checked_sub(1)?];
        // What can be called ends so; `func name(` declares.
        let ends = matches!(
            callee.kind,
            Token::Name | Token::RParen | Token::RBrack | Token::RBrace
        );
        let declares = callee.kind == Token::Name
            && open
                .checked_sub(2)
                .is_some_and(|i| cut.tokens[i].kind == Token::Func);
        if !ends || declares {
            return None;
        }
        let (head, called) = cut.head[..callee.hi as usize].split_at(type_start(cut, open - 1));
        let head = match called.starts_with('[') || called.starts_with("map") {
            true => format!("{head}({called})"),
            false => format!("{head}{called}"),
        };
        self.ask_behind(&head, cut, cut.frames.len() - 1, look)
    }
}

impl View<'_> {
    fn call_hint(&mut self, callee: &Valued, at: usize) -> Option<String> {
        match callee.mode {
            OperandMode::Builtin => {
                let signature = &show::builtin(callee.builtin?).signature;
                let text = signature.strip_prefix("func")?;
                let (params, rest) = split_params(text)?;
                let variadic = params.last().is_some_and(|p| p.contains("..."));
                Some(marked("", &params, variadic, rest, at))
            }
            OperandMode::TypeExpr => Some(format!("(‹x›) {}", self.type_string(callee.ty))),
            OperandMode::Invalid | OperandMode::NoValue => None,
            _ => self.func_hint(callee.ty, at),
        }
    }

    /// The hint for a call of a value of type `t`.
    fn func_hint(&mut self, t: TypeId, at: usize) -> Option<String> {
        let types = &self.world.types;
        let Type::Signature(sig) = types.under(t) else {
            return None;
        };
        let names = types
            .sig_names(t)
            .or_else(|| types.sig_names(types.underlying(t)));
        let last = sig.params.len().wrapping_sub(1);
        let param = |(i, &p): (usize, &TypeId)| {
            let ty = match types.get(p) {
                Type::Slice(elem) if sig.variadic && i == last => {
                    format!("...{}", self.type_string(elem))
                }
                _ => self.type_string(p),
            };
            let name = names.as_ref().and_then(|n| n.params.get(i));
            match name.map(|n| n.as_str()).filter(|n| !n.is_empty()) {
                Some(name) => format!("{name} {ty}"),
                None => ty,
            }
        };
        let params: Vec<String> = sig.params.iter().enumerate().map(param).collect();
        let whole = self.type_string(t);
        let text = whole.strip_prefix("func").unwrap_or_default();
        let generic = match text.starts_with('[') {
            true => &text[..bracketed(text)?],
            false => "",
        };
        let (_, results) = split_params(&text[generic.len()..]).unwrap_or_default();
        Some(marked(generic, &params, sig.variadic, results, at))
    }
}

/// Where in the text the type literal begins that ends with the name at token `end`, such as `[]pkg.Name`; the name's own place if it is in none.
fn type_start(cut: &Cut<'_>, end: usize) -> usize {
    let kind = |i: usize| cut.tokens.get(i).map(|t| t.kind);
    let before = |i: usize| i.checked_sub(1).and_then(kind);
    let mut at = end;
    if kind(at) != Some(Token::Name) {
        return cut.tokens[at].lo as usize;
    }
    if before(at) == Some(Token::Dot) && at >= 2 && kind(at - 2) == Some(Token::Name) {
        at -= 2;
    }
    while before(at) == Some(Token::RBrack) {
        let mut depth = 0usize;
        let opens = |i: &usize| {
            match cut.tokens[*i].kind {
                Token::RBrack => depth += 1,
                Token::LBrack => depth -= 1,
                _ => {}
            }
            depth == 0
        };
        let Some(open) = (0..at).rev().find(opens) else {
            break;
        };
        at = open;
        if before(at) == Some(Token::Map) {
            at -= 1;
        }
    }
    cut.tokens[at].lo as usize
}

/// `(a int, ‹b string›) error`
fn marked(
    generic: &str,
    params: &[impl AsRef<str>],
    variadic: bool,
    results: &str,
    at: usize,
) -> String {
    let at = if variadic {
        at.min(params.len() - 1)
    } else {
        at
    };
    let shown: Vec<String> = params
        .iter()
        .enumerate()
        .map(|(i, p)| match i == at {
            true => format!("‹{}›", p.as_ref()),
            false => p.as_ref().to_string(),
        })
        .collect();
    format!("{generic}({}){results}", shown.join(", "))
}

/// The length of the bracketed text that `text` begins with.
fn bracketed(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (i, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(i + c.len_utf8());
        }
    }
    None
}

/// The parameters in the parentheses that `text` begins with, and what follows these.
fn split_params(text: &str) -> Option<(Vec<&str>, &str)> {
    let end = bracketed(text)?;
    let inside = text.get(1..end - 1)?;
    let (mut params, mut rest) = (Vec::new(), inside);
    while !rest.trim().is_empty() {
        let mut at = 0;
        let mut depth = 0;
        for c in rest.chars() {
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth -= 1,
                ',' if depth == 0 => break,
                _ => {}
            }
            at += c.len_utf8();
        }
        params.push(rest[..at].trim());
        rest = rest.get(at + 1..).unwrap_or_default();
    }
    Some((params, &text[end..]))
}

//! Go code with its tokens marked.

use super::escape;
use lang::syntax::{Kind, lex};

/// Names that mean something everywhere.
const PREDECLARED: &[&str] = &[
    "append",
    "cap",
    "clear",
    "close",
    "complex",
    "copy",
    "delete",
    "imag",
    "len",
    "make",
    "max",
    "min",
    "new",
    "panic",
    "print",
    "println",
    "real",
    "recover",
    "any",
    "bool",
    "byte",
    "comparable",
    "complex64",
    "complex128",
    "error",
    "float32",
    "float64",
    "int",
    "int8",
    "int16",
    "int32",
    "int64",
    "rune",
    "string",
    "uint",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "uintptr",
    "true",
    "false",
    "iota",
    "nil",
];

/// The code as HTML; what is not Go is shown all the same.
pub fn highlight(text: &str) -> String {
    let lexed = lex(text, 0, true);
    let comments = lexed
        .comments
        .iter()
        .map(|c| (c.lo.0 as usize, c.hi.0 as usize, "c"));
    let tokens = lexed.tokens.iter().filter_map(|t| {
        let (lo, hi) = (t.lo as usize, t.hi as usize);
        class(t.kind, text.get(lo..hi)?).map(|class| (lo, hi, class))
    });
    let mut marks: Vec<(usize, usize, &str)> = comments.chain(tokens).collect();
    marks.sort_unstable();
    let (mut out, mut at) = (String::new(), 0);
    for (lo, hi, class) in marks {
        let (Some(before), Some(marked)) = (text.get(at..lo), text.get(lo..hi)) else {
            continue;
        };
        out += &escape(before);
        out += &format!("<span class=\"{class}\">{}</span>", escape(marked));
        at = hi;
    }
    out + &escape(&text[at..])
}

fn class(kind: Kind, text: &str) -> Option<&'static str> {
    match kind {
        k if k.is_keyword() => Some("k"),
        Kind::String | Kind::Char => Some("s"),
        k if k.is_literal() => Some("n"),
        Kind::Name if PREDECLARED.contains(&text) => Some("p"),
        Kind::Arrow => Some("a"),
        _ => None,
    }
}

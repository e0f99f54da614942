//! Bytes → text → tokens → tree.

use lang::ast::{Decl, Item, NodeIds};
use lang::diag::{self, Diagnostic, Format};
use lang::source::SourceMap;
use lang::syntax::{self, Kind, ParseOptions};

/// Everything the syntax phase does with a text.
pub fn bytes(bytes: &[u8]) {
    let text = match syntax::decode(bytes.to_vec()) {
        Ok(text) => text,
        Err(diags) => return rendered(&diags, &String::from_utf8_lossy(bytes)),
    };
    tokens(&text);
    tree(&text, false);
    tree(&text, true);
    tree(&format!("package p\n{text}"), true);
    tree(&format!("package p\nfunc f() {{\n{text}\n}}"), false);
    let _ = syntax::completeness(&text);
}

/// Tokens lie inside the text, in order.
fn tokens(text: &str) {
    let lexed = syntax::lex(text, 1, true);
    let mut end = 1;
    for t in &lexed.tokens {
        assert!(end <= t.lo && t.lo <= t.hi, "token order");
        end = t.hi;
    }
    assert!(end as usize <= text.len() + 1, "a token behind the text");
    assert_eq!(lexed.tokens.last().map(|t| t.kind), Some(Kind::Eof));
}

/// A text gives a tree whichever way bodies are parsed, and its faults can be shown.
fn tree(text: &str, lazy_bodies: bool) {
    let mut sources = SourceMap::default();
    let Ok(src) = sources.add("input.go", text, false) else {
        return;
    };
    let ids = NodeIds::default();
    let options = ParseOptions {
        lazy_bodies,
        allow_bodyless: false,
        ..ParseOptions::default()
    };
    let (file, mut diags) = syntax::parse_file(&src, &ids, options);
    for item in &file.items {
        if let Item::Decl(Decl::Func(f)) = item
            && let Some(body) = &f.body
        {
            diags.extend(syntax::parse_body(&src, body, &ids));
        }
    }
    let _ = syntax::dump(&file);
    // Excerpts cost more than all the rest.
    diags.truncate(3);
    let _ = diag::render(&diags, &sources, Format::Human, false);
}

/// Shows what is wrong with bytes that are no text.
fn rendered(diags: &[Diagnostic], text: &str) {
    let mut sources = SourceMap::default();
    if sources.add("input.go", text, false).is_ok() {
        let _ = diag::render(diags, &sources, Format::Short, false);
    }
}

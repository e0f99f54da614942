//! `//line` and `/*line*/` directives (cmd/compile: Compiler Directives).

use crate::diag::{Code, Diagnostic};
use crate::source::{LineBase, Pos, SourceFile, Span};

/// What a file's comments say about positions; malformed directives are reported.
pub(super) fn line_bases(
    src: &SourceFile,
    comments: &[Span],
    errors: &mut Vec<Diagnostic>,
) -> Vec<LineBase> {
    let mut bases: Vec<LineBase> = Vec::new();
    for &comment in comments {
        let text = src.slice(comment);
        let Some(directive) = directive_text(src, comment, text) else {
            continue;
        };
        let previous = bases.last().and_then(|b| b.file.clone());
        match read(directive, previous, &src.name) {
            Ok(Some((file, line, col))) => {
                let newline = u32::from(text.starts_with("//"));
                let at = Pos(comment.hi.0 + newline);
                bases.push(LineBase {
                    at,
                    file,
                    line,
                    col,
                });
            }
            Ok(None) => {}
            Err((offset, message)) => {
                let lo = comment.lo.0 + "//line ".len() as u32 + offset as u32;
                let span = Span::new(lo, comment.hi.0.max(lo));
                errors.push(Diagnostic::error(Code::BadDirective, span, message));
            }
        }
    }
    bases
}

/// What follows `line ` in a comment that can be a directive: one at the start of a line, or a block comment within a line.
fn directive_text<'a>(src: &SourceFile, comment: Span, text: &'a str) -> Option<&'a str> {
    if let Some(rest) = text.strip_prefix("//line ") {
        let at_start = src.line_col(comment.lo).col == 1;
        return at_start.then(|| rest.trim_end_matches('\r'));
    }
    let rest = text.strip_prefix("/*line ")?.strip_suffix("*/")?;
    (!rest.contains('\n')).then_some(rest)
}

type Place = (Option<String>, u32, Option<u32>);

/// `file:line` or `file:line:col`; nothing if there is no colon. An error says where in the text it is.
fn read(text: &str, previous: Option<String>, own: &str) -> Result<Option<Place>, (usize, String)> {
    let Some(colon) = text.rfind(':') else {
        return Ok(None);
    };
    let number = |s: &str| {
        s.parse::<u32>()
            .ok()
            .filter(|n| s.starts_with(|c: char| c.is_ascii_digit()) && *n < 1 << 30)
    };
    let (last, at) = (&text[colon + 1..], colon + 1);
    let bad_line = |at: usize, s: &str| Err((at, format!("invalid line number: {s}")));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(last) {
        return bad_line(at, last);
    }
    let head = &text[..colon];
    let inner = head.rfind(':').filter(|&i| digits(&head[i + 1..]));
    let Some(i) = inner else {
        return match number(last).filter(|&n| n > 0) {
            Some(line) => Ok(Some((file_of(head, own), line, None))),
            None => bad_line(at, last),
        };
    };
    let Some(col) = number(last).filter(|&n| n > 0) else {
        return Err((at, format!("invalid column number: {last}")));
    };
    let Some(line) = number(&head[i + 1..]).filter(|&n| n > 0) else {
        return bad_line(i + 1, &text[i + 1..]);
    };
    let file = if i == 0 {
        previous
    } else {
        file_of(&head[..i], own)
    };
    Ok(Some((file, line, Some(col))))
}

/// A directive's file name, which is relative to the file it stands in.
fn file_of(name: &str, own: &str) -> Option<String> {
    if name.is_empty() {
        return None;
    }
    match own.rfind('/') {
        Some(i) if !name.starts_with('/') => Some(format!("{}/{name}", &own[..i])),
        _ => Some(name.to_string()),
    }
}

//! Indentation by brackets, as gofmt indents.

use lang::syntax::{self, Kind};

/// The text with every line indented by tabs, one for each line on which brackets around it were opened. Lines do not become more or fewer.
pub(super) fn indented(text: &str) -> String {
    let tokens = syntax::lex(text, 0, false).tokens;
    let mut tokens = tokens.iter().peekable();
    // The lines on which the open brackets stand.
    let mut open: Vec<usize> = Vec::new();
    let mut inside_until = 0;
    let mut out = String::with_capacity(text.len());
    let mut start = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let (end, bare) = (start + line.len(), line.trim());
        if start < inside_until {
            // The middle of a raw string.
            out += line;
        } else if !bare.is_empty() {
            let closing = bare.chars().take_while(|c| ")]}".contains(*c)).count();
            let around = &open[..open.len().saturating_sub(closing)];
            let mut levels = match closing {
                0 => distinct(around),
                // The line of the outermost bracket that it closes tells.
                _ => {
                    let opened = open.get(around.len()).copied().unwrap_or(0);
                    distinct(&around[..around.partition_point(|&l| l < opened)])
                }
            };
            if is_label(bare) {
                levels = levels.saturating_sub(1);
            }
            out += &"\t".repeat(levels);
            out += bare;
            out.push('\n');
        } else {
            out.push('\n');
        }
        while let Some(t) = tokens.next_if(|t| (t.lo as usize) < end) {
            match t.kind {
                Kind::LParen | Kind::LBrack | Kind::LBrace => open.push(number),
                Kind::RParen | Kind::RBrack | Kind::RBrace => drop(open.pop()),
                _ => {}
            }
            if t.hi as usize > end && t.kind != Kind::Semi {
                inside_until = t.hi as usize;
            }
        }
        start = end;
    }
    out
}

/// How many different lines there are in an ascending list.
fn distinct(lines: &[usize]) -> usize {
    lines.chunk_by(|a, b| a == b).count()
}

/// Whether a line begins a clause or is a label: those stand one to the left.
fn is_label(line: &str) -> bool {
    let case = line.starts_with("case ") || line.starts_with("default:");
    let label = line
        .strip_suffix(':')
        .is_some_and(|l| !l.is_empty() && l.chars().all(|c| c.is_alphanumeric() || c == '_'));
    case || label
}

//! Lines and indentation as gofmt has them.

use lang::syntax::{self, Kind, Token};
use std::ops::Range;

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

/// What is to stand at a place instead of what does.
enum Edit {
    /// The end of a line, if none is there.
    Break,
    /// A text.
    Text(&'static str),
}

/// The text with the statements of blocks on lines of their own: all blocks of control statements, and bodies of functions that have several lines;
/// with a space after commas.
pub(super) fn expanded(text: &str) -> String {
    let tokens = syntax::lex(text, 1, true).tokens;
    let mut layout = Layout {
        text,
        tokens: &tokens,
        open: vec![Open::Block],
        header: vec![false],
        edits: Vec::new(),
    };
    (0..tokens.len()).for_each(|i| layout.token(i));
    edited(text, &layout.edits)
}

/// What a bracket that is open encloses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    /// Statements, each to have a line.
    Block,
    /// Something else.
    Other,
}

/// A text whose layout is being found out.
struct Layout<'t> {
    text: &'t str,
    tokens: &'t [Token],
    open: Vec<Open>,
    /// For every open bracket whether the header of a control statement is being read in it.
    header: Vec<bool>,
    edits: Vec<(Range<usize>, Edit)>,
}

impl Layout<'_> {
    fn token(&mut self, i: usize) {
        let t = &self.tokens[i];
        let (lo, hi) = (t.lo as usize - 1, t.hi as usize - 1);
        let header = self.header.last().copied().unwrap_or(false);
        let block = self.open.last() == Some(&Open::Block);
        match t.kind {
            Kind::For | Kind::If | Kind::Switch | Kind::Select | Kind::Else => self.reading(true),
            Kind::LBrace => self.brace(i, header),
            Kind::LParen | Kind::LBrack => self.opens(Open::Other),
            Kind::RBrace => {
                let empty = self.tokens[i - 1].kind == Kind::LBrace;
                if self.closes() == Some(Open::Block) && !empty {
                    self.edits.push((lo..lo, Edit::Break));
                }
            }
            Kind::RParen | Kind::RBrack => drop(self.closes()),
            Kind::Semi if block && !header && self.text[lo..].starts_with(';') => {
                self.edits.push((lo..hi, Edit::Break));
            }
            Kind::Colon
                if block && (begins_clause(self.tokens, i) || is_label_at(self.tokens, i)) =>
            {
                self.edits.push((hi..hi, Edit::Break));
            }
            Kind::Comma if !self.text[hi..].starts_with([' ', '\t', '\n', '\r']) => {
                self.edits.push((hi..hi, Edit::Text(" ")));
            }
            _ => {}
        }
    }

    fn reading(&mut self, header: bool) {
        if let Some(last) = self.header.last_mut() {
            *last = header;
        }
    }

    fn opens(&mut self, what: Open) {
        self.open.push(what);
        self.header.push(false);
    }

    fn closes(&mut self) -> Option<Open> {
        self.header.pop();
        self.open.pop()
    }

    fn brace(&mut self, i: usize, header: bool) {
        let control = header && is_block(self.tokens, i);
        if control {
            self.reading(false);
        }
        let long = || is_long(self.text, self.tokens, i);
        let breaks = control || follows_signature(self.tokens, i) && long();
        self.opens(if breaks { Open::Block } else { Open::Other });
        let (lo, hi) = (
            self.tokens[i].lo as usize - 1,
            self.tokens[i].hi as usize - 1,
        );
        let empty = self
            .tokens
            .get(i + 1)
            .is_some_and(|t| t.kind == Kind::RBrace);
        if breaks && !empty {
            self.edits.push((hi..hi, Edit::Break));
        }
        let word = i.checked_sub(1).map(|p| &self.tokens[p]);
        let of_type = word.filter(|t| matches!(t.kind, Kind::Struct | Kind::Interface));
        if let Some(word) = of_type
            && !long()
        {
            self.edits.push((word.hi as usize - 1..lo, Edit::Text("")));
        }
    }
}

/// A text with its edits made, which are in order.
fn edited(text: &str, edits: &[(Range<usize>, Edit)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (at, edit) in edits {
        let before = &text[from..at.start];
        from = at.end;
        match edit {
            Edit::Text(new) => {
                out += before;
                out += new;
            }
            Edit::Break => {
                out += before.trim_end_matches([' ', '\t']);
                let rest = text[from..].trim_start_matches([' ', '\t']);
                let comment = rest.starts_with("//") || rest.starts_with("/*");
                if !comment && !rest.starts_with('\n') && !out.ends_with('\n') {
                    out.push('\n');
                }
            }
        }
    }
    out + &text[from..]
}

/// Whether a colon ends a label.
fn is_label_at(tokens: &[Token], colon: usize) -> bool {
    let kind = |n: usize| colon.checked_sub(n).map(|i| tokens[i].kind);
    let begins = matches!(
        kind(2),
        None | Some(Kind::Semi | Kind::LBrace | Kind::RBrace)
    );
    kind(1) == Some(Kind::Name) && begins
}

/// Whether the brackets that a token opens reach over several lines, or will because there is a control statement in them.
fn is_long(text: &str, tokens: &[Token], at: usize) -> bool {
    let close = end_of_bracket(tokens, at).unwrap_or(tokens.len() - 1);
    let control = |t: &Token| matches!(t.kind, Kind::For | Kind::If | Kind::Switch | Kind::Select);
    if tokens[at..close].iter().any(control) {
        return true;
    }
    text[tokens[at].lo as usize - 1..tokens[close].lo as usize - 1].contains('\n')
}

/// Whether a brace follows a function's signature, and not `struct`, `interface` or a literal's type: before it stands `func` without a `{` in between.
fn follows_signature(tokens: &[Token], at: usize) -> bool {
    let ends = |k: Kind| matches!(k, Kind::Semi | Kind::LBrace | Kind::RBrace);
    let first = tokens[..at]
        .iter()
        .rposition(|t| ends(t.kind))
        .map_or(0, |i| i + 1);
    let is_type = matches!(tokens[at.max(1) - 1].kind, Kind::Struct | Kind::Interface);
    // After a bracket, `func` begins the type of elements.
    let begins = |i: usize| {
        let element = i > 0 && tokens[i - 1].kind == Kind::RBrack;
        tokens[i].kind == Kind::Func && !element
    };
    !is_type && (first..at).any(begins)
}

/// Whether a colon ends `case …` or `default`.
fn begins_clause(tokens: &[Token], colon: usize) -> bool {
    let mut depth = 0usize;
    for t in tokens[..colon].iter().rev() {
        match t.kind {
            Kind::RParen | Kind::RBrack | Kind::RBrace => depth += 1,
            Kind::LParen | Kind::LBrack | Kind::LBrace if depth == 0 => return false,
            Kind::LParen | Kind::LBrack | Kind::LBrace => depth -= 1,
            Kind::Case | Kind::Default if depth == 0 => return true,
            Kind::Semi | Kind::Colon if depth == 0 => return false,
            _ => {}
        }
    }
    false
}

/// The bracket that closes the one at `at`.
fn end_of_bracket(tokens: &[Token], at: usize) -> Option<usize> {
    let mut depth = 0usize;
    let close = tokens[at..].iter().position(|t| {
        match t.kind {
            Kind::LParen | Kind::LBrack | Kind::LBrace => depth += 1,
            Kind::RParen | Kind::RBrack | Kind::RBrace => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    });
    close.map(|n| at + n)
}

/// The first token of a kind from one on that no brackets surround; a closing bracket ends a statement too.
pub(super) fn end_of(tokens: &[Token], from: usize, kind: Kind) -> Option<usize> {
    let mut depth = 0usize;
    for (i, t) in tokens.iter().enumerate().skip(from) {
        match t.kind {
            k if k == kind && depth == 0 => return Some(i),
            Kind::LParen | Kind::LBrack | Kind::LBrace => depth += 1,
            Kind::RParen | Kind::RBrack | Kind::RBrace if depth == 0 => {
                return (kind == Kind::Semi).then_some(i);
            }
            Kind::RParen | Kind::RBrack | Kind::RBrace => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Whether a token opens a block, and not a literal of a statement's header: nothing but the statement's end, or else, follows a block.
pub(super) fn is_block(tokens: &[Token], at: usize) -> bool {
    if tokens[at].kind != Kind::LBrace {
        return false;
    }
    let close = end_of_bracket(tokens, at);
    let next = close.and_then(|n| tokens.get(n + 1));
    next.is_none_or(|t| {
        matches!(
            t.kind,
            Kind::Semi | Kind::Else | Kind::Eof | Kind::RBrace | Kind::RParen | Kind::Comma
        )
    })
}

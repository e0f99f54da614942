//! Variations of a text that leave most of it a Go program: whole tokens, statements and bracketed groups are exchanged.
//!
//! Invariants: one variation in eight is libFuzzer's own, on bytes; the result never exceeds the room there is; the same seed gives
//! the same variation.

use lang::syntax::{self, Kind};
use libfuzzer_sys::fuzzer_mutate;
use std::ops::Range;
use std::sync::LazyLock;

/// The dictionary's words.
static WORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    include_str!("../go.dict")
        .lines()
        .filter_map(word)
        .collect()
});

/// The word of a dictionary line.
fn word(line: &str) -> Option<String> {
    let quoted = line.strip_prefix('"')?.strip_suffix('"')?;
    Some(quoted.replace("\\\"", "\"").replace("\\\\", "\\"))
}

/// Forms that a name or a literal can be put into; `$` is it.
const FORMS: &[&str] = &[
    "($)",
    "(*&$)",
    "min($)",
    "max($, $)",
    "any($)",
    "[]any{$}[0]",
    "func() any { return $ }()",
    "struct{ a any }{$}.a",
    "$ + $",
    "$ * $",
    "$ | $",
    "$ == $",
    "-$",
    "^$",
    "!$",
    "*$",
    "&$",
    "(*$)",
    "<-$",
    "$()",
    "$[0]",
    "$[1:]",
    "$[:0:0]",
    "$.$",
    "append($[:0:0], $...)",
    "append($, $[0])",
    "len($)",
    "[]$",
    "[2]$",
    "[...]$",
    "map[string]$",
    "chan $",
    "func($)",
    "interface{ $ }",
    "struct{ $ }",
    "${}",
    "[]${$}",
    "$[int]",
    "new($)",
    "$...",
    "$.(int)",
    "map[any]any{$: $}",
    "&struct{ a, b any }{$, $}",
    "error($)",
];

/// Forms that a statement can be put into.
const WRAPS: &[&str] = &[
    "{ $ }",
    "if true { $ }",
    "for range 2 { $ }",
    "for i := range 3 { if i == 1 { continue }; $ }",
    "func() { $ }()",
    "defer func() { $ }()",
    "go func() { $ }()",
    "switch { default: $ }",
    "switch any(1).(type) { case int: $ }",
    "select { default: $ }",
    "L: for { $; break L }",
    "defer func() { recover(); $ }(); panic(1)",
    "func() { defer func() { recover() }(); $ }()",
    "for f := range func(y func(int) bool) { _ = y(1) && y(2) } { _ = f; $ }",
    "if c := make(chan int, 1); cap(c) > 0 { c <- 1; $; <-c }",
    "func() { for { $; return } }()",
];

/// Varies `data[..size]` in place; gives the new size.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut rng = Rng(u64::from(seed) << 1 | 1);
    let varied = std::str::from_utf8(&data[..size])
        .ok()
        .filter(|_| rng.below(8) > 0)
        .and_then(|text| vary(text, &mut rng));
    match varied {
        Some(text) if text.len() <= max_size.min(data.len()) => {
            data[..text.len()].copy_from_slice(text.as_bytes());
            text.len()
        }
        _ => fuzzer_mutate(data, size, max_size),
    }
}

/// A part of one text put into another; gives its size.
pub fn cross(a: &[u8], b: &[u8], out: &mut [u8], seed: u32) -> usize {
    let mut rng = Rng(u64::from(seed) << 1 | 1);
    let texts = (std::str::from_utf8(a), std::str::from_utf8(b));
    let (Ok(a), Ok(b)) = texts else { return 0 };
    let (mut a, b) = (pieces(a), pieces(b));
    if a.is_empty() || b.is_empty() {
        return 0;
    }
    let (i, j) = (rng.below(a.len()), rng.below(b.len()));
    let part = if rng.below(4) == 0 { group } else { statement };
    let (old, new) = (part(&a, i), b[part(&b, j)].to_vec());
    let keeps = rng.below(3) > 0;
    a.splice(if keeps { old.start..old.start } else { old }, new);
    let text = joined(a);
    if text.len() > out.len() {
        return 0;
    }
    out[..text.len()].copy_from_slice(text.as_bytes());
    text.len()
}

/// A few edits; `None` if there is nothing to edit.
fn vary(text: &str, rng: &mut Rng) -> Option<String> {
    let mut pieces = pieces(text);
    for _ in 0..1 + rng.below(8) / 6 {
        if pieces.is_empty() {
            return None;
        }
        edit(&mut pieces, rng);
    }
    Some(joined(pieces))
}

/// A token with the space and comments before it.
#[derive(Clone)]
struct Piece {
    space: String,
    token: String,
    kind: Kind,
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut end = 0;
    let mut all = Vec::new();
    for t in syntax::lex(text, 1, true).tokens {
        let (lo, hi) = (t.lo as usize - 1, t.hi as usize - 1);
        let inserted = t.kind == Kind::Semi && &text[lo..hi] != ";";
        if t.kind == Kind::Eof || inserted {
            continue;
        }
        all.push(Piece {
            space: text[end..lo].to_string(),
            token: text[lo..hi].to_string(),
            kind: t.kind,
        });
        end = hi;
    }
    all
}

fn joined(pieces: Vec<Piece>) -> String {
    pieces.into_iter().map(|p| p.space + &p.token).collect()
}

fn edit(pieces: &mut Vec<Piece>, rng: &mut Rng) {
    let i = rng.below(pieces.len());
    match rng.below(18) {
        0 => pieces[i].token = rng.of(&WORDS).clone(),
        1 => pieces[i].token += &format!(" {}", rng.of(&WORDS)),
        2 => drop(pieces.remove(i)),
        3 => pieces.insert(i, pieces[i].clone()),
        4 => {
            let j = rng.below(pieces.len());
            let (a, b) = (pieces[i].token.clone(), pieces[j].token.clone());
            (pieces[i].token, pieces[j].token) = (b, a);
        }
        5 | 6 => {
            let like: Vec<&Piece> = pieces.iter().filter(|p| p.kind == pieces[i].kind).collect();
            pieces[i].token = rng.of(&like).token.clone();
        }
        7 => pieces[i].token = rng.of(FORMS).replace('$', &pieces[i].token),
        8 => replace(pieces, i, rng, group),
        9 => replace(pieces, i, rng, statement),
        10 => {
            let copy = pieces[statement(pieces, i)].to_vec();
            let at = statement(pieces, rng.below(pieces.len())).start;
            pieces.splice(at..at, copy);
        }
        11 | 12 => {
            let part = statement(pieces, i);
            let (before, after) = rng.of(WRAPS).split_once('$').unwrap_or_default();
            pieces[part.end - 1].token += &format!("\n{after}");
            pieces[part.start].token.insert_str(0, before);
        }
        13 => drop(pieces.drain(statement(pieces, i))),
        _ => {
            let i = (0..8)
                .map(|_| rng.below(pieces.len()))
                .find(|&i| alike(&pieces[i].token).is_some());
            if let Some(i) = i {
                pieces[i].token = rng.of(alike(&pieces[i].token).unwrap_or(&[""])).to_string();
            }
        }
    }
}

/// Words that may mostly stand where `token` stands.
fn alike(token: &str) -> Option<&'static [&'static str]> {
    const SETS: &[&[&str]] = &[
        &["+", "-", "*", "/", "%", "&", "|", "^", "&^", "<<", ">>"],
        &[
            "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "&^=", "<<=", ">>=", "=",
        ],
        &["==", "!=", "<", "<=", ">", ">="],
        &["&&", "||"],
        &[
            "int",
            "int8",
            "int16",
            "int32",
            "int64",
            "uint",
            "uint8",
            "uint16",
            "uint32",
            "uint64",
            "uintptr",
            "byte",
            "rune",
            "float32",
            "float64",
            "string",
            "bool",
            "any",
            "error",
            "complex128",
            "struct{}",
        ],
        &["break", "continue", "return", "fallthrough"],
        &["go", "defer", ""],
        &["++", "--"],
        &["*", "&", ""],
        &["true", "false"],
        &[
            "0",
            "1",
            "2",
            "3",
            "7",
            "8",
            "63",
            "64",
            "127",
            "128",
            "255",
            "256",
            "1000",
            "65536",
            "1<<31",
            "1<<32",
            "1<<62",
            "(-1)",
            "(-1<<63)",
            "(1<<63-1)",
        ],
    ];
    let number = token
        .starts_with(|c: char| c.is_ascii_digit())
        .then_some("0");
    let token = number.unwrap_or(token);
    SETS.iter().find(|set| set.contains(&token)).copied()
}

/// Puts one such part of the text in another's place.
fn replace(
    pieces: &mut Vec<Piece>,
    i: usize,
    rng: &mut Rng,
    part: fn(&[Piece], usize) -> Range<usize>,
) {
    let new = pieces[part(pieces, rng.below(pieces.len()))].to_vec();
    let old = part(pieces, i);
    pieces.splice(old, new);
}

/// The next bracketed group from `i` on, or the token there.
fn group(pieces: &[Piece], i: usize) -> Range<usize> {
    let opens = |p: &Piece| matches!(p.kind, Kind::LParen | Kind::LBrack | Kind::LBrace);
    match (i..pieces.len()).find(|&j| opens(&pieces[j])) {
        Some(from) => from..balanced(pieces, from, |_| true),
        None => i..i + 1,
    }
}

/// The line of `i`, and the lines that it opens brackets for.
fn statement(pieces: &[Piece], i: usize) -> Range<usize> {
    let starts = |p: &Piece| p.space.contains('\n');
    let from = (0..=i).rev().find(|&j| starts(&pieces[j])).unwrap_or(0);
    from..balanced(pieces, from, starts)
}

/// The end of what begins at `from`: where no bracket is open and the next token is an `end`.
fn balanced(pieces: &[Piece], from: usize, end: impl Fn(&Piece) -> bool) -> usize {
    let mut depth = 0;
    for (j, p) in pieces.iter().enumerate().skip(from) {
        match p.kind {
            Kind::LParen | Kind::LBrack | Kind::LBrace => depth += 1,
            Kind::RParen | Kind::RBrack | Kind::RBrace => depth -= 1,
            _ => {}
        }
        if depth <= 0 && pieces.get(j + 1).is_none_or(&end) {
            return j + 1;
        }
    }
    pieces.len()
}

/// Xorshift.
struct Rng(u64);

impl Rng {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % n
    }

    fn of<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

//! Candidates from the text itself: keywords that the grammar takes at the cursor, and labels.

use super::cut::{Cut, Frame};
use super::{Candidate, Kind};
use lang::syntax::{self, Kind as Token};

/// The labels that a branch statement before the cursor can name; nothing if there is no such statement.
pub(super) fn labels(cut: &Cut<'_>) -> Option<Vec<Candidate>> {
    let around = |loops: bool| {
        let inside = cut
            .frames
            .iter()
            .rev()
            .take_while(|f| f.block != Some(Token::Func));
        let fits = move |f: &&Frame<'_>| !loops || f.block == Some(Token::For);
        inside
            .filter(fits)
            .filter_map(|f| f.label)
            .collect::<Vec<_>>()
    };
    let names = match cut.last()?.kind {
        Token::Break => around(false),
        Token::Continue => around(true),
        Token::Goto => cut.labels.clone(),
        _ => return None,
    };
    let matching = names.into_iter().filter(|n| n.starts_with(cut.word));
    Some(
        matching
            .map(|n| Candidate::new(n, Kind::Label, ""))
            .collect(),
    )
}

/// The keywords that begin with the word at the cursor and can stand there. A word must have been begun.
pub(super) fn keywords(cut: &Cut<'_>) -> Vec<Candidate> {
    if cut.word.is_empty() {
        return Vec::new();
    }
    syntax::keywords_after(cut.head, cut.word)
        .into_iter()
        .filter(|k| makes_sense(cut, k))
        .map(|k| Candidate::new(k, Kind::Keyword, ""))
        .collect()
}

/// What the grammar alone does not know: `break` belongs into a loop, `case` into a switch.
fn makes_sense(cut: &Cut<'_>, keyword: &str) -> bool {
    let inside = |blocks: &[Token]| {
        let in_func = cut
            .frames
            .iter()
            .rev()
            .take_while(|f| f.block != Some(Token::Func));
        in_func.filter_map(|f| f.block).any(|b| blocks.contains(&b))
    };
    match keyword {
        "break" => inside(&[Token::For, Token::Switch, Token::Select]),
        "continue" => inside(&[Token::For]),
        "fallthrough" => inside(&[Token::Switch]),
        "package" => cut.tokens.is_empty(),
        "import" => cut.frames.len() == 1,
        _ => true,
    }
}

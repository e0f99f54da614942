//! Indentation while typing: what a new line begins with, and where a line goes that closes a block.

use lang::syntax::{Kind, Token, lex};

/// What a new line begins with when Enter is pressed behind `text`.
pub(crate) fn of_new_line(text: &str) -> String {
    let Some(open) = Open::at_end(text) else {
        return String::new();
    };
    let line = text.rsplit('\n').next().unwrap_or("");
    let mut indent = leading(line).to_string();
    let start = text.len() - line.len();
    let label = is_label(line) && line.trim_end().ends_with(':');
    if label || open.last().is_some_and(|at| at >= start) || open.continues {
        indent.push('\t');
    }
    indent
}

/// What the line that is being typed becomes when a closing bracket is typed now, so that it stands under the line that its opening bracket is in;
/// nothing if it is not the first in its line, or stands there already.
pub(crate) fn of_closing(text: &str, typed: char) -> Option<String> {
    let line = text.rsplit('\n').next()?;
    if line.len() == text.len() || !line.trim().is_empty() {
        return None;
    }
    replaced(text, line, &typed.to_string())
}

/// The same for the colon behind `case …` and `default`, which stand under their `switch` or `select`.
pub(crate) fn of_label(text: &str) -> Option<String> {
    let line = text.rsplit('\n').next()?;
    if line.len() == text.len() || !is_label(line) {
        return None;
    }
    replaced(text, line, &format!("{}:", line.trim_start()))
}

fn replaced(text: &str, line: &str, with: &str) -> Option<String> {
    let open = Open::at_end(text)?.last()?;
    let opening = &text[text[..open].rfind('\n').map_or(0, |at| at + 1)..];
    let indent = leading(opening.lines().next().unwrap_or(""));
    let own = leading(line);
    if own.len() <= indent.len() || !own.starts_with(indent) {
        return None;
    }
    Some(format!("{indent}{with}"))
}

fn is_label(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("case ") || line.trim_end().trim_end_matches(':').trim_end() == "default"
}

fn leading(line: &str) -> &str {
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// What is open at the end of a text.
struct Open {
    brackets: Vec<usize>,
    /// Its last line ends with something that needs an operand.
    continues: bool,
}

impl Open {
    /// Nothing inside a string or comment.
    fn at_end(text: &str) -> Option<Open> {
        // Positions count from 1.
        let lexed = lex(text, 1, true);
        if !lexed.errors.is_empty() {
            return None;
        }
        let mut brackets = Vec::new();
        for t in &lexed.tokens {
            match t.kind {
                Kind::LParen | Kind::LBrack | Kind::LBrace => {
                    brackets.push(t.lo as usize - 1);
                }
                Kind::RParen | Kind::RBrack | Kind::RBrace => {
                    brackets.pop();
                }
                _ => {}
            }
        }
        let last = lexed
            .tokens
            .iter()
            .rev()
            .find(|t| !matches!(t.kind, Kind::Eof | Kind::Semi));
        Some(Open {
            brackets,
            continues: last.is_some_and(|t| needs_operand(text, t)),
        })
    }

    fn last(&self) -> Option<usize> {
        self.brackets.last().copied()
    }
}

fn needs_operand(text: &str, t: &Token) -> bool {
    let word = &text[t.lo as usize - 1..t.hi as usize - 1];
    matches!(
        word,
        "+" | "-"
            | "*"
            | "/"
            | "%"
            | "&"
            | "|"
            | "^"
            | "<<"
            | ">>"
            | "&^"
            | "&&"
            | "||"
            | "=="
            | "!="
            | "<"
            | "<="
            | ">"
            | ">="
            | "="
            | ":="
            | "."
            | "<-"
    )
}

#[cfg(test)]
mod tests {
    use super::{of_closing, of_label, of_new_line};

    #[test]
    fn new_lines() {
        assert_eq!(of_new_line("for {"), "\t");
        assert_eq!(of_new_line("for {\n\tx := 1"), "\t");
        assert_eq!(of_new_line("for {\n\tif x {"), "\t\t");
        assert_eq!(of_new_line("switch {\ncase x > 1:"), "\t");
        assert_eq!(of_new_line("switch {\ndefault:"), "\t");
        assert_eq!(of_new_line("x := f(a,\n\tb,"), "\t");
        assert_eq!(of_new_line("x := 1 +"), "\t");
        assert_eq!(of_new_line("x := `a {"), "");
    }

    #[test]
    fn closing() {
        assert_eq!(of_closing("for {\n\t", '}'), Some("}".to_string()));
        assert_eq!(
            of_closing("for {\n\tif x {\n\t\t", '}'),
            Some("\t}".to_string())
        );
        assert_eq!(of_closing("for {\n", '}'), None);
        assert_eq!(of_closing("for {\n\tx := []int{", '}'), None);
        assert_eq!(of_closing("for {", '}'), None);
    }

    #[test]
    fn labels() {
        assert_eq!(of_label("switch {\n\tcase 1"), Some("case 1:".to_string()));
        assert_eq!(of_label("switch {\ncase 1"), None);
        assert_eq!(
            of_label("select {\n\tdefault"),
            Some("default:".to_string())
        );
    }
}

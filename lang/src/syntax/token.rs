//! The tokens of Go, and the logos lexer that finds them.

use super::literal;
use logos::{Lexer, Logos};

/// A token's kind. The spelling of an operator, a separator or a keyword is its text in the source.
#[derive(Logos, Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[logos(extras = Notes, skip r"[ \t\r\x00\u{feff}]+")]
#[repr(u8)]
#[allow(missing_docs)] // the names are the tokens'
pub enum Kind {
    // What the lexer's driver makes.
    Eof,
    /// `;`, written or inserted.
    Semi,
    #[token("\n")]
    Newline,
    #[token("//", line_comment)]
    LineComment,
    #[token("/*", block_comment)]
    BlockComment,

    // Names and literals.
    #[regex(r"[A-Za-z_\x{80}-\x{fefe}\x{ff00}-\x{10ffff}][A-Za-z0-9_\x{80}-\x{fefe}\x{ff00}-\x{10ffff}]*")]
    Name,
    #[regex(r"[0-9]", literal::number)]
    #[regex(r"\.[0-9]", literal::number)]
    Int,
    Float,
    Imag,
    #[token("'", literal::rune)]
    Char,
    #[token("\"", literal::string)]
    #[token("`", literal::raw_string)]
    String,

    // Brackets and separators.
    #[token("(")]
    LParen,
    #[token("[")]
    LBrack,
    #[token("{")]
    LBrace,
    #[token(")")]
    RParen,
    #[token("]")]
    RBrack,
    #[token("}")]
    RBrace,
    #[token(",")]
    Comma,
    #[token(";")]
    Semicolon,
    #[token(":")]
    Colon,
    #[token(".")]
    Dot,
    #[token("...")]
    Ellipsis,

    // Assignment.
    #[token("=")]
    Assign,
    #[token(":=")]
    Define,
    #[token("++")]
    Inc,
    #[token("--")]
    Dec,
    #[token("+=")]
    AddAssign,
    #[token("-=")]
    SubAssign,
    #[token("|=")]
    OrAssign,
    #[token("^=")]
    XorAssign,
    #[token("*=")]
    MulAssign,
    #[token("/=")]
    DivAssign,
    #[token("%=")]
    RemAssign,
    #[token("<<=")]
    ShlAssign,
    #[token(">>=")]
    ShrAssign,
    #[token("&=")]
    AndAssign,
    #[token("&^=")]
    AndNotAssign,

    // Operators.
    #[token("<-")]
    Arrow,
    #[token("*")]
    Star,
    #[token("!")]
    Not,
    #[token("~")]
    Tilde,
    #[token("||")]
    LOr,
    #[token("&&")]
    LAnd,
    #[token("==")]
    Eq,
    #[token("!=")]
    Ne,
    #[token("<")]
    Lt,
    #[token("<=")]
    Le,
    #[token(">")]
    Gt,
    #[token(">=")]
    Ge,
    #[token("+")]
    Add,
    #[token("-")]
    Sub,
    #[token("|")]
    Or,
    #[token("^")]
    Xor,
    #[token("/")]
    Div,
    #[token("%")]
    Rem,
    #[token("<<")]
    Shl,
    #[token(">>")]
    Shr,
    #[token("&")]
    And,
    #[token("&^")]
    AndNot,

    // Keywords.
    #[token("break")]
    Break,
    #[token("case")]
    Case,
    #[token("chan")]
    Chan,
    #[token("const")]
    Const,
    #[token("continue")]
    Continue,
    #[token("default")]
    Default,
    #[token("defer")]
    Defer,
    #[token("else")]
    Else,
    #[token("fallthrough")]
    Fallthrough,
    #[token("for")]
    For,
    #[token("func")]
    Func,
    #[token("go")]
    Go,
    #[token("goto")]
    Goto,
    #[token("if")]
    If,
    #[token("import")]
    Import,
    #[token("interface")]
    Interface,
    #[token("map")]
    Map,
    #[token("package")]
    Package,
    #[token("range")]
    Range,
    #[token("return")]
    Return,
    #[token("select")]
    Select,
    #[token("struct")]
    Struct,
    #[token("switch")]
    Switch,
    #[token("type")]
    Type,
    #[token("var")]
    Var,
}

/// The spellings of all keywords.
pub const KEYWORDS: &[&str] = &[
    "break",
    "case",
    "chan",
    "const",
    "continue",
    "default",
    "defer",
    "else",
    "fallthrough",
    "for",
    "func",
    "go",
    "goto",
    "if",
    "import",
    "interface",
    "map",
    "package",
    "range",
    "return",
    "select",
    "struct",
    "switch",
    "type",
    "var",
];

impl Kind {
    /// Whether it is a keyword.
    pub fn is_keyword(self) -> bool {
        self as u8 >= Kind::Break as u8
    }

    /// Whether it is a literal.
    pub fn is_literal(self) -> bool {
        matches!(
            self,
            Kind::Int | Kind::Float | Kind::Imag | Kind::Char | Kind::String
        )
    }

    /// Whether a newline after it ends a statement (spec: Semicolons).
    pub fn ends_statement(self) -> bool {
        use Kind::*;
        matches!(
            self,
            Name | Int | Float | Imag | Char | String | RParen | RBrack | RBrace | Inc | Dec
        ) || matches!(self, Break | Continue | Fallthrough | Return)
    }
}

/// A set of token kinds.
#[derive(Clone, Copy)]
pub struct KindSet(u128);

impl KindSet {
    /// The set of `kinds`.
    pub const fn of(kinds: &[Kind]) -> KindSet {
        let mut bits = 0;
        let mut i = 0;
        while i < kinds.len() {
            bits |= 1 << kinds[i] as u8;
            i += 1;
        }
        KindSet(bits)
    }

    /// Both sets' members.
    pub const fn or(self, other: KindSet) -> KindSet {
        KindSet(self.0 | other.0)
    }

    /// Whether `kind` is a member.
    pub const fn has(self, kind: Kind) -> bool {
        self.0 >> kind as u8 & 1 != 0
    }
}

/// One token. A `Semi` that was inserted stands where the newline, the comment or the end of the text is.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// Its kind.
    pub kind: Kind,
    /// Whether it is a malformed literal, already reported.
    pub bad: bool,
    /// Position of its first byte in the session's position space.
    pub lo: u32,
    /// One past its last byte.
    pub hi: u32,
}

/// A lexical error: byte offset in the lexed text and what is wrong.
pub(super) type LexError = (usize, String);

/// What the callbacks tell the driver besides the kind of token.
#[derive(Default)]
pub struct Notes {
    /// Lexical errors so far.
    pub(super) errors: Vec<LexError>,
    /// The kind of the number just lexed.
    pub(super) number: Option<Kind>,
    /// Whether the literal just lexed is malformed.
    pub(super) bad: bool,
}

fn line_comment(lex: &mut Lexer<'_, Kind>) {
    let rest = lex.remainder().as_bytes();
    let len = rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
    lex.bump(len);
}

fn block_comment(lex: &mut Lexer<'_, Kind>) {
    match lex.remainder().find("*/") {
        Some(len) => lex.bump(len + 2),
        None => {
            lex.extras
                .errors
                .push((lex.span().start, "comment not terminated".to_string()));
            lex.bump(lex.remainder().len());
        }
    }
}

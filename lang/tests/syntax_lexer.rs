//! Tokens, semicolons, literals and their errors.

use lang::diag::Diagnostic;
use lang::syntax::{Kind, decode, lex, unquote, unquote_char};

/// The tokens of `text`, spelled; an inserted semicolon is `↵`.
fn spell(text: &str) -> String {
    let lexed = lex(text, 1, true);
    assert_eq!(lexed.errors, [], "{text}");
    let words = lexed
        .tokens
        .iter()
        .filter(|t| t.kind != Kind::Eof)
        .map(|t| {
            let word = &text[t.lo as usize - 1..t.hi as usize - 1];
            if t.kind == Kind::Semi && word != ";" {
                "↵"
            } else {
                word
            }
        });
    words.collect::<Vec<_>>().join(" ")
}

fn kinds(text: &str) -> Vec<Kind> {
    lex(text, 1, true).tokens.iter().map(|t| t.kind).collect()
}

fn errors(text: &str) -> Vec<String> {
    let show = |d: &Diagnostic| format!("{}: {}", d.span.lo.0 - 1, d.message);
    lex(text, 1, true).errors.iter().map(show).collect()
}

#[test]
fn operators_are_longest_matches() {
    let all = "+ - * / % & | ^ << >> &^ += -= *= /= %= &= |= ^= <<= >>= &^= && || <- ++ -- == < > = ! ~ != <= >= := ... ( [ { , . ) ] } ; :";
    let squeezed = "a<-b a< -b x&^=y x&^y x&&y x&y a...b a.b <<=<<";
    assert_eq!(spell("a+++b"), "a ++ + b ↵");
    assert_eq!(
        spell(squeezed),
        "a <- b a < - b x &^= y x &^ y x && y x & y a ... b a . b <<= <<"
    );
    for op in all.split(' ') {
        let tokens = lex(op, 1, true).tokens;
        assert_eq!(tokens[0].hi as usize - 1, op.len(), "{op}");
    }
}

#[test]
fn semicolons_are_inserted_where_a_statement_can_end() {
    assert_eq!(spell("a\nb"), "a ↵ b ↵");
    assert_eq!(spell("f(\na,\n)\n"), "f ( a , ) ↵");
    assert_eq!(
        spell("return\nbreak\ncontinue\nfallthrough\ngoto\n"),
        "return ↵ break ↵ continue ↵ fallthrough ↵ goto"
    );
    assert_eq!(
        spell("x++\ny--\n1\n'a'\n\"s\"\n`r`\n]\n}"),
        "x ++ ↵ y -- ↵ 1 ↵ 'a' ↵ \"s\" ↵ `r` ↵ ] ↵ } ↵"
    );
    assert_eq!(spell("a // c\nb"), "a ↵ b ↵");
    assert_eq!(spell("a /* c */ b"), "a b ↵");
    assert_eq!(spell("a /* c\n */ b"), "a ↵ b ↵");
    assert_eq!(spell("a +\n\n b"), "a + b ↵");
    assert_eq!(spell(""), "");
    assert_eq!(spell("a // c"), "a ↵");
}

#[test]
fn names_and_literals_have_kinds() {
    use Kind::*;
    assert_eq!(
        kinds("x é 世界 _1 ifx"),
        [Name, Name, Name, Name, Name, Semi, Eof]
    );
    assert_eq!(
        kinds("1 0x1F 0b1 0o7 017 1_000"),
        [Int, Int, Int, Int, Int, Int, Semi, Eof]
    );
    assert_eq!(
        kinds("1. .5 1e3 0x1p-2 0x.8p0 1_0.5E+2 09.5"),
        [Float, Float, Float, Float, Float, Float, Float, Semi, Eof]
    );
    assert_eq!(
        kinds("1i 1.5i 08i 0x1p1i"),
        [Imag, Imag, Imag, Imag, Semi, Eof]
    );
    assert_eq!(kinds("0xe+1"), [Int, Add, Int, Semi, Eof]);
    assert_eq!(kinds("x.1"), [Name, Float, Semi, Eof]);
}

#[test]
fn well_formed_literals_pass() {
    for text in [
        "'a'",
        "'\\''",
        "'\\n'",
        "'\\x41'",
        "'\\101'",
        "'\\u00e9'",
        "'\\U0010FFFF'",
        "'世'",
        "'\"'",
    ] {
        assert_eq!(errors(text), [""; 0], "{text}");
    }
    for text in [
        "\"\\\"\\a\\b\\f\\n\\r\\t\\v\\\\\"",
        "\"\\xff\\377\\u12e4\"",
        "`\\x \n \"`",
        "\"'\"",
    ] {
        assert_eq!(errors(text), [""; 0], "{text}");
    }
}

#[test]
fn malformed_literals_are_marked_and_reported() {
    let lexed = lex("x = 08 + 'ab'", 1, true);
    let bad: Vec<bool> = lexed.tokens.iter().map(|t| t.bad).collect();
    assert_eq!(bad, [false, false, true, false, true, false, false]);
    assert_eq!(errors("08"), ["1: invalid digit '8' in octal literal"]);
    assert_eq!(
        errors("\"\\q\\z\""),
        ["2: unknown escape", "4: unknown escape"]
    );
    assert_eq!(errors("\"a\nb"), ["2: newline in string"]);
    assert_eq!(errors("'a"), ["0: rune literal not terminated"]);
    assert_eq!(errors("/* a"), ["0: comment not terminated"]);
    assert_eq!(
        errors("a\u{feff}b\0"),
        [
            "5: invalid NUL character",
            "1: invalid BOM in the middle of the file"
        ]
    );
    assert_eq!(errors("@"), ["0: invalid character U+0040 '@'"]);
    assert_eq!(
        errors("“"),
        ["0: invalid character U+201C '“' in identifier"]
    );
    assert_eq!(
        errors("١"),
        ["0: identifier cannot begin with digit U+0661 '١'"]
    );
    assert_eq!(errors("1__0"), ["2: '_' must separate successive digits"]);
}

#[test]
fn a_byte_order_mark_and_a_hash_bang_line_may_start_a_file() {
    assert_eq!(spell("\u{feff}a"), "a ↵");
    let lexed = lex("#!/usr/bin/env gol\n//go:build ignore\nx", 1, true);
    assert_eq!(lexed.errors, []);
    let texts: Vec<&str> = lexed.directives.iter().map(|(_, text)| &**text).collect();
    assert_eq!(texts, ["#!/usr/bin/env gol", "go:build ignore"]);
    assert_eq!(lexed.directives[1].0.0, 20);
}

#[test]
fn literals_have_values() {
    assert_eq!(
        unquote(r#""a\n\x41\101\u00e9\xff\"""#),
        b"a\nAA\xc3\xa9\xff\""
    );
    assert_eq!(unquote("`a\r\n\\n`"), b"a\n\\n");
    assert_eq!(unquote(r#""""#), b"");
    assert_eq!(unquote_char("'a'"), 97);
    assert_eq!(unquote_char("'\\''"), 39);
    assert_eq!(unquote_char("'\\U0001F600'"), 0x1f600);
    assert_eq!(unquote_char("'\\377'"), 255);
    assert_eq!(unquote_char("'世'"), 0x4e16);
}

#[test]
fn bytes_that_are_not_utf8_are_reported_where_they_are() {
    assert_eq!(decode(b"abc".to_vec()).as_deref(), Ok("abc"));
    let errors = decode(b"ab\xffc\xe4\xb8".to_vec()).expect_err("invalid");
    let places: Vec<u32> = errors.iter().map(|d| d.span.lo.0).collect();
    assert_eq!(places, [3, 5, 6]);
    assert_eq!(errors[0].message, "invalid UTF-8 encoding");
}

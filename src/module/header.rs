//! What stands at the top of a file: its package clause and its imports, without parsing the rest.

use lang::syntax::{Kind, Token, lex, unquote};

/// The top of a file. Offsets are bytes from the start of the text.
#[derive(Clone, Debug, Default)]
pub struct Header {
    /// The package name, if the file has a package clause.
    pub package: Option<String>,
    /// The imported paths, each with the extent of its literal.
    pub imports: Vec<(String, usize, usize)>,
}

impl Header {
    /// Reads the top of `text`; stops at the first thing that is no import.
    pub fn of(text: &str) -> Header {
        let tokens = lex(text, 0, true).tokens;
        let mut r = Reader {
            text,
            tokens: &tokens,
        };
        let mut header = Header::default();
        if r.take(Kind::Package).is_some()
            && let Some(name) = r.take(Kind::Name)
        {
            header.package = Some(r.slice(name).to_string());
        }
        r.take(Kind::Semi);
        while r.take(Kind::Import).is_some() {
            if r.take(Kind::LParen).is_some() {
                while r.spec(&mut header) {
                    r.take(Kind::Semi);
                }
                if r.take(Kind::RParen).is_none() {
                    break;
                }
            } else if !r.spec(&mut header) {
                break;
            }
            r.take(Kind::Semi);
        }
        header
    }
}

struct Reader<'t> {
    text: &'t str,
    tokens: &'t [Token],
}

impl Reader<'_> {
    fn take(&mut self, kind: Kind) -> Option<Token> {
        let first = *self.tokens.first()?;
        if first.kind != kind {
            return None;
        }
        self.tokens = &self.tokens[1..];
        Some(first)
    }

    fn slice(&self, t: Token) -> &str {
        &self.text[t.lo as usize..t.hi as usize]
    }

    /// `name "path"`
    fn spec(&mut self, header: &mut Header) -> bool {
        if self.take(Kind::Name).is_none() {
            self.take(Kind::Dot);
        }
        let Some(path) = self.take(Kind::String) else {
            return false;
        };
        let text = String::from_utf8_lossy(&unquote(self.slice(path))).into_owned();
        header
            .imports
            .push((text, path.lo as usize, path.hi as usize));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::Header;

    #[test]
    fn package_and_imports_are_found() {
        let h = Header::of(
            "// c\npackage p\nimport \"fmt\"\nimport (\n\tx \"a/b\"\n\t. `c`; _ \"d\"\n)\nvar s = \"no\"",
        );
        assert_eq!(h.package.as_deref(), Some("p"));
        assert_eq!(
            h.imports.iter().map(|i| i.0.as_str()).collect::<Vec<_>>(),
            ["fmt", "a/b", "c", "d"]
        );
        assert!(Header::of("x := 1").package.is_none());
    }
}

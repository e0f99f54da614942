//! Go's syntax of regular expressions → the `regex` crate's.
//!
//! Invariants: what is translated means in the crate what it means in Go; what Go refuses is refused here with Go's words. Perl's
//! classes are ASCII in Go; nested classes and class operators, which only the crate knows, are escaped.

use std::iter::Peekable;
use std::str::CharIndices;

/// What is wrong, and with which part of the expression.
type Fault = (&'static str, String);

struct Translator<'e> {
    expr: &'e str,
    chars: Peekable<CharIndices<'e>>,
    out: String,
    /// Where the open groups start.
    groups: Vec<usize>,
    /// The names of the groups so far, the whole match first.
    names: Vec<&'e str>,
    /// Where the last item that can be repeated starts, if there is one.
    item: Option<usize>,
    /// Where the last repetition operator starts, if it is what comes before.
    repeated: Option<usize>,
}

/// Translates an expression; gives the names of its groups, too (the crate refuses duplicates, which Go allows).
///
/// # Errors
/// What Go says is wrong with it.
pub(super) fn translate(expr: &str) -> Result<(String, Vec<&str>), Fault> {
    let mut t = Translator {
        expr,
        chars: expr.char_indices().peekable(),
        out: String::new(),
        groups: Vec::new(),
        names: vec![""],
        item: None,
        repeated: None,
    };
    while let Some((at, c)) = t.chars.next() {
        t.element(at, c)?;
    }
    if t.groups.is_empty() {
        Ok((t.out, t.names))
    } else {
        Err(("missing closing )", expr.to_string()))
    }
}

/// The names of POSIX's classes.
const CLASSES: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
    "space", "upper", "word", "xdigit",
];

/// The classes `\d`, `\s`, `\w` as they stand in brackets.
fn perl(c: char) -> Option<&'static str> {
    match c.to_ascii_lowercase() {
        'd' => Some("0-9"),
        's' => Some(r"\t\n\f\r "),
        'w' => Some("0-9A-Za-z_"),
        _ => None,
    }
}

impl<'e> Translator<'e> {
    fn end(&mut self) -> usize {
        self.chars.peek().map_or(self.expr.len(), |c| c.0)
    }

    fn since(&mut self, at: usize) -> String {
        let end = self.end();
        self.expr[at..end].to_string()
    }

    fn rest(&mut self) -> &'e str {
        let end = self.end();
        &self.expr[end..]
    }

    fn skip(&mut self, bytes: usize) {
        let to = self.end() + bytes;
        while self.chars.next_if(|c| c.0 < to).is_some() {}
    }

    /// An item that can be repeated has been written.
    fn done(&mut self, at: usize) {
        self.item = Some(at);
        self.repeated = None;
    }

    fn nothing(&mut self) {
        self.item = None;
        self.repeated = None;
    }

    fn element(&mut self, at: usize, c: char) -> Result<(), Fault> {
        match c {
            '(' => return self.open(at),
            ')' => {
                let Some(start) = self.groups.pop() else {
                    return Err(("unexpected )", self.expr.to_string()));
                };
                self.out.push(')');
                self.done(start);
            }
            '|' => {
                self.out.push('|');
                self.nothing();
            }
            '*' | '+' | '?' => return self.repeat(at, &c.to_string()),
            '{' => {
                if let Some(len) = self.counted()? {
                    let counts = self.expr[at..at + 1 + len].to_string();
                    self.skip(len);
                    return self.repeat(at, &counts);
                }
                self.out.push_str(r"\{");
                self.done(at);
            }
            '[' => {
                self.class(at)?;
                self.done(at);
            }
            '\\' => return self.escape(at),
            '}' | ']' => {
                self.out.push('\\');
                self.out.push(c);
                self.done(at);
            }
            _ => {
                self.out.push(c);
                self.done(at);
            }
        }
        Ok(())
    }

    fn repeat(&mut self, at: usize, op: &str) -> Result<(), Fault> {
        if self.item.is_none() {
            return Err(("missing argument to repetition operator", op.to_string()));
        }
        self.out.push_str(op);
        if self.chars.next_if(|c| c.1 == '?').is_some() {
            self.out.push('?');
        }
        if let Some(before) = self.repeated {
            return Err(("invalid nested repetition operator", self.since(before)));
        }
        self.repeated = Some(at);
        Ok(())
    }

    /// The length of `n}`, `n,}` or `n,m}` if that follows.
    fn counted(&mut self) -> Result<Option<usize>, Fault> {
        let rest = self.rest();
        let Some(close) = rest.find('}') else {
            return Ok(None);
        };
        let (from, to) = rest[..close]
            .split_once(',')
            .map_or((&rest[..close], None), |(a, b)| (a, Some(b)));
        let number = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !number(from) || to.is_some_and(|to| !to.is_empty() && !number(to)) {
            return Ok(None);
        }
        let value = |s: &str| s.parse::<u32>().unwrap_or(u32::MAX);
        let low = value(from);
        let high = to.filter(|to| !to.is_empty()).map_or(low, value);
        if low > 1000 || high > 1000 || high < low {
            return Err(("invalid repeat count", format!("{{{}", &rest[..=close])));
        }
        Ok(Some(close + 1))
    }

    fn open(&mut self, at: usize) -> Result<(), Fault> {
        self.groups.push(at);
        self.out.push('(');
        self.nothing();
        let rest = self.rest();
        let Some(after) = rest.strip_prefix('?') else {
            self.names.push("");
            return Ok(());
        };
        if let Some(named) = after.strip_prefix("P<").or_else(|| after.strip_prefix('<')) {
            let Some(close) = named.find('>') else {
                return Err(("invalid named capture", self.expr[at..].to_string()));
            };
            let name = &named[..close];
            let whole = &self.expr[at..at + (rest.len() - named.len()) + 1 + close + 1];
            if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
                if after.starts_with("<=") || after.starts_with("<!") {
                    return Err((
                        "invalid or unsupported Perl syntax",
                        format!("(?{}", &after[..2]),
                    ));
                }
                return Err(("invalid named capture", whole.to_string()));
            }
            self.names.push(name);
            self.skip(rest.len() - named.len() + close + 1);
            return Ok(());
        }
        let len = after.find([':', ')']).unwrap_or(after.len());
        let flags = &after[..len];
        let bad = || {
            let good = flags
                .find(|c| !"imsU-".contains(c))
                .map_or(after.len().min(len + 1), |i| i + 1);
            let end = (at + 2 + good).min(self.expr.len());
            let end = (end..=self.expr.len())
                .find(|&i| self.expr.is_char_boundary(i))
                .unwrap_or(end);
            (
                "invalid or unsupported Perl syntax",
                self.expr[at..end].to_string(),
            )
        };
        if len == after.len() && flags.chars().all(|c| "imsU-".contains(c)) {
            return Err(("missing closing )", self.expr.to_string()));
        }
        if flags.chars().any(|c| !"imsU-".contains(c))
            || flags.ends_with('-')
            || flags.matches('-').count() > 1
        {
            return Err(bad());
        }
        if flags.is_empty() && after.starts_with(')') {
            return Err(("missing argument to repetition operator", "?".to_string()));
        }
        self.out.push('?');
        self.out.push_str(flags);
        self.skip(1 + len);
        if let Some((_, c)) = self.chars.next() {
            self.out.push(c);
            if c == ')' {
                self.groups.pop();
            }
        }
        Ok(())
    }

    /// What follows a backslash outside of classes.
    fn escape(&mut self, at: usize) -> Result<(), Fault> {
        let Some(&(_, c)) = self.chars.peek() else {
            return Err(("trailing backslash at end of expression", String::new()));
        };
        match c {
            'A' | 'z' => {
                self.chars.next();
                self.out.push('\\');
                self.out.push(c);
            }
            'b' | 'B' => {
                self.chars.next();
                self.out.push_str(&format!(r"(?-u:\{c})"));
            }
            'Q' => {
                self.chars.next();
                let rest = self.rest();
                let len = rest.find(r"\E").unwrap_or(rest.len());
                self.out.push_str(&regex::escape(&rest[..len]));
                self.skip((len + 2).min(rest.len()));
            }
            'E' => {
                self.chars.next();
                return Ok(());
            }
            _ if perl(c).is_some() => {
                self.chars.next();
                let not = if c.is_ascii_uppercase() { "^" } else { "" };
                self.out
                    .push_str(&format!("[{not}{}]", perl(c).unwrap_or_default()));
            }
            'p' | 'P' => self.property(at)?,
            _ => {
                let r = self.escaped(at)?;
                self.out
                    .push_str(&regex::escape(r.encode_utf8(&mut [0; 4])));
            }
        }
        self.done(at);
        Ok(())
    }

    /// `\pL`, `\p{Greek}`, `\P{^Lu}`.
    fn property(&mut self, at: usize) -> Result<(), Fault> {
        self.chars.next();
        let p = &self.expr[at..at + 2];
        let name = match self.chars.next() {
            Some((start, '{')) => {
                let Some(len) = self.rest().find('}') else {
                    return Err(("invalid character class range", self.expr[at..].to_string()));
                };
                self.skip(len + 1);
                self.expr[start + 1..start + 1 + len].to_string()
            }
            Some((_, c)) => c.to_string(),
            None => return Err(("invalid character class range", p.to_string())),
        };
        let (negated, name) = name
            .strip_prefix('^')
            .map_or((false, name.as_str()), |n| (true, n));
        let p = if negated == (p == r"\P") {
            r"\p"
        } else {
            r"\P"
        };
        let translated = format!("{p}{{{name}}}");
        if name == "Any" || regex::Regex::new(&translated).is_ok() {
            self.out.push_str(&translated);
            return Ok(());
        }
        Err(("invalid character class range", self.since(at)))
    }

    /// An escaped character; the backslash has been read.
    fn escaped(&mut self, at: usize) -> Result<char, Fault> {
        let Some((_, c)) = self.chars.next() else {
            return Err(("trailing backslash at end of expression", String::new()));
        };
        let digits = |t: &mut Self, first: u32, radix: u32, most: usize| {
            let mut v = first;
            for _ in 0..most {
                match t
                    .chars
                    .next_if(|c| c.1.is_digit(radix))
                    .and_then(|c| c.1.to_digit(radix))
                {
                    Some(d) => v = v * radix + d,
                    None => break,
                }
            }
            v
        };
        match c {
            'a' => return Ok('\x07'),
            'f' => return Ok('\x0c'),
            'n' => return Ok('\n'),
            'r' => return Ok('\r'),
            't' => return Ok('\t'),
            'v' => return Ok('\x0b'),
            '0' => return Ok(char::from_u32(digits(self, 0, 8, 2)).unwrap_or('\0')),
            '1'..='7' if self.chars.peek().is_some_and(|c| c.1.is_digit(8)) => {
                let first = c.to_digit(8).unwrap_or(0);
                return Ok(char::from_u32(digits(self, first, 8, 2)).unwrap_or('\0'));
            }
            'x' => {
                if self.chars.next_if(|c| c.1 == '{').is_some() {
                    let v = digits(self, 0, 16, 8);
                    if let (Some(r), Some(_)) =
                        (char::from_u32(v), self.chars.next_if(|c| c.1 == '}'))
                    {
                        return Ok(r);
                    }
                } else {
                    let start = self.end();
                    let v = digits(self, 0, 16, 2);
                    if self.end() == start + 2 {
                        return Ok(char::from_u32(v).unwrap_or('\0'));
                    }
                }
            }
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => return Ok(c),
            _ => {}
        }
        Err(("invalid escape sequence", self.since(at)))
    }

    /// A bracketed class; the bracket has been read.
    fn class(&mut self, at: usize) -> Result<(), Fault> {
        self.out.push('[');
        if self.chars.next_if(|c| c.1 == '^').is_some() {
            self.out.push('^');
        }
        let mut first = true;
        loop {
            let Some(&(start, c)) = self.chars.peek() else {
                return Err(("missing closing ]", self.expr[at..].to_string()));
            };
            if c == ']' && !first {
                self.chars.next();
                self.out.push(']');
                return Ok(());
            }
            if c == '-' && !first {
                let rest = &self.expr[start + 1..];
                if !rest.starts_with(']') && !rest.is_empty() {
                    let end = rest.chars().next().map_or(0, char::len_utf8);
                    return Err((
                        "invalid character class range",
                        self.expr[start..start + 1 + end].to_string(),
                    ));
                }
            }
            first = false;
            self.class_item(start, c)?;
        }
    }

    fn class_item(&mut self, start: usize, c: char) -> Result<(), Fault> {
        let rest = self.rest();
        if let Some(named) = rest.strip_prefix("[:")
            && let Some(len) = named.find(":]")
        {
            let whole = &rest[..len + 4];
            if !CLASSES.contains(&named[..len].trim_start_matches('^')) {
                return Err(("invalid character class range", whole.to_string()));
            }
            self.out.push_str(whole);
            self.skip(len + 4);
            return Ok(());
        }
        if c == '\\' {
            let next = rest[1..].chars().next();
            if let Some(p) = next.filter(|&p| perl(p).is_some()) {
                self.skip(2);
                let not = if p.is_ascii_uppercase() { "^" } else { "" };
                self.out
                    .push_str(&format!("[{not}{}]", perl(p).unwrap_or_default()));
                return Ok(());
            }
            if matches!(next, Some('p' | 'P')) {
                self.chars.next();
                return self.property(start);
            }
        }
        let low = self.class_char()?;
        let high = match self.rest().strip_prefix('-') {
            Some(after) if !after.starts_with(']') && !after.is_empty() => {
                self.skip(1);
                self.class_char()?
            }
            _ => low,
        };
        if high < low {
            return Err(("invalid character class range", self.since(start)));
        }
        self.out
            .push_str(&format!(r"\x{{{:x}}}-\x{{{:x}}}", low as u32, high as u32));
        Ok(())
    }

    fn class_char(&mut self) -> Result<char, Fault> {
        match self.chars.next() {
            Some((at, '\\')) => self.escaped(at),
            Some((_, c)) => Ok(c),
            None => Err(("missing closing ]", self.expr.to_string())),
        }
    }
}

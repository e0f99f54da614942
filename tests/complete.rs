//! What an editor asks: the cases in `tests/complete`, and that asking leaves no trace and takes no time.
//!
//! A case file is a list of questions to one session, each a line `verb text` (further lines of the text begin with `| `), followed by its answer, indented by
//! two spaces. The cursor is `‸`. Verbs: `eval` runs an input (no answer), `complete`, `hint`, `type`, `doc`, `highlight` and `bracket` ask.
//! With `GOL_BLESS=1` the answers are written instead of compared.

use gol::repl::Repl;
use gol::repl::highlight::{highlight, matching_bracket};
use gol::session::Session;
use std::fmt::Write;
use std::path::Path;

/// Candidates shown of a long list.
const SHOWN: usize = 8;

fn session() -> Session {
    Session::new(
        gol::Options::default(),
        vm::Output::new(Box::new(std::io::sink())),
        vm::Output::new(Box::new(std::io::sink())),
    )
}

#[test]
fn cases() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/complete");
    let only = std::env::var("GOL_ONLY").unwrap_or_default();
    let mut failed = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.sort();
    for path in files {
        if path.extension().is_none_or(|e| e != "txt") || !path.to_string_lossy().contains(&only) {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let got = answered(&text);
        if got.lines().eq(text.lines()) {
            continue;
        }
        if std::env::var_os("GOL_BLESS").is_some() {
            std::fs::write(&path, got).unwrap();
            continue;
        }
        let mut lines = (text.lines(), got.lines());
        let differing = loop {
            let pair = (lines.0.next(), lines.1.next());
            if pair.0 != pair.1 {
                break pair;
            }
        };
        let (want, got) = differing;
        failed.push(format!(
            "{}:\n  want {want:?}\n  got  {got:?}",
            path.display()
        ));
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// A case file with the session's answers in place of those it has.
fn answered(text: &str) -> String {
    let mut repl = Repl::new(session(), false);
    let mut out = String::new();
    let mut lines = text.lines().filter(|l| !l.starts_with("  ")).peekable();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        let Some((verb, first)) = line.split_once(' ').filter(|_| !line.starts_with('#')) else {
            continue;
        };
        let mut question = first.to_string();
        while let Some(more) = lines.peek().and_then(|l| l.strip_prefix('|')) {
            question.push('\n');
            question.push_str(more.strip_prefix(' ').unwrap_or(more));
            let _ = writeln!(out, "{}", lines.next().unwrap());
        }
        for line in answer(&mut repl, verb, &question).lines() {
            let _ = writeln!(out, "  {line}");
        }
    }
    out
}

fn answer(repl: &mut Repl, verb: &str, question: &str) -> String {
    let pos = question.find('‸').unwrap_or(question.len());
    let text = question.replace('‸', "");
    match verb {
        "eval" => {
            let evaluation = repl.session.eval(&text);
            assert!(!evaluation.failed(), "{text}: {:?}", evaluation.end);
            String::new()
        }
        "complete" => completed(repl, &text, pos),
        "hint" => repl.hint(&text, pos).unwrap_or("none".into()),
        "type" => match repl.session.type_of(&text) {
            Ok(t) => t,
            Err(diags) => diags
                .iter()
                .map(|d| format!("error: {}\n", d.message))
                .collect(),
        },
        "doc" => repl.session.doc(&text).unwrap_or("none".into()),
        "highlight" => highlight(&text).replace('\x1b', "^"),
        "bracket" => match matching_bracket(&text, pos) {
            Some(at) => format!("{}‸{}", &text[..at], &text[at..]),
            None => "none".into(),
        },
        _ => panic!("there is no verb {verb}"),
    }
}

fn completed(repl: &mut Repl, text: &str, pos: usize) -> String {
    let found = repl.complete(text, pos);
    let mut out = String::new();
    if found.candidates.is_empty() {
        return "none".into();
    }
    for c in found.candidates.iter().take(SHOWN) {
        let _ = writeln!(out, "{} {} {}", c.text, c.kind, c.detail);
        assert!(found.start <= pos && text.is_char_boundary(found.start));
    }
    if found.candidates.len() > SHOWN {
        let _ = writeln!(out, "… {} more", found.candidates.len() - SHOWN);
    }
    out.lines().map(|l| format!("{}\n", l.trim_end())).collect()
}

/// Whatever is typed, there is an answer, at every place of it, and the session is as before.
#[test]
fn every_place_of_a_program() {
    let program = include_str!("complete/program.gol");
    let mut session = session();
    for pos in 0..=program.len() {
        session.complete(program, pos);
        session.hint(program, pos);
    }
    assert!(!session.eval(program).failed());
    assert!(session.type_of("_1").is_err());
}

#[test]
fn no_trace() {
    let mut session = session();
    assert!(!session.eval("type T struct { n int }\nt := T{1}").failed());
    let ask = |session: &mut Session| {
        for text in [
            "strings.Sp",
            "func (t T) Twice() int { return t.",
            "x := func(a []T) map[string]T { return nil }(nil); x[\"\"].",
            "type U struct { T; m map[int]*U }; var u U; u.",
            "import \"os\"\nf, err := os.Op",
            "slices.SortFunc([]T{}, func(a, b T) int { return a.",
        ] {
            assert!(
                !session.complete(text, text.len()).candidates.is_empty(),
                "{text}"
            );
        }
        session.hint("slices.SortFunc(", 16);
        session.doc("time.Duration.String");
        assert_eq!(session.type_of("T{2}.n + 1").unwrap(), "int");
    };
    let sizes = |session: &mut Session| {
        let w = session.world();
        let source = w.sources.add("", "", false).unwrap();
        w.sources.take_back(&source);
        (
            w.types.len(),
            w.objects.len(),
            w.packages.len(),
            w.deps.len(),
            w.func_sigs.len(),
            source.base,
        )
    };
    for _ in 0..3 {
        ask(&mut session);
    }
    let before = sizes(&mut session);
    for _ in 0..50 {
        ask(&mut session);
    }
    assert_eq!(sizes(&mut session), before);
    assert_eq!(session.number(), 1);
    assert!(
        session.eval("t.Twice()").failed(),
        "a method was only typed"
    );
    let end = session.eval("t.n").end;
    assert!(format!("{end:?}").contains("\"_1\""), "{end:?}");
    assert!(session.eval("u").failed());
}

/// Answers take some milliseconds even without optimisation, once the packages they speak of have been read.
#[test]
fn answers_are_quick() {
    let mut session = session();
    for i in 0..300 {
        assert!(!session.eval(&format!("v{i} := []int{{{i}}}")).failed());
    }
    let mut slow = Vec::new();
    for text in [
        "",
        "strings.",
        "net/http; http.",
        "http.",
        "unicode.",
        "reflect.",
        "time.Now().",
        "v",
        "f",
        "func f(a []map[string]http.Request) { for _, m := range a { for _, r := range m { r.",
        "fmt.Println(strings.Split(",
        include_str!("complete/program.gol"),
    ] {
        let first = std::time::Instant::now();
        session.complete(text, text.len());
        session.hint(text, text.len());
        let first = first.elapsed();
        let again = std::time::Instant::now();
        for _ in 0..10 {
            session.complete(text, text.len());
        }
        let again = again.elapsed() / 10;
        let hint = std::time::Instant::now();
        session.hint(text, text.len());
        println!(
            "{first:9.2?} first, {again:9.2?} again, {:9.2?} hint: {:.40?}",
            hint.elapsed(),
            text
        );
        if again.as_millis() > 50 {
            slow.push(text);
        }
    }
    assert!(slow.is_empty(), "{slow:?}");
}

//! `gol guide` on Markdown of our own: every `NAME.txt` in this folder holds command lines, `$ gol guide …`, each followed by what it prints (standard
//! output, then standard error) and its exit status if that is not 0. Times are left out, and of pages the style. `GOL_BLESS=1` writes.
//!
//! And on the two guides to Go's channels where they are at hand, in `../shared/guides`: `NAME.ends` lists what became of each block.

use crate::support::{compare, compare_any, gol, root};
use std::fmt::Write;
use std::path::Path;

#[test]
fn reports_of_guides() {
    let mut files: Vec<_> = std::fs::read_dir(root().join("tests/guide"))
        .expect("the folder is there")
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "txt"))
        .collect();
    files.sort();
    let failures: Vec<String> = files.iter().filter_map(|f| transcript(f).err()).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Runs the command lines of a transcript again.
fn transcript(file: &Path) -> Result<(), String> {
    let want = std::fs::read_to_string(file).unwrap();
    let mut got = String::new();
    for line in want.lines().filter(|l| l.starts_with("$ gol ")) {
        let args = words(&line["$ gol ".len()..]);
        let out = gol(&args, "").ok_or_else(|| format!("{line}: no end in 60 s"))?;
        let _ = writeln!(got, "{line}");
        got += &masked(&String::from_utf8_lossy(&out.stdout));
        got += &String::from_utf8_lossy(&out.stderr);
        match out.status.code() {
            Some(0) => {}
            code => {
                let _ = writeln!(got, "exit status {}", code.unwrap_or(-1));
            }
        }
    }
    bless_or_compare(file, &want, &got)
}

fn bless_or_compare(file: &Path, want: &str, got: &str) -> Result<(), String> {
    if std::env::var_os("GOL_BLESS").is_some() {
        std::fs::write(file, got).unwrap();
        return Ok(());
    }
    compare(&file.display().to_string(), want, got)
}

/// The words of a command line, some between double quotes.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('"').enumerate();
    parts
        .flat_map(|(i, part)| match i % 2 {
            0 => part.split_whitespace().map(String::from).collect(),
            _ => vec![part.to_string()],
        })
        .collect()
}

/// Without times, without a page's style, and with lines that are not too long.
fn masked(text: &str) -> String {
    let mut out = String::new();
    let mut in_style = false;
    for line in text.lines() {
        in_style &= line != "</style>";
        if !in_style {
            match line.char_indices().nth(400) {
                Some((at, _)) => out += &format!("{} [cut here]", &line[..at]),
                None => out += &without_time(line),
            }
            out.push('\n');
        }
        in_style |= line == "<style>";
    }
    out
}

fn without_time(line: &str) -> String {
    if let Some(at) = line.find("\"millis\":") {
        let end = line[at + 9..].find('}').map_or(line.len(), |n| at + 9 + n);
        return format!("{}\"millis\":0{}", &line[..at], &line[end..]);
    }
    if let Some(at) = line.find("<div class=\"bar\">") {
        let from = ["under 1 ms", " ms</div>"]
            .iter()
            .find_map(|m| line.find(m));
        let cut = from
            .and_then(|end| line[at..end].rfind(" · "))
            .map_or(line.len(), |n| at + n);
        return line[..cut].to_string();
    }
    match line
        .strip_suffix(" ms")
        .and_then(|rest| rest.rsplit_once(" in "))
    {
        Some((before, digits))
            if line.starts_with("block ") && digits.bytes().all(|b| b.is_ascii_digit()) =>
        {
            before.to_string()
        }
        _ => line.to_string(),
    }
}

/// The guide's text, if the guides are at hand.
fn guide(name: &str) -> Option<gol::guide::Guide> {
    let path = root().join("../shared/guides").join(format!("{name}.md"));
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: there is no {}", path.display());
        return None;
    };
    Some(gol::guide::Guide::parse(&format!("{name}.md"), &text))
}

fn run(guide: &gol::guide::Guide) -> Vec<gol::guide::Done> {
    let options = gol::Options {
        virtual_time: true,
        ..gol::Options::default()
    };
    gol::guide::run(guide, 0..guide.blocks.len(), &options)
}

#[test]
fn the_guides_blocks() {
    let mut blocks = 0;
    for name in ["channels", "goroutines"] {
        let Some(guide) = guide(name) else { return };
        let mut got = String::new();
        for d in run(&guide) {
            let (b, o) = (&guide.blocks[d.index], &d.outcome);
            let _ = write!(
                got,
                "{:>2} line {:<4} {} {}",
                b.number,
                b.line,
                d.shape.as_str(),
                o.status.as_str()
            );
            if !o.needs.is_empty() {
                let _ = write!(got, ", needs {}", o.needs.join(", "));
            }
            got.push('\n');
            if d.shape == gol::guide::Shape::Program {
                printed(name, b.number, &o.stdout)
                    .unwrap_or_else(|why| panic!("{name} {}: {why}", b.number));
            } else {
                o.stdout
                    .lines()
                    .for_each(|l| got += &format!("      | {l}\n"));
            }
            blocks += 1;
        }
        let file = root().join("tests/guide").join(format!("{name}.ends"));
        let want = std::fs::read_to_string(&file).unwrap_or_default();
        bless_or_compare(&file, &want, &got).unwrap_or_else(|why| panic!("{why}"));
    }
    assert_eq!(blocks, 112);
}

/// Holds what a complete example printed against the file beside it in `examples/guide`.
fn printed(guide: &str, number: usize, got: &str) -> Result<(), String> {
    let file = root().join(format!("examples/guide/{guide}_{number:02}"));
    let read = |ext| std::fs::read_to_string(file.with_extension(ext));
    match (read("any"), read("out")) {
        (Ok(want), _) => compare_any(&want, got),
        (_, want) => compare("standard output", &want.unwrap_or_default(), got),
    }
}

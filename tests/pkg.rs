//! Programs of several files and packages, and tests: every `tests/pkg/CASE/NAME.cmd` is a command line of gol (`exit=N` in front: the
//! status it ends with), run in its folder, where `cache` is the module cache; `NAME.out` and `NAME.err` are what it prints.

#[allow(dead_code)]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::{all, compare, root};

#[test]
fn commands_print_what_go_prints() {
    let mut cases = Vec::new();
    for dir in fs::read_dir(root().join("tests/pkg")).unwrap().flatten() {
        let files = fs::read_dir(dir.path())
            .unwrap()
            .flatten()
            .map(|e| e.path());
        cases.extend(files.filter(|p: &PathBuf| p.extension().is_some_and(|e| e == "cmd")));
    }
    cases.sort();
    all(&cases, check);
}

fn check(case: &Path) -> Result<(), String> {
    let line = fs::read_to_string(case).unwrap();
    let mut words: Vec<&str> = line.split_whitespace().collect();
    let exit = words[0]
        .strip_prefix("exit=")
        .map(|n| n.parse().expect("exit=N"));
    if exit.is_some() {
        words.remove(0);
    }
    let dir = case.parent().unwrap();
    let got = Command::new(env!("CARGO_BIN_EXE_gol"))
        .args(&words)
        .current_dir(dir)
        .env("GOMODCACHE", dir.join("cache"))
        .output()
        .expect("the gol command starts");
    let (out, err) = (text(&got.stdout), text(&got.stderr));
    if std::env::var_os("GOL_BLESS").is_some() {
        for (kind, got) in [("out", &out), ("err", &err)] {
            let file = case.with_extension(kind);
            if !got.is_empty() && !read(&file).contains("[*") {
                fs::write(file, got).unwrap();
            }
        }
    }
    let code = got.status.code().unwrap_or(-1);
    if code != exit.unwrap_or(0) {
        return Err(format!("exit status {code}\n{out}{err}"));
    }
    compare("standard output", &read(&case.with_extension("out")), &out)?;
    compare("standard error", &read(&case.with_extension("err")), &err)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

/// What was printed, with every time that something took as `N.NNs`, and without the path of this repository.
fn text(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).replace(&root().display().to_string(), "/gol");
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let number = rest[at..]
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .map_or(&rest[at..], |n| &rest[at..at + n]);
        let after = &rest[at + number.len()..];
        out.push_str(&rest[..at]);
        let time = after.starts_with('s')
            && !after[1..].starts_with(char::is_alphanumeric)
            && number.contains('.');
        out.push_str(if time { "N.NN" } else { number });
        rest = after;
    }
    out + rest
}

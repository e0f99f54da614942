//! Lists every `.gol` file below `src` with its package path, so that a package is added by adding its folder.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=src");
    let mut packages: Vec<(String, Vec<String>)> = Vec::new();
    visit(Path::new("src"), "", &mut packages);
    packages.sort();
    let root = env::current_dir().expect("cargo sets the folder");
    let mut out = String::from(
        "/// Import path and files (name, text) of every package, sorted by path.\npub(crate) static PACKAGES: &[(&str, &[(&str, &str)])] = &[\n",
    );
    for (path, files) in &packages {
        let _ = writeln!(out, "    ({path:?}, &[");
        for f in files {
            let file = root.join("src").join(path).join(f);
            let _ = writeln!(
                out,
                "        ({:?}, include_str!({:?})),",
                format!("{path}/{f}"),
                file.display().to_string()
            );
        }
        out.push_str("    ]),\n");
    }
    out.push_str("];\n");
    let to = Path::new(&env::var("OUT_DIR").expect("cargo sets OUT_DIR")).join("packages.rs");
    fs::write(to, out).expect("OUT_DIR is writable");
}

fn visit(dir: &Path, path: &str, packages: &mut Vec<(String, Vec<String>)>) {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).expect("src is readable").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            let sub = if path.is_empty() {
                name
            } else {
                format!("{path}/{name}")
            };
            visit(&entry.path(), &sub, packages);
        } else if name.ends_with(".gol") {
            files.push(name);
        }
    }
    if !files.is_empty() {
        files.sort();
        packages.push((path.to_string(), files));
    }
}

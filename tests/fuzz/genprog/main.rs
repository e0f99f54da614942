//! Writes random Go programs: valid, deterministic and finite, a function of the seed alone.
//!
//!     genprog SEED [--size N] [--without FEATURE,…]                       one program, to standard output
//!     genprog --from A --count N --out DIR [--size N] [--without …]       DIR/A.go …, and in DIR/batch one Go
//!                                                                         module whose binary runs any of them
//!
//! Features: chan closure complex defer exits float fmtverbs generics iface iter map panic.

mod calls;
mod compose;
mod conc;
mod control;
mod data;
mod decl;
mod expr;
mod feature;
mod forms;
mod gen_state;
mod prelude;
mod program;
mod risk;
mod rng;
mod scalar;
mod shapes;
mod stmt;
mod types;

use gen_state::Options;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;

/// Has as many letters as `main`, so that the width of a printed type name does not change.
const PACKAGE: &str = "maln";

struct Args {
    seed: Option<u64>,
    from: u64,
    count: u64,
    out: Option<String>,
    opt: Options,
}

fn main() {
    let done = parse(std::env::args().skip(1)).and_then(|args| match (args.seed, &args.out) {
        (Some(seed), None) => {
            let text = program::program(seed, args.opt);
            std::io::stdout()
                .write_all(text.as_bytes())
                .map_err(|e| e.to_string())
        }
        (None, Some(out)) => write_all(Path::new(out), &args).map_err(|e| format!("{out}: {e}")),
        _ => Err("say either a seed, or --from, --count and --out".into()),
    });
    if let Err(e) = done {
        eprintln!("genprog: {e}");
        std::process::exit(2);
    }
}

fn parse(args: impl Iterator<Item = String>) -> Result<Args, String> {
    let opt = Options {
        size: 2,
        without: BTreeSet::new(),
        package: "main".into(),
    };
    let mut parsed = Args {
        seed: None,
        from: 1,
        count: 1,
        out: None,
        opt,
    };
    let mut args = args;
    while let Some(arg) = args.next() {
        let number = |s: &str| {
            s.parse::<u64>()
                .map_err(|_| format!("{arg}: not a number: {s}"))
        };
        if !arg.starts_with('-') {
            parsed.seed = Some(number(&arg)?);
            continue;
        }
        let value = args.next().ok_or(format!("{arg} needs a value"))?;
        match arg.as_str() {
            "--from" => parsed.from = number(&value)?,
            "--count" => parsed.count = number(&value)?,
            "--size" => parsed.opt.size = number(&value)?.clamp(1, 20) as u32,
            "--out" => parsed.out = Some(value),
            "--without" => parsed.opt.without = value.split(',').map(str::to_string).collect(),
            _ => return Err(format!("unknown option {arg}")),
        }
    }
    Ok(parsed)
}

/// Writes every program twice: on its own, and as a package of the batch module.
fn write_all(out: &Path, args: &Args) -> std::io::Result<()> {
    let batch = out.join("batch");
    fs::create_dir_all(&batch)?;
    let (mut imports, mut table) = (String::new(), String::new());
    for seed in args.from..args.from + args.count {
        fs::write(
            out.join(format!("{seed}.go")),
            program::program(seed, args.opt.clone()),
        )?;
        let opt = Options {
            package: PACKAGE.into(),
            ..args.opt.clone()
        };
        let dir = batch.join(format!("p{seed}"));
        fs::create_dir_all(&dir)?;
        fs::write(dir.join("prog.go"), program::program(seed, opt))?;
        imports.push_str(&format!("\tp{seed} \"batch/p{seed}\"\n"));
        table.push_str(&format!("\t\"{seed}\": p{seed}.Main,\n"));
    }
    fs::write(batch.join("go.mod"), "module batch\n\ngo 1.27\n")?;
    let main = format!(
        "package main\n\nimport (\n\t\"os\"\n\n{imports})\n\nvar programs = map[string]func(){{\n{table}}}\n\nfunc main() {{ programs[os.Args[1]]() }}\n"
    );
    fs::write(batch.join("main.go"), main)
}

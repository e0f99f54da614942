//! The command line's flags: one entry each; parsing and help derive from this table.

use super::{Command, Settings};

/// One flag.
pub struct Flag {
    /// The name after `--`.
    pub name: &'static str,
    /// What stands for its value in help texts; empty for a switch.
    pub value: &'static str,
    /// The commands that take it.
    pub commands: &'static [Command],
    /// One line for `--help`; empty for flags that only gol's own tests use.
    pub doc: &'static str,
    /// Stores it. The error says what a right value looks like.
    pub set: fn(&mut Settings, &str) -> Result<(), String>,
}

use Command::{Check, Disasm, Guide, Repl, Run, Test};

/// All flags, in the order of the help text.
pub const FLAGS: &[Flag] = &[
    Flag {
        name: "virtual-time",
        value: "",
        commands: &[Run, Test, Repl],
        doc: "time jumps to the next timer when every goroutine waits: sleeps cost nothing",
        set: |s, _| {
            s.options.virtual_time = true;
            Ok(())
        },
    },
    Flag {
        name: "seed",
        value: "N",
        commands: &[Run, Test, Repl, Guide],
        doc: "seed of everything random: select, map order, math/rand (default: a new one each run)",
        set: |s, v| {
            s.options.seed = Some(
                v.parse()
                    .map_err(|_| "a number from 0 to 18446744073709551615".to_string())?,
            );
            Ok(())
        },
    },
    Flag {
        name: "memory-limit",
        value: "MIB",
        commands: &[Run, Test, Repl, Guide],
        doc: "end with Go's \"out of memory\" error beyond this much heap (default: no limit)",
        set: |s, v| {
            let mib: u64 = v.parse().map_err(|_| "a number of MiB".to_string())?;
            s.options.memory_limit = Some(mib.saturating_mul(1 << 20));
            Ok(())
        },
    },
    Flag {
        name: "fuel",
        value: "N",
        commands: &[Run, Test, Guide],
        doc: "end with a fatal error after this many taken jumps and calls (default: no limit)",
        set: |s, v| {
            s.options.fuel = Some(v.parse().map_err(|_| "a number".to_string())?);
            Ok(())
        },
    },
    Flag {
        name: "random-schedule",
        value: "",
        commands: &[Run, Test, Repl, Guide],
        doc: "run goroutines in an order drawn from the seed instead of Go's usual one",
        set: |s, _| {
            s.options.random_schedule = true;
            Ok(())
        },
    },
    Flag {
        name: "gc-stress",
        value: "",
        commands: &[Run, Test, Repl, Guide],
        doc: "",
        set: |s, _| {
            s.options.gc_stress = true;
            Ok(())
        },
    },
    Flag {
        name: "watch",
        value: "",
        commands: &[Run],
        doc: "run it again whenever a Go file in its folder, or below, changes",
        set: |s, _| {
            s.watch = true;
            Ok(())
        },
    },
    Flag {
        name: "init",
        value: "FILE",
        commands: &[Repl],
        doc: "run the inputs in FILE first, also as -i FILE",
        set: |s, v| {
            s.init = Some(v.to_string());
            Ok(())
        },
    },
    Flag {
        name: "edit-mode",
        value: "emacs|vi",
        commands: &[Repl],
        doc: "the keys of the line editor (default: what GOL_EDIT_MODE says, else emacs)",
        set: |s, v| {
            s.vi = match v {
                "emacs" => Some(false),
                "vi" => Some(true),
                _ => return Err("emacs or vi".into()),
            };
            Ok(())
        },
    },
    Flag {
        name: "func",
        value: "NAME",
        commands: &[Disasm],
        doc: "list only the functions whose name contains NAME",
        set: |s, v| {
            s.func = v.to_string();
            Ok(())
        },
    },
    Flag {
        name: "list",
        value: "",
        commands: &[Guide],
        doc: "only list the blocks: number, line, kind, heading",
        set: |s, _| {
            s.guide.list = true;
            Ok(())
        },
    },
    Flag {
        name: "json",
        value: "",
        commands: &[Guide],
        doc: "report as JSON: an array with an object for each block",
        set: |s, _| {
            s.guide.json = true;
            Ok(())
        },
    },
    Flag {
        name: "html",
        value: "OUT",
        commands: &[Guide],
        doc: "write the guide as one page, with what each block did below it; `-` is standard output",
        set: |s, v| {
            s.guide.html = Some(v.to_string());
            Ok(())
        },
    },
    Flag {
        name: "real-time",
        value: "",
        commands: &[Guide],
        doc: "sleeps take as long as they say",
        set: |s, _| {
            s.guide.real_time = true;
            Ok(())
        },
    },
    Flag {
        name: "message-format",
        value: "human|short|json",
        commands: &[Run, Check, Test],
        doc: "how errors are shown (short: one line `path:line:col: message` each)",
        set: |s, v| {
            s.format = match v {
                "human" => lang::diag::Format::Human,
                "short" => lang::diag::Format::Short,
                "json" => lang::diag::Format::Json,
                _ => return Err("human, short or json".into()),
            };
            Ok(())
        },
    },
    Flag {
        name: "color",
        value: "auto|always|never",
        commands: &[Run, Check, Test, Disasm, Repl, Guide],
        doc: "colour in messages (default auto: on a terminal, unless NO_COLOR is set)",
        set: |s, v| {
            s.color = match v {
                "auto" => None,
                "always" => Some(true),
                "never" => Some(false),
                _ => return Err("auto, always or never".into()),
            };
            Ok(())
        },
    },
    Flag {
        name: "v",
        value: "",
        commands: &[Test],
        doc: "list every test with its result and what it logs",
        set: |s, v| {
            s.test
                .push(format!("-test.v={}", if v.is_empty() { "true" } else { v }));
            Ok(())
        },
    },
    Flag {
        name: "run",
        value: "REGEXP",
        commands: &[Test],
        doc: "run only the tests and examples it matches, element by element of their names",
        set: |s, v| {
            s.test.push(format!("-test.run={v}"));
            Ok(())
        },
    },
    Flag {
        name: "skip",
        value: "REGEXP",
        commands: &[Test],
        doc: "do not run the tests, examples and benchmarks it matches",
        set: |s, v| {
            s.test.push(format!("-test.skip={v}"));
            Ok(())
        },
    },
    Flag {
        name: "bench",
        value: "REGEXP",
        commands: &[Test],
        doc: "run the benchmarks it matches (`.`: all)",
        set: |s, v| {
            s.test.push(format!("-test.bench={v}"));
            Ok(())
        },
    },
    Flag {
        name: "benchtime",
        value: "T",
        commands: &[Test],
        doc: "how long each benchmark is to run, `2s`, or how many times, `100x`",
        set: |s, v| {
            s.test.push(format!("-test.benchtime={v}"));
            Ok(())
        },
    },
    Flag {
        name: "benchmem",
        value: "",
        commands: &[Test],
        doc: "show the allocations of benchmarks",
        set: |s, v| {
            s.test.push(format!(
                "-test.benchmem={}",
                if v.is_empty() { "true" } else { v }
            ));
            Ok(())
        },
    },
    Flag {
        name: "list",
        value: "REGEXP",
        commands: &[Test],
        doc: "only list the names of tests, benchmarks and examples it matches",
        set: |s, v| {
            s.test.push(format!("-test.list={v}"));
            Ok(())
        },
    },
    Flag {
        name: "count",
        value: "N",
        commands: &[Test],
        doc: "run everything N times",
        set: |s, v| {
            s.test.push(format!("-test.count={v}"));
            Ok(())
        },
    },
    Flag {
        name: "short",
        value: "",
        commands: &[Test],
        doc: "what testing.Short reports",
        set: |s, v| {
            s.test.push(format!(
                "-test.short={}",
                if v.is_empty() { "true" } else { v }
            ));
            Ok(())
        },
    },
    Flag {
        name: "failfast",
        value: "",
        commands: &[Test],
        doc: "no new tests after the first failure",
        set: |s, v| {
            s.test.push(format!(
                "-test.failfast={}",
                if v.is_empty() { "true" } else { v }
            ));
            Ok(())
        },
    },
    Flag {
        name: "parallel",
        value: "N",
        commands: &[Test],
        doc: "how many parallel tests run at once",
        set: |s, v| {
            s.test.push(format!("-test.parallel={v}"));
            Ok(())
        },
    },
    Flag {
        name: "timeout",
        value: "T",
        commands: &[Test],
        doc: "panic after this long (default: never; a deadlock is found at once)",
        set: |s, v| {
            s.test.push(format!("-test.timeout={v}"));
            Ok(())
        },
    },
];

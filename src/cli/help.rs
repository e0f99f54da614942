//! Help texts, made from the tables of commands and flags.

use super::Command;
use super::flags::FLAGS;
use std::fmt::Write;

/// `gol --help`
pub fn overview() -> String {
    let mut out = String::from(
        "gol runs Go: programs and scripts, at once, with goroutines and channels you can watch.\n\n\
         Usage: gol [COMMAND] [FLAGS] FILE [ARGS…]\n       gol                       a session at a prompt\n\nCommands:\n",
    );
    for (_, name, operands, doc) in Command::ALL {
        let _ = writeln!(out, "  gol {:26} {doc}", format!("{name} {operands}"));
    }
    out.push_str("  gol FILE [ARGS…]               short for `gol run FILE [ARGS…]`\n  \
           gol                            short for `gol repl`, at a terminal and from a pipe\n\nFlags of `gol run`, before the file; `gol COMMAND --help` lists those of the others:\n");
    flags(&mut out, Command::Run);
    let _ = writeln!(out, "  {:34} the version", "-V, --version");
    out.push_str(
        "\nTry it:\n  \
           echo 'ch := make(chan int, 1); ch <- 42; fmt.Println(<-ch)' | gol run -\n  \
           gol run --virtual-time examples/guide/channels_79.go    all its sleeps in a blink\n  \
           gol guide examples/channels.md                          a text that runs itself\n\n\
         A .gol file without a package clause is a script: its statements run from top to bottom, functions may be used\n\
         before they are declared, standard packages are imported by use, and a `func main` that nobody calls is called.\n\n\
         Exit status: the program's own; 1 when it does not compile, 2 after a panic or a fatal error such as a deadlock,\n\
         3 when gol itself failed.\n",
    );
    out
}

/// `gol COMMAND --help`
pub fn usage(command: Command) -> String {
    let mut out = String::new();
    for (c, name, operands, doc) in Command::ALL {
        if *c == command {
            let _ = writeln!(
                out,
                "Usage: gol {name} [FLAGS] {operands}\n\n{}.\n\nFlags:",
                capitalised(doc)
            );
        }
    }
    flags(&mut out, command);
    if command == Command::Repl {
        out.push_str(
            "\nAt the prompt:\n  \
               Tab completes, Ctrl-R searches the history, Alt-Enter starts a new line without running anything.\n  \
               Ctrl-C stops what runs, or drops the line; Ctrl-D or :quit leaves; :help lists the commands.\n  \
               The history is kept in $XDG_STATE_HOME/gol/history (~/.local/state/gol/history).\n\n\
             Without a terminal results go to standard output, errors to standard error; the status is 1 if any input failed.\n",
        );
    }
    out
}

fn flags(out: &mut String, of: Command) {
    for f in FLAGS {
        if f.doc.is_empty() || !f.commands.contains(&of) {
            continue;
        }
        let spelled = match f.value {
            "" => format!("--{}", f.name),
            v => format!("--{} {v}", f.name),
        };
        let _ = writeln!(out, "  {spelled:34} {}", f.doc);
    }
    let _ = writeln!(out, "  {:34} this text", "-h, --help");
}

fn capitalised(s: &str) -> String {
    let mut chars = s.chars();
    chars
        .next()
        .map_or(String::new(), |c| c.to_uppercase().chain(chars).collect())
}

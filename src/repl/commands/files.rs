//! `:load`, `:save` and `:edit`: inputs from files and into files.

use super::{Argument, Command};
use crate::load::reason;
use crate::repl::report::Said;
use crate::repl::saved;
use crate::repl::state::Repl;
use std::path::{Path, PathBuf};
use std::process;

pub(super) const LOAD: Command = Command {
    name: "load",
    form: "FILE",
    argument: Argument::File,
    doc: "take the text of a file as one input",
    more: "A script's declarations and variables become the session's. Of a complete program, func main is run.\n\
           Example:\n  :load shapes.gol",
    run: load,
};

pub(super) const SAVE: Command = Command {
    name: "save",
    form: "FILE",
    argument: Argument::File,
    doc: "write the session as a complete Go program",
    more: "Declarations first, then func main with the statements in order. Inputs that failed are left out; one that is still\n\
           waiting becomes a goroutine.\nExample:\n  :save session.go",
    run: save,
};

pub(super) const EDIT: Command = Command {
    name: "edit",
    form: "[FUNC]",
    argument: Argument::Name,
    doc: "edit the last input, or the one that declared a function, with $EDITOR",
    more: "What the editor leaves is run as a new input; nothing is if it is left as it was.\nExample:\n  :edit",
    run: edit,
};

/// A file's name as typed, `~` being the home folder.
fn path_of(name: &str) -> PathBuf {
    let name = name.trim_matches('"');
    match (name.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        _ => PathBuf::from(name),
    }
}

fn load(repl: &mut Repl, name: &str) -> Result<Said, String> {
    let path = path_of(name);
    let text = crate::load::read_text(&path.to_string_lossy())?;
    Ok(repl.enter_file(name, &text))
}

fn save(repl: &mut Repl, name: &str) -> Result<Said, String> {
    let program = saved::program(repl);
    std::fs::write(path_of(name), program.text)
        .map_err(|e| format!("cannot write {name}: {}", reason(&e)))?;
    let mut said = Said::out(format!("saved as {name}\n"));
    if let Some(problem) = program.problem {
        said.out += &format!("though it does not compile as it is: {problem}\n");
    }
    Ok(said)
}

fn edit(repl: &mut Repl, name: &str) -> Result<Said, String> {
    let old = match name {
        "" => repl.inputs.last().map(|i| i.text.clone()),
        name => saved::source_of(repl, name),
    };
    let old = old.ok_or_else(|| match name {
        "" => "there is no input to edit yet".to_string(),
        name => format!("no input declares {name}"),
    })?;
    let new = edited(&old)?;
    if new.trim() == old.trim() || new.trim().is_empty() {
        return Ok(Said::out("unchanged\n".to_string()));
    }
    Ok(repl.enter_go(&new))
}

/// What $EDITOR makes of a text.
fn edited(text: &str) -> Result<String, String> {
    let editor = ["VISUAL", "EDITOR"]
        .iter()
        .find_map(|v| std::env::var(v).ok().filter(|e| !e.trim().is_empty()))
        .ok_or("no editor: set $EDITOR")?;
    let path = std::env::temp_dir().join(format!("gol-edit-{}.gol", process::id()));
    let cannot = |e: std::io::Error| format!("cannot edit: {e}");
    std::fs::write(&path, format!("{}\n", text.trim_end())).map_err(cannot)?;
    let status = process::Command::new("sh")
        .arg("-c")
        .arg(format!("{editor} \"$1\""))
        .args(["sh".as_ref(), path.as_os_str()])
        .status();
    let new = std::fs::read_to_string(&path);
    let _ = std::fs::remove_file(&path);
    match status {
        Ok(s) if s.success() => new.map_err(cannot),
        Ok(_) => Err(format!("{editor} failed")),
        Err(e) => Err(cannot(e)),
    }
}

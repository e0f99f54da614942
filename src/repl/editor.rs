//! The editor's thread: it reads lines from the terminal and hands whole inputs to the session's thread.
//!
//! Invariants: a line is edited only while no input runs; every input is in the history file before it runs; when this thread ends, however it
//! does, the session's thread hears of it.

use super::asker::Asker;
use super::helper::{CONTINUED, GoHelper, PROMPT, TAB};
use super::keys;
use super::screen::Screen;
use super::state::judge;
use lang::syntax::Completeness;
use rustyline::config::{BellStyle, Configurer};
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{ColorMode, CompletionType, Config, EditMode, Editor, ExternalPrinter, Result};
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Inputs that the history file keeps.
const HISTORY: usize = 5000;
/// A message that moves nothing: it makes the editor repaint. Up with reverse index, which scrolls in the topmost row, and down again.
const REPAINT: &str = "\x1bM\n";

/// How lines are edited.
#[derive(Clone, Debug, Default)]
pub struct Editing {
    /// As vi does, rather than emacs.
    pub vi: bool,
    /// Whether to use colour.
    pub color: bool,
}

/// Whether the terminal can do more than print lines.
pub(crate) fn is_rich() -> bool {
    let term = std::env::var("TERM").unwrap_or_default();
    !["dumb", "cons25", "emacs"].contains(&term.to_ascii_lowercase().as_str())
}

/// Reads inputs until there are no more.
pub(crate) fn run(asker: &Asker, screen: &Arc<Screen>, editing: &Editing) {
    let _end = End(asker);
    if !is_rich() {
        return plain(asker, screen);
    }
    match editor(asker, screen, editing) {
        Ok(editor) => edit(editor, asker, screen),
        Err(_) => plain(asker, screen),
    }
}

/// Tells the session's thread that there are no more inputs when it goes.
struct End<'a>(&'a Asker);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

type GoEditor = Editor<GoHelper, FileHistory>;

fn editor(asker: &Asker, screen: &Arc<Screen>, editing: &Editing) -> Result<GoEditor> {
    let mode = if editing.vi {
        EditMode::Vi
    } else {
        EditMode::Emacs
    };
    let mut config = Config::builder()
        .max_history_size(HISTORY)?
        .history_ignore_dups(true)?
        .edit_mode(mode)
        .completion_type(CompletionType::List)
        .completion_show_all_if_ambiguous(true)
        .bell_style(BellStyle::None)
        // The helper says what is coloured.
        .color_mode(ColorMode::Forced)
        .tab_stop(TAB)
        .bracketed_paste(true)
        .build();
    config.set_keyseq_timeout(Some(if editing.vi { 500 } else { 50 }));
    let mut editor = Editor::with_config(config)?;
    let helper = GoHelper::new(asker.clone(), screen.clone(), editing.color);
    keys::bind(&mut editor, helper.rewrite());
    editor.set_helper(Some(helper));
    let mut printer = editor.create_external_printer()?;
    let screen = screen.clone();
    std::thread::Builder::new()
        .name("repaint".to_string())
        .spawn(move || {
            loop {
                screen.wait_fresh();
                if printer.print(REPAINT.to_string()).is_err() {
                    return;
                }
            }
        })?;
    Ok(editor)
}

fn edit(mut editor: GoEditor, asker: &Asker, screen: &Screen) {
    let history = history_file();
    if let Some(file) = &history {
        let _ = editor.load_history(file);
    }
    loop {
        screen.begin_edit();
        let line = editor.readline(PROMPT);
        screen.end_edit();
        match line {
            Ok(text) => {
                remember(&mut editor, history.as_deref(), &text);
                if !asker.enter(text) {
                    return;
                }
            }
            Err(ReadlineError::Interrupted) => {
                let tidy = editor.helper().map(GoHelper::after_dropped);
                screen.print(tidy.unwrap_or_default().as_bytes());
            }
            Err(ReadlineError::Signal(_)) => {}
            Err(_) => return,
        }
    }
}

/// Puts an input into the history and its file.
fn remember(editor: &mut GoEditor, file: Option<&Path>, text: &str) {
    if text.trim().is_empty() {
        return;
    }
    let _ = editor.add_history_entry(text.trim_end());
    if let Some(file) = file {
        let folder = file.parent().map(std::fs::create_dir_all);
        if folder.is_none_or(|made| made.is_ok()) {
            let _ = editor.append_history(file);
        }
    }
}

/// `$XDG_STATE_HOME/gol/history`, by default in `~/.local/state`.
fn history_file() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty());
    let state = match set("XDG_STATE_HOME") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(set("HOME")?).join(".local/state"),
    };
    Some(state.join("gol/history"))
}

/// Reads inputs line by line from a terminal that can do nothing else.
fn plain(asker: &Asker, screen: &Screen) {
    let mut lines = std::io::stdin().lock().lines();
    let mut pending = String::new();
    loop {
        let prompt = if pending.is_empty() {
            PROMPT
        } else {
            CONTINUED
        };
        screen.ask(prompt);
        let Some(Ok(line)) = lines.next() else {
            screen.answered();
            screen.print(b"\n");
            return;
        };
        if screen.answered() {
            pending.clear();
        }
        pending.push_str(&line);
        pending.push('\n');
        if judge(&pending) == Completeness::Incomplete {
            continue;
        }
        if !asker.enter(std::mem::take(&mut pending)) {
            return;
        }
    }
}

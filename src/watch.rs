//! `gol run --watch`: the program runs again whenever one of its files changes.
//!
//! Invariants: at most one run at a time, each in a process of its own, so that nothing of an earlier run is left; a run is ended by a change, not
//! the other way round; what gol itself says goes to standard error.

use crate::load::absolute;
use notify::{Event, EventKind, RecursiveMode, Watcher};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// How often a run is asked whether it has ended.
const TICK: Duration = Duration::from_millis(50);
/// Changes that follow one another as quickly as this count as one.
const SETTLED: Duration = Duration::from_millis(80);

/// Runs `command` now and after each change of a Go file in the folders of `paths`; ends when the process is interrupted.
///
/// # Errors
/// A sentence for the user, when the files cannot be watched or the command cannot be run.
pub fn watch(paths: &[String], mut command: impl FnMut() -> Command) -> Result<(), String> {
    if paths.iter().any(|p| p == "-") {
        return Err("gol: --watch needs files; standard input cannot be watched".to_string());
    }
    let (tell, changes) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        if let Some(path) = event.ok().as_ref().and_then(source) {
            let _ = tell.send(path);
        }
    })
    .map_err(|e| format!("gol: --watch: {e}"))?;
    for dir in folders(paths) {
        watcher
            .watch(&dir, RecursiveMode::Recursive)
            .map_err(|e| format!("gol: --watch: {}: {e}", dir.display()))?;
    }
    loop {
        let mut child = command()
            .spawn()
            .map_err(|e| format!("gol: --watch: cannot run gol: {e}"))?;
        let changed = wait(&mut child, &changes)?;
        while changes.recv_timeout(SETTLED).is_ok() {}
        eprintln!("gol: {} has changed", shown(&changed));
    }
}

/// Waits for a change; the run is over then.
fn wait(child: &mut Child, changes: &Receiver<PathBuf>) -> Result<PathBuf, String> {
    let mut running = true;
    loop {
        match changes.recv_timeout(TICK) {
            Ok(path) => {
                let _ = child.kill();
                let _ = child.wait();
                return Ok(path);
            }
            Err(RecvTimeoutError::Disconnected) => {
                return Err("gol: --watch: the files are not watched any more".to_string());
            }
            Err(RecvTimeoutError::Timeout) if running => {
                if let Ok(Some(status)) = child.try_wait() {
                    running = false;
                    eprintln!("gol: {status}; waiting for a change, Ctrl-C ends");
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

/// The Go file that an event says has changed.
fn source(event: &Event) -> Option<PathBuf> {
    if matches!(event.kind, EventKind::Access(_)) {
        return None;
    }
    let counts = |p: &&PathBuf| {
        let name = p.file_name().map(|n| n.to_string_lossy());
        name.is_some_and(|n| {
            !n.starts_with('.') && (crate::module::is_go_file(&n) || n == "go.mod")
        })
    };
    event.paths.iter().find(counts).cloned()
}

/// The folders a program's own files may be in.
fn folders(paths: &[String]) -> Vec<PathBuf> {
    let folder = |p: &String| {
        let path = Path::new(p);
        let dir = if path.is_dir() {
            path
        } else {
            path.parent().unwrap_or(path)
        };
        absolute(if dir.as_os_str().is_empty() {
            Path::new(".")
        } else {
            dir
        })
    };
    let mut dirs: Vec<PathBuf> = paths.iter().map(folder).collect();
    dirs.sort();
    dirs.dedup();
    dirs
}

fn shown(path: &Path) -> String {
    let here = absolute(Path::new("."));
    path.strip_prefix(&here)
        .unwrap_or(path)
        .display()
        .to_string()
}

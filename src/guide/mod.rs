//! Guides that run themselves: Markdown texts whose Go blocks are run, checked and reported.
//!
//! Invariants: a block with a function main is a program of its own; the other blocks of a level-two section share one session, in order, each item by
//! item as the REPL would take them; an item that does not check ends its block, whose earlier items have run. What a block does is
//! bounded, so that every guide comes to an end; under virtual time a report is a function of the guide and the seed, but for its times.

mod capture;
mod cells;
mod html;
mod json;
mod markdown;
mod needs;
mod outcome;
mod plan;
mod programs;
mod report;
mod run;

pub use markdown::{Block, Guide, Heading};
pub use outcome::{Outcome, Status};
pub use plan::Shape;
pub use run::{Done, run};

use crate::engine::Options;
use std::io::Write;
use std::path::Path;

/// What `gol guide` is to do.
pub struct GuideOptions {
    /// The guide's file, and which of its blocks: a number or a heading; all without.
    pub operands: Vec<String>,
    /// How blocks are run.
    pub engine: Options,
    /// Only list the blocks.
    pub list: bool,
    /// Report as JSON.
    pub json: bool,
    /// Where to write the guide as a page.
    pub html: Option<String>,
    /// Whether the report is coloured.
    pub color: bool,
}

/// `gol guide`: the exit status.
pub fn command(o: &GuideOptions) -> i32 {
    match guide(o) {
        Ok(bug) => {
            if bug {
                3
            } else {
                0
            }
        }
        Err(what) => {
            eprintln!("gol: {what}");
            1
        }
    }
}

/// Does it; whether gol itself failed in a block.
fn guide(o: &GuideOptions) -> Result<bool, String> {
    let (path, which) = match &o.operands[..] {
        [path] => (path, None),
        [path, which] => (path, Some(which)),
        _ => return Err("`gol guide` takes a file and at most one block".to_string()),
    };
    let guide = read(path)?;
    let chosen = match which {
        Some(what) => guide.select(what)?,
        None => 0..guide.blocks.len(),
    };
    if o.list {
        print(&match o.json {
            true => json::list(&guide, chosen),
            false => report::list(&guide, chosen),
        });
        return Ok(false);
    }
    let done = run(&guide, chosen, &o.engine);
    let bug = done.iter().any(|d| d.outcome.bug);
    if let Some(out) = &o.html {
        let page = html::page(&guide, &done);
        match out.as_str() {
            "-" => print(&page),
            out => {
                std::fs::write(out, page).map_err(|e| format!("cannot write {out}: {e}"))?;
            }
        }
    }
    if o.json {
        print(&json::report(&guide, &done));
    } else if let Some(out) = &o.html {
        let shown = if out == "-" {
            String::new()
        } else {
            report::summary(&guide, &done)
        };
        print(&shown);
    } else {
        print(&report::report(&guide, &done, o.color));
    }
    Ok(bug)
}

/// Reads a guide.
fn read(path: &str) -> Result<Guide, String> {
    let bytes = crate::load::read(path).map_err(|e| match e {
        crate::load::Failure::Io(what) => what.trim_start_matches("gol: ").to_string(),
        _ => format!("cannot read {path}"),
    })?;
    let name = match path {
        "-" => "<stdin>".to_string(),
        path => Path::new(path)
            .file_name()
            .map_or(path.to_string(), |n| n.to_string_lossy().into_owned()),
    };
    Ok(Guide::parse(&name, &String::from_utf8_lossy(&bytes)))
}

/// Writes to standard output; a closed pipe ends quietly.
fn print(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

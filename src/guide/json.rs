//! Reports for tools.

use super::markdown::{Block, Guide};
use super::plan::Plan;
use super::run::Done;
use lang::diag::json_string;
use std::fmt::Write;
use std::ops::Range;

/// The blocks as an array of objects.
pub fn list(guide: &Guide, chosen: Range<usize>) -> String {
    let blocks = guide.blocks[chosen].iter();
    array(blocks.map(|b| {
        let mut out = String::new();
        place(&mut out, b, Plan::new(&b.text).shape.as_str());
        out + "}"
    }))
}

/// What became of the blocks, as an array of objects.
pub fn report(guide: &Guide, done: &[Done]) -> String {
    array(done.iter().map(|d| {
        let (mut out, o) = (String::new(), &d.outcome);
        place(&mut out, &guide.blocks[d.index], d.shape.as_str());
        let _ = write!(out, ",\"status\":\"{}\",\"stdout\":", o.status.as_str());
        json_string(&mut out, &o.stdout);
        out.push_str(",\"message\":");
        json_string(&mut out, &o.message);
        out.push_str(",\"needs\":[");
        for (i, name) in o.needs.iter().enumerate() {
            out.push_str(if i > 0 { "," } else { "" });
            json_string(&mut out, name);
        }
        let _ = write!(out, "],\"millis\":{}}}", o.millis);
        out
    }))
}

/// One object a line.
fn array(objects: impl Iterator<Item = String>) -> String {
    let lines: Vec<String> = objects.collect();
    match lines.is_empty() {
        true => "[]\n".to_string(),
        false => format!("[\n{}\n]\n", lines.join(",\n")),
    }
}

/// The beginning of an object: which block it is about.
fn place(out: &mut String, b: &Block, kind: &str) {
    let _ = write!(
        out,
        "{{\"block\":{},\"line\":{},\"heading\":",
        b.number, b.line
    );
    json_string(out, &b.heading);
    let _ = write!(out, ",\"kind\":\"{kind}\"");
}

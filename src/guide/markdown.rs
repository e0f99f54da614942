//! The blocks and headings of a Markdown text.
//!
//! Invariants: blocks are numbered from 1 in the order of the text, and only fenced blocks whose info string begins with the word `go` or `golang` count;
//! line numbers are those of the file; the text of a block is what Markdown makes of it: without the indentation of the list it stands in.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// A guide.
pub struct Guide {
    /// How messages call it: the file's own name.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// Its Go blocks.
    pub blocks: Vec<Block>,
    /// Its headings.
    pub headings: Vec<Heading>,
}

/// A fenced Go block.
pub struct Block {
    /// Its number, from 1.
    pub number: usize,
    /// The line of its fence.
    pub line: usize,
    /// The heading it stands under; empty before the first.
    pub heading: String,
    /// The number of the level-two section it is in: what comes before the first is section 0.
    pub section: usize,
    /// Its code.
    pub text: String,
}

/// A heading.
pub struct Heading {
    /// Its level, from 1.
    pub level: usize,
    /// Its text, without markup.
    pub text: String,
    /// The blocks below it and its lower headings, as indices.
    pub blocks: Range<usize>,
}

/// The Markdown that guides are written in.
pub fn dialect() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
}

/// Whether a code block's kind says that it is Go.
pub fn is_go(kind: &CodeBlockKind<'_>) -> bool {
    let CodeBlockKind::Fenced(info) = kind else {
        return false;
    };
    let word = info
        .trim_start()
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '{' | ':' | ';'))
        .next()
        .unwrap_or_default();
    word.eq_ignore_ascii_case("go") || word.eq_ignore_ascii_case("golang")
}

impl Guide {
    /// Reads a Markdown text.
    pub fn parse(name: &str, text: &str) -> Guide {
        let mut reader = Reader {
            lines: line_starts(text),
            guide: Guide {
                name: name.to_string(),
                text: text.to_string(),
                blocks: Vec::new(),
                headings: Vec::new(),
            },
            section: 0,
            heading: None,
            in_block: false,
        };
        for (event, at) in Parser::new_ext(text, dialect()).into_offset_iter() {
            reader.event(event, at);
        }
        let mut guide = reader.guide;
        guide.close_headings();
        guide
    }

    /// A heading's blocks end where a heading of its level or above follows.
    fn close_headings(&mut self) {
        let all = self.blocks.len();
        for i in 0..self.headings.len() {
            let (before, after) = self.headings.split_at_mut(i + 1);
            let own = &mut before[i];
            let next = after.iter().find(|h| h.level <= own.level);
            own.blocks.end = next.map_or(all, |h| h.blocks.start);
        }
    }

    /// The blocks that a number, a heading, the beginning of a heading or a part of one stands for, as indices.
    ///
    /// # Errors
    /// A sentence that says why it stands for none.
    pub fn select(&self, what: &str) -> Result<Range<usize>, String> {
        if let Ok(n) = what.parse::<usize>() {
            return match n {
                1.. if n <= self.blocks.len() => Ok(n - 1..n),
                _ => Err(format!(
                    "{} has no Go block {n}: it has {}",
                    self.name,
                    self.blocks.len()
                )),
            };
        }
        let wanted = what.to_lowercase();
        let ways: [fn(&str, &str) -> bool; 3] =
            [|h, w| h == w, |h, w| h.starts_with(w), |h, w| h.contains(w)];
        for fits in ways {
            let found: Vec<&Heading> = self
                .headings
                .iter()
                .filter(|h| fits(&h.text.to_lowercase(), &wanted))
                .collect();
            let full: Vec<&Heading> = found
                .iter()
                .copied()
                .filter(|h| !h.blocks.is_empty())
                .collect();
            match full[..] {
                [] if found.is_empty() => {}
                [] => return Err(format!("there is no Go block under {:?}", found[0].text)),
                [one] => return Ok(one.blocks.clone()),
                _ => {
                    let names: Vec<String> = full.iter().map(|h| format!("{:?}", h.text)).collect();
                    let list = names.join(", ");
                    return Err(format!(
                        "{what:?} may be any of {list}; give more of it, or a block's number"
                    ));
                }
            }
        }
        Err(format!(
            "{} has no heading like {what:?}; `gol guide --list` shows its blocks",
            self.name
        ))
    }
}

/// What has been read so far.
struct Reader {
    lines: Vec<usize>,
    guide: Guide,
    section: usize,
    /// The heading being read.
    heading: Option<String>,
    in_block: bool,
}

impl Reader {
    fn event(&mut self, event: Event<'_>, at: Range<usize>) {
        match event {
            Event::Start(Tag::Heading { .. }) => self.heading = Some(String::new()),
            Event::End(TagEnd::Heading(level)) => self.heading_ends(level),
            Event::Start(Tag::CodeBlock(kind)) if is_go(&kind) => {
                self.in_block = true;
                let line = self.lines.partition_point(|&start| start <= at.start);
                self.guide.blocks.push(Block {
                    number: self.guide.blocks.len() + 1,
                    line,
                    heading: self
                        .guide
                        .headings
                        .last()
                        .map_or(String::new(), |h| h.text.clone()),
                    section: self.section,
                    text: String::new(),
                });
            }
            Event::End(TagEnd::CodeBlock) => self.in_block = false,
            Event::Text(text) | Event::Code(text) => self.text(&text),
            Event::SoftBreak | Event::HardBreak => self.text(" "),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(heading) = &mut self.heading {
            heading.push_str(text);
        } else if let (true, Some(block)) = (self.in_block, self.guide.blocks.last_mut()) {
            block.text.push_str(text);
        }
    }

    fn heading_ends(&mut self, level: HeadingLevel) {
        let level = level as usize;
        if level <= 2 {
            self.section += 1;
        }
        let first = self.guide.blocks.len();
        self.guide.headings.push(Heading {
            level,
            text: self.heading.take().unwrap_or_default().trim().to_string(),
            blocks: first..first,
        });
    }
}

/// Where the lines of a text begin.
fn line_starts(text: &str) -> Vec<usize> {
    let ends = text.bytes().enumerate().filter(|(_, b)| *b == b'\n');
    std::iter::once(0).chain(ends.map(|(i, _)| i + 1)).collect()
}

//! The guide as a page, with what its blocks did below them.
//!
//! Invariants: the page is one file that asks for nothing else: no scripts, no pictures, no fonts; everything from the guide and from its blocks is
//! escaped, but for the few tags without attributes that `PLAIN_TAGS` names.

mod code;

use super::markdown::{Guide, dialect, is_go};
use super::outcome::{Outcome, Status};
use super::report::summary;
use super::run::Done;
use pulldown_cmark::{CowStr, Event, LinkType, Parser, Tag, TagEnd, html};
use std::collections::HashMap;
use std::fmt::Write;

const STYLE: &str = include_str!("html/style.css");

/// HTML tags that a guide may use.
const PLAIN_TAGS: &[&str] = &[
    "br", "hr", "kbd", "sub", "sup", "b", "i", "em", "strong", "code", "details", "summary", "p",
    "u", "s", "mark", "small",
];

/// The whole page.
pub fn page(guide: &Guide, done: &[Done]) -> String {
    let title = guide
        .headings
        .iter()
        .min_by_key(|h| h.level)
        .map_or(&guide.name, |h| &h.text);
    let mut out = String::from(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
    );
    let _ = write!(
        out,
        "<title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n",
        escape(title)
    );
    overview(&mut out, guide, done);
    let mut body = String::new();
    html::push_html(&mut body, Rendering::new(guide, done).events().into_iter());
    out.push_str(&body);
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

/// What the blocks did, in a few lines with links.
fn overview(out: &mut String, guide: &Guide, done: &[Done]) {
    let text = summary(guide, done);
    let text = text
        .trim_end()
        .strip_prefix(&format!("{}: ", guide.name))
        .unwrap_or(text.trim_end());
    let _ = write!(
        out,
        "<details class=\"overview\">\n<summary>Run by gol: {}</summary>\n",
        escape(text)
    );
    for status in Status::ALL {
        let mut of = done
            .iter()
            .filter(|d| d.outcome.status == status)
            .peekable();
        if of.peek().is_none() {
            continue;
        }
        let _ = write!(out, "<p>{}", badge(status));
        for d in of {
            let b = &guide.blocks[d.index];
            let _ = write!(
                out,
                " <a href=\"#block-{0}\" title=\"{1}\">{0}</a>",
                b.number,
                escape(&b.heading)
            );
        }
        out.push_str("</p>\n");
    }
    out.push_str("</details>\n");
}

fn badge(status: Status) -> String {
    format!("<span class=\"status {0}\">{0}</span>", status.as_str())
}

/// The guide's events on their way to HTML.
struct Rendering<'g> {
    guide: &'g Guide,
    done: HashMap<usize, &'g Done>,
    out: Vec<Event<'g>>,
    /// The index of the next Go block.
    next: usize,
    in_block: bool,
    /// The beginning and the text of the heading being read.
    heading: Option<(usize, String)>,
    anchors: HashMap<String, usize>,
}

impl<'g> Rendering<'g> {
    fn new(guide: &'g Guide, done: &'g [Done]) -> Rendering<'g> {
        Rendering {
            guide,
            done: done.iter().map(|d| (d.index, d)).collect(),
            out: Vec::new(),
            next: 0,
            in_block: false,
            heading: None,
            anchors: HashMap::new(),
        }
    }

    fn events(mut self) -> Vec<Event<'g>> {
        for event in Parser::new_ext(&self.guide.text, dialect()) {
            self.event(event);
        }
        self.out
    }

    fn event(&mut self, event: Event<'g>) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) if is_go(&kind) => {
                self.in_block = true;
                self.block();
            }
            Event::End(TagEnd::CodeBlock) if self.in_block => self.in_block = false,
            _ if self.in_block => {}
            Event::Start(Tag::Heading { .. }) => {
                self.heading = Some((self.out.len(), String::new()));
                self.out.push(event);
            }
            Event::End(TagEnd::Heading(_)) => {
                self.anchor();
                self.out.push(event);
            }
            Event::Text(ref text) | Event::Code(ref text) => {
                if let Some((_, heading)) = &mut self.heading {
                    heading.push_str(text);
                }
                self.out.push(event);
            }
            Event::Html(text) | Event::InlineHtml(text) => self.raw(text),
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                id,
            }) => self.link(link_type, dest_url, title, id),
            Event::Start(Tag::Image {
                link_type,
                dest_url,
                title,
                id,
            }) => {
                self.link(link_type, dest_url, title, id);
                self.out.push(Event::Text("picture: ".into()));
            }
            Event::End(TagEnd::Image) => self.out.push(Event::End(TagEnd::Link)),
            event => self.out.push(event),
        }
    }

    /// The start of a link, which leads nowhere if it could do harm.
    fn link(&mut self, link_type: LinkType, to: CowStr<'g>, title: CowStr<'g>, id: CowStr<'g>) {
        let dest_url = if is_harmless(&to) { to } else { "#".into() };
        self.out.push(Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }));
    }

    /// HTML in the guide: tags that do no harm, or text.
    fn raw(&mut self, text: CowStr<'g>) {
        let inner = text.trim().trim_start_matches('<').trim_end_matches('>');
        let name = inner
            .trim_start_matches('/')
            .trim_end_matches('/')
            .trim_end();
        let event = match PLAIN_TAGS.contains(&name.to_lowercase().as_str()) {
            true => Event::Html(text),
            false => Event::Text(text),
        };
        self.out.push(event);
    }

    /// Gives the heading that ends here the anchor that links in the guide expect.
    fn anchor(&mut self) {
        let Some((at, text)) = self.heading.take() else {
            return;
        };
        let slug = slug(&text);
        let seen = self.anchors.entry(slug.clone()).or_insert(0);
        let own = match *seen {
            0 => slug,
            n => format!("{slug}-{n}"),
        };
        *seen += 1;
        if let Event::Start(Tag::Heading { id, .. }) = &mut self.out[at] {
            *id = Some(own.into());
        }
    }

    fn block(&mut self) {
        let index = self.next;
        self.next += 1;
        let Some(block) = self.guide.blocks.get(index) else {
            return;
        };
        let mut out = format!(
            "<figure class=\"go\" id=\"block-{}\">\n<pre><code>{}</code></pre>\n",
            block.number,
            code::highlight(&block.text)
        );
        if let Some(d) = self.done.get(&index) {
            let title = format!(
                "{}block {} · line {} · {}{}",
                badge(d.outcome.status),
                block.number,
                block.line,
                d.shape.as_str(),
                time(&d.outcome)
            );
            let _ = write!(
                out,
                "<figcaption class=\"{}\">\n<div class=\"bar\">{title}</div>\n",
                d.outcome.status.as_str()
            );
            result(&mut out, &d.outcome);
            out.push_str("</figcaption>\n");
        }
        out.push_str("</figure>\n");
        self.out.push(Event::Html(out.into()));
    }
}

fn time(o: &Outcome) -> String {
    match o.status {
        Status::Incomplete | Status::NotGo | Status::Declared => String::new(),
        _ if o.millis == 0 => " · under 1 ms".to_string(),
        _ => format!(" · {} ms", o.millis),
    }
}

fn result(out: &mut String, o: &Outcome) {
    if !o.needs.is_empty() {
        out.push_str("<p class=\"needs\">needs");
        for name in &o.needs {
            let _ = write!(out, " <code>{}</code>", escape(name));
        }
        out.push_str("</p>\n");
    }
    if !o.stdout.is_empty() {
        let _ = writeln!(
            out,
            "<pre class=\"stdout\">{}</pre>",
            escape(o.stdout.trim_end_matches('\n'))
        );
    }
    if !o.message.is_empty() {
        let _ = writeln!(out, "<pre class=\"message\">{}</pre>", escape(&o.message));
    }
}

/// Whether a link leads to a page, a file or a place on this page.
fn is_harmless(url: &str) -> bool {
    let scheme: String = url
        .chars()
        .take_while(|c| !matches!(c, '/' | '?' | '#'))
        .collect();
    match scheme.split_once(':') {
        None => true,
        Some((name, _)) => ["http", "https", "mailto"]
            .iter()
            .any(|s| name.eq_ignore_ascii_case(s)),
    }
}

/// The anchor that a heading's text stands for.
fn slug(text: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    let text = text.trim().to_lowercase();
    text.chars()
        .filter(kept)
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

/// Text for HTML.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() && !matches!(c, '\n' | '\t') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

//! Keys that mean something of their own in Go text: Enter, closing brackets, the colon behind a label, Tab.

use super::indent;
use super::state::judge;
use lang::syntax::Completeness;
use rustyline::history::History;
use rustyline::{
    Cmd, ConditionalEventHandler, EditMode, Editor, Event, EventContext, EventHandler, Helper,
    InputMode, KeyCode, KeyEvent, Modifiers, RepeatCount,
};
use std::sync::{Arc, Mutex, PoisonError};

/// What the line up to the cursor is to become. The editor has no command that replaces text and leaves the cursor behind it, but completing does: a
/// key leaves its wish here and asks for completion, which takes it.
pub(crate) type Rewrite = Arc<Mutex<Option<String>>>;

/// Binds them.
pub(crate) fn bind<H: Helper, I: History>(editor: &mut Editor<H, I>, rewrite: &Rewrite) {
    let mut on = |key: KeyEvent, does: Does| {
        let rewrite = rewrite.clone();
        editor.bind_sequence(
            key,
            EventHandler::Conditional(Box::new(Key { does, rewrite })),
        );
    };
    on(KeyEvent(KeyCode::Enter, Modifiers::NONE), enter);
    on(KeyEvent(KeyCode::Tab, Modifiers::NONE), tab);
    on(KeyEvent::new('}', Modifiers::NONE), |before, _| {
        indent::of_closing(before, '}').map(Act::Rewrite)
    });
    on(KeyEvent::new(')', Modifiers::NONE), |before, _| {
        indent::of_closing(before, ')').map(Act::Rewrite)
    });
    on(KeyEvent::new(']', Modifiers::NONE), |before, _| {
        indent::of_closing(before, ']').map(Act::Rewrite)
    });
    on(KeyEvent::new(':', Modifiers::NONE), |before, _| {
        indent::of_label(before).map(Act::Rewrite)
    });
    editor.bind_sequence(KeyEvent(KeyCode::Enter, Modifiers::ALT), Cmd::Newline);
}

/// What a key does.
enum Act {
    Insert(String),
    Rewrite(String),
}

/// What a key does, given the text before the cursor and the whole; nothing special if it is nothing.
type Does = fn(&str, &str) -> Option<Act>;

struct Key {
    does: Does,
    rewrite: Rewrite,
}

impl ConditionalEventHandler for Key {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, ctx: &EventContext<'_>) -> Option<Cmd> {
        let types = ctx.mode() == EditMode::Emacs || ctx.input_mode() == InputMode::Insert;
        if !types {
            return None;
        }
        Some(match (self.does)(&ctx.line()[..ctx.pos()], ctx.line())? {
            Act::Insert(text) => Cmd::Insert(1, text),
            Act::Rewrite(line) => {
                *self.rewrite.lock().unwrap_or_else(PoisonError::into_inner) = Some(line);
                Cmd::Complete
            }
        })
    }
}

fn enter(before: &str, whole: &str) -> Option<Act> {
    let goes_on = judge(whole) == Completeness::Incomplete;
    goes_on.then(|| Act::Insert(format!("\n{}", indent::of_new_line(before))))
}

/// At the start of a continued line a tab is a tab.
fn tab(before: &str, _: &str) -> Option<Act> {
    let line = before.rsplit('\n').next().unwrap_or("");
    let indents = line.len() < before.len() && line.trim().is_empty();
    indents.then(|| Act::Insert("\t".to_string()))
}

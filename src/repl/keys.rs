//! Keys that mean something of their own in Go text: Enter, closing brackets, the colon behind a label, Tab.

use super::indent;
use super::state::judge;
use lang::syntax::Completeness;
use rustyline::history::History;
use rustyline::{
    Cmd, ConditionalEventHandler, Editor, Event, EventContext, EventHandler, Helper, InputMode,
    KeyCode, KeyEvent, Modifiers, Movement, RepeatCount,
};

/// Binds them.
pub(crate) fn bind<H: Helper, I: History>(editor: &mut Editor<H, I>) {
    let mut on = |key: KeyEvent, handler: fn(&str, &EventContext<'_>) -> Option<Cmd>| {
        editor.bind_sequence(key, EventHandler::Conditional(Box::new(Key(handler))));
    };
    on(KeyEvent(KeyCode::Enter, Modifiers::NONE), enter);
    on(KeyEvent(KeyCode::Tab, Modifiers::NONE), tab);
    on(KeyEvent::new('}', Modifiers::NONE), |before, _| {
        rewrite(indent::of_closing(before, '}'))
    });
    on(KeyEvent::new(')', Modifiers::NONE), |before, _| {
        rewrite(indent::of_closing(before, ')'))
    });
    on(KeyEvent::new(']', Modifiers::NONE), |before, _| {
        rewrite(indent::of_closing(before, ']'))
    });
    on(KeyEvent::new(':', Modifiers::NONE), |before, _| {
        rewrite(indent::of_label(before))
    });
    editor.bind_sequence(KeyEvent(KeyCode::Enter, Modifiers::ALT), Cmd::Newline);
}

/// A key: what it does, given the text before the cursor.
struct Key(fn(&str, &EventContext<'_>) -> Option<Cmd>);

impl ConditionalEventHandler for Key {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, ctx: &EventContext<'_>) -> Option<Cmd> {
        let typing =
            ctx.mode() == rustyline::EditMode::Emacs || ctx.input_mode() == InputMode::Insert;
        typing
            .then(|| (self.0)(&ctx.line()[..ctx.pos()], ctx))
            .flatten()
    }
}

fn enter(before: &str, ctx: &EventContext<'_>) -> Option<Cmd> {
    let goes_on = judge(ctx.line()) == Completeness::Incomplete;
    goes_on.then(|| Cmd::Insert(1, format!("\n{}", indent::of_new_line(before))))
}

/// At the start of a continued line a tab is a tab.
fn tab(before: &str, _: &EventContext<'_>) -> Option<Cmd> {
    let line = before.rsplit('\n').next().unwrap_or("");
    let indents = line.len() < before.len() && line.trim().is_empty();
    indents.then(|| Cmd::Insert(1, "\t".to_string()))
}

/// The line up to the cursor becomes this.
fn rewrite(line: Option<String>) -> Option<Cmd> {
    Some(Cmd::Replace(Movement::BeginningOfLine, Some(line?)))
}

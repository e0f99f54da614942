//! How the editor's thread asks the session's: every question carries the channel for its answer.
//!
//! Invariants: only the session's thread touches the session. A question with a budget is dropped when nobody waits for its answer any more.

use crate::session::Stopper;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// How long a hint may take; one that takes longer is not shown.
const HINT: Duration = Duration::from_millis(10);
/// How long a completion may take.
const COMPLETION: Duration = Duration::from_secs(2);

/// A question to the session's thread.
pub(crate) enum Request {
    /// Run an input; the answer says whether to go on.
    Enter(String, Sender<bool>),
    /// What could stand at the end of this text.
    Complete(String, Sender<Completions>),
    /// What helps at the end of this text. The number is the question's.
    Hint(String, u64, Sender<Option<String>>),
    /// There are no more inputs.
    End,
}

/// What could stand at some place.
#[derive(Default)]
pub(crate) struct Completions {
    /// Where in the text the candidates begin.
    pub(crate) start: usize,
    /// The candidates, and a word on each.
    pub(crate) candidates: Vec<(String, String)>,
}

/// The editor's end.
#[derive(Clone)]
pub(crate) struct Asker {
    requests: Sender<Request>,
    stopper: Stopper,
    /// The number of the last question for a hint.
    latest: Arc<AtomicU64>,
}

impl Asker {
    /// Both ends: where to ask, and where the questions arrive.
    pub(crate) fn new(stopper: Stopper) -> (Asker, Receiver<Request>) {
        let (requests, arriving) = channel();
        let asker = Asker {
            requests,
            stopper,
            latest: Arc::default(),
        };
        (asker, arriving)
    }

    /// Whether nobody waits for this question's answer any more.
    pub(crate) fn is_stale(&self, question: u64) -> bool {
        self.latest.load(Ordering::Acquire) != question
    }

    /// Runs an input; false when it was the last.
    pub(crate) fn enter(&self, text: String) -> bool {
        self.ask(|answer| Request::Enter(text, answer), None)
            .unwrap_or(false)
    }

    /// What could stand at the end of `text`.
    pub(crate) fn complete(&self, text: &str) -> Completions {
        let text = text.to_string();
        self.ask(|answer| Request::Complete(text, answer), Some(COMPLETION))
            .unwrap_or_default()
    }

    /// What helps at the end of `text`, if that is known at once.
    pub(crate) fn hint(&self, text: &str) -> Option<String> {
        let question = self.latest.fetch_add(1, Ordering::AcqRel) + 1;
        let text = text.to_string();
        let hint = self.ask(|answer| Request::Hint(text, question, answer), Some(HINT));
        if hint.is_none() {
            self.latest.fetch_add(1, Ordering::AcqRel);
        }
        hint.flatten()
    }

    /// Says that there are no more inputs.
    pub(crate) fn end(&self) {
        let _ = self.requests.send(Request::End);
        self.stopper.nudge();
    }

    fn ask<T>(
        &self,
        make: impl FnOnce(Sender<T>) -> Request,
        limit: Option<Duration>,
    ) -> Option<T> {
        let (answer, answers) = channel();
        self.requests.send(make(answer)).ok()?;
        self.stopper.nudge();
        match limit {
            Some(limit) => answers.recv_timeout(limit).ok(),
            None => answers.recv().ok(),
        }
    }
}

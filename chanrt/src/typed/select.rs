//! `select` over typed channels: a builder of cases, each with what to do when it goes on.

use super::chan::{Chan, SendError, Slot};
use super::face::{Phase, with_face};
use crate::select::{Scase, SelectResult, selectgo};
use crate::sudog::Dir;

/// A select statement in the making; [`Select::run`] executes it.
///
/// ```
/// use chanrt::typed::{Chan, Select, go, run};
///
/// let heard = run(|| {
///     let (a, b) = (Chan::new(0), Chan::<&str>::new(0));
///     let say = a.clone();
///     go(move || say.send(7).unwrap());
///     Select::new()
///         .recv(&a, |v| format!("a: {v:?}"))
///         .recv(&b, |v| format!("b: {v:?}"))
///         .run()
/// });
/// assert_eq!(heard.unwrap(), "a: Some(7)");
/// ```
pub struct Select<'a, R> {
    cases: Vec<Box<dyn Case<R> + 'a>>,
    default: Option<Box<dyn FnOnce() -> R + 'a>>,
}

trait Case<R> {
    /// The case for the runtime; its slot stands still until `finish`.
    fn scase(&mut self, i: u32) -> Scase;
    /// The select is over and another case won.
    fn lose(&mut self);
    /// The select is over and this case won. `success` is false if the channel was closed.
    fn win(self: Box<Self>, success: bool) -> R;
}

struct RecvCase<'a, T, F> {
    chan: &'a Chan<T>,
    slot: Slot<T>,
    then: F,
}

struct SendCase<'a, T, F> {
    chan: &'a Chan<T>,
    slot: Slot<T>,
    then: F,
}

impl<T, R, F: FnOnce(Option<T>) -> R> Case<R> for RecvCase<'_, T, F> {
    fn scase(&mut self, i: u32) -> Scase {
        Scase {
            c: self.chan.raw(),
            elem: self.slot.lend(i),
            dir: Dir::Recv,
        }
    }

    fn lose(&mut self) {
        self.slot.settle(false);
    }

    fn win(mut self: Box<Self>, success: bool) -> R {
        self.slot.settle(success);
        let value = self.slot.take();
        (self.then)(value)
    }
}

impl<T, R, F: FnOnce(Result<(), SendError<T>>) -> R> Case<R> for SendCase<'_, T, F> {
    fn scase(&mut self, i: u32) -> Scase {
        Scase {
            c: self.chan.raw(),
            elem: self.slot.lend(i),
            dir: Dir::Send,
        }
    }

    fn lose(&mut self) {
        self.slot.settle(false);
    }

    fn win(mut self: Box<Self>, success: bool) -> R {
        self.slot.settle(success);
        let result = self.slot.take().map_or(Ok(()), |v| Err(SendError(v)));
        (self.then)(result)
    }
}

impl<R> Default for Select<'_, R> {
    fn default() -> Self {
        Select {
            cases: Vec::new(),
            default: None,
        }
    }
}

impl<'a, R> Select<'a, R> {
    /// A select without cases.
    pub fn new() -> Self {
        Select::default()
    }

    /// `case v, ok := <-chan`.
    pub fn recv<T: 'a>(
        mut self,
        chan: &'a Chan<T>,
        then: impl FnOnce(Option<T>) -> R + 'a,
    ) -> Self {
        self.cases.push(Box::new(RecvCase {
            chan,
            slot: Slot::empty(),
            then,
        }));
        self
    }

    /// `case chan <- value`. On a closed channel `then` gets the value back.
    pub fn send<T: 'a>(
        mut self,
        chan: &'a Chan<T>,
        value: T,
        then: impl FnOnce(Result<(), SendError<T>>) -> R + 'a,
    ) -> Self {
        self.cases.push(Box::new(SendCase {
            chan,
            slot: Slot::full(value),
            then,
        }));
        self
    }

    /// `default`: what to do if no case can go on at once.
    pub fn default_case(mut self, then: impl FnOnce() -> R + 'a) -> Self {
        self.default = Some(Box::new(then));
        self
    }

    /// Executes the select: waits for a case to go on (if there is no default) and does what it says.
    pub fn run(mut self) -> R {
        let outcome = with_face(|face| {
            if face.phase.get() == Phase::Ending {
                return None;
            }
            let scases: Vec<Scase> = self
                .cases
                .iter_mut()
                .enumerate()
                .map(|(i, c)| c.scase(i as u32))
                .collect();
            let block = self.default.is_none();
            // SAFETY: the cases borrow their channels, and their slots are boxed: they stand still.
            let (result, wake) = face.operate(
                |rt, g| unsafe { selectgo(rt, g, &scases, block) },
                |r| *r == SelectResult::Park,
            );
            match result {
                SelectResult::Ready { case, recv_ok } => Some((case, recv_ok)),
                SelectResult::SendClosed { case } => Some((case, false)),
                SelectResult::Default => None,
                SelectResult::Park => wake.map(|w| (w.case as usize, w.success)),
            }
        });
        self.finish(outcome)
    }

    fn finish(mut self, outcome: Option<(usize, bool)>) -> R {
        for (i, case) in self.cases.iter_mut().enumerate() {
            if outcome.is_none_or(|(winner, _)| i != winner) {
                case.lose();
            }
        }
        match (outcome, self.default) {
            (Some((winner, success)), _) => self.cases.swap_remove(winner).win(success),
            (None, Some(then)) => then(),
            // A destructor that waits while its goroutine is unwound: the first case sees a closed channel.
            (None, None) if !self.cases.is_empty() => self.cases.swap_remove(0).win(false),
            (None, None) => unreachable!("select without cases waits for ever"),
        }
    }
}

//! Goroutines between inputs.

use super::{Event, Session, Waiting};
use vm::{Pause, Turn};

/// Taken jumps and calls that goroutines may make at a stretch before somebody looks whether there is something else to do: a few milliseconds.
const SLICE: u64 = 1 << 20;

impl Session {
    /// Lets goroutines run until none can, without waiting for timers, but not for long if they never rest.
    pub fn settle(&mut self) -> Vec<Event> {
        self.settle_within(16)
    }

    /// The same, with the number of slices, a few milliseconds each, that goroutines may take which never rest.
    pub fn settle_within(&mut self, slices: usize) -> Vec<Event> {
        let mut events = std::mem::take(&mut self.missed);
        for _ in 0..slices {
            if !self.slice(false, &mut events) {
                break;
            }
        }
        events
    }

    /// Lets goroutines run for a few milliseconds; with `waits`, until timers and jobs have something for them or the session's stopper nudges. Gives
    /// what happened, and whether there may be more to do. Virtual time does not move by itself: only inputs wait for it, and `tick` moves it.
    pub fn background(&mut self, waits: bool) -> (Vec<Event>, bool) {
        let mut events = std::mem::take(&mut self.missed);
        let waits =
            waits && events.is_empty() && (!self.vm.is_virtual_time() || self.vm.in_flight() > 0);
        let more = self.slice(waits, &mut events);
        (events, more)
    }

    fn slice(&mut self, waits: bool, events: &mut Vec<Event>) -> bool {
        match self.turn(waits, SLICE) {
            Ok(Turn::Pause(Pause::Asleep | Pause::Idle)) => false,
            Ok(Turn::Pause(Pause::Interrupted | Pause::Spent)) => true,
            Ok(turn) => {
                events.extend(self.event(turn));
                true
            }
            Err((_, bug)) => {
                events.push(Event::Bug(bug));
                true
            }
        }
    }

    /// Moves virtual time forward, running what falls due on the way.
    pub fn tick(&mut self, nanos: i64) -> Vec<Event> {
        let (mut left, mut events) = (nanos, Vec::new());
        loop {
            let due;
            (left, due) = self.vm.advance(left);
            events.extend(self.settle());
            if !due {
                return events;
            }
        }
    }

    /// What a parked goroutine waits for.
    pub fn waiting(&mut self, goid: u64) -> Waiting {
        self.vm.waiting(goid).map_or_else(
            || Waiting {
                goid,
                ..Waiting::default()
            },
            |w| Waiting {
                goid,
                reason: w.reason,
                at: w.at,
                on: w.on,
            },
        )
    }
}

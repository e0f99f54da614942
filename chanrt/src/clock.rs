//! The only source of time.
//!
//! A real clock follows the machine. A virtual clock stands still while anything can run and jumps to
//! the next timer when everything sleeps, so a program full of sleeps runs at once and prints the same
//! every time. It starts at 2009-11-10 23:00:00 UTC, the instant the Go playground starts at.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The Unix second at which a virtual clock starts: 2009-11-10 23:00:00 UTC.
pub const VIRTUAL_EPOCH: i64 = 1_257_894_000;

const NANOS_PER_SEC: i64 = 1_000_000_000;

/// Where the runtime's time comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock; the instant is the origin of [`Clock::nanotime`].
    Real(Instant),
    /// Nanoseconds since the start of a virtual clock.
    Virtual(i64),
}

impl Clock {
    /// The machine's clock.
    pub fn real() -> Clock {
        Clock::Real(Instant::now())
    }

    /// The machine's clock, as if made `nanos` nanoseconds ago.
    pub fn real_from(nanos: i64) -> Clock {
        let age = std::time::Duration::from_nanos(nanos.max(0) as u64);
        let now = Instant::now();
        Clock::Real(now.checked_sub(age).unwrap_or(now))
    }

    /// A clock that only moves when nothing can run.
    pub const fn virtual_() -> Clock {
        Clock::Virtual(0)
    }

    /// Whether this clock is virtual.
    pub const fn is_virtual(&self) -> bool {
        matches!(self, Clock::Virtual(_))
    }

    /// Monotonic nanoseconds since the clock was made.
    pub fn nanotime(&self) -> i64 {
        match self {
            Clock::Real(origin) => i64::try_from(origin.elapsed().as_nanos()).unwrap_or(i64::MAX),
            Clock::Virtual(now) => *now,
        }
    }

    /// Wall-clock time: Unix seconds and the nanoseconds within the second.
    pub fn walltime(&self) -> (i64, u32) {
        match self {
            Clock::Real(_) => real_walltime(),
            Clock::Virtual(now) => (
                VIRTUAL_EPOCH + now.div_euclid(NANOS_PER_SEC),
                now.rem_euclid(NANOS_PER_SEC) as u32,
            ),
        }
    }

    /// Moves a virtual clock forward to `when`; time never goes back. A real clock ignores it.
    pub(crate) fn jump_to(&mut self, when: i64) {
        if let Clock::Virtual(now) = self {
            *now = when.max(*now);
        }
    }
}

fn real_walltime() -> (i64, u32) {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(d) => (d.as_secs() as i64, d.subsec_nanos()),
        Err(before) => {
            let d = before.duration();
            match d.subsec_nanos() {
                0 => (-(d.as_secs() as i64), 0),
                n => (-(d.as_secs() as i64) - 1, NANOS_PER_SEC as u32 - n),
            }
        }
    }
}

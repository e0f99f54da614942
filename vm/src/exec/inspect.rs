//! Looking at a machine between turns: its goroutines, what they wait for, where they are.
//!
//! Invariants: nothing here changes anything; it is called while no goroutine runs.

use super::trace::Frame;
use crate::bytecode::Op;
use crate::vm::Vm;
use chanrt::{Dir, GState, Gp};

/// A channel that a goroutine waits on: `send` or `receive`, the channel's number, and where it was made.
pub type WaitsOn = (String, u32, Option<(String, u32)>);

/// What a parked goroutine waits for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WaitInfo {
    /// Go's word for why it is parked: `chan receive`.
    pub reason: String,
    /// File, line and text of the user's statement that it waits in.
    pub at: Option<(String, u32, String)>,
    /// The channels.
    pub on: Vec<WaitsOn>,
}

/// A place in a source text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The text's name.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column of the instruction's position, from 1, in bytes of the untrimmed line.
    pub column: u32,
    /// The line itself.
    pub text: String,
    /// Whether it is the standard library's.
    pub is_std: bool,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A goroutine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GoroutineInfo {
    /// Its number.
    pub goid: u64,
    /// Go's word for what it does: `runnable`, `chan receive`.
    pub state: String,
    /// Whether it waits for something.
    pub is_parked: bool,
    /// Whether it is left over from a crash.
    pub has_crashed: bool,
    /// For how many nanoseconds it has been parked; 0 if it is not.
    pub age: i64,
    /// The user's innermost statement in it.
    pub at: Option<Place>,
    /// The goroutine that started it, and its `go` statement; absent for an input's own.
    pub creator: Option<(u64, Place)>,
    /// In how many nanoseconds its sleep ends, if it sleeps.
    pub wakes_in: Option<i64>,
}

/// A frame of a goroutine's stack.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FrameInfo {
    /// The function's name, or what the machinery does there.
    pub func: String,
    /// Where it is; absent for the machinery's own.
    pub at: Option<Place>,
}

impl Vm {
    /// What a goroutine waits for; `None` if there is no goroutine of that number.
    pub fn waiting(&self, goid: u64) -> Option<WaitInfo> {
        let g = self.goroutine(goid)?;
        let at = self.user_place(g);
        Some(WaitInfo {
            reason: g.state().to_string(),
            at: at.map(|p| (p.file, p.line, p.text.trim().to_string())),
            on: self.waited_channels(g),
        })
    }

    /// All goroutines, in the order of their numbers.
    pub fn goroutines(&self) -> Vec<GoroutineInfo> {
        self.rt
            .goroutines()
            .map(|g| self.goroutine_info(g))
            .collect()
    }

    /// The goroutine of that number.
    pub fn goroutine_of(&self, goid: u64) -> Option<GoroutineInfo> {
        self.goroutine(goid).map(|g| self.goroutine_info(g))
    }

    fn goroutine_info(&self, g: Gp) -> GoroutineInfo {
        let is_parked = matches!(g.state(), GState::Parked(_));
        let now = self.rt.nanotime();
        let site = self.sites.ip(g.go_site());
        GoroutineInfo {
            goid: g.goid(),
            state: g.state().to_string(),
            is_parked,
            has_crashed: self.has_crashed(g.goid()),
            age: if is_parked {
                (now - g.parked_since()).max(0)
            } else {
                0
            },
            at: self.user_place(g),
            creator: self.place_at(site).map(|p| (g.creator(), p)),
            wakes_in: self.rt.sleeps_until(g).map(|when| (when - now).max(0)),
        }
    }

    /// The frames of a goroutine, innermost first.
    pub fn stack_of(&self, goid: u64) -> Option<Vec<FrameInfo>> {
        let frames = self.parked_frames(self.goroutine(goid)?);
        let info = |f: &Frame| match f {
            Frame::Go(f, ip) => FrameInfo {
                func: self.program.metas[f.0 as usize].name.clone(),
                at: self.place_at(*ip),
            },
            Frame::Panic => FrameInfo {
                func: "panic".to_string(),
                at: None,
            },
            Frame::Goexit => FrameInfo {
                func: "runtime.Goexit".to_string(),
                at: None,
            },
        };
        Some(frames.iter().map(info).collect())
    }

    /// The goroutine waits in a queue of package sync: the address it waits at, a mutex's or the like.
    pub fn waits_at(&self, goid: u64) -> Option<u64> {
        let at = self.rt.waiting_at(self.goroutine(goid)?)?;
        Some(at.addr as u64)
    }

    /// Whether the goroutine sleeps, or waits on a timer's channel.
    pub fn awaits_timer(&self, goid: u64) -> bool {
        let Some(g) = self.goroutine(goid) else {
            return false;
        };
        // SAFETY: a channel somebody waits on is alive.
        let timed = |c: *mut chanrt::Hchan| unsafe { (*c).timed };
        self.rt.sleeps_until(g).is_some() || self.rt.waiting_on(g).iter().any(|w| timed(w.c))
    }

    /// The place in the source that an instruction is from.
    pub(crate) fn place_at(&self, ip: *const Op) -> Option<Place> {
        if ip.is_null() {
            return None;
        }
        let pos = self.program.pos_at(ip);
        let file = self.linker.sources().file(pos)?;
        let at = file.line_col(pos);
        Some(Place {
            file: file.name.clone(),
            line: at.line,
            column: at.col,
            text: file.line_text(at.line).to_string(),
            is_std: file.is_std,
        })
    }

    /// The innermost frame in the user's own source.
    fn user_place(&self, g: Gp) -> Option<Place> {
        let frames = self.parked_frames(g);
        frames.iter().find_map(|f| match f {
            Frame::Go(_, ip) => self.place_at(*ip).filter(|p| !p.is_std),
            _ => None,
        })
    }

    fn waited_channels(&self, g: Gp) -> Vec<WaitsOn> {
        let waits = self.rt.waiting_on(g).into_iter();
        waits
            .map(|w| {
                // SAFETY: a channel somebody waits on is alive.
                let (site, id) = unsafe { ((*w.c).make_site, (*w.c).id) };
                let made = self.sites.ip(site);
                let made = (!made.is_null()).then(|| self.line_of(made));
                let what = match w.dir {
                    Dir::Send => "send",
                    Dir::Recv => "receive",
                };
                (what.to_string(), id, made)
            })
            .collect()
    }

    /// The frames of a goroutine that does not run.
    pub(crate) fn parked_frames(&self, g: Gp) -> Vec<Frame> {
        self.frames_from(g, false)
    }
}

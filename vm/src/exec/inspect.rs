//! Looking at a machine between turns: its goroutines, what they wait for, where they are.
//!
//! Invariants: nothing here changes anything; it is called while no goroutine runs.

use super::trace::Frame;
use crate::vm::Vm;
use chanrt::{Dir, Gp};

/// What a parked goroutine waits for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WaitInfo {
    /// Go's word for why it is parked: `chan receive`.
    pub reason: String,
    /// File, line and text of the user's statement that it waits in.
    pub at: Option<(String, u32, String)>,
    /// The channels: `send` or `receive`, the channel's number, and where it was made.
    pub on: Vec<(String, u32, Option<(String, u32)>)>,
}

impl Vm {
    /// What a goroutine waits for; `None` if there is no goroutine of that number.
    pub fn waiting(&self, goid: u64) -> Option<WaitInfo> {
        let g = self.goroutine(goid)?;
        Some(WaitInfo {
            reason: g.state().to_string(),
            at: self.user_place(g),
            on: self.waited_channels(g),
        })
    }

    /// The innermost frame in the user's own source.
    fn user_place(&self, g: Gp) -> Option<(String, u32, String)> {
        let sources = self.linker.sources();
        self.parked_frames(g).iter().find_map(|f| {
            let Frame::Go(_, ip) = f else { return None };
            let pos = self.program.pos_at(*ip);
            let file = sources.file(pos).filter(|f| !f.is_std)?;
            let line = file.line_col(pos).line;
            let text = file.line_text(line).trim().to_string();
            Some((file.name.clone(), line, text))
        })
    }

    fn waited_channels(&self, g: Gp) -> Vec<(String, u32, Option<(String, u32)>)> {
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

//! Standard input that programs share with the line editor of a session.
//!
//! Invariants: while the editor holds it nobody else reads; who has stopped waiting (its goroutine was ended) takes nothing away from those who come
//! after. Without an editor none of this is in use.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::Duration;

/// How long a reader may take to notice that it has to let go.
const NOTICE: Duration = Duration::from_millis(20);

const UNSHARED: u8 = 0;
const HELD: u8 = 1;
const FREE: u8 = 2;

/// Who may read.
static STATE: AtomicU8 = AtomicU8::new(UNSHARED);

/// The editor takes standard input: programs that read wait.
pub fn hold() {
    STATE.store(HELD, Ordering::Release);
}

/// The editor lets programs read.
pub fn release() {
    STATE.store(FREE, Ordering::Release);
}

/// Whether there is an editor.
pub(super) fn is_shared() -> bool {
    STATE.load(Ordering::Acquire) != UNSHARED
}

/// A goroutine that waits for input, for as long as this lives.
#[derive(Default)]
pub(super) struct Reader {
    gone: Arc<AtomicBool>,
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.gone.store(true, Ordering::Release);
    }
}

impl Reader {
    /// The job that reads up to `n` bytes for it.
    pub(super) fn job(&self, n: usize) -> impl FnOnce() -> io::Result<Vec<u8>> + Send + 'static {
        let gone = self.gone.clone();
        move || {
            while !gone.load(Ordering::Acquire) {
                if STATE.load(Ordering::Acquire) == HELD {
                    std::thread::sleep(NOTICE);
                } else if is_readable()? && STATE.load(Ordering::Acquire) != HELD {
                    let mut buf = vec![0; n.min(1 << 20)];
                    let n = rustix::io::read(io::stdin(), &mut buf)?;
                    buf.truncate(n);
                    return Ok(buf);
                }
            }
            Err(io::ErrorKind::Interrupted.into())
        }
    }
}

/// Waits a little for input.
fn is_readable() -> io::Result<bool> {
    let stdin = io::stdin();
    let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
    let limit = Timespec {
        tv_sec: 0,
        tv_nsec: NOTICE.subsec_nanos().into(),
    };
    match poll(&mut fds, Some(&limit)) {
        Ok(ready) => Ok(ready > 0),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(e) => Err(e.into()),
    }
}

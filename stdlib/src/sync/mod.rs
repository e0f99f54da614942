//! Package sync: semaphores.
//!
//! Invariants: a semaphore is a uint32 in Go memory, and goroutines wait for it in a queue that its address names. It is positive only
//! while nobody waits: who releases it hands it over.

pub mod atomic;

use chanrt::WaitReason;
use vm::{Cx, Flow, NativeFn};

/// The natives of the package.
pub const NATIVES: &[(&str, NativeFn)] = &[
    ("semacquire", semacquire),
    ("semrelease", semrelease),
    ("fatal", fatal),
];

/// The reasons in the order of sync.gol.
const REASONS: [WaitReason; 5] = [
    WaitReason::SyncMutexLock,
    WaitReason::SyncRWMutexRLock,
    WaitReason::SyncRWMutexLock,
    WaitReason::SyncWaitGroupWait,
    WaitReason::SyncCondWait,
];

/// `semacquire(addr *uint32, first bool, reason int)`.
fn semacquire(cx: &mut Cx<'_>) -> Flow {
    let (addr, first, reason) = (cx.ptr(), cx.bool(), cx.uint());
    let n: u32 = addr.load(0);
    if n > 0 {
        addr.store(0, n - 1);
        return Flow::Done;
    }
    let reason = REASONS
        .get(reason as usize)
        .copied()
        .unwrap_or(WaitReason::Semacquire);
    if first {
        cx.semaqueue_first(addr.addr(), reason, 0);
    } else {
        cx.semaqueue(addr.addr(), reason, 0);
    }
    Flow::Park
}

/// `semrelease(addr *uint32)`.
fn semrelease(cx: &mut Cx<'_>) -> Flow {
    let addr = cx.ptr();
    match cx.semadequeue(addr.addr()) {
        Some((g, _)) => cx.ready(g),
        None => addr.store(0, addr.load::<u32>(0) + 1),
    }
    Flow::Done
}

fn fatal(cx: &mut Cx<'_>) -> Flow {
    let text = cx.str().to_string_lossy();
    cx.fatal(&text)
}

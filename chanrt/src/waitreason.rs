//! Why a goroutine is parked, in the words of Go's own goroutine dumps.

use std::fmt;

macro_rules! wait_reasons {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// Why a goroutine is parked. `Display` prints what Go's dumps print between brackets.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum WaitReason { $($(#[$doc])* $name,)* }

        impl WaitReason {
            /// Every reason, in table order.
            pub const ALL: &'static [WaitReason] = &[$(WaitReason::$name,)*];

            /// Go's text for this reason.
            pub const fn as_str(self) -> &'static str {
                match self { $(WaitReason::$name => $text,)* }
            }
        }
    };
}

wait_reasons! {
    /// A receive that found no value.
    ChanReceive = "chan receive",
    /// A send that found no receiver and no room.
    ChanSend = "chan send",
    /// A receive from a nil channel: never ends.
    ChanReceiveNilChan = "chan receive (nil chan)",
    /// A send on a nil channel: never ends.
    ChanSendNilChan = "chan send (nil chan)",
    /// A select none of whose cases could go on.
    Select = "select",
    /// `select {}`: never ends.
    SelectNoCases = "select (no cases)",
    /// `time.Sleep`.
    Sleep = "sleep",
    /// A job of the blocking pool, or the network.
    IOWait = "IO wait",
    /// A bare semaphore.
    Semacquire = "semacquire",
    /// `(*sync.Mutex).Lock`.
    SyncMutexLock = "sync.Mutex.Lock",
    /// `(*sync.RWMutex).RLock`.
    SyncRWMutexRLock = "sync.RWMutex.RLock",
    /// `(*sync.RWMutex).Lock`.
    SyncRWMutexLock = "sync.RWMutex.Lock",
    /// `(*sync.Cond).Wait`.
    SyncCondWait = "sync.Cond.Wait",
    /// `(*sync.WaitGroup).Wait`.
    SyncWaitGroupWait = "sync.WaitGroup.Wait",
    /// Handed control to a coroutine (`iter.Pull`).
    Coroutine = "coroutine",
    /// Waits for a garbage collection to end.
    GarbageCollection = "garbage collection",
    /// Runs finalizers or cleanups when there are any.
    FinalizerWait = "finalizer wait",
    /// Panicked while another goroutine was ending the program.
    PanicWait = "panicwait",
    /// Stopped by a debugger or an inspector.
    DebugCall = "debug call",
}

impl WaitReason {
    /// Whether nothing in the program can ever end this wait.
    pub const fn is_forever(self) -> bool {
        matches!(
            self,
            WaitReason::ChanReceiveNilChan
                | WaitReason::ChanSendNilChan
                | WaitReason::SelectNoCases
        )
    }
}

impl fmt::Display for WaitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

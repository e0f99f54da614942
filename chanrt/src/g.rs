//! Goroutines: the header the runtime works on, the host's payload behind it, and their slab.
//!
//! Invariants:
//! - A `G<T>` begins with its `GHead` (`repr(C)`), never moves, and its memory lives as long as its runtime;
//!   so a `Gp` can be followed at any time while the runtime lives ([`Runtime::new`](crate::Runtime::new)
//!   is where the host promises that).
//! - Nobody holds a reference to a `GHead`: fields are read and written through the raw pointer, one at a time.
//! - The payload is initialised exactly while the state is not `Dead`.
//! - goids count up from 1 and are never reused; the all-list is ordered by goid because it only grows at its end.
//! - `waiting` is the chain of the goroutine's enqueued sudogs: empty unless it is parked on queues.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::fmt;
use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};

use crate::sudog::Sudog;
use crate::timer::TimerId;
use crate::waitreason::WaitReason;

/// The state of a goroutine.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum GState {
    /// On a run queue.
    Runnable,
    /// The host runs it.
    Running,
    /// Waits; somebody must make it ready.
    Parked(WaitReason),
    /// Ended; its struct waits for reuse.
    Dead,
}

impl fmt::Display for GState {
    /// The word Go's goroutine dumps print between brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            GState::Runnable => "runnable",
            GState::Running => "running",
            GState::Parked(reason) => reason.as_str(),
            GState::Dead => "dead",
        })
    }
}

/// What the one who woke a goroutine left for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wake {
    /// A value was handed over. `false`: the channel was closed (a receiver got the zero value, a sender must panic).
    pub success: bool,
    /// The select case that won; 0 after a plain operation; the tag after a semaphore wait.
    pub case: u32,
}

/// What the runtime knows of a goroutine, whatever its host.
#[repr(C)]
pub struct GHead {
    pub(crate) goid: u64,
    pub(crate) creator: u64,
    pub(crate) schedlink: Option<Gp>,
    pub(crate) waiting: *mut Sudog,
    pub(crate) all_prev: Option<Gp>,
    pub(crate) all_next: Option<Gp>,
    pub(crate) parked_since: i64,
    pub(crate) sleep: Option<TimerId>,
    pub(crate) wake: Wake,
    pub(crate) go_site: u32,
    pub(crate) state: GState,
    /// The waiter record of plain operations and semaphores; select takes its records from the pool.
    pub(crate) own: Sudog,
}

/// A goroutine with its host payload.
#[repr(C)]
pub(crate) struct G<T> {
    pub(crate) head: GHead,
    payload: MaybeUninit<T>,
}

/// A handle on a goroutine. Copyable, a plain pointer; valid as long as the runtime that gave it.
///
/// The goroutine's struct is reused after it ends, so keep the goid beside a handle that may outlive its goroutine.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Gp(NonNull<GHead>);

impl Gp {
    /// The header. For the raw hot paths of chanrt and of hosts that show a goroutine to machine code.
    #[inline]
    pub fn as_ptr(self) -> *mut GHead {
        self.0.as_ptr()
    }

    /// The goroutine's number: 1 for main, never reused.
    #[inline]
    pub fn goid(self) -> u64 {
        // SAFETY: the slab's memory lives as long as the runtime, which the host keeps alive (Runtime::new).
        unsafe { (*self.as_ptr()).goid }
    }

    /// The goid of the goroutine that executed the `go` statement; 0 for main.
    pub fn creator(self) -> u64 {
        // SAFETY: as in `goid`.
        unsafe { (*self.as_ptr()).creator }
    }

    /// The host's number for the `go` statement.
    pub fn go_site(self) -> u32 {
        // SAFETY: as in `goid`.
        unsafe { (*self.as_ptr()).go_site }
    }

    /// What the goroutine is doing.
    #[inline]
    pub fn state(self) -> GState {
        // SAFETY: as in `goid`.
        unsafe { (*self.as_ptr()).state }
    }

    /// Why it is parked, if it is.
    pub fn wait_reason(self) -> Option<WaitReason> {
        match self.state() {
            GState::Parked(reason) => Some(reason),
            GState::Runnable | GState::Running | GState::Dead => None,
        }
    }

    /// When it parked, in nanoseconds of the runtime's clock (as coarse as the scheduler's polling).
    pub fn parked_since(self) -> i64 {
        // SAFETY: as in `goid`.
        unsafe { (*self.as_ptr()).parked_since }
    }

    /// What the one who last woke it left.
    #[inline]
    pub fn wake(self) -> Wake {
        // SAFETY: as in `goid`.
        unsafe { (*self.as_ptr()).wake }
    }

    /// The record for plain waits inside the header.
    #[inline]
    pub(crate) fn own_sudog(self) -> *mut Sudog {
        // SAFETY: as in `goid`; only an address is computed.
        unsafe { &raw mut (*self.as_ptr()).own }
    }

    #[inline]
    pub(crate) fn set_state(self, state: GState) {
        // SAFETY: as in `goid`; nobody holds a reference to the header.
        unsafe { (*self.as_ptr()).state = state }
    }

    #[inline]
    pub(crate) fn set_wake(self, success: bool, case: u32) {
        // SAFETY: as in `set_state`.
        unsafe { (*self.as_ptr()).wake = Wake { success, case } }
    }

    #[inline]
    pub(crate) fn waiting(self) -> *mut Sudog {
        // SAFETY: as in `goid`.
        unsafe { (*self.as_ptr()).waiting }
    }

    #[inline]
    pub(crate) fn set_waiting(self, first: *mut Sudog) {
        // SAFETY: as in `set_state`.
        unsafe { (*self.as_ptr()).waiting = first }
    }

    #[inline]
    pub(crate) fn schedlink(self) -> Option<Gp> {
        // SAFETY: as in `goid`.
        unsafe { (*self.as_ptr()).schedlink }
    }

    #[inline]
    pub(crate) fn set_schedlink(self, next: Option<Gp>) {
        // SAFETY: as in `set_state`.
        unsafe { (*self.as_ptr()).schedlink = next }
    }
}

impl fmt::Debug for Gp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gp({:p})", self.0)
    }
}

/// The goroutines of one runtime: chunks of structs, the free ones, and the list of the live ones.
pub(crate) struct Slab<T> {
    chunks: Vec<(NonNull<G<T>>, usize)>,
    free: Option<Gp>,
    last_goid: u64,
}

const FIRST_CHUNK: usize = 16;
const LARGEST_CHUNK: usize = 4096;

impl<T> Slab<T> {
    pub(crate) fn new() -> Slab<T> {
        Slab {
            chunks: Vec::new(),
            free: None,
            last_goid: 0,
        }
    }

    /// Makes a goroutine with the next goid. It is on no queue and no list yet.
    #[inline]
    pub(crate) fn alloc(&mut self, creator: u64, go_site: u32, payload: T) -> Gp {
        let g = match self.free {
            Some(g) => g,
            None => self.grow(),
        };
        self.free = g.schedlink();
        self.last_goid += 1;
        // SAFETY: `g` came from a chunk of this slab, is dead, and nothing but the free list knew it; its
        // payload is uninitialised, so writing over it drops nothing.
        unsafe {
            g.as_ptr().write(GHead {
                goid: self.last_goid,
                creator,
                go_site,
                state: GState::Runnable,
                own: Sudog::own(g),
                ..GHead::dead(g)
            });
            Self::payload(g).write(payload);
        }
        g
    }

    /// Gives a dead goroutine's struct back.
    ///
    /// # Safety
    /// `g` came from this slab, is not free yet, is on no queue or list, and its payload has been moved out.
    #[inline]
    pub(crate) unsafe fn release(&mut self, g: Gp) {
        g.set_state(GState::Dead);
        g.set_schedlink(self.free);
        self.free = Some(g);
    }

    /// Numbers goroutines from 1 again. None is alive.
    pub(crate) fn restart_goids(&mut self) {
        self.last_goid = 0;
    }

    /// Where the payload of `g` is.
    #[inline]
    pub(crate) fn payload(g: Gp) -> *mut T {
        let whole = g.as_ptr().cast::<G<T>>();
        // SAFETY: handles of this runtime point at the head of a `G<T>` of its slab; only an address is computed.
        unsafe { (&raw mut (*whole).payload).cast::<T>() }
    }

    #[cold]
    fn grow(&mut self) -> Gp {
        let n = self
            .chunks
            .last()
            .map_or(FIRST_CHUNK, |&(_, n)| (n * 2).min(LARGEST_CHUNK));
        let layout =
            Layout::array::<G<T>>(n).expect("a chunk of goroutines fits the address space");
        // SAFETY: a `G<T>` is never zero-sized.
        let Some(first) = NonNull::new(unsafe { alloc(layout) }.cast::<G<T>>()) else {
            handle_alloc_error(layout)
        };
        self.chunks.push((first, n));
        for i in (0..n).rev() {
            // SAFETY: `i < n`, so this is within the chunk just allocated; only the head is initialised.
            unsafe {
                let g = Gp(first.add(i).cast::<GHead>());
                g.as_ptr().write(GHead {
                    schedlink: self.free,
                    ..GHead::dead(g)
                });
                self.free = Some(g);
            }
        }
        self.free.expect("the chunk is not empty")
    }
}

impl GHead {
    fn dead(g: Gp) -> GHead {
        GHead {
            goid: 0,
            creator: 0,
            schedlink: None,
            waiting: ptr::null_mut(),
            all_prev: None,
            all_next: None,
            parked_since: 0,
            sleep: None,
            wake: Wake {
                success: false,
                case: 0,
            },
            go_site: 0,
            state: GState::Dead,
            own: Sudog::own(g),
        }
    }
}

impl GHead {
    /// A header that belongs to no slab: never alive, never run.
    pub(crate) fn detached() -> Gp {
        let place = Box::into_raw(Box::new(MaybeUninit::<GHead>::uninit()));
        let g = Gp(NonNull::new(place.cast::<GHead>()).expect("a box is not null"));
        // SAFETY: the box has room for one header.
        unsafe { g.as_ptr().write(GHead::dead(g)) };
        g
    }

    /// # Safety
    /// `g` came from `detached` and is used no more.
    pub(crate) unsafe fn free_detached(g: Gp) {
        // SAFETY: the caller's contract: this is the box made in `detached`; a header needs no drop.
        drop(unsafe { Box::from_raw(g.as_ptr().cast::<MaybeUninit<GHead>>()) });
    }
}

impl<T> Drop for Slab<T> {
    fn drop(&mut self) {
        for (first, n) in self.chunks.drain(..) {
            for i in 0..n {
                // SAFETY: all heads of a chunk are initialised; a payload is initialised unless the state is Dead.
                unsafe {
                    let g = Gp(first.add(i).cast::<GHead>());
                    if g.state() != GState::Dead {
                        Self::payload(g).drop_in_place();
                    }
                }
            }
            let layout = Layout::array::<G<T>>(n).expect("it was allocated with this layout");
            // SAFETY: allocated in `grow` with the same layout; nothing uses it after the runtime is gone.
            unsafe { dealloc(first.as_ptr().cast(), layout) };
        }
    }
}

/// All live goroutines of a runtime, oldest first.
#[derive(Default)]
pub(crate) struct AllGs {
    first: Option<Gp>,
    last: Option<Gp>,
    len: usize,
}

impl AllGs {
    pub(crate) fn first(&self) -> Option<Gp> {
        self.first
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(crate) fn push(&mut self, g: Gp) {
        // SAFETY: handles on the list are live goroutines of this runtime.
        unsafe {
            (*g.as_ptr()).all_prev = self.last;
            (*g.as_ptr()).all_next = None;
            match self.last {
                Some(last) => (*last.as_ptr()).all_next = Some(g),
                None => self.first = Some(g),
            }
        }
        self.last = Some(g);
        self.len += 1;
    }

    #[inline]
    pub(crate) fn remove(&mut self, g: Gp) {
        // SAFETY: as in `push`; `g` is on the list, so its neighbours are too.
        unsafe {
            let (prev, next) = ((*g.as_ptr()).all_prev, (*g.as_ptr()).all_next);
            match prev {
                Some(p) => (*p.as_ptr()).all_next = next,
                None => self.first = next,
            }
            match next {
                Some(n) => (*n.as_ptr()).all_prev = prev,
                None => self.last = prev,
            }
        }
        self.len -= 1;
    }
}

//! Memory: the heap and its collector, maps, comparison and hashing, and the accessors the interpreter works through.
//!
//! Invariants of the whole folder, upheld by the checker (types), the compiler's verifier (registers) and the collector:
//! - An address that Go code can hold is nil, lies in static memory, or lies in a block the collector keeps while the address is
//!   reachable. Blocks never move and are zeroed when they are given out.
//! - The collector runs only inside [`Heap::collect`], which the VM calls at safepoints; between two safepoints every address
//!   stays valid, so natives may borrow from the heap freely.
//! - One thread uses a heap; nothing here is `Send`.
//! - Every 8-byte word that may hold an address of the heap is described by its block's layout, or found by the caller's roots.

pub mod access;
mod chunk;
mod class;
pub mod eq;
mod finalize;
mod gc;
mod heap;
mod layout;
pub mod map;
mod mapiter;
mod maptable;
mod maptype;
mod os;
mod span;
mod statics;

pub use access::{Frame, Mem, Pod};
pub use finalize::Due;
pub use gc::Marker;
pub use heap::{AllocKind, Heap, MemStats};
pub use map::{MapError, MapRef};
pub use mapiter::MapIter;
pub use maptype::{KeyKind, MapType};
pub use statics::Handle;

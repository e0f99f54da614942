//! The heap, maps, comparison and values against models.

#[path = "mem/eq.rs"]
mod eq;
#[path = "mem/heap.rs"]
mod heap;
#[path = "mem/iter.rs"]
mod iter;
#[path = "mem/maps.rs"]
mod maps;
#[path = "mem/types.rs"]
mod types;
#[path = "mem/value.rs"]
mod value;

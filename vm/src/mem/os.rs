//! Pages from the operating system.
//!
//! Invariants: memory from `map` is zeroed, aligned as asked and private to this process; it goes back with `unmap` of the same
//! address, size and alignment, exactly once. Untouched pages cost address space only.

/// Maps `size` zeroed bytes at a multiple of `align` (a power of two of at least a page); null when there is no memory.
/// `thrifty` asks for small pages, so that a little-used region stays little.
#[cfg(all(unix, not(miri)))]
pub(super) fn map(size: usize, align: usize, thrifty: bool) -> *mut u8 {
    use std::ptr;
    let Some(padded) = size.checked_add(align) else {
        return ptr::null_mut();
    };
    // SAFETY: a fresh private anonymous mapping touches no memory of ours.
    let raw = unsafe {
        libc::mmap(
            ptr::null_mut(),
            padded,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANON,
            -1,
            0,
        )
    };
    if raw == libc::MAP_FAILED {
        return ptr::null_mut();
    }
    let start = raw as usize;
    let base = start.next_multiple_of(align);
    let (before, after) = (base - start, start + padded - (base + size));
    // SAFETY: the trimmed parts are whole pages at both ends of the mapping just made, and nobody knows them.
    unsafe {
        if before > 0 {
            libc::munmap(raw, before);
        }
        if after > 0 {
            libc::munmap((base + size) as *mut libc::c_void, after);
        }
        #[cfg(target_os = "linux")]
        if thrifty {
            libc::madvise(base as *mut libc::c_void, size, libc::MADV_NOHUGEPAGE);
        }
    }
    let _ = thrifty;
    base as *mut u8
}

/// Gives a mapping back.
///
/// # Safety
/// `base` came from `map` with the same `size` and `align`, and nothing uses it any more.
#[cfg(all(unix, not(miri)))]
pub(super) unsafe fn unmap(base: *mut u8, size: usize, _align: usize) {
    // SAFETY: the caller's contract.
    unsafe { libc::munmap(base.cast(), size) };
}

/// As above, from the global allocator.
#[cfg(any(not(unix), miri))]
pub(super) fn map(size: usize, align: usize, _thrifty: bool) -> *mut u8 {
    match std::alloc::Layout::from_size_align(size, align) {
        // SAFETY: the heap never asks for zero bytes.
        Ok(layout) if size > 0 => unsafe { std::alloc::alloc_zeroed(layout) },
        _ => std::ptr::null_mut(),
    }
}

/// As above, to the global allocator.
///
/// # Safety
/// `base` came from `map` with the same `size` and `align`, and nothing uses it any more.
#[cfg(any(not(unix), miri))]
pub(super) unsafe fn unmap(base: *mut u8, size: usize, align: usize) {
    if let Ok(layout) = std::alloc::Layout::from_size_align(size, align) {
        // SAFETY: the caller's contract.
        unsafe { std::alloc::dealloc(base, layout) };
    }
}

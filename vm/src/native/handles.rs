//! Handles on Go values, as natives hold them.
//!
//! Invariants: a handle is a copy of a register or of a few consecutive ones. Non-nil addresses in handles that come out of a `Cx`
//! point at live Go memory of the stated type (checker and compiler see to it); see the module's contract for how long.

use super::cx::GoNilDeref;
use crate::bytecode::TypeIx;
use std::borrow::Cow;
use std::slice;

/// Plain data that can be read from and written to Go memory.
pub trait Pod: Copy + 'static + private::Sealed {}

mod private {
    pub trait Sealed {}
}

macro_rules! pod {
    ($($t:ty),*) => { $(impl private::Sealed for $t {} impl Pod for $t {})* };
}
pod!(u8, i8, u16, i16, u32, i32, u64, i64, usize, isize, f32, f64);
pod!([u8; 4], [u64; 2], [u64; 3]);

/// A Go string.
#[derive(Clone, Copy, Debug)]
pub struct GoStr {
    pub(crate) ptr: *const u8,
    pub(crate) len: usize,
}

impl GoStr {
    /// The empty string.
    pub const EMPTY: GoStr = GoStr {
        ptr: std::ptr::null(),
        len: 0,
    };

    /// The string whose register words these are.
    pub(crate) fn of(w: [u64; 2]) -> GoStr {
        GoStr {
            ptr: w[0] as *const u8,
            len: w[1] as usize,
        }
    }

    /// A string that lives as long as the process.
    pub fn from_static(s: &'static str) -> GoStr {
        GoStr {
            ptr: s.as_ptr(),
            len: s.len(),
        }
    }

    /// Its length in bytes.
    pub fn len(self) -> usize {
        self.len
    }

    /// Whether it is empty.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }

    /// Its bytes. Go strings never change; for how long they stay see the module's contract.
    pub fn as_bytes<'a>(self) -> &'a [u8] {
        if self.len == 0 {
            return &[];
        }
        // SAFETY: a non-empty Go string points at `len` immutable bytes, alive while a native holds it.
        unsafe { slice::from_raw_parts(self.ptr, self.len) }
    }

    /// Its text if it is valid UTF-8.
    pub fn as_str<'a>(self) -> Option<&'a str> {
        str::from_utf8(self.as_bytes()).ok()
    }

    /// Its text, invalid bytes replaced.
    pub fn to_string_lossy<'a>(self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.as_bytes())
    }

    /// The substring of bytes `lo..hi`, sharing memory.
    ///
    /// # Panics
    /// If the range is not within the string.
    pub fn sub(self, lo: usize, hi: usize) -> GoStr {
        assert!(lo <= hi && hi <= self.len, "substring out of range");
        GoStr {
            ptr: self.ptr.wrapping_add(lo),
            len: hi - lo,
        }
    }

    /// The string whose register words these are, as a call of a Go function gives them.
    pub fn from_words(w: &[u64]) -> GoStr {
        GoStr {
            ptr: w[0] as *const u8,
            len: w[1] as usize,
        }
    }

    /// Its register words.
    pub fn words(self) -> [u64; 2] {
        [self.ptr.addr() as u64, self.len as u64]
    }
}

/// A Go slice. The element type is known to the native, from the Go declaration.
#[derive(Clone, Copy, Debug)]
pub struct GoSlice {
    pub(crate) ptr: *mut u8,
    pub(crate) len: usize,
    pub(crate) cap: usize,
}

impl GoSlice {
    /// The nil slice.
    pub const NIL: GoSlice = GoSlice {
        ptr: std::ptr::null_mut(),
        len: 0,
        cap: 0,
    };

    pub(crate) fn of(w: [u64; 3]) -> GoSlice {
        GoSlice {
            ptr: w[0] as *mut u8,
            len: w[1] as usize,
            cap: w[2] as usize,
        }
    }

    /// Number of elements.
    pub fn len(self) -> usize {
        self.len
    }

    /// Whether it has no elements.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }

    /// Capacity.
    pub fn cap(self) -> usize {
        self.cap
    }

    /// Whether it is nil.
    pub fn is_nil(self) -> bool {
        self.ptr.is_null()
    }

    /// Of a `[]byte`: a copy of the bytes.
    pub fn bytes(self) -> Vec<u8> {
        self.with_bytes(<[u8]>::to_vec)
    }

    /// Of a `[]byte`: looks at the bytes. `f` has no access to the VM, so nobody changes them meanwhile.
    pub fn with_bytes<R>(self, f: impl FnOnce(&[u8]) -> R) -> R {
        if self.len == 0 {
            return f(&[]);
        }
        // SAFETY: a non-empty slice points at `len` elements, of at least one byte each.
        f(unsafe { slice::from_raw_parts(self.ptr, self.len) })
    }

    /// Of a `[]byte`: changes the bytes in place. As for `with_bytes`.
    pub fn with_bytes_mut<R>(self, f: impl FnOnce(&mut [u8]) -> R) -> R {
        if self.len == 0 {
            return f(&mut []);
        }
        // SAFETY: as in `with_bytes`; one thread runs, so this is the only access while `f` runs.
        f(unsafe { slice::from_raw_parts_mut(self.ptr, self.len) })
    }

    /// Of a `[]byte`: the bytes viewed as a string. Only for bytes nobody changes any more.
    pub fn as_gostr(self) -> GoStr {
        GoStr {
            ptr: self.ptr,
            len: self.len,
        }
    }

    /// Element `i`, of type `T`.
    ///
    /// # Panics
    /// If `i` is out of range.
    pub fn load<T: Pod>(self, i: usize) -> T {
        assert!(i < self.len, "native reads past a slice");
        // SAFETY: in range; the native knows the element type from the declaration.
        unsafe { self.ptr.cast::<T>().add(i).read_unaligned() }
    }

    /// Sets element `i`, of type `T`.
    ///
    /// # Panics
    /// If `i` is out of range.
    pub fn store<T: Pod>(self, i: usize, v: T) {
        assert!(i < self.len, "native writes past a slice");
        // SAFETY: as in `load`.
        unsafe { self.ptr.cast::<T>().add(i).write_unaligned(v) }
    }

    /// Element `i` of an `[]int` or `[]int64`.
    pub fn get_i64(self, i: usize) -> i64 {
        self.load(i)
    }

    /// Sets element `i` of an `[]int` or `[]int64`.
    pub fn set_i64(self, i: usize, v: i64) {
        self.store(i, v);
    }

    /// Element `i` of a `[]string`.
    pub fn get_str(self, i: usize) -> GoStr {
        GoStr::of(self.load::<[u64; 2]>(i))
    }

    /// Sets element `i` of a `[]string`.
    pub fn set_str(self, i: usize, s: GoStr) {
        self.store(i, s.words());
    }

    /// Element `i` of a slice of interfaces (`[]any`).
    pub fn get_iface(self, i: usize) -> Iface {
        Iface::of(self.load::<[u64; 2]>(i))
    }

    /// The elements of a slice of 8-byte numbers, to read or permute in place. As for `with_bytes`.
    pub fn with_mut<T: Pod, R>(self, f: impl FnOnce(&mut [T]) -> R) -> R {
        if self.len == 0 {
            return f(&mut []);
        }
        assert!(
            self.ptr.cast::<T>().is_aligned(),
            "slice elements of another type"
        );
        // SAFETY: the slice points at `len` elements of type T (the native knows it), aligned; the only access while `f` runs.
        f(unsafe { slice::from_raw_parts_mut(self.ptr.cast::<T>(), self.len) })
    }

    /// The first `n` elements.
    ///
    /// # Panics
    /// If `n` exceeds the capacity.
    pub fn truncate(self, n: usize) -> GoSlice {
        assert!(n <= self.cap, "slice bounds out of range");
        GoSlice { len: n, ..self }
    }

    /// Its register words.
    pub fn words(self) -> [u64; 3] {
        [self.ptr.addr() as u64, self.len as u64, self.cap as u64]
    }
}

/// An interface value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Iface {
    /// The dynamic type; 0 in a nil interface.
    pub ty: TypeIx,
    /// The data word: the value itself if it has at most 8 bytes, else the address of an immutable copy.
    pub data: u64,
}

impl Iface {
    /// The nil interface.
    pub const NIL: Iface = Iface {
        ty: TypeIx(0),
        data: 0,
    };

    pub(crate) fn of(w: [u64; 2]) -> Iface {
        Iface {
            ty: TypeIx(w[0] as u32),
            data: w[1],
        }
    }

    /// The interface whose register words these are (as `Cx::call` returns them).
    pub fn from_words(w: &[u64]) -> Iface {
        Iface::of([w[0], w[1]])
    }

    /// Whether it is nil.
    pub fn is_nil(self) -> bool {
        self.ty.0 == 0
    }

    /// Its register words.
    pub fn words(self) -> [u64; 2] {
        [u64::from(self.ty.0), self.data]
    }
}

/// A Go pointer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct GoPtr(pub(crate) u64);

impl GoPtr {
    /// The nil pointer.
    pub const NIL: GoPtr = GoPtr(0);

    /// Whether it is nil.
    pub fn is_nil(self) -> bool {
        self.0 == 0
    }

    /// Its address, as a number: the key of `Cx::semaqueue`, for instance.
    pub fn addr(self) -> usize {
        self.0 as usize
    }

    /// The pointer `off` bytes on.
    pub fn offset(self, off: usize) -> GoPtr {
        GoPtr(self.0 + off as u64)
    }

    /// Reads a `T` at byte offset `off` of the pointed-at value, which has room for it (the native knows the Go type).
    /// A nil pointer raises Go's nil-dereference panic.
    #[inline]
    pub fn load<T: Pod>(self, off: usize) -> T {
        if self.0 < 4096 {
            GoNilDeref::raise();
        }
        // SAFETY: a non-nil Go pointer points at a live value; the native knows its layout from the declaration.
        unsafe { ((self.0 as usize + off) as *const T).read_unaligned() }
    }

    /// Writes a `T` at byte offset `off`. As for `load`.
    #[inline]
    pub fn store<T: Pod>(self, off: usize, v: T) {
        if self.0 < 4096 {
            GoNilDeref::raise();
        }
        // SAFETY: as in `load`.
        unsafe { ((self.0 as usize + off) as *mut T).write_unaligned(v) }
    }

    /// The string at byte offset `off`.
    pub fn load_str(self, off: usize) -> GoStr {
        GoStr::of(self.load::<[u64; 2]>(off))
    }

    /// Writes a string at byte offset `off`.
    pub fn store_str(self, off: usize, s: GoStr) {
        self.store(off, s.words());
    }

    /// The slice at byte offset `off`.
    pub fn load_slice(self, off: usize) -> GoSlice {
        GoSlice::of(self.load::<[u64; 3]>(off))
    }

    /// Writes a slice at byte offset `off`.
    pub fn store_slice(self, off: usize, s: GoSlice) {
        self.store(off, s.words());
    }

    /// The interface at byte offset `off`.
    pub fn load_iface(self, off: usize) -> Iface {
        Iface::of(self.load::<[u64; 2]>(off))
    }

    /// Writes an interface at byte offset `off`.
    pub fn store_iface(self, off: usize, v: Iface) {
        self.store(off, v.words());
    }

    /// The pointer at byte offset `off`.
    pub fn load_ptr(self, off: usize) -> GoPtr {
        GoPtr(self.load(off))
    }

    /// Writes a pointer at byte offset `off`.
    pub fn store_ptr(self, off: usize, p: GoPtr) {
        self.store(off, p.0);
    }
}

macro_rules! word_handles {
    ($($(#[$m:meta])* $name:ident),*) => {
        $($(#[$m])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub struct $name(pub(crate) u64);

        impl $name {
            /// The nil value.
            pub const NIL: $name = $name(0);

            /// Whether it is nil.
            pub fn is_nil(self) -> bool {
                self.0 == 0
            }

            /// Its register word.
            pub fn word(self) -> u64 {
                self.0
            }
        })*
    };
}

word_handles! {
    /// A Go map.
    GoMap,
    /// A Go channel.
    GoChan,
    /// A Go function value.
    GoFunc
}

impl GoFunc {
    /// The function in an interface value whose dynamic type is a func type.
    pub fn from_iface(v: Iface) -> GoFunc {
        GoFunc(v.data)
    }
}

impl GoPtr {
    /// Its register word.
    pub fn word(self) -> u64 {
        self.0
    }
}

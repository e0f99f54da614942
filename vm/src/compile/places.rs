//! Places: where a value is, how it is read and written.
//!
//! Invariants: making a place evaluates its operands, once, but neither checks bounds nor follows its last pointer: reading,
//! writing and taking the address do. Registers named by a place are variables or temporaries of the current statement.

use super::state::{FuncCompiler, Reg};
use crate::bytecode::*;
use crate::program::Repr;
use lang::source::Span;
use lang::types::TypeId;

/// What one instruction can copy.
const CHUNK: u64 = 65_528;

/// An index: 64 bits in a register.
#[derive(Clone, Copy, Debug)]
pub(super) struct Index {
    pub r: Reg,
    /// Of a type whose values may exceed int64; what to say of one out of range depends on it.
    pub unsigned: bool,
}

impl From<Reg> for Index {
    fn from(r: Reg) -> Index {
        Index { r, unsigned: false }
    }
}

/// Where a value is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// Nowhere: `_`.
    Blank,
    /// In registers from this one on.
    Reg(Reg),
    /// Inside registers, at a byte offset from fp that is no whole slot.
    Frame(u32),
    /// In memory at a pointer plus an offset; `known` if the pointer cannot be nil.
    Mem { p: Reg, off: u32, known: bool },
    /// In static memory.
    Static(u64),
    /// Element `i` of the slice (or string) at `s`.
    Elem { s: Reg, i: Index },
    /// Element `i` of the array of `n` elements in the registers at `r`.
    Array { r: Reg, n: i64, i: Index },
    /// The element of map `m` of type `t` for the key at `k`.
    Map { m: Reg, k: Reg, t: TypeIx },
}

impl FuncCompiler<'_, '_> {
    // ---- memory by representation

    /// d.. ← value of type t at p+off
    pub(super) fn load(&mut self, d: Reg, p: Reg, off: u32, t: TypeId) {
        let size = self.size(t);
        if size > CHUNK {
            return self.in_chunks(p, off, size, d, |p, s, n| Op::LdN { d: Dst(s), p, n });
        }
        let (p, o) = self.short_offset(p, off, size);
        let (d, p, off) = (Dst(d), Src(p), Off16(o));
        let op = match (self.repr(t), size) {
            (Repr::Zero, _) => return self.nil_check(p.0),
            (Repr::I8, _) => Op::LdI8 { d, p, off },
            (Repr::I16, _) => Op::LdI16 { d, p, off },
            (Repr::I32, _) => Op::LdI32 { d, p, off },
            (Repr::U8, _) | (_, 1) => Op::LdU8 { d, p, off },
            (Repr::U16, _) | (_, 2) => Op::LdU16 { d, p, off },
            (Repr::U32, _) | (_, 4) => Op::LdU32 { d, p, off },
            (Repr::W64, _) | (_, 8) => Op::Ld64 { d, p, off },
            (_, 16) => Op::Ld2 { d, p, off },
            (_, 24) => Op::Ld3 { d, p, off },
            (_, n) => {
                let n = self.bytes16(n);
                let p = self.whole_pointer(p.0, o);
                Op::LdN { d, p: Src(p), n }
            }
        };
        self.emit(op);
    }

    /// value of type t at s.. → p+off
    pub(super) fn store(&mut self, p: Reg, off: u32, s: Reg, t: TypeId) {
        let size = self.size(t);
        if size > CHUNK {
            return self.in_chunks(p, off, size, s, |p, s, n| Op::StN { p, s: Src(s), n });
        }
        let (p, o) = self.short_offset(p, off, size);
        let (p, s, off) = (Src(p), Src(s), Off16(o));
        let op = match (self.repr(t), size) {
            (Repr::Zero, _) => return self.nil_check(p.0),
            (_, 1) => Op::St8 { p, s, off },
            (_, 2) => Op::St16 { p, s, off },
            (_, 4) => Op::St32 { p, s, off },
            (_, 8) => Op::St64 { p, s, off },
            (_, 16) => Op::St2 { p, s, off },
            (_, 24) => Op::St3 { p, s, off },
            (_, n) => {
                let n = self.bytes16(n);
                let p = self.whole_pointer(p.0, o);
                Op::StN { p: Src(p), s, n }
            }
        };
        self.emit(op);
    }

    /// Copies a big value between memory and registers piece by piece.
    fn in_chunks(
        &mut self,
        p: Reg,
        off: u32,
        size: u64,
        r: Reg,
        op: impl Fn(Src, u16, Bytes16) -> Op,
    ) {
        if u64::from(r) * 8 + size > u64::from(u16::MAX) * 8 {
            let span = Span {
                lo: self.f.pos,
                hi: self.f.pos,
            };
            return self.fail(super::CompileFailure::Limit(
                "value too large to be copied".to_string(),
                span,
            ));
        }
        let mut at = 0;
        while at < size {
            let m = self.mark();
            let n = CHUNK.min(size - at);
            let q = self.far_pointer(p, off + at as u32);
            self.emit(op(Src(q), r + (at / 8) as u16, Bytes16(n as u16)));
            self.release(m);
            at += n;
        }
    }

    fn bytes16(&mut self, n: u64) -> Bytes16 {
        match u16::try_from(n) {
            Ok(n) => Bytes16(n),
            Err(_) => {
                let span = Span {
                    lo: self.f.pos,
                    hi: self.f.pos,
                };
                self.fail(super::CompileFailure::Limit(
                    "value too large to be copied at once".to_string(),
                    span,
                ));
                Bytes16(0)
            }
        }
    }

    pub(super) fn nil_check(&mut self, p: Reg) {
        self.emit(Op::NilCheck { p: Src(p) });
    }

    /// A pointer and an offset of at most 16 bits that together mean p+off.
    fn short_offset(&mut self, p: Reg, off: u32, size: u64) -> (Reg, u16) {
        if u64::from(off) + size <= u64::from(u16::MAX) {
            return (p, off as u16);
        }
        (self.far_pointer(p, off), 0)
    }

    fn far_pointer(&mut self, p: Reg, off: u32) -> Reg {
        let t = self.alloc(1);
        self.nil_check(p);
        self.load_i(t, i64::from(off));
        self.emit(Op::AddI64 {
            d: Dst(t),
            a: Src(t),
            b: Src(p),
        });
        t
    }

    /// A register that holds p+off.
    pub(super) fn whole_pointer(&mut self, p: Reg, off: u16) -> Reg {
        if off == 0 {
            return p;
        }
        let d = self.alloc(1);
        self.emit(Op::AddPtr {
            d: Dst(d),
            p: Src(p),
            off: Off16(off),
        });
        d
    }

    // ---- reading and writing places

    /// The value at a place, in `d` or wherever it already is.
    pub(super) fn read(&mut self, pl: Place, t: TypeId, d: Option<Reg>) -> Reg {
        match pl {
            Place::Blank => self.dst(d, t),
            Place::Reg(r) => self.deliver(r, t, d),
            _ => {
                let d = self.dst(d, t);
                let m = self.mark();
                self.read_to(pl, t, d);
                self.release(m);
                d
            }
        }
    }

    fn read_to(&mut self, pl: Place, t: TypeId, d: Reg) {
        match pl {
            Place::Blank | Place::Reg(_) => {}
            Place::Frame(at) => self.read_frame(at, t, d),
            Place::Mem { p, off, .. } => self.load(d, p, off, t),
            Place::Static(addr) => {
                if self.repr(t) == Repr::W64 {
                    let c = self.word(addr);
                    self.emit(Op::LdG64 { d: Dst(d), c });
                } else if self.slots(t) > 0 {
                    let p = self.static_pointer(addr);
                    self.load(d, p, 0, t);
                }
            }
            Place::Elem { s, i } => self.read_elem(s, i, t, d),
            Place::Array { r, n, i } => {
                let s = self.frame_slice(r, n);
                self.read_elem(s, i, t, d);
            }
            Place::Map { m, k, t: map } => {
                self.note(map);
                self.emit(Op::MapGet {
                    d: Dst(d),
                    m: Src(m),
                    k: Src(k),
                });
            }
        }
    }

    fn static_pointer(&mut self, addr: u64) -> Reg {
        let p = self.alloc(1);
        self.load_word(p, addr);
        p
    }

    fn read_frame(&mut self, at: u32, t: TypeId, d: Reg) {
        let (d, at) = (Dst(d), FrameByte(at));
        let op = match (self.repr(t), self.size(t)) {
            (Repr::Zero, _) => return,
            (Repr::I8, _) => Op::FLdI8 { d, at },
            (Repr::I16, _) => Op::FLdI16 { d, at },
            (Repr::I32, _) => Op::FLdI32 { d, at },
            (_, 1) => Op::FLdU8 { d, at },
            (_, 2) => Op::FLdU16 { d, at },
            (_, 4) => Op::FLdU32 { d, at },
            (_, n) => {
                let n = self.bytes16(n);
                let p = self.frame_pointer(at.0);
                Op::LdN { d, p: Src(p), n }
            }
        };
        self.emit(op);
    }

    fn write_frame(&mut self, at: u32, s: Reg, t: TypeId) {
        let (s, at) = (Src(s), FrameByte(at));
        let op = match self.size(t) {
            0 => return,
            1 => Op::FSt8 { s, at },
            2 => Op::FSt16 { s, at },
            4 => Op::FSt32 { s, at },
            n => {
                let n = self.bytes16(n);
                let p = self.frame_pointer(at.0);
                Op::StN { p: Src(p), s, n }
            }
        };
        self.emit(op);
    }

    /// The address of a byte of the frame: only for the very next instruction.
    fn frame_pointer(&mut self, at: u32) -> Reg {
        let p = self.alloc(1);
        self.emit(Op::FrameAddr {
            d: Dst(p),
            s: Src((at / 8) as Reg),
        });
        match at % 8 {
            0 => {}
            o => {
                self.emit(Op::AddPtr {
                    d: Dst(p),
                    p: Src(p),
                    off: Off16(o as u16),
                });
            }
        }
        p
    }

    /// Address and length of an array in registers, as a slice: only for the very next instruction.
    fn frame_slice(&mut self, r: Reg, n: i64) -> Reg {
        let s = self.alloc(3);
        self.load_i(s + 1, n);
        self.emit(Op::FrameAddr {
            d: Dst(s),
            s: Src(r),
        });
        s
    }

    fn read_elem(&mut self, s: Reg, i: Index, t: TypeId, d: Reg) {
        let size = self.size(t);
        let (dd, ss, ii) = (Dst(d), Src(s), Src(i.r));
        let op = match (self.repr(t), size) {
            (Repr::I8, _) => Op::IdxI8 {
                d: dd,
                s: ss,
                i: ii,
            },
            (Repr::I16, _) => Op::IdxI16 {
                d: dd,
                s: ss,
                i: ii,
            },
            (Repr::I32, _) => Op::IdxI32 {
                d: dd,
                s: ss,
                i: ii,
            },
            (_, 1) => Op::IdxU8 {
                d: dd,
                s: ss,
                i: ii,
            },
            (_, 2) => Op::IdxU16 {
                d: dd,
                s: ss,
                i: ii,
            },
            (_, 4) => Op::IdxU32 {
                d: dd,
                s: ss,
                i: ii,
            },
            (_, 8) => Op::Idx64 {
                d: dd,
                s: ss,
                i: ii,
            },
            (_, 16) => Op::Idx2 {
                d: dd,
                s: ss,
                i: ii,
            },
            (_, 24) => Op::Idx3 {
                d: dd,
                s: ss,
                i: ii,
            },
            _ => {
                let p = self.elem_addr(s, i, t, None);
                if size > 0 {
                    self.load(d, p, 0, t);
                }
                return;
            }
        };
        self.emit_indexed(op, i);
    }

    /// Appends an instruction that checks `i` against a length.
    fn emit_indexed(&mut self, op: Op, i: Index) {
        self.note_unsigned([i.unsigned, false, false]);
        self.emit(op);
    }

    /// The address of element i of the slice at s, bounds-checked.
    pub(super) fn elem_addr(&mut self, s: Reg, i: Index, t: TypeId, d: Option<Reg>) -> Reg {
        match u8::try_from(self.size(t)) {
            Ok(sz) => {
                let d = self.dst(d, TypeId::UINTPTR);
                let op = Op::IdxAddr {
                    sz: Size8(sz),
                    d: Dst(d),
                    s: Src(s),
                    i: Src(i.r),
                };
                self.emit_indexed(op, i);
                d
            }
            Err(_) => {
                let w = self.alloc(4);
                self.mov(w, i.r, 1);
                self.mov(w + 1, s, 3);
                let t = self.tix(t);
                self.emit_indexed(Op::IdxAddrT { w: Win(w), t }, i);
                self.deliver(w, TypeId::UINTPTR, d)
            }
        }
    }

    /// value of type t at s.. → place
    pub(super) fn write(&mut self, pl: Place, t: TypeId, s: Reg) {
        let m = self.mark();
        match pl {
            Place::Blank => {}
            Place::Reg(r) => {
                let n = self.slots(t);
                self.mov(r, s, n);
            }
            Place::Frame(at) => self.write_frame(at, s, t),
            Place::Mem { p, off, .. } => self.store(p, off, s, t),
            Place::Static(addr) => {
                if self.repr(t) == Repr::W64 {
                    let c = self.word(addr);
                    self.emit(Op::StG64 { s: Src(s), c });
                } else if self.slots(t) > 0 {
                    let p = self.static_pointer(addr);
                    self.store(p, 0, s, t);
                }
            }
            Place::Elem { s: slice, i } => self.write_elem(slice, i, s, t),
            Place::Array { r, n, i } => {
                let slice = self.frame_slice(r, n);
                self.write_elem(slice, i, s, t);
            }
            Place::Map { m, k, .. } => {
                self.emit(Op::MapSet {
                    m: Src(m),
                    k: Src(k),
                    v: Src(s),
                });
            }
        }
        self.release(m);
    }

    fn write_elem(&mut self, s: Reg, i: Index, v: Reg, t: TypeId) {
        let (ss, ii, vv) = (Src(s), Src(i.r), Src(v));
        let op = match self.size(t) {
            1 => Op::StIdx8 {
                s: ss,
                i: ii,
                v: vv,
            },
            2 => Op::StIdx16 {
                s: ss,
                i: ii,
                v: vv,
            },
            4 => Op::StIdx32 {
                s: ss,
                i: ii,
                v: vv,
            },
            8 => Op::StIdx64 {
                s: ss,
                i: ii,
                v: vv,
            },
            16 => Op::StIdx2 {
                s: ss,
                i: ii,
                v: vv,
            },
            n => {
                let p = self.elem_addr(s, i, t, None);
                if n > 0 {
                    self.store(p, 0, v, t);
                }
                return;
            }
        };
        self.emit_indexed(op, i);
    }

    /// Zeroes a place.
    pub(super) fn write_zero(&mut self, pl: Place, t: TypeId) {
        let m = self.mark();
        match pl {
            Place::Reg(r) => self.zero_t(r, t),
            _ => {
                let z = self.alloc_t(t);
                self.zero_t(z, t);
                self.write(pl, t, z);
            }
        }
        self.release(m);
    }

    /// The address of a place.
    pub(super) fn place_addr(&mut self, pl: Place, t: TypeId, d: Option<Reg>) -> Reg {
        match pl {
            Place::Mem { p, off: 0, known } => {
                if !known {
                    self.nil_check(p);
                }
                self.deliver(p, TypeId::UINTPTR, d)
            }
            Place::Mem { p, off, .. } => {
                let d = self.dst(d, TypeId::UINTPTR);
                match u16::try_from(off) {
                    Ok(off) => {
                        self.emit(Op::AddPtr {
                            d: Dst(d),
                            p: Src(p),
                            off: Off16(off),
                        });
                    }
                    Err(_) => {
                        let m = self.mark();
                        let q = self.far_pointer(p, off);
                        self.mov(d, q, 1);
                        self.release(m);
                    }
                }
                d
            }
            Place::Static(addr) => {
                let d = self.dst(d, TypeId::UINTPTR);
                self.load_word(d, addr);
                d
            }
            Place::Elem { s, i } => {
                let d = self.dst(d, TypeId::UINTPTR);
                let m = self.mark();
                self.elem_addr(s, i, t, Some(d));
                self.release(m);
                d
            }
            _ => self.address_of_copy(pl, t, d),
        }
    }

    /// The address of a heap copy (what is not addressable, but methods with pointer receivers or slicing need in memory).
    fn address_of_copy(&mut self, pl: Place, t: TypeId, d: Option<Reg>) -> Reg {
        let d = self.dst(d, TypeId::UINTPTR);
        let m = self.mark();
        let v = self.read(pl, t, None);
        let p = self.alloc(1);
        let ix = self.tix(t);
        self.emit(Op::New { d: Dst(p), t: ix });
        self.store(p, 0, v, t);
        self.mov(d, p, 1);
        self.release(m);
        d
    }
}

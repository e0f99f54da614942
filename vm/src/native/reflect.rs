//! What package reflect does with values: memory by type, maps, channels, calls and function values of types known only at run time.
//!
//! Invariants: a `GoPtr` given here points at a value of the stated type in Go memory (package reflect makes no others). Operations
//! on channels that have to wait need a native stack and say so before they do anything.

use super::{Cx, Flow, GoChan, GoFunc, GoMap, GoPtr, NativeFn};
use crate::bytecode::{NativeIx, Op, TypeIx};
use crate::exec::memory::{token, types};
use crate::mem::{AllocKind, MapError, MapIter, MapRef, Mem};
use crate::program::{Compose, FuncEntry, FuncMeta, NativeEntry, Repr};
use chanrt::{Dir, Hchan, RecvResult, Scase, SelectResult, SendResult, TryRecv, TrySend};
use lang::source::Pos;

fn mem() -> Mem {
    token()
}

fn hchan(c: GoChan) -> *mut Hchan {
    c.word() as *mut Hchan
}

/// Types.
impl Cx<'_> {
    /// How many types there are: their numbers are below.
    pub fn num_types(&self) -> usize {
        self.vm().program.types.len()
    }

    /// A type made of others; `None` if there can be no such type.
    pub fn compose_type(&mut self, c: &Compose) -> Option<TypeIx> {
        let vm = self.vm();
        vm.linker.compose(&mut vm.program, &mut vm.heap, c)
    }

    /// A type's underlying type.
    pub fn underlying(&mut self, t: TypeIx) -> TypeIx {
        let vm = self.vm();
        vm.linker.underlying(&mut vm.program, &mut vm.heap, t)
    }

    /// Lists the type's methods in its descriptor.
    pub fn fill_methods(&mut self, t: TypeIx) {
        let vm = self.vm();
        vm.linker.fill_methods(&mut vm.program, &mut vm.heap, t);
    }
}

/// Memory.
impl Cx<'_> {
    /// `n` zeroed values of type `t`.
    pub fn new_array(&mut self, t: TypeIx, n: usize) -> GoPtr {
        GoPtr(self.vm().alloc_values(t, n).addr() as u64)
    }

    /// Copies `n` bytes; the places may overlap.
    pub fn copy_bytes(&mut self, to: GoPtr, from: GoPtr, n: usize) {
        if n > 0 {
            mem().copy(to.0, from.0, n);
        }
    }

    /// Zeroes `n` bytes.
    pub fn zero_bytes(&mut self, to: GoPtr, n: usize) {
        if n > 0 {
            mem().zero(to.0, n);
        }
    }

    /// Appends the register words of the value of type `t` at `p`.
    pub fn load_words(&self, t: TypeIx, p: GoPtr, out: &mut Vec<u64>) {
        let rt = self.rtype(t);
        match rt.repr {
            Repr::Zero => {}
            Repr::Mem(slots) => {
                let bytes = mem().bytes(p.0, rt.size as usize);
                out.extend((0..usize::from(slots)).map(|i| {
                    let mut word = [0; 8];
                    let part = &bytes[8 * i..bytes.len().min(8 * i + 8)];
                    word[..part.len()].copy_from_slice(part);
                    u64::from_le_bytes(word)
                }));
            }
            scalar => out.push(mem().load_scalar(p.0, scalar)),
        }
    }

    /// Stores a value of type `t` from its register words.
    pub fn store_words(&mut self, t: TypeIx, p: GoPtr, words: &[u64]) {
        let size = self.rtype(t).size as usize;
        let bytes: Vec<u8> = words.iter().flat_map(|w| w.to_le_bytes()).collect();
        if size > 0 {
            mem().write(p.0, &bytes[..size]);
        }
    }

    /// `==` of two values of type `t`; the panic if they cannot be compared.
    ///
    /// # Errors
    /// The panic, made.
    pub fn equal_at(&mut self, t: TypeIx, a: GoPtr, b: GoPtr) -> Result<bool, Flow> {
        let at = |p: GoPtr| std::ptr::with_exposed_provenance(p.addr());
        let all = types(self.vm());
        mem().eq(all, t, at(a), at(b)).map_err(|t| {
            let text = format!("comparing uncomparable type {}", all[t.0 as usize].name);
            self.panic_error(&text)
        })
    }
}

/// Maps.
impl Cx<'_> {
    fn map_ref(m: GoMap) -> MapRef {
        MapRef::from_word(mem(), m.0)
    }

    fn map_failed(&mut self, e: MapError) -> Flow {
        match e {
            MapError::Unhashable(t) => {
                let text = format!("hash of unhashable type {}", self.rtype(t).name);
                self.panic_error(&text)
            }
            MapError::NilMap => self.panic_plain("assignment to entry in nil map"),
            MapError::OutOfMemory => crate::exec::out_of_memory(),
        }
    }

    /// `panic` with a run-time error that says just `text`.
    #[cold]
    pub fn panic_plain(&mut self, text: &str) -> Flow {
        let v = self.vm().plain_error(text);
        self.panic_value(v)
    }

    /// `make(t, hint)` of a map type.
    pub fn make_map(&mut self, t: TypeIx, hint: i64) -> GoMap {
        let vm = self.vm();
        let seed = vm.rt.rand_u64();
        match MapRef::make(&mut vm.heap, &vm.program.types, t, hint, seed) {
            Some(m) => GoMap(m.word()),
            None => crate::exec::out_of_memory(),
        }
    }

    /// `len(m)`.
    pub fn map_len(&self, m: GoMap) -> usize {
        Self::map_ref(m).len()
    }

    /// `clear(m)`.
    pub fn map_clear(&mut self, m: GoMap) {
        Self::map_ref(m).clear();
    }

    /// Where the value of the key at `key` is; nil if there is none.
    ///
    /// # Errors
    /// A panic: the key cannot be hashed.
    pub fn map_get(&mut self, m: GoMap, key: GoPtr) -> Result<GoPtr, Flow> {
        let key = std::ptr::with_exposed_provenance(key.addr());
        match Self::map_ref(m).get(&self.vm().program.types, key) {
            Ok(p) => Ok(GoPtr(p.expose_provenance() as u64)),
            Err(e) => Err(self.map_failed(e)),
        }
    }

    /// Where the value of the key at `key` is, inserted if there is none.
    ///
    /// # Errors
    /// A panic: the key cannot be hashed, or the map is nil.
    pub fn map_assign(&mut self, m: GoMap, key: GoPtr) -> Result<GoPtr, Flow> {
        let key = std::ptr::with_exposed_provenance(key.addr());
        let vm = self.vm();
        match Self::map_ref(m).get_or_insert(&mut vm.heap, &vm.program.types, key) {
            Ok(p) => Ok(GoPtr(p.expose_provenance() as u64)),
            Err(e) => Err(self.map_failed(e)),
        }
    }

    /// `delete(m, key)`.
    ///
    /// # Errors
    /// A panic: the key cannot be hashed.
    pub fn map_delete(&mut self, m: GoMap, key: GoPtr) -> Result<(), Flow> {
        let key = std::ptr::with_exposed_provenance(key.addr());
        match Self::map_ref(m).delete(&self.vm().program.types, key) {
            Ok(_) => Ok(()),
            Err(e) => Err(self.map_failed(e)),
        }
    }

    /// The state of an iteration over a map, at its start. The first two words are addresses that must be kept alive.
    pub fn map_iter(&mut self, m: GoMap) -> [u64; 4] {
        let random = self.vm().rt.rand_u64();
        MapIter::new(Self::map_ref(m), random).to_words()
    }

    /// The next entry: where key and value are, until the next operation on the map.
    pub fn map_next(&mut self, state: &mut [u64; 4]) -> Option<(GoPtr, GoPtr)> {
        let mut it = MapIter::from_words(*state);
        let entry = it.next();
        *state = it.to_words();
        entry.map(|(k, v)| {
            (
                GoPtr(k.expose_provenance() as u64),
                GoPtr(v.expose_provenance() as u64),
            )
        })
    }
}

/// Channels.
impl Cx<'_> {
    /// `make(t, cap)` of a channel type.
    ///
    /// # Errors
    /// A panic: too large.
    pub fn make_chan(&mut self, t: TypeIx, cap: i64) -> Result<GoChan, Flow> {
        let vm = self.vm();
        let elem_ix = vm.program.types[t.0 as usize].elem;
        let elem = &vm.program.types[elem_ix.0 as usize];
        let Ok(size) = Hchan::size_for(elem.size as usize, cap) else {
            return Err(self.panic_plain("makechan: size out of range"));
        };
        let block = vm.heap.alloc(size, AllocKind::Chan(elem));
        if block.is_null() {
            crate::exec::out_of_memory();
        }
        let id = vm.rt.next_chan_id();
        // SAFETY: a fresh zeroed block of the size asked for.
        let c = unsafe {
            Hchan::init(
                block,
                elem.size as usize,
                cap as usize,
                elem_ix.0 as usize,
                0,
                id,
            )
        };
        if let Some(s) = &mut vm.session {
            s.chans.push(c as u64);
        }
        Ok(GoChan(c as u64))
    }

    /// Sends the value at `p`; without `block` only if that is possible at once. Says whether it was sent.
    ///
    /// # Errors
    /// A panic (the channel is closed), or a stack is needed.
    pub fn chan_send(&mut self, c: GoChan, p: GoPtr, block: bool) -> Result<bool, Flow> {
        let vm = self.vm();
        // SAFETY: a channel or nil, and a value of its element type.
        match unsafe { chanrt::try_send(&mut vm.rt, hchan(c), p.0 as *const u8) } {
            TrySend::Done => return Ok(true),
            TrySend::Closed => return Err(self.panic_plain("send on closed channel")),
            TrySend::WouldBlock if !block => return Ok(false),
            TrySend::WouldBlock if !self.on_stack() => return Err(Flow::NeedStack),
            TrySend::WouldBlock => {}
        }
        let g = vm.g;
        // SAFETY: as above; the value stays where it is while the goroutine waits.
        let ok = match unsafe { chanrt::chansend(&mut vm.rt, g, hchan(c), p.0 as *const u8) } {
            SendResult::Done => true,
            SendResult::Closed => false,
            SendResult::Park => {
                self.suspend()?;
                self.vm().g.wake().success
            }
        };
        if ok {
            Ok(true)
        } else {
            Err(self.panic_plain("send on closed channel"))
        }
    }

    /// Receives into `p`; without `block` only if that is possible at once. Says whether it received, and whether a sent value.
    ///
    /// # Errors
    /// A stack is needed.
    pub fn chan_recv(&mut self, c: GoChan, p: GoPtr, block: bool) -> Result<(bool, bool), Flow> {
        let vm = self.vm();
        // SAFETY: a channel or nil, and room for its element type.
        match unsafe { chanrt::try_recv(&mut vm.rt, hchan(c), p.0 as *mut u8) } {
            TryRecv::WouldBlock if !block => return Ok((false, false)),
            TryRecv::WouldBlock if !self.on_stack() => return Err(Flow::NeedStack),
            TryRecv::WouldBlock => {}
            got => return Ok((true, got == TryRecv::Value)),
        }
        let g = vm.g;
        // SAFETY: as above; the room stays where it is while the goroutine waits.
        match unsafe { chanrt::chanrecv(&mut vm.rt, g, hchan(c), p.0 as *mut u8) } {
            RecvResult::Value => Ok((true, true)),
            RecvResult::Closed => Ok((true, false)),
            RecvResult::Park => {
                self.suspend()?;
                Ok((true, self.vm().g.wake().success))
            }
        }
    }

    /// `close(c)`.
    ///
    /// # Errors
    /// A panic.
    pub fn chan_close(&mut self, c: GoChan) -> Result<(), Flow> {
        // SAFETY: a channel or nil.
        match unsafe { chanrt::closechan(&mut self.vm().rt, hchan(c)) } {
            chanrt::CloseResult::Done => Ok(()),
            chanrt::CloseResult::Nil => Err(self.panic_plain("close of nil channel")),
            chanrt::CloseResult::AlreadyClosed => Err(self.panic_plain("close of closed channel")),
        }
    }

    /// A select over cases (whether it sends, the channel, the value or the room for it). Without `block`, `None` if no case is ready. Gives
    /// the case and whether a sent value was received.
    ///
    /// # Errors
    /// A panic (a send on a closed channel), or a stack is needed.
    pub fn chan_select(
        &mut self,
        cases: &[(bool, GoChan, GoPtr)],
        block: bool,
    ) -> Result<Option<(usize, bool)>, Flow> {
        if block && !self.on_stack() {
            return Err(Flow::NeedStack);
        }
        let scases: Vec<Scase> = cases
            .iter()
            .map(|&(send, c, p)| Scase {
                c: hchan(c),
                elem: p.0 as *mut u8,
                dir: if send { Dir::Send } else { Dir::Recv },
            })
            .collect();
        let vm = self.vm();
        let g = vm.g;
        // SAFETY: channels or nil, values and room of their element types, which stay where they are.
        match unsafe { chanrt::selectgo(&mut vm.rt, g, &scases, block) } {
            SelectResult::Ready { case, recv_ok } => Ok(Some((case, recv_ok))),
            SelectResult::Default => Ok(None),
            SelectResult::SendClosed { .. } => Err(self.panic_plain("send on closed channel")),
            SelectResult::Park => {
                self.suspend()?;
                let wake = self.vm().g.wake();
                let case = wake.case as usize;
                if cases[case].0 && !wake.success {
                    return Err(self.panic_plain("send on closed channel"));
                }
                Ok(Some((case, wake.success)))
            }
        }
    }
}

/// Functions.
impl Cx<'_> {
    /// The function value at an address.
    pub fn func_at(&self, p: GoPtr) -> GoFunc {
        GoFunc(p.load(0))
    }

    /// A function value of func type `t` that runs `native` with the window of that type, behind whose parameters it finds the closure's
    /// address (`makefunc_context`). `known` is the number a former call for the same type and native gave.
    pub fn make_func(
        &mut self,
        t: TypeIx,
        known: u32,
        native: NativeFn,
        context: GoPtr,
    ) -> (GoFunc, u32) {
        let f = if known != 0 {
            known
        } else {
            self.declare_native_func(t, native)
        };
        let block = self.vm().heap.alloc(16, AllocKind::Conservative);
        if block.is_null() {
            crate::exec::out_of_memory();
        }
        let p = GoPtr(block.expose_provenance() as u64);
        p.store(0, u64::from(f));
        p.store(8, context.0);
        (GoFunc(p.0), f)
    }

    fn declare_native_func(&mut self, t: TypeIx, native: NativeFn) -> u32 {
        let slots = |list: &[TypeIx]| list.iter().map(|&t| self.rtype(t).slots()).sum::<u16>();
        let rt = self.rtype(t);
        let (results, params) = (slots(&rt.results), slots(&rt.params));
        let p = &mut self.vm().program;
        let n = NativeIx(p.natives.len() as u32);
        p.natives.push(NativeEntry {
            name: "reflect.makeFuncStub".to_string(),
            f: native,
            stack: true,
            result_slots: results,
            window_slots: results + params + 1,
        });
        let entry = FuncEntry {
            code: std::ptr::null(),
            frame_slots: u32::from(results + params) + 2,
            result_slots: results,
            window_slots: results + params,
            captures: 1,
        };
        let meta = FuncMeta {
            name: "reflect.makeFuncStub".to_string(),
            len: 0,
            positions: Vec::new(),
            notes: Vec::new(),
            pos: Pos::NONE,
            is_wrapper: true,
            code: Box::new([]),
            on_recover: 0,
        };
        let f = p.declare(entry, meta);
        p.define(f, vec![Op::NativeBody { n }, Op::Ret {}]);
        f.0
    }

    /// In a native behind `make_func`: the context given there.
    pub fn closure_context(&mut self) -> GoPtr {
        let vm = self.vm();
        // SAFETY: `ip` is behind the instruction that started this native.
        let Op::NativeBody { n } = (unsafe { *vm.regs.ip.sub(1) }) else {
            return GoPtr::NIL;
        };
        let slots = usize::from(vm.program.natives[n.0 as usize].window_slots);
        // SAFETY: the closure's address ends the window of such a function (`declare_native_func`).
        GoPtr(unsafe { *self.win.add(slots - 1) }).load_ptr(8)
    }

    /// The channel whose register word this is.
    pub fn chan_of_word(&self, word: u64) -> GoChan {
        GoChan(word)
    }

    /// The pointer whose register word this is.
    pub fn ptr_of_word(&self, word: u64) -> GoPtr {
        GoPtr(word)
    }

    /// The next argument's words, of a type of so many slots.
    pub fn take_words(&mut self, slots: u16) -> Vec<u64> {
        (0..slots).map(|_| self.words::<1>()[0]).collect()
    }

    /// Writes the next result's words.
    pub fn put_words(&mut self, words: &[u64]) {
        words.iter().for_each(|&w| self.ret_words([w]));
    }
}

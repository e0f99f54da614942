//! Numbers for instructions: `go` statements and `make(chan)` expressions are remembered by goroutines and channels as 32 bits.
//!
//! Invariants: a site number names one instruction for ever; 0 names none.

use crate::bytecode::Op;
use rustc_hash::FxHashMap;

/// The numbered instructions.
pub(crate) struct Sites {
    ips: Vec<*const Op>,
    numbers: FxHashMap<usize, u32>,
    /// The latest numbers, by a few bits of the address.
    recent: [(usize, u32); 16],
}

impl Default for Sites {
    fn default() -> Sites {
        Sites {
            ips: vec![std::ptr::null()],
            numbers: FxHashMap::default(),
            recent: [(0, 0); 16],
        }
    }
}

impl Sites {
    /// The number of the instruction at `ip`.
    #[inline]
    pub(crate) fn number(&mut self, ip: *const Op) -> u32 {
        let (at, n) = self.recent[(ip.addr() >> 3) & 15];
        if at == ip.addr() { n } else { self.assign(ip) }
    }

    fn assign(&mut self, ip: *const Op) -> u32 {
        let n = *self.numbers.entry(ip.addr()).or_insert_with(|| {
            self.ips.push(ip);
            (self.ips.len() - 1) as u32
        });
        self.recent[(ip.addr() >> 3) & 15] = (ip.addr(), n);
        n
    }

    /// The instruction with this number; null for 0.
    pub(crate) fn ip(&self, n: u32) -> *const Op {
        self.ips
            .get(n as usize)
            .copied()
            .unwrap_or(std::ptr::null())
    }
}

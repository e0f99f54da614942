//! Standard output, buffered.
//!
//! Invariants: bytes reach the sink in the order they were written; the VM flushes at exit, before it waits, and now and then while
//! it is busy, so nothing is lost however the program ends and nobody waits for a line that has been printed.

use std::io::{ErrorKind, Write};

/// A buffered sink.
pub struct Output {
    buf: Vec<u8>,
    sink: Box<dyn Write>,
    broken: bool,
}

const FULL: usize = 32 << 10;

impl Output {
    /// An empty buffer before `sink`.
    pub fn new(sink: Box<dyn Write>) -> Output {
        Output {
            buf: Vec::new(),
            sink,
            broken: false,
        }
    }

    /// Appends bytes.
    #[inline]
    pub fn write(&mut self, b: &[u8]) {
        self.buf.extend_from_slice(b);
        if self.buf.len() >= FULL {
            self.flush();
        }
    }

    /// Whether something waits to be flushed.
    #[inline]
    pub fn is_pending(&self) -> bool {
        !self.buf.is_empty()
    }

    /// Whether nobody reads the sink any more: the program ends, as it would by Unix's SIGPIPE.
    pub(crate) fn is_broken(&self) -> bool {
        self.broken
    }

    /// Hands everything to the sink. A sink that fails (a closed pipe) swallows the rest.
    #[cold]
    pub fn flush(&mut self) {
        if self.buf.is_empty() {
            return;
        }
        let written = self
            .sink
            .write_all(&self.buf)
            .and_then(|()| self.sink.flush());
        self.broken |= written.is_err_and(|e| e.kind() == ErrorKind::BrokenPipe);
        self.buf.clear();
    }
}

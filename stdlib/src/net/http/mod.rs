//! Package net/http: exchanges (a request and its response) carried out by ureq on the blocking pool.
//!
//! Invariants: an exchange is known by its number from `newExchange` to `closeExchange`, and belongs to nobody else meanwhile. It has an
//! agent of its own, so that shutting the agent down interrupts this exchange only. An agent whose connection can be used again goes to
//! the idle list when the exchange ends. Nothing here holds a lock while it waits for the network, but for the body's own.

mod agent;
mod fault;

use agent::Line;
use fault::{Fault, Outcome};
use std::collections::HashMap;
use std::io::Read;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use ureq::{Body, BodyReader, http};
use vm::{Cx, Flow, NativeFn};

/// The natives of the package.
pub const NATIVES: &[(&str, NativeFn)] = &[
    ("newExchange", new_exchange),
    ("start", start),
    ("readBody", read_body),
    ("cancelExchange", cancel_exchange),
    ("closeExchange", close_exchange),
    ("closeIdle", close_idle),
    ("environmentProxy", environment_proxy),
    ("base64Encode", base64_encode),
    ("base64Decode", base64_decode),
];

/// A request and its response.
struct Exchange {
    line: Line,
    keep: bool,
    /// The body of the response while it is being read.
    body: Mutex<Option<BodyReader<'static>>>,
    /// Whether the response has been read to its end, so that the connection is free again.
    finished: AtomicBool,
    cancelled: AtomicBool,
}

static EXCHANGES: LazyLock<Mutex<HashMap<i64, Arc<Exchange>>>> = LazyLock::new(Mutex::default);
static NEXT: AtomicI64 = AtomicI64::new(1);

fn lock<T>(m: &Mutex<T>) -> MutexGuard<'_, T> {
    m.lock().unwrap_or_else(PoisonError::into_inner)
}

fn exchange(number: i64) -> Option<Arc<Exchange>> {
    lock(&EXCHANGES).get(&number).cloned()
}

fn new_exchange(cx: &mut Cx<'_>) -> Flow {
    let (scheme, host, keep) = (cx.str(), cx.str(), cx.bool());
    let line = Line::take(&scheme.to_string_lossy(), &host.to_string_lossy());
    let x = Exchange {
        line,
        keep,
        body: Mutex::default(),
        finished: AtomicBool::new(true),
        cancelled: AtomicBool::new(false),
    };
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    lock(&EXCHANGES).insert(number, Arc::new(x));
    cx.ret_int(number);
    Flow::Done
}

fn cancel_exchange(cx: &mut Cx<'_>) -> Flow {
    let number = cx.int();
    if let Some(x) = exchange(number) {
        x.cancelled.store(true, Ordering::Release);
        x.line.shutdown();
    }
    Flow::Done
}

fn close_exchange(cx: &mut Cx<'_>) -> Flow {
    let number = cx.int();
    let closed = lock(&EXCHANGES).remove(&number);
    if let Some(x) = closed {
        if x.keep && x.finished.load(Ordering::Acquire) && !x.cancelled.load(Ordering::Acquire) {
            // Dropping the body's reader is what gives the connection back to the agent.
            drop(lock(&x.body).take());
            x.line.put_back();
        } else {
            x.line.shutdown();
        }
    }
    Flow::Done
}

fn close_idle(_: &mut Cx<'_>) -> Flow {
    agent::forget_idle();
    Flow::Done
}

/// What `start` is asked to send, as owned data for the pool.
struct Outgoing {
    method: String,
    url: String,
    fields: Vec<(String, Vec<u8>)>,
    /// `None`: the request has no body at all.
    body: Option<Vec<u8>>,
    header_timeout: Option<Duration>,
}

/// The header of a response.
struct Incoming {
    status: u16,
    proto: &'static str,
    fields: Vec<Vec<u8>>,
}

fn start(cx: &mut Cx<'_>) -> Flow {
    if !cx.on_stack() {
        return Flow::NeedStack;
    }
    let number = cx.int();
    let (method, url) = (cx.str(), cx.str());
    let (names, body, has_body, timeout) = (cx.slice(), cx.slice(), cx.bool(), cx.int());
    let out = Outgoing {
        method: method.to_string_lossy().into_owned(),
        url: url.to_string_lossy().into_owned(),
        fields: (0..names.len() / 2)
            .map(|i| {
                (
                    names.get_str(2 * i).to_string_lossy().into_owned(),
                    names.get_str(2 * i + 1).as_bytes().to_vec(),
                )
            })
            .collect(),
        body: has_body.then(|| body.bytes()),
        header_timeout: u64::try_from(timeout)
            .ok()
            .filter(|&ns| ns > 0)
            .map(Duration::from_nanos),
    };
    let Some(x) = exchange(number) else {
        ret_answer(cx, Err(Fault::closed()));
        return Flow::Done;
    };
    match cx.block_on(move || x.send(&out)) {
        Ok(answer) => ret_answer(cx, answer),
        Err(flow) => return flow,
    }
    Flow::Done
}

fn ret_answer(cx: &mut Cx<'_>, answer: Result<Incoming, Fault>) {
    let (incoming, fault) = match answer {
        Ok(incoming) => (incoming, Fault::none()),
        Err(fault) => (
            Incoming {
                status: 0,
                proto: "",
                fields: Vec::new(),
            },
            fault,
        ),
    };
    cx.ret_int(i64::from(incoming.status));
    cx.ret_str(incoming.proto);
    cx.ret_strs(&incoming.fields);
    cx.ret_int(fault.outcome as i64);
    cx.ret_str(fault.text);
}

impl Exchange {
    /// Sends the request and waits for the header of the response.
    fn send(&self, out: &Outgoing) -> Result<Incoming, Fault> {
        self.finished.store(false, Ordering::Release);
        let response = self
            .line
            .run(out)
            .map_err(|e| Fault::of_start(&e, &out.url, &self.line))?;
        let (head, body) = response.into_parts();
        let mut fields = Vec::new();
        for (name, value) in &head.headers {
            fields.push(name.as_str().as_bytes().to_vec());
            fields.push(value.as_bytes().to_vec());
        }
        self.take_body(body, &head, &out.method);
        let proto = if head.version == http::Version::HTTP_10 {
            "HTTP/1.0"
        } else {
            "HTTP/1.1"
        };
        Ok(Incoming {
            status: head.status.as_u16(),
            proto,
            fields,
        })
    }

    fn take_body(&self, body: Body, head: &http::response::Parts, method: &str) {
        let empty = method == "HEAD"
            || matches!(head.status.as_u16(), 204 | 304)
            || body.content_length() == Some(0);
        let mut reader = body.into_reader();
        if empty {
            // Reading to the end frees the connection.
            let _ = reader.read(&mut [0]);
            self.finished.store(true, Ordering::Release);
        }
        *lock(&self.body) = Some(reader);
    }

    /// Reads up to `most` bytes of the body.
    fn read(&self, most: usize) -> Result<Vec<u8>, Fault> {
        let mut body = lock(&self.body);
        let Some(reader) = body.as_mut() else {
            return Err(Fault::closed());
        };
        let mut bytes = vec![0; most];
        let n = reader.read(&mut bytes).map_err(|e| Fault::of_body(&e))?;
        if n == 0 {
            self.finished.store(true, Ordering::Release);
            return Err(Fault {
                outcome: Outcome::Eof,
                text: String::new(),
            });
        }
        bytes.truncate(n);
        Ok(bytes)
    }
}

/// The most that is read at a time.
const READ_SIZE: usize = 64 << 10;

fn read_body(cx: &mut Cx<'_>) -> Flow {
    if !cx.on_stack() {
        return Flow::NeedStack;
    }
    let (number, to) = (cx.int(), cx.slice());
    let most = to.len().min(READ_SIZE);
    let read = match exchange(number) {
        Some(x) => match cx.block_on(move || x.read(most)) {
            Ok(read) => read,
            Err(flow) => return flow,
        },
        None => Err(Fault::closed()),
    };
    let (n, fault) = match read {
        Ok(bytes) => {
            to.with_bytes_mut(|to| to[..bytes.len()].copy_from_slice(&bytes));
            (bytes.len(), Fault::none())
        }
        Err(fault) => (0, fault),
    };
    cx.ret_int(n as i64);
    cx.ret_int(fault.outcome as i64);
    cx.ret_str(fault.text);
    Flow::Done
}

fn environment_proxy(cx: &mut Cx<'_>) -> Flow {
    let (scheme, host) = (cx.str(), cx.str());
    let proxy = agent::environment_proxy(&scheme.to_string_lossy(), &host.to_string_lossy());
    cx.ret_str(proxy.unwrap_or_default());
    Flow::Done
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64_encode(cx: &mut Cx<'_>) -> Flow {
    let text = cx.str();
    cx.ret_str(encode(text.as_bytes()));
    Flow::Done
}

fn base64_decode(cx: &mut Cx<'_>) -> Flow {
    let text = cx.str();
    let decoded = decode(text.as_bytes());
    cx.ret_str(decoded.as_deref().unwrap_or_default());
    cx.ret_bool(decoded.is_some());
    Flow::Done
}

fn encode(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().fold(0u32, |w, b| w << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for i in 0..4 {
            let digit = BASE64[(word >> (18 - 6 * i)) as usize & 63];
            out.push(if i <= chunk.len() {
                char::from(digit)
            } else {
                '='
            });
        }
    }
    out
}

fn decode(text: &[u8]) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let digits = text
        .strip_suffix(b"==")
        .or_else(|| text.strip_suffix(b"="))
        .unwrap_or(text);
    let mut out = Vec::new();
    for chunk in digits.chunks(4) {
        let mut word = 0u32;
        for c in chunk {
            word = word << 6 | BASE64.iter().position(|d| d == c)? as u32;
        }
        word <<= 6 * (4 - chunk.len());
        out.extend_from_slice(&word.to_be_bytes()[1..chunk.len()]);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_goes_both_ways() {
        for (text, code) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("user:pass", "dXNlcjpwYXNz"),
        ] {
            assert_eq!(encode(text.as_bytes()), code);
            assert_eq!(decode(code.as_bytes()).as_deref(), Some(text.as_bytes()));
        }
        assert_eq!(decode(b"Zg="), None);
        assert_eq!(decode(b"Z*=="), None);
    }
}

//! Package time: the clocks, timers, durations as text.

use vm::native::TimeNow;
use vm::{Cx, Flow, NativeFn};

/// The natives of the package.
pub const NATIVES: &[(&str, NativeFn)] = &[
    ("now", now),
    ("Sleep", |cx| {
        let ns = cx.int();
        cx.sleep(ns)
    }),
    ("startChan", start_chan),
    ("stopChan", |cx| {
        let c = cx.chan();
        let pending = cx.stop_chan_timer(c);
        cx.ret_bool(pending);
        Flow::Done
    }),
    ("ofTimer", |cx| {
        let c = cx.chan();
        assert!(cx.make_timer_chan(c, encode), "a fresh channel of Time");
        cx.ret_chan(c);
        Flow::Done
    }),
    ("startFunc", start_func),
    ("stop", |cx| {
        let id = cx.uint();
        let pending = cx.stop_timer(id);
        cx.ret_bool(pending);
        Flow::Done
    }),
    ("Duration.String", |cx| {
        let d = cx.int();
        cx.ret_str(duration_text(d));
        Flow::Done
    }),
    ("parseDuration", parse_duration),
    ("tz", |cx| {
        let tz = std::env::var("TZ");
        cx.ret_str(tz.as_deref().unwrap_or_default());
        cx.ret_bool(tz.is_ok());
        Flow::Done
    }),
    ("zoneinfo", zoneinfo),
];

/// `now() (sec int64, nsec int32, mono int64)`.
fn now(cx: &mut Cx<'_>) -> Flow {
    let (sec, nsec) = cx.walltime();
    let mono = cx.now_nanos();
    cx.ret_int(sec);
    cx.ret_i32(nsec as i32);
    cx.ret_int(mono);
    Flow::Done
}

/// The words of a local `Time` with a monotonic reading, as time.gol lays them out.
fn encode(t: TimeNow) -> [u64; 3] {
    const HAS_MONOTONIC: u64 = 1 << 63;
    const IS_LOCAL: u64 = 1 << 62;
    const UNIX_TO_INTERNAL: i64 = (1969 * 365 + 1969 / 4 - 1969 / 100 + 1969 / 400) * 86400;
    match u32::try_from(t.sec) {
        Ok(sec) => [
            HAS_MONOTONIC | IS_LOCAL | u64::from(sec) << 30 | u64::from(t.nsec),
            t.mono as u64,
            0,
        ],
        Err(_) => [
            IS_LOCAL | u64::from(t.nsec),
            (t.sec + UNIX_TO_INTERNAL) as u64,
            0,
        ],
    }
}

fn due(cx: &Cx<'_>, d: i64) -> i64 {
    cx.now_nanos().saturating_add(d.max(0))
}

fn start_chan(cx: &mut Cx<'_>) -> Flow {
    let (chan, d, period) = (cx.chan(), cx.int(), cx.int());
    let when = due(cx, d);
    let pending = cx.start_chan_timer(chan, when, period);
    cx.ret_bool(pending);
    Flow::Done
}

fn start_func(cx: &mut Cx<'_>) -> Flow {
    let (d, func) = (cx.int(), cx.func());
    let when = due(cx, d);
    let id = cx.start_timer(when, func);
    cx.ret_uint(id);
    Flow::Done
}

/// The file of a time zone, or nil.
fn zoneinfo(cx: &mut Cx<'_>) -> Flow {
    let name = cx.str().to_string_lossy().into_owned();
    let places = std::env::var("ZONEINFO").into_iter().chain(
        [
            "/usr/share/zoneinfo",
            "/usr/share/lib/zoneinfo",
            "/usr/lib/locale/TZ",
            "/etc/zoneinfo",
        ]
        .map(String::from),
    );
    let data = places
        .map(|dir| format!("{dir}/{name}"))
        .find_map(|path| std::fs::read(path).ok());
    match data {
        Some(data) => cx.ret_bytes(&data),
        None => cx.ret_slice(vm::GoSlice::NIL),
    }
    Flow::Done
}

/// A duration as `1h2m3.5s`.
pub(crate) fn duration_text(d: i64) -> String {
    let u = d.unsigned_abs();
    let sign = if d < 0 { "-" } else { "" };
    let with_unit = |unit: u64, digits: usize, name: &str| {
        let fraction = format!("{:0digits$}", u % unit);
        let fraction = fraction.trim_end_matches('0');
        let point = if unit == 1 || fraction.is_empty() {
            ""
        } else {
            "."
        };
        let fraction = if unit == 1 { "" } else { fraction };
        format!("{sign}{}{point}{fraction}{name}", u / unit)
    };
    match u {
        0 => "0s".to_string(),
        1..1_000 => with_unit(1, 0, "ns"),
        1_000..1_000_000 => with_unit(1_000, 3, "µs"),
        1_000_000..1_000_000_000 => with_unit(1_000_000, 6, "ms"),
        _ => {
            let (hours, minutes) = (u / 3_600_000_000_000, u / 60_000_000_000 % 60);
            let nanos = u % 60_000_000_000;
            let fraction = format!("{:09}", nanos % 1_000_000_000);
            let fraction = fraction.trim_end_matches('0');
            let point = if fraction.is_empty() { "" } else { "." };
            let mut text = sign.to_string();
            if hours > 0 {
                text += &format!("{hours}h");
            }
            if hours > 0 || minutes > 0 {
                text += &format!("{minutes}m");
            }
            text + &format!("{}{point}{fraction}s", nanos / 1_000_000_000)
        }
    }
}

/// `parseDuration(s string) (d int64, msg string)`.
fn parse_duration(cx: &mut Cx<'_>) -> Flow {
    let s = cx.str();
    let (d, msg) = match duration_of(s.as_bytes()) {
        Ok(d) => (d, String::new()),
        Err(wrong) => (0, format!("time: {wrong}duration {}", quoted(s.as_bytes()))),
    };
    cx.ret_int(d);
    cx.ret_str(msg);
    Flow::Done
}

/// A text in quotes, as this package's messages show it: what is not printable ASCII in hexadecimal.
fn quoted(s: &[u8]) -> String {
    let mut out = String::from("\"");
    for &c in s {
        match c {
            0..0x20 | 0x80.. => out.push_str(&format!("\\x{c:02x}")),
            b'"' | b'\\' => out.extend(['\\', char::from(c)]),
            _ => out.push(char::from(c)),
        }
    }
    out.push('"');
    out
}

/// The nanoseconds, or the first words of the message.
fn duration_of(s: &[u8]) -> Result<i64, String> {
    let invalid = || "invalid ".to_string();
    let (negative, mut s) = match s {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, s),
    };
    if s == b"0" {
        return Ok(0);
    }
    if s.is_empty() {
        return Err(invalid());
    }
    let mut total = 0u64;
    while !s.is_empty() {
        let whole = digits(&mut s);
        let fraction = match s {
            [b'.', rest @ ..] => {
                s = rest;
                digits(&mut s)
            }
            _ => b"",
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid());
        }
        let len = s
            .iter()
            .position(|&c| c == b'.' || c.is_ascii_digit())
            .unwrap_or(s.len());
        let (name, rest) = s.split_at(len);
        s = rest;
        let unit = match name {
            b"" => return Err("missing unit in ".to_string()),
            b"ns" => 1,
            b"us" | b"\xc2\xb5s" | b"\xce\xbcs" => 1_000,
            b"ms" => 1_000_000,
            b"s" => 1_000_000_000,
            b"m" => 60_000_000_000,
            b"h" => 3_600_000_000_000u64,
            _ => return Err(format!("unknown unit {} in ", quoted(name))),
        };
        let value = to_number(whole)
            .and_then(|n| n.checked_mul(unit))
            .filter(|&n| n <= 1 << 63)
            .ok_or_else(invalid)?;
        total = total
            .checked_add(value + part_of(fraction, unit))
            .filter(|&n| n <= 1 << 63)
            .ok_or_else(invalid)?;
    }
    match (negative, i64::try_from(total)) {
        (true, _) => Ok((total as i64).wrapping_neg()),
        (false, Ok(n)) => Ok(n),
        _ => Err(invalid()),
    }
}

fn digits<'s>(s: &mut &'s [u8]) -> &'s [u8] {
    let n = s
        .iter()
        .position(|c| !c.is_ascii_digit())
        .unwrap_or(s.len());
    let (digits, rest) = s.split_at(n);
    *s = rest;
    digits
}

fn to_number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0u64, |n, c| {
        n.checked_mul(10)?.checked_add(u64::from(c - b'0'))
    })
}

/// The nanoseconds of the digits behind a point.
fn part_of(digits: &[u8], unit: u64) -> u64 {
    let (mut value, mut scale) = (0u64, 1.0f64);
    for c in digits {
        match value
            .checked_mul(10)
            .and_then(|v| v.checked_add(u64::from(c - b'0')))
            .filter(|&v| v <= 1 << 63)
        {
            Some(v) => value = v,
            None => break,
        }
        scale *= 10.0;
    }
    (value as f64 * (unit as f64 / scale)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (d, text) in [
            (0, "0s"),
            (1, "1ns"),
            (1_100, "1.1µs"),
            (2_200_000, "2.2ms"),
            (3_300_000_000, "3.3s"),
            (245_000_000_000, "4m5s"),
            (245_001_000_000, "4m5.001s"),
            (18_367_001_000_000, "5h6m7.001s"),
            (480_000_000_001, "8m0.000000001s"),
            (i64::MAX, "2562047h47m16.854775807s"),
            (i64::MIN, "-2562047h47m16.854775808s"),
        ] {
            assert_eq!(duration_text(d), text);
            if d > 0 {
                assert_eq!(duration_of(text.as_bytes()), Ok(d));
            }
        }
        assert_eq!(duration_of(b"-1.5h"), Ok(-5_400_000_000_000));
        assert_eq!(duration_of(b"1"), Err("missing unit in ".to_string()));
        assert_eq!(duration_of(b"."), Err("invalid ".to_string()));
        assert_eq!(
            duration_of(b"1x"),
            Err("unknown unit \"x\" in ".to_string())
        );
    }
}

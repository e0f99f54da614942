//! Package strconv.

pub mod float;
pub mod parse;
pub mod quote;

use vm::{Cx, Flow, NativeFn};

/// The natives of the package.
pub const NATIVES: &[(&str, NativeFn)] = &[
    ("Itoa", |cx| {
        let i = cx.int();
        cx.ret_str(i.to_string());
        Flow::Done
    }),
    ("formatInt", |cx| {
        let (i, base) = (cx.int(), cx.uint());
        let text = in_base(i.unsigned_abs(), i < 0, base);
        cx.ret_str(text);
        Flow::Done
    }),
    ("formatUint", |cx| {
        let (u, base) = (cx.uint(), cx.uint());
        let text = in_base(u, false, base);
        cx.ret_str(text);
        Flow::Done
    }),
    ("formatFloat", |cx| {
        let (f, form, prec, bits) = (cx.f64(), cx.u8(), cx.int(), cx.uint());
        let mut text = Vec::new();
        float::append(&mut text, f, form, prec, bits as u32);
        cx.ret_str(text);
        Flow::Done
    }),
    ("parseInt", parse_int),
    ("parseUint", parse_uint),
    ("parseFloat", |cx| {
        let (s, bits) = (cx.str(), cx.int());
        let (f, code) = parse::float(s.as_bytes(), bits == 32);
        cx.ret_f64(f);
        cx.ret_int(code as i64);
        Flow::Done
    }),
    ("parseComplex", |cx| {
        let (s, bits) = (cx.str(), cx.int());
        let (re, im, code) = parse::complex(s.as_bytes(), bits == 64);
        cx.ret_complex(re, im);
        cx.ret_int(code as i64);
        Flow::Done
    }),
    ("quote", |cx| {
        let (s, mark, ascii, graphic) = (cx.str(), cx.u8(), cx.bool(), cx.bool());
        let mut text = Vec::with_capacity(s.len() + 2);
        quote::quote(&mut text, s.as_bytes(), mark, ascii, graphic);
        cx.ret_str(text);
        Flow::Done
    }),
    ("CanBackquote", |cx| {
        let s = cx.str();
        cx.ret_bool(quote::can_backquote(s.as_bytes()));
        Flow::Done
    }),
    ("unquote", |cx| {
        let s = cx.str();
        let out = quote::unquote(s.as_bytes());
        cx.ret_str(out.as_deref().unwrap_or_default());
        cx.ret_bool(out.is_some());
        Flow::Done
    }),
    ("unquoteChar", |cx| {
        let (s, mark) = (cx.str(), cx.u8());
        let (value, multibyte, width) =
            quote::unquote_char(s.as_bytes(), mark).unwrap_or((0, false, 0));
        cx.ret_i32(value as i32);
        cx.ret_bool(multibyte);
        cx.ret_int(width as i64);
        Flow::Done
    }),
    ("quotedPrefix", |cx| {
        let s = cx.str();
        cx.ret_int(quote::quoted_prefix(s.as_bytes()).unwrap_or(0) as i64);
        Flow::Done
    }),
    ("IsPrint", |cx| {
        let r = cx.i32();
        cx.ret_bool(char::from_u32(r as u32).is_some_and(quote::is_print));
        Flow::Done
    }),
    ("IsGraphic", |cx| {
        let r = cx.i32();
        cx.ret_bool(char::from_u32(r as u32).is_some_and(quote::is_graphic));
        Flow::Done
    }),
];

fn parse_int(cx: &mut Cx<'_>) -> Flow {
    let (s, base, bits) = (cx.str(), cx.int(), cx.int());
    let (i, code, arg) = parse::int(s.as_bytes(), base, bits);
    cx.ret_int(i);
    cx.ret_int(code as i64);
    cx.ret_int(arg);
    Flow::Done
}

fn parse_uint(cx: &mut Cx<'_>) -> Flow {
    let (s, base, bits) = (cx.str(), cx.int(), cx.int());
    let (u, code, arg) = parse::uint(s.as_bytes(), base, bits);
    cx.ret_uint(u);
    cx.ret_int(code as i64);
    cx.ret_int(arg);
    Flow::Done
}

/// A number's digits in a base from 2 to 36.
pub fn in_base(mut u: u64, negative: bool, base: u64) -> Vec<u8> {
    let mut text = Vec::new();
    loop {
        text.push(b"0123456789abcdefghijklmnopqrstuvwxyz"[(u % base) as usize]);
        u /= base;
        if u == 0 {
            break;
        }
    }
    if negative {
        text.push(b'-');
    }
    text.reverse();
    text
}

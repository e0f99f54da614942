//! Storing what was scanned: natives that set the variable an operand points to.

use vm::rtype::Kind;
use vm::value::Value;
use vm::{Cx, Flow};

/// `target(arg any) (kind, bits int, bad string)`.
pub(super) fn target(cx: &mut Cx<'_>) -> Flow {
    let v = cx.iface();
    let found = cx
        .value(v)
        .map(|v| (v.rtype().name.clone(), v.kind(), v.elem()));
    let (kind, bits, bad) = match found {
        None => (0, 0, "type not a pointer: nil".to_string()),
        Some((_, Kind::Pointer, Some(to))) if is_scannable(&to) => {
            (to.kind() as i64, to.rtype().size as i64 * 8, String::new())
        }
        Some((name, Kind::Pointer, _)) => (0, 0, format!("can't scan type: {name}")),
        Some((name, ..)) => (0, 0, format!("type not a pointer: {name}")),
    };
    cx.ret_int(kind);
    cx.ret_int(bits);
    cx.ret_str(bad);
    Flow::Done
}

fn is_scannable(v: &Value<'_>) -> bool {
    match v.kind() {
        Kind::Slice => v.elem_type().kind == Kind::Uint8,
        k => (Kind::Bool..=Kind::Complex128).contains(&k) || k == Kind::String,
    }
}

/// The variable the first argument points to.
fn variable<'v>(cx: &mut Cx<'_>) -> Option<Value<'v>> {
    let v = cx.iface();
    cx.value(v)?.elem()
}

pub(super) fn set_int(cx: &mut Cx<'_>) -> Flow {
    let (to, v) = (variable(cx), cx.int());
    if let Some(to) = to {
        if to.kind() == Kind::Bool {
            to.set_bool(v != 0)
        } else {
            to.set_i64(v)
        };
    }
    Flow::Done
}

pub(super) fn set_float(cx: &mut Cx<'_>) -> Flow {
    let (to, v) = (variable(cx), cx.f64());
    if let Some(to) = to {
        to.set_f64(v);
    }
    Flow::Done
}

pub(super) fn set_complex(cx: &mut Cx<'_>) -> Flow {
    let (to, (re, im)) = (variable(cx), cx.complex());
    if let Some(to) = to {
        to.set_complex(re, im);
    }
    Flow::Done
}

pub(super) fn set_string(cx: &mut Cx<'_>) -> Flow {
    let (to, s) = (variable(cx), cx.str());
    let Some(to) = to else { return Flow::Done };
    if to.kind() == Kind::Slice {
        let [p, len, cap] = cx.new_bytes(s.as_bytes()).words();
        to.set_slice(p, len, cap);
    } else {
        let [p, len] = s.words();
        to.set_string(p, len);
    }
    Flow::Done
}

//! Package errors: what As and Is need to know about types.

use vm::rtype::Kind;
use vm::{Cx, Flow, NativeFn};

/// The natives of the package.
pub const NATIVES: &[(&str, NativeFn)] = &[
    ("comparable_", crate::reflect::comparable),
    ("checkTarget", check_target),
    ("assign", assign),
];

/// `checkTarget(target any) int`: 1 if it is no pointer or nil, 2 if no error has the type it points to.
fn check_target(cx: &mut Cx<'_>) -> Flow {
    let target = cx.iface();
    let to = cx
        .value(target)
        .filter(|v| v.kind() == Kind::Pointer && !v.is_nil())
        .map(|v| v.rtype().elem);
    let code = match to {
        None => 1,
        Some(t) if cx.rtype(t).kind == Kind::Interface || cx.method(t, "Error") => 0,
        Some(_) => 2,
    };
    cx.ret_int(code);
    Flow::Done
}

/// `assign(err error, target any) bool`.
fn assign(cx: &mut Cx<'_>) -> Flow {
    let (err, target) = (cx.iface(), cx.iface());
    let to = cx.value(target).and_then(|v| v.elem());
    let ok = match (to, cx.value(err)) {
        (Some(to), Some(_)) if to.kind() == Kind::Interface => {
            cx.implements(err.ty, to.ty()) && to.set_iface(err.ty, err.data)
        }
        (Some(to), Some(v)) if to.ty() == err.ty => to.set_value(&v),
        _ => false,
    };
    cx.ret_bool(ok);
    Flow::Done
}

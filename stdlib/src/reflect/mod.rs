//! What natives of several packages ask about types.

use vm::{Cx, Flow};

/// A native that says whether the dynamic type of its argument can be compared.
pub(crate) fn comparable(cx: &mut Cx<'_>) -> Flow {
    let v = cx.iface();
    let ok = v.is_nil() || cx.rtype(v.ty).eq != vm::rtype::EqKind::None;
    cx.ret_bool(ok);
    Flow::Done
}

/// A native that says whether its two arguments have the same dynamic type.
pub(crate) fn same_type(cx: &mut Cx<'_>) -> Flow {
    let (a, b) = (cx.iface(), cx.iface());
    cx.ret_bool(a.ty == b.ty);
    Flow::Done
}

/// A native that returns the name of the dynamic type of its argument.
pub(crate) fn type_name(cx: &mut Cx<'_>) -> Flow {
    let v = cx.iface();
    let name = if v.is_nil() { "<nil>".to_string() } else { cx.rtype(v.ty).name.clone() };
    cx.ret_str(name);
    Flow::Done
}

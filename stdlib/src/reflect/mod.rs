//! Package reflect, and what natives of other packages ask about types.
//!
//! Invariants: the Go side knows types by number (`TypeIx`) and values by the address where they lie; it passes only addresses of values of
//! the stated type. `rtype` there is filled here: its fields, in order, are those `types::describe` stores.

mod call;
mod types;
mod values;

use vm::bytecode::TypeIx;
use vm::{Cx, Flow, NativeFn};

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
    let name = if v.is_nil() {
        "<nil>".to_string()
    } else {
        cx.rtype(v.ty).name.clone()
    };
    cx.ret_str(name);
    Flow::Done
}

/// The natives of the package.
pub const NATIVES: &[(&str, NativeFn)] = &[
    ("describe", types::describe),
    ("funcInfo", types::func_info),
    ("numMethods", types::num_methods),
    ("methodInfo", types::method_info),
    ("fieldInfo", types::field_info),
    ("underlying", types::underlying),
    ("implements", types::implements),
    ("pointerTo", types::pointer_to),
    ("sliceOf", types::slice_of),
    ("arrayOf", types::array_of),
    ("chanOf", types::chan_of),
    ("mapOf", types::map_of),
    ("funcOf", types::func_of),
    ("structOf", types::struct_of),
    ("newObject", values::new_object),
    ("newArray", values::new_array),
    ("move", values::copy),
    ("clearBytes", values::clear_bytes),
    ("equal", values::equal),
    ("mapLen", values::map_len),
    ("mapClear", values::map_clear),
    ("makeMap", values::make_map),
    ("mapGet", values::map_get),
    ("mapAssign", values::map_assign),
    ("mapDelete", values::map_delete),
    ("mapIterInit", values::map_iter_init),
    ("mapIterNext", values::map_iter_next),
    ("makeChan", values::make_chan),
    ("chanSend", values::chan_send),
    ("chanRecv", values::chan_recv),
    ("chanClose", values::chan_close),
    ("chanSelect", values::chan_select),
    ("invoke", call::invoke),
    ("makeFunc", call::make_func),
];

/// The next argument, a type's number.
fn type_arg(cx: &mut Cx<'_>) -> TypeIx {
    let ix = cx.uint();
    TypeIx(if (ix as usize) < cx.num_types() {
        ix as u32
    } else {
        0
    })
}

fn ret_type(cx: &mut Cx<'_>, t: TypeIx) -> Flow {
    cx.ret_int(i64::from(t.0));
    Flow::Done
}

/// Ends a native whose work may have ended in a panic.
fn done(r: Result<(), Flow>) -> Flow {
    r.err().unwrap_or(Flow::Done)
}

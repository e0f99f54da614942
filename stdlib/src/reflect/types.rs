//! Types by number.

use super::{ret_type, type_arg};
use vm::bytecode::TypeIx;
use vm::program::Compose;
use vm::rtype::{EqKind, Kind};
use vm::{Cx, Flow, GoSlice};

/// `describe(ix int, t *rtype)`.
pub(super) fn describe(cx: &mut Cx<'_>) -> Flow {
    let (t, p) = (type_arg(cx), cx.ptr());
    let rt = cx.rtype(t).clone();
    let len = if rt.kind == Kind::Struct {
        rt.fields.len() as u64
    } else {
        rt.len
    };
    let words = [
        u64::from(t.0),
        rt.kind as u64,
        rt.size,
        u64::from(rt.align),
        len,
        u64::from(rt.elem.0),
        u64::from(rt.key.0),
        u64::from(rt.chan_dir),
        u64::from(rt.eq != EqKind::None),
    ];
    for (i, word) in words.into_iter().enumerate() {
        p.store(8 * i, word);
    }
    for (i, text) in [&rt.short_name, &rt.name, &rt.pkg].into_iter().enumerate() {
        let text = cx.new_str(text.as_bytes());
        p.store_str(72 + 16 * i, text);
    }
    Flow::Done
}

fn numbers(cx: &mut Cx<'_>, types: &[TypeIx]) -> GoSlice {
    crate::new_ints(cx, types.iter().map(|t| i64::from(t.0)))
}

/// `funcInfo(ix int) (in, out []int, variadic bool)`.
pub(super) fn func_info(cx: &mut Cx<'_>) -> Flow {
    let t = type_arg(cx);
    let rt = cx.rtype(t).clone();
    let params = numbers(cx, &rt.params);
    cx.ret_slice(params);
    let results = numbers(cx, &rt.results);
    cx.ret_slice(results);
    cx.ret_bool(rt.variadic);
    Flow::Done
}

/// `numMethods(ix int) int`.
pub(super) fn num_methods(cx: &mut Cx<'_>) -> Flow {
    let t = type_arg(cx);
    cx.fill_methods(t);
    let n = cx.rtype(t).methods.len();
    cx.ret_int(n as i64);
    Flow::Done
}

/// `methodInfo(ix, i int) (name, pkg string, typ int)`.
pub(super) fn method_info(cx: &mut Cx<'_>) -> Flow {
    let (t, i) = (type_arg(cx), cx.uint() as usize);
    let Some(m) = cx.rtype(t).methods.get(i).cloned() else {
        return cx.panic_str("reflect: Method index out of range");
    };
    cx.ret_str(&m.name);
    cx.ret_str(&m.pkg);
    ret_type(cx, m.ty)
}

/// `fieldInfo(ix, i int) (name, pkg, tag string, typ, offset int, embedded bool)`.
pub(super) fn field_info(cx: &mut Cx<'_>) -> Flow {
    let (t, i) = (type_arg(cx), cx.uint() as usize);
    let Some(f) = cx.rtype(t).fields.get(i).cloned() else {
        return cx.panic_str("reflect: Field index out of range");
    };
    cx.ret_str(&f.name);
    cx.ret_str(&f.pkg);
    cx.ret_str(&f.tag);
    cx.ret_int(i64::from(f.ty.0));
    cx.ret_int(i64::from(f.offset));
    cx.ret_bool(f.embedded);
    Flow::Done
}

/// `underlying(ix int) int`.
pub(super) fn underlying(cx: &mut Cx<'_>) -> Flow {
    let t = type_arg(cx);
    let u = cx.underlying(t);
    ret_type(cx, u)
}

/// `implements(ix, iface int) bool`.
pub(super) fn implements(cx: &mut Cx<'_>) -> Flow {
    let (t, iface) = (type_arg(cx), type_arg(cx));
    let yes = cx.implements(t, iface);
    cx.ret_bool(yes);
    Flow::Done
}

/// `pointerTo(ix int) int`.
pub(super) fn pointer_to(cx: &mut Cx<'_>) -> Flow {
    let t = type_arg(cx);
    let p = cx.pointer_to(t);
    ret_type(cx, p)
}

/// `sliceOf(ix int) int`.
pub(super) fn slice_of(cx: &mut Cx<'_>) -> Flow {
    let t = type_arg(cx);
    let s = cx.slice_of(t);
    ret_type(cx, s)
}

fn compose(cx: &mut Cx<'_>, c: &Compose) -> Flow {
    match cx.compose_type(c) {
        Some(t) => ret_type(cx, t),
        None => cx.panic_str("reflect: there is no such type"),
    }
}

/// `arrayOf(n, ix int) int`.
pub(super) fn array_of(cx: &mut Cx<'_>) -> Flow {
    let (n, t) = (cx.uint(), type_arg(cx));
    if n.checked_mul(cx.rtype(t).size.max(1))
        .is_none_or(|size| size > 1 << 47)
    {
        return cx.panic_str("reflect.ArrayOf: array size would exceed virtual address space");
    }
    compose(cx, &Compose::Array(n, t))
}

/// `chanOf(dir, ix int) int`.
pub(super) fn chan_of(cx: &mut Cx<'_>) -> Flow {
    let (dir, t) = (cx.u8(), type_arg(cx));
    compose(cx, &Compose::Chan(dir, t))
}

/// `mapOf(key, elem int) int`.
pub(super) fn map_of(cx: &mut Cx<'_>) -> Flow {
    let (key, elem) = (type_arg(cx), type_arg(cx));
    compose(cx, &Compose::Map(key, elem))
}

fn types_of(cx: &Cx<'_>, list: GoSlice) -> Vec<TypeIx> {
    let n = cx.num_types() as i64;
    (0..list.len())
        .map(|i| list.get_i64(i))
        .map(|t| TypeIx(if (1..n).contains(&t) { t as u32 } else { 0 }))
        .collect()
}

/// `funcOf(in, out []int, variadic bool) int`.
pub(super) fn func_of(cx: &mut Cx<'_>) -> Flow {
    let (params, results, variadic) = (cx.slice(), cx.slice(), cx.bool());
    let (params, results) = (types_of(cx, params), types_of(cx, results));
    compose(cx, &Compose::Func(params, results, variadic))
}

/// `structOf(texts []string, types []int) int`: per field name, package path and tag; type and whether it is embedded.
pub(super) fn struct_of(cx: &mut Cx<'_>) -> Flow {
    let (texts, types) = (cx.slice(), cx.slice());
    let text = |i: usize| texts.get_str(i).to_string_lossy().into_owned();
    let n = cx.num_types() as i64;
    let field = |i: usize| {
        let t = types.get_i64(2 * i);
        let t = TypeIx(if (1..n).contains(&t) { t as u32 } else { 0 });
        (
            text(3 * i),
            text(3 * i + 1),
            t,
            types.get_i64(2 * i + 1) != 0,
            text(3 * i + 2),
        )
    };
    let fields = (0..types.len() / 2).map(field).collect();
    compose(cx, &Compose::Struct(fields))
}

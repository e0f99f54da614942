//! Values by address: memory, maps, channels.

use super::{done, type_arg};
use vm::{Cx, Flow, GoChan, GoPtr};

/// `newObject(ix int) unsafe.Pointer`.
pub(super) fn new_object(cx: &mut Cx<'_>) -> Flow {
    let t = type_arg(cx);
    let p = cx.alloc(t);
    cx.ret_ptr(p);
    Flow::Done
}

/// `newArray(ix, n int) unsafe.Pointer`.
pub(super) fn new_array(cx: &mut Cx<'_>) -> Flow {
    let (t, n) = (type_arg(cx), cx.uint());
    if n.checked_mul(cx.rtype(t).size.max(1))
        .is_none_or(|size| size > 1 << 47)
    {
        return cx.panic_str("reflect: slice is too large");
    }
    let p = cx.new_array(t, n as usize);
    cx.ret_ptr(p);
    Flow::Done
}

/// `move(to, from unsafe.Pointer, n uintptr)`.
pub(super) fn copy(cx: &mut Cx<'_>) -> Flow {
    let (to, from, n) = (cx.ptr(), cx.ptr(), cx.uint());
    cx.copy_bytes(to, from, n as usize);
    Flow::Done
}

/// `clearBytes(p unsafe.Pointer, n uintptr)`.
pub(super) fn clear_bytes(cx: &mut Cx<'_>) -> Flow {
    let (to, n) = (cx.ptr(), cx.uint());
    cx.zero_bytes(to, n as usize);
    Flow::Done
}

/// `equal(ix int, a, b unsafe.Pointer) bool`.
pub(super) fn equal(cx: &mut Cx<'_>) -> Flow {
    let (t, a, b) = (type_arg(cx), cx.ptr(), cx.ptr());
    done(cx.equal_at(t, a, b).map(|yes| cx.ret_bool(yes)))
}

/// `mapLen(m unsafe.Pointer) int`.
pub(super) fn map_len(cx: &mut Cx<'_>) -> Flow {
    let m = cx.map();
    let n = cx.map_len(m);
    cx.ret_int(n as i64);
    Flow::Done
}

/// `mapClear(m unsafe.Pointer)`.
pub(super) fn map_clear(cx: &mut Cx<'_>) -> Flow {
    let m = cx.map();
    cx.map_clear(m);
    Flow::Done
}

/// `makeMap(ix, n int) unsafe.Pointer`.
pub(super) fn make_map(cx: &mut Cx<'_>) -> Flow {
    let (t, n) = (type_arg(cx), cx.int());
    let m = cx.make_map(t, n);
    cx.ret_map(m);
    Flow::Done
}

/// `mapGet(m, key unsafe.Pointer) unsafe.Pointer`.
pub(super) fn map_get(cx: &mut Cx<'_>) -> Flow {
    let (m, key) = (cx.map(), cx.ptr());
    done(cx.map_get(m, key).map(|p| cx.ret_ptr(p)))
}

/// `mapAssign(m, key unsafe.Pointer) unsafe.Pointer`.
pub(super) fn map_assign(cx: &mut Cx<'_>) -> Flow {
    let (m, key) = (cx.map(), cx.ptr());
    done(cx.map_assign(m, key).map(|p| cx.ret_ptr(p)))
}

/// `mapDelete(m, key unsafe.Pointer)`.
pub(super) fn map_delete(cx: &mut Cx<'_>) -> Flow {
    let (m, key) = (cx.map(), cx.ptr());
    done(cx.map_delete(m, key))
}

/// `mapIterInit(m unsafe.Pointer, it *hiter)`.
pub(super) fn map_iter_init(cx: &mut Cx<'_>) -> Flow {
    let (m, it) = (cx.map(), cx.ptr());
    let state = cx.map_iter(m);
    store_state(it, &state);
    Flow::Done
}

fn store_state(it: GoPtr, state: &[u64; 4]) {
    for (i, &word) in state.iter().enumerate() {
        it.store(8 * i, word);
    }
}

/// `mapIterNext(it *hiter) (key, elem unsafe.Pointer)`.
pub(super) fn map_iter_next(cx: &mut Cx<'_>) -> Flow {
    let it = cx.ptr();
    let mut state = std::array::from_fn(|i| it.load(8 * i));
    let (key, elem) = cx.map_next(&mut state).unwrap_or((GoPtr::NIL, GoPtr::NIL));
    store_state(it, &state);
    cx.ret_ptr(key);
    cx.ret_ptr(elem);
    Flow::Done
}

/// `makeChan(ix, n int) unsafe.Pointer`.
pub(super) fn make_chan(cx: &mut Cx<'_>) -> Flow {
    let (t, n) = (type_arg(cx), cx.int());
    done(cx.make_chan(t, n).map(|c| cx.ret_chan(c)))
}

/// `chanSend(c, p unsafe.Pointer, block bool) bool`.
pub(super) fn chan_send(cx: &mut Cx<'_>) -> Flow {
    let (c, p, block) = (cx.chan(), cx.ptr(), cx.bool());
    done(cx.chan_send(c, p, block).map(|sent| cx.ret_bool(sent)))
}

/// `chanRecv(c, p unsafe.Pointer, block bool) (selected, ok bool)`.
pub(super) fn chan_recv(cx: &mut Cx<'_>) -> Flow {
    let (c, p, block) = (cx.chan(), cx.ptr(), cx.bool());
    done(cx.chan_recv(c, p, block).map(|(selected, ok)| {
        cx.ret_bool(selected);
        cx.ret_bool(ok);
    }))
}

/// `chanClose(c unsafe.Pointer)`.
pub(super) fn chan_close(cx: &mut Cx<'_>) -> Flow {
    let c = cx.chan();
    done(cx.chan_close(c))
}

/// `chanSelect(cases []runtimeCase, block bool) (chosen int, ok bool)`: -1 if none was ready.
pub(super) fn chan_select(cx: &mut Cx<'_>) -> Flow {
    let (list, block) = (cx.slice(), cx.bool());
    let cases: Vec<(bool, GoChan, GoPtr)> = (0..list.len())
        .map(|i| {
            let [send, c, p] = list.load::<[u64; 3]>(i);
            (send != 0, cx.chan_of_word(c), cx.ptr_of_word(p))
        })
        .collect();
    done(cx.chan_select(&cases, block).map(|chosen| {
        cx.ret_int(chosen.map_or(-1, |c| c.0 as i64));
        cx.ret_bool(chosen.is_some_and(|c| c.1));
    }))
}

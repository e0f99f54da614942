//! Calls of functions of any type, and functions of any type made of one.

use super::{done, type_arg};
use vm::bytecode::TypeIx;
use vm::{Cx, Flow, GoPtr, GoSlice};

/// `invoke(ix int, fn unsafe.Pointer, recv any, name string, args, results []unsafe.Pointer)`: calls the function that lies at fn, or the
/// method of recv.
pub(super) fn invoke(cx: &mut Cx<'_>) -> Flow {
    if !cx.on_stack() {
        return Flow::NeedStack;
    }
    let (t, f, recv, name) = (type_arg(cx), cx.ptr(), cx.iface(), cx.str());
    let (args, results) = (cx.slice(), cx.slice());
    let rt = cx.rtype(t).clone();
    let callee = if f.is_nil() {
        match cx.method_callee(recv, &name.to_string_lossy()) {
            Some(callee) => callee,
            None => return cx.panic_str("reflect: there is no such method"),
        }
    } else {
        let f = cx.func_at(f);
        cx.callee(f)
    };
    let words = load_all(cx, &rt.params, args);
    done(
        cx.call(callee, &words)
            .map(|words| store_all(cx, &rt.results, &words, results)),
    )
}

fn load_all(cx: &mut Cx<'_>, types: &[TypeIx], places: GoSlice) -> Vec<u64> {
    let mut words = Vec::new();
    for (i, &t) in types.iter().enumerate() {
        let p = cx.ptr_of_word(places.load(i));
        cx.load_words(t, p, &mut words);
    }
    words
}

fn store_all(cx: &mut Cx<'_>, types: &[TypeIx], mut words: &[u64], places: GoSlice) {
    for (i, &t) in types.iter().enumerate() {
        let p = cx.ptr_of_word(places.load(i));
        let (own, rest) = words.split_at(usize::from(cx.rtype(t).slots()));
        cx.store_words(t, p, own);
        words = rest;
    }
}

/// `makeFunc(ix, stub int, impl unsafe.Pointer) (f unsafe.Pointer, number int)`.
pub(super) fn make_func(cx: &mut Cx<'_>) -> Flow {
    let (t, known, context) = (type_arg(cx), cx.u32(), cx.ptr());
    let (f, number) = cx.make_func(t, known, stub, context);
    cx.ret_func(f);
    cx.ret_int(i64::from(number));
    Flow::Done
}

/// The body of a function made by MakeFunc: calls the Go function in its context (`makeFuncImpl`) with the addresses of copies of the arguments and
/// of room for the results.
fn stub(cx: &mut Cx<'_>) -> Flow {
    if !cx.on_stack() {
        return Flow::NeedStack;
    }
    let context = cx.closure_context();
    let t = TypeIx(context.load_ptr(0).load::<u64>(0) as u32);
    let rt = cx.rtype(t).clone();
    let pointer = cx.known_type("", "uintptr");
    let pointer = cx.pointer_to(pointer);
    let (args, results) = (
        cx.new_slice(pointer, rt.params.len(), rt.params.len()),
        cx.new_slice(pointer, rt.results.len(), rt.results.len()),
    );
    for (i, &t) in rt.params.iter().enumerate() {
        let words = cx.take_words(cx.rtype(t).slots());
        let p: GoPtr = cx.alloc(t);
        cx.store_words(t, p, &words);
        args.store(i, p.word());
    }
    for (i, &t) in rt.results.iter().enumerate() {
        let p = cx.alloc(t);
        results.store(i, p.word());
    }
    let run = cx.func_at(context.offset(8));
    let callee = cx.callee(run);
    let mut words = vec![context.word()];
    words.extend(args.words());
    words.extend(results.words());
    done(cx.call(callee, &words).map(|_| {
        let words = load_all(cx, &rt.results, results);
        cx.put_words(&words);
    }))
}

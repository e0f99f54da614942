//! The printer: output, flags, padding, and what to do with an operand.
//!
//! Invariants: `flags` are those of the directive being printed; whoever changes them for a part puts them back. Errors are flows that
//! the native returns: `NeedStack` when a method has to be called and there is no stack for it.

use std::cell::RefCell;
use vm::bytecode::TypeIx;
use vm::rtype::{Kind, RType};
use vm::value::Value;
use vm::{Cx, Flow, GoSlice, Iface};

/// The flags of a directive.
#[derive(Clone, Copy, Default)]
pub(super) struct Flags {
    pub wid: Option<usize>,
    pub prec: Option<usize>,
    pub minus: bool,
    pub plus: bool,
    pub sharp: bool,
    pub space: bool,
    pub zero: bool,
    /// `%+v`: field names.
    pub plus_v: bool,
    /// `%#v`: Go syntax.
    pub sharp_v: bool,
}

/// A printer for one call.
pub(super) struct Printer<'x, 'a> {
    pub cx: &'x mut Cx<'a>,
    pub out: Vec<u8>,
    pub flags: Flags,
    /// Whether a `%!` is being printed: no methods are called then.
    pub erroring: bool,
    /// Whether `%w` is allowed.
    pub wraps: bool,
    /// The operands that `%w` wraps.
    pub wrapped: Vec<usize>,
    /// The index of the operand being printed.
    pub operand: usize,
    /// Whether a method's panic is being printed.
    panicking: bool,
}

thread_local! {
    /// A buffer to use again.
    static SPARE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Keeps a buffer for the next call.
pub(super) fn recycle(mut out: Vec<u8>) {
    if out.capacity() <= 1 << 16 {
        out.clear();
        SPARE.with(|s| s.replace(out));
    }
}

/// An interface (package and name) with the one method it has.
type Method = (&'static str, &'static str, &'static str);

const ERROR: Method = ("", "error", "Error");
const STRING: Method = ("fmt", "Stringer", "String");
const GO_STRING: Method = ("fmt", "GoStringer", "GoString");
const FORMAT: Method = ("fmt", "Formatter", "Format");

/// Whether a type can have methods at all.
pub(super) fn may_have_methods(rt: &RType) -> bool {
    !rt.pkg.is_empty() || matches!(rt.kind, Kind::Pointer | Kind::Struct)
}

impl<'x, 'a> Printer<'x, 'a> {
    pub fn new(cx: &'x mut Cx<'a>) -> Self {
        Printer {
            cx,
            out: SPARE.with(RefCell::take),
            flags: Flags::default(),
            erroring: false,
            wraps: false,
            wrapped: Vec::new(),
            operand: 0,
            panicking: false,
        }
    }

    pub fn finish(self) -> Vec<u8> {
        self.out
    }

    /// The operands with blanks between them, and a newline.
    pub fn println(&mut self, _: &[u8], operands: GoSlice) -> Result<(), Flow> {
        for i in 0..operands.len() {
            if i > 0 {
                self.out.push(b' ');
            }
            self.print_arg(operands.get_iface(i), 'v')?;
        }
        self.out.push(b'\n');
        Ok(())
    }

    /// The operands with blanks between those that are both no strings.
    pub fn print(&mut self, _: &[u8], operands: GoSlice) -> Result<(), Flow> {
        let mut after_string = false;
        for i in 0..operands.len() {
            let v = operands.get_iface(i);
            let is_string = !v.is_nil() && self.cx.rtype(v.ty).kind == Kind::String;
            if i > 0 && !is_string && !after_string {
                self.out.push(b' ');
            }
            self.print_arg(v, 'v')?;
            after_string = is_string;
        }
        Ok(())
    }

    /// Prints an operand by a verb.
    pub fn print_arg(&mut self, v: Iface, verb: char) -> Result<(), Flow> {
        let Some(value) = self.cx.value(v) else {
            return match verb {
                'T' | 'v' => {
                    self.pad(b"<nil>");
                    Ok(())
                }
                _ => self.bad_verb(verb, None),
            };
        };
        match verb {
            'T' => {
                self.fmt_s(value.rtype().name.as_bytes());
                return Ok(());
            }
            'p' => return self.fmt_pointer(&value, 'p'),
            _ => {}
        }
        if value.rtype().name == "reflect.Value" && value.rtype().pkg == "reflect" {
            return self.print_reflected(&value, verb);
        }
        if (verb == 'w' || may_have_methods(value.rtype()))
            && let Some(done) = self.handle_methods(v, &value, verb)?
        {
            return done;
        }
        self.print_value(&value, verb, 0, true)
    }

    /// Prints what a `reflect.Value` (type, address, flags) holds.
    fn print_reflected(&mut self, v: &Value<'_>, verb: char) -> Result<(), Flow> {
        let part = |i| v.field(i).map_or(0, |f| f.pointer() | f.as_u64());
        let held = v
            .field(0)
            .and_then(|t| t.elem())
            .and_then(|t| t.field(0))
            .map(|ix| TypeIx(ix.as_u64() as u32));
        let held = held.and_then(|t| self.cx.value_at(t, self.cx.ptr_of_word(part(1))));
        let Some(held) = held else {
            self.out.extend_from_slice(b"<invalid reflect.Value>");
            return Ok(());
        };
        let unexported = part(2) & 6 != 0;
        if !unexported && may_have_methods(held.rtype()) {
            let boxed = self.cx.iface_of(&held);
            if let Some(done) = self.handle_methods(boxed, &held, verb)? {
                return done;
            }
        }
        self.print_value(&held, verb, 0, !unexported)
    }

    /// Prints a value by one of its methods, if there is one for the verb.
    pub fn handle_methods(
        &mut self,
        v: Iface,
        value: &Value<'_>,
        mut verb: char,
    ) -> Result<Option<Result<(), Flow>>, Flow> {
        if self.erroring {
            return Ok(None);
        }
        let t = value.ty();
        if verb == 'w' {
            if !self.wraps || !self.has(t, ERROR) {
                return Ok(Some(self.bad_verb('w', Some(value))));
            }
            self.wrapped.push(self.operand);
            verb = 'v';
        }
        if self.has(t, FORMAT) {
            self.call_format(v, value, verb)?;
            return Ok(Some(Ok(())));
        }
        if self.flags.sharp_v {
            if self.has(t, GO_STRING) {
                if let Some(s) = self.call_string(v, value, GO_STRING, verb)? {
                    self.fmt_s(&s);
                }
                return Ok(Some(Ok(())));
            }
            return Ok(None);
        }
        if matches!(verb, 'v' | 's' | 'x' | 'X' | 'q') {
            for method in [ERROR, STRING] {
                if self.has(t, method) {
                    if let Some(s) = self.call_string(v, value, method, verb)? {
                        return Ok(Some(self.fmt_string(&s, verb, Some(value))));
                    }
                    return Ok(Some(Ok(())));
                }
            }
        }
        Ok(None)
    }

    /// Whether a type implements one of the interfaces that say how to print.
    fn has(&mut self, t: TypeIx, (pkg, interface, _): Method) -> bool {
        let interface = self.cx.known_type(pkg, interface);
        self.cx.implements(t, interface)
    }

    /// Calls a method without parameters that returns a string. `None`: it panicked, and that has been printed.
    fn call_string(
        &mut self,
        v: Iface,
        value: &Value<'_>,
        method: Method,
        verb: char,
    ) -> Result<Option<Vec<u8>>, Flow> {
        if !self.cx.on_stack() {
            return Err(Flow::NeedStack);
        }
        if is_nil_pointer(value) && self.is_promoted(value, method) {
            self.out.extend_from_slice(b"<nil>");
            return Ok(None);
        }
        match self.cx.call_method(v, method.2, &[])? {
            Some(Ok(words)) => Ok(Some(crate::str_of_words(&words).as_bytes().to_vec())),
            Some(Err(panic)) => {
                self.print_panic(value, panic, method, verb)?;
                Ok(None)
            }
            None => Ok(Some(Vec::new())),
        }
    }

    /// Whether the method of a pointer type is one of what it points to: it would panic for a nil pointer.
    fn is_promoted(&mut self, value: &Value<'_>, method: Method) -> bool {
        self.has(value.rtype().elem, method)
    }

    fn print_panic(
        &mut self,
        value: &Value<'_>,
        panic: Iface,
        method: Method,
        verb: char,
    ) -> Result<(), Flow> {
        if is_nil_pointer(value) {
            self.out.extend_from_slice(b"<nil>");
            return Ok(());
        }
        if self.panicking {
            return Err(self.cx.panic_value(panic));
        }
        let flags = std::mem::take(&mut self.flags);
        self.out.extend_from_slice(b"%!");
        self.push_char(verb);
        self.out.extend_from_slice(b"(PANIC=");
        self.out.extend_from_slice(method.2.as_bytes());
        self.out.extend_from_slice(b" method: ");
        self.panicking = true;
        self.print_arg(panic, 'v')?;
        self.panicking = false;
        self.out.push(b')');
        self.flags = flags;
        Ok(())
    }

    /// Calls a Formatter's method with a state of package fmt (its fields: buf, flags, wid, prec).
    fn call_format(&mut self, v: Iface, value: &Value<'_>, verb: char) -> Result<(), Flow> {
        if !self.cx.on_stack() {
            return Err(Flow::NeedStack);
        }
        if is_nil_pointer(value) && self.is_promoted(value, FORMAT) {
            self.out.extend_from_slice(b"<nil>");
            return Ok(());
        }
        let state = self.cx.known_type("fmt", "state");
        let pointer = self.cx.pointer_to(state);
        let p = self.cx.alloc(state);
        let f = self.flags;
        let set: Vec<u8> = [
            (f.space, b' '),
            (f.plus || f.plus_v, b'+'),
            (f.minus, b'-'),
            (f.sharp || f.sharp_v, b'#'),
            (f.zero, b'0'),
        ]
        .into_iter()
        .filter_map(|(on, c)| on.then_some(c))
        .collect();
        let set = self.cx.new_str(&set);
        p.store_str(24, set);
        p.store(40, f.wid.map_or(-1, |n| n as i64));
        p.store(48, f.prec.map_or(-1, |n| n as i64));
        let args = [u64::from(pointer.0), p.word(), u64::from(u32::from(verb))];
        let result = self.cx.call_method(v, FORMAT.2, &args)?;
        p.load_slice(0)
            .with_bytes(|b| self.out.extend_from_slice(b));
        if let Some(Err(panic)) = result {
            self.print_panic(value, panic, FORMAT, verb)?;
        }
        Ok(())
    }

    /// `%!verb(type=value)`.
    pub fn bad_verb(&mut self, verb: char, value: Option<&Value<'_>>) -> Result<(), Flow> {
        self.erroring = true;
        self.out.extend_from_slice(b"%!");
        self.push_char(verb);
        self.out.push(b'(');
        match value {
            Some(v) => {
                self.out.extend_from_slice(v.rtype().name.as_bytes());
                self.out.push(b'=');
                self.print_value(v, 'v', 0, true)?;
            }
            None => self.out.extend_from_slice(b"<nil>"),
        }
        self.out.push(b')');
        self.erroring = false;
        Ok(())
    }

    pub fn push_char(&mut self, c: char) {
        self.out
            .extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }

    /// Appends padding for `n` characters.
    pub fn padding(&mut self, n: usize) {
        let c = if self.flags.zero && !self.flags.minus {
            b'0'
        } else {
            b' '
        };
        self.out.resize(self.out.len() + n, c);
    }

    /// Appends text, padded to the width.
    pub fn pad(&mut self, text: &[u8]) {
        let Some(wid) = self.flags.wid.filter(|&w| w > 0) else {
            self.out.extend_from_slice(text);
            return;
        };
        let n = wid.saturating_sub(crate::unicode::utf8::count(text));
        if self.flags.minus {
            self.out.extend_from_slice(text);
            self.padding(n);
        } else {
            self.padding(n);
            self.out.extend_from_slice(text);
        }
    }

    /// The type named by an index.
    pub fn rtype(&self, t: TypeIx) -> &RType {
        self.cx.rtype(t)
    }
}

fn is_nil_pointer(v: &Value<'_>) -> bool {
    v.kind() == Kind::Pointer && v.is_nil()
}

//! Values of any kind, part by part.
//!
//! Invariants: `methods` says whether methods may be called: not on what an unexported field holds. While methods of parts may run Go code, the
//! whole is kept by the operand it belongs to; map entries, which Go code could take away, are copied first.

use super::printer::{Printer, may_have_methods};
use vm::bytecode::TypeIx;
use vm::rtype::Kind;
use vm::value::Value;
use vm::{Flow, GoSlice, Iface};

impl Printer<'_, '_> {
    /// Prints a value by a verb. `depth` is 0 for an operand itself.
    pub fn print_value(
        &mut self,
        v: &Value<'_>,
        verb: char,
        depth: usize,
        methods: bool,
    ) -> Result<(), Flow> {
        if depth > 0 && methods && v.kind() != Kind::Interface && may_have_methods(v.rtype()) {
            let boxed = self.cx.iface_of(v);
            if let Some(done) = self.handle_methods(boxed, v, verb)? {
                return done;
            }
        }
        match v.kind() {
            Kind::Bool => match verb {
                't' | 'v' => {
                    self.pad(if v.as_bool() { b"true" } else { b"false" });
                    Ok(())
                }
                _ => self.bad_verb(verb, Some(v)),
            },
            Kind::Int | Kind::Int8 | Kind::Int16 | Kind::Int32 | Kind::Int64 => {
                self.fmt_integer(v.as_i64() as u64, true, verb, v)
            }
            Kind::Uint
            | Kind::Uint8
            | Kind::Uint16
            | Kind::Uint32
            | Kind::Uint64
            | Kind::Uintptr => self.fmt_integer(v.as_u64(), false, verb, v),
            Kind::Float32 => self.fmt_float(v.as_f64(), 32, verb, v),
            Kind::Float64 => self.fmt_float(v.as_f64(), 64, verb, v),
            Kind::Complex64 | Kind::Complex128 => {
                let (re, im) = v.as_complex();
                self.fmt_complex(
                    re,
                    im,
                    if v.kind() == Kind::Complex64 { 32 } else { 64 },
                    verb,
                    v,
                )
            }
            Kind::String => self.fmt_string(v.as_bytes(), verb, Some(v)),
            Kind::Map => self.print_map(v, verb, depth, methods),
            Kind::Struct => self.print_struct(v, verb, depth, methods),
            Kind::Interface => self.print_interface(v, verb, depth, methods),
            Kind::Array | Kind::Slice => self.print_list(v, verb, depth, methods),
            Kind::Pointer => match v.elem() {
                Some(to) if depth == 0 && is_composite(to.kind()) => {
                    self.out.push(b'&');
                    self.print_value(&to, verb, depth + 1, methods)
                }
                _ => self.fmt_pointer(v, verb),
            },
            Kind::Chan | Kind::Func | Kind::UnsafePointer => self.fmt_pointer(v, verb),
            Kind::Invalid => Ok(()),
        }
    }

    fn push_type_name(&mut self, v: &Value<'_>) {
        self.out.extend_from_slice(v.rtype().name.as_bytes());
    }

    /// A part of a composite: an interface stands for what it holds.
    fn print_interface(
        &mut self,
        v: &Value<'_>,
        verb: char,
        depth: usize,
        methods: bool,
    ) -> Result<(), Flow> {
        match v.elem() {
            Some(held) => self.print_value(&held, verb, depth + 1, methods),
            None if self.flags.sharp_v => {
                self.push_type_name(v);
                self.out.extend_from_slice(b"(nil)");
                Ok(())
            }
            None => {
                self.out.extend_from_slice(b"<nil>");
                Ok(())
            }
        }
    }

    fn separator(&mut self, i: usize) {
        if i > 0 {
            self.out
                .extend_from_slice(if self.flags.sharp_v { b", " } else { b" " });
        }
    }

    fn print_struct(
        &mut self,
        v: &Value<'_>,
        verb: char,
        depth: usize,
        methods: bool,
    ) -> Result<(), Flow> {
        if self.flags.sharp_v {
            self.push_type_name(v);
        }
        self.out.push(b'{');
        for i in 0..v.num_fields() {
            self.separator(i);
            let (Some(field), Some(part)) = (v.field_type(i), v.field(i)) else {
                continue;
            };
            if self.flags.plus_v || self.flags.sharp_v {
                self.out.extend_from_slice(field.name.as_bytes());
                self.out.push(b':');
            }
            let exported = field.pkg.is_empty();
            let part = match part.elem() {
                Some(held) if part.kind() == Kind::Interface => held,
                _ => part,
            };
            self.print_value(&part, verb, depth + 1, methods && exported)?;
        }
        self.out.push(b'}');
        Ok(())
    }

    fn print_list(
        &mut self,
        v: &Value<'_>,
        verb: char,
        depth: usize,
        methods: bool,
    ) -> Result<(), Flow> {
        let is_nil = v.kind() == Kind::Slice && v.is_nil();
        if v.elem_type().kind == Kind::Uint8 {
            // Bytes are printed as one for these verbs; for %v and %d that is a matter of form for unnamed []byte only.
            let as_one = matches!(verb, 's' | 'q' | 'x' | 'X')
                || depth == 0 && v.rtype().name == "[]uint8" && matches!(verb, 'v' | 'd');
            if as_one {
                let bytes: Vec<u8> = match v.byte_elems() {
                    Some(bytes) => bytes.to_vec(),
                    None => (0..v.len())
                        .filter_map(|i| v.index(i))
                        .map(|b| b.as_u64() as u8)
                        .collect(),
                };
                let name = if v.rtype().name == "[]uint8" {
                    "[]byte"
                } else {
                    &v.rtype().name
                };
                self.fmt_bytes(&bytes, is_nil, verb, name);
                return Ok(());
            }
        }
        let (open, close) = if self.flags.sharp_v {
            (b'{', b'}')
        } else {
            (b'[', b']')
        };
        if self.flags.sharp_v {
            self.push_type_name(v);
            if is_nil {
                self.out.extend_from_slice(b"(nil)");
                return Ok(());
            }
        }
        self.out.push(open);
        for i in 0..v.len() {
            self.separator(i);
            if let Some(elem) = v.index(i) {
                self.print_value(&elem, verb, depth + 1, methods)?;
            }
        }
        self.out.push(close);
        Ok(())
    }

    fn print_map(
        &mut self,
        v: &Value<'_>,
        verb: char,
        depth: usize,
        methods: bool,
    ) -> Result<(), Flow> {
        if self.flags.sharp_v {
            self.push_type_name(v);
            if v.is_nil() {
                self.out.extend_from_slice(b"(nil)");
                return Ok(());
            }
            self.out.push(b'{');
        } else {
            self.out.extend_from_slice(b"map[");
        }
        if self.cx.on_stack() {
            self.print_copied_entries(v, verb, depth, methods)?;
        } else {
            for (i, (key, value)) in v.map_sorted().iter().enumerate() {
                self.separator(i);
                self.print_value(key, verb, depth + 1, methods)?;
                self.out.push(b':');
                self.print_value(value, verb, depth + 1, methods)?;
            }
        }
        self.out.push(if self.flags.sharp_v { b'}' } else { b']' });
        Ok(())
    }

    /// Prints a map's entries from copies in Go memory, which this frame keeps alive.
    fn print_copied_entries(
        &mut self,
        v: &Value<'_>,
        verb: char,
        depth: usize,
        methods: bool,
    ) -> Result<(), Flow> {
        let (key_type, value_type) = (v.rtype().key, v.rtype().elem);
        let copies = self.copy_entries(v);
        for i in 0..copies.len() / 2 {
            self.separator(i);
            self.print_copy(copies.get_iface(2 * i), key_type, verb, depth, methods)?;
            self.out.push(b':');
            self.print_copy(
                copies.get_iface(2 * i + 1),
                value_type,
                verb,
                depth,
                methods,
            )?;
        }
        Ok(())
    }

    fn copy_entries(&mut self, v: &Value<'_>) -> GoSlice {
        let entries = v.map_sorted();
        let any = self.cx.known_type("", "any");
        let copies = self.cx.new_slice(any, 2 * entries.len(), 2 * entries.len());
        for (i, (key, value)) in entries.iter().enumerate() {
            for (at, part) in [(2 * i, key), (2 * i + 1, value)] {
                let boxed = self.cx.iface_of(part);
                copies.store(at, boxed.words());
            }
        }
        copies
    }

    fn print_copy(
        &mut self,
        copy: Iface,
        t: TypeIx,
        verb: char,
        depth: usize,
        methods: bool,
    ) -> Result<(), Flow> {
        match self.cx.value(copy) {
            Some(v) => {
                let depth = depth + 1 + usize::from(self.rtype(t).kind == Kind::Interface);
                self.print_value(&v, verb, depth, methods)
            }
            None if self.flags.sharp_v => {
                let name = self.rtype(t).name.clone();
                self.out.extend_from_slice(name.as_bytes());
                self.out.extend_from_slice(b"(nil)");
                Ok(())
            }
            None => {
                self.out.extend_from_slice(b"<nil>");
                Ok(())
            }
        }
    }

    /// A pointer, or what is like one, by a verb.
    pub fn fmt_pointer(&mut self, v: &Value<'_>, verb: char) -> Result<(), Flow> {
        let kinds = [
            Kind::Chan,
            Kind::Func,
            Kind::Map,
            Kind::Pointer,
            Kind::Slice,
            Kind::UnsafePointer,
        ];
        if !kinds.contains(&v.kind()) {
            return self.bad_verb(verb, Some(v));
        }
        let u = v.pointer();
        match verb {
            'v' if self.flags.sharp_v => {
                self.out.push(b'(');
                self.push_type_name(v);
                self.out.extend_from_slice(b")(");
                if u == 0 {
                    self.out.extend_from_slice(b"nil");
                } else {
                    self.fmt_0x(u, true);
                }
                self.out.push(b')');
            }
            'v' if u == 0 => self.pad(b"<nil>"),
            'v' | 'p' => {
                let prefix = !self.flags.sharp;
                self.fmt_0x(u, prefix);
            }
            'b' | 'o' | 'd' | 'x' | 'X' => return self.fmt_integer(u, false, verb, v),
            _ => return self.bad_verb(verb, Some(v)),
        }
        Ok(())
    }
}

fn is_composite(k: Kind) -> bool {
    matches!(k, Kind::Array | Kind::Slice | Kind::Struct | Kind::Map)
}

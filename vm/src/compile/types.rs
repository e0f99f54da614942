//! Checked types → run-time descriptors.
//!
//! Invariants: one `TypeIx` per canonical type, so identical types have equal type words. Descriptors of types that contain one
//! another by value are filled depth-first (they cannot be cyclic); what is only pointed to is reserved at once and filled
//! before the outermost `type_ix` returns. The methods of non-interface types are listed on demand (`fill_methods`).

use super::Compiler;
use crate::bytecode::TypeIx;
use crate::program::{Program, Repr};
use crate::rtype::{EqKind, Kind, PtrMap, RField, RMethod, RType};
use lang::ast::ChanDir;
use lang::symbol::Symbol;
use lang::types::{Basic, PkgId, Struct, Type, TypeId};
use rustc_hash::FxHashMap;

/// Which descriptor stands for which type.
#[derive(Default)]
pub(super) struct TypeTable {
    index: FxHashMap<TypeId, TypeIx>,
    pending: Vec<TypeIx>,
    filling: bool,
}

/// Values of more slots than this do not live in registers as variables, but in heap cells.
pub(super) const BIG_SLOTS: u16 = 128;

impl Compiler {
    /// The descriptor of a concrete (fully substituted) type.
    pub fn type_ix(&mut self, p: &mut Program, t: TypeId) -> TypeIx {
        let ix = self.reserve(p, t);
        if self.types.filling {
            return ix;
        }
        self.types.filling = true;
        while let Some(next) = self.types.pending.pop() {
            self.fill(p, next);
        }
        self.types.filling = false;
        ix
    }

    fn reserve(&mut self, p: &mut Program, t: TypeId) -> TypeIx {
        if let Some(&ix) = self.types.index.get(&t) {
            return ix;
        }
        let c = self.world.types.canonical(t);
        if let Some(&ix) = self.types.index.get(&c) {
            self.types.index.insert(t, ix);
            return ix;
        }
        if p.types.is_empty() {
            p.types.push(blank(TypeIx(0), TypeId::INVALID));
        }
        let ix = TypeIx(p.types.len() as u32);
        p.types.push(blank(ix, c));
        self.types.index.insert(c, ix);
        self.types.index.insert(t, ix);
        self.types.pending.push(ix);
        ix
    }

    /// Reserves and fills at once: for a type contained by value.
    fn contained(&mut self, p: &mut Program, t: TypeId) -> TypeIx {
        let ix = self.reserve(p, t);
        self.fill(p, ix);
        ix
    }

    fn fill(&mut self, p: &mut Program, ix: TypeIx) {
        if p.types[ix.0 as usize].kind != Kind::Invalid {
            return;
        }
        let t = p.types[ix.0 as usize].lang;
        let mut r = blank(ix, t);
        self.name_type(&mut r, t);
        match self.world.types.under(t) {
            Type::Basic(b) => fill_basic(&mut r, b),
            Type::Pointer(e) => {
                word(&mut r, Kind::Pointer, EqKind::Mem);
                r.elem = self.reserve(p, e);
            }
            Type::Slice(e) => {
                shape(&mut r, Kind::Slice, 24, EqKind::None, 1);
                r.elem = self.reserve(p, e);
            }
            Type::Map(k, v) => {
                word(&mut r, Kind::Map, EqKind::None);
                r.key = self.reserve(p, k);
                r.elem = self.reserve(p, v);
            }
            Type::Chan(dir, e) => {
                word(&mut r, Kind::Chan, EqKind::Mem);
                r.elem = self.reserve(p, e);
                r.chan_dir = match dir {
                    ChanDir::Recv => 1,
                    ChanDir::Send => 2,
                    ChanDir::Both => 3,
                };
            }
            Type::Signature(s) => {
                word(&mut r, Kind::Func, EqKind::None);
                r.params = s.params.iter().map(|&t| self.reserve(p, t)).collect();
                r.results = s.results.iter().map(|&t| self.reserve(p, t)).collect();
                r.variadic = s.variadic;
            }
            Type::Interface(_) => {
                shape(&mut r, Kind::Interface, 16, EqKind::Iface, 0b10);
                for m in &self.world.types.type_set(t).methods.clone() {
                    let (name, pkg) = self.member_name(m.name, m.pkg);
                    let ty = self.reserve(p, m.sig);
                    r.methods.push(RMethod {
                        key: p.method_key(&name, &pkg),
                        name,
                        pkg,
                        ty,
                    });
                }
            }
            Type::Array(n, e) => self.fill_array(p, &mut r, n.max(0) as u64, e),
            Type::Struct(s) => self.fill_struct(p, &mut r, &s),
            Type::Named(_) | Type::TypeParam(_) | Type::Tuple(_) => {}
        }
        p.types[ix.0 as usize] = r;
    }

    fn fill_array(&mut self, p: &mut Program, r: &mut RType, n: u64, e: TypeId) {
        r.kind = Kind::Array;
        r.elem = self.contained(p, e);
        r.len = n;
        let e = &p.types[r.elem.0 as usize];
        r.size = e.size.saturating_mul(n);
        r.align = e.align;
        r.repr = mem_repr(r.size);
        r.eq = match e.eq {
            EqKind::None => EqKind::None,
            EqKind::Mem => EqKind::Mem,
            _ => EqKind::Deep,
        };
        let words = (e.size / 8) as u32;
        r.ptrs = match &e.ptrs {
            PtrMap::None => PtrMap::None,
            _ if n == 0 => PtrMap::None,
            PtrMap::Bits(b) if r.size <= 512 => {
                PtrMap::Bits((0..n).fold(0, |m, i| m | b << (i * u64::from(words))))
            }
            m => PtrMap::Repeat {
                words,
                count: n,
                elem: Box::new(m.clone()),
            },
        };
    }

    fn fill_struct(&mut self, p: &mut Program, r: &mut RType, s: &Struct) {
        r.kind = Kind::Struct;
        let (mut at, mut align, mut data) = (0u64, 1u64, 0u64);
        let mut eq = EqKind::Mem;
        for f in &s.fields {
            let ty = self.contained(p, f.ty);
            let ft = &p.types[ty.0 as usize];
            at = at.next_multiple_of(u64::from(ft.align));
            align = align.max(u64::from(ft.align));
            eq = match (eq, ft.eq) {
                (EqKind::None, _) | (_, EqKind::None) => EqKind::None,
                (EqKind::Mem, EqKind::Mem) if !f.name.is_blank() => EqKind::Mem,
                _ => EqKind::Deep,
            };
            let (name, pkg) = self.member_name(f.name, f.pkg);
            r.fields.push(RField {
                name,
                pkg,
                ty,
                offset: at as u32,
                embedded: f.embedded,
                tag: f.tag.to_string(),
            });
            at = at.saturating_add(ft.size);
            data += ft.size;
        }
        if let Some(last) = r.fields.last()
            && p.types[last.ty.0 as usize].size == 0
            && at > 0
        {
            at += 1;
        }
        r.size = at.next_multiple_of(align);
        r.align = align as u8;
        r.repr = mem_repr(r.size);
        r.eq = if eq == EqKind::Mem && data != r.size {
            EqKind::Deep
        } else {
            eq
        };
        r.ptrs = struct_ptrs(p, r);
    }

    /// A field's or method's name with its package path when unexported.
    pub(super) fn member_name(&self, name: Symbol, pkg: Option<PkgId>) -> (String, String) {
        let path = match pkg {
            Some(k) if !name.is_exported() => self.world.packages[k.0 as usize].path.clone(),
            _ => String::new(),
        };
        (name.as_str().to_string(), path)
    }

    fn name_type(&self, r: &mut RType, t: TypeId) {
        r.name = self.type_name(t);
        match self.world.types.get(t) {
            Type::Named(n) => {
                let obj = self.world.types.named(n).obj;
                let pkg = self.world.objects.pkg(obj).filter(|p| p.0 != 0);
                r.pkg = pkg.map_or_else(String::new, |p| {
                    self.world.packages[p.0 as usize].path.clone()
                });
                r.short_name = r.name.split_once('.').map_or(r.name.clone(), |(a, b)| {
                    if a.contains('[') {
                        r.name.clone()
                    } else {
                        b.to_string()
                    }
                });
            }
            Type::Basic(_) => r.short_name = r.name.clone(),
            _ => {}
        }
    }

    /// The type's name as reflect and `%T` write it.
    pub(super) fn type_name(&self, t: TypeId) -> String {
        let mut out = String::new();
        self.write_type(&mut out, t, false);
        out
    }

    fn write_type(&self, out: &mut String, t: TypeId, full_path: bool) {
        let types = &self.world.types;
        match types.get(t) {
            Type::Basic(b) => out.push_str(b.name()),
            Type::Named(n) => self.write_named(out, n, full_path),
            Type::Pointer(e) => self.write_prefixed(out, "*", e, full_path),
            Type::Slice(e) => self.write_prefixed(out, "[]", e, full_path),
            Type::Array(n, e) => self.write_prefixed(out, &format!("[{n}]"), e, full_path),
            Type::Map(k, v) => {
                self.write_prefixed(out, "map[", k, full_path);
                self.write_prefixed(out, "]", v, full_path);
            }
            Type::Chan(dir, e) => self.write_chan(out, dir, e, full_path),
            Type::Struct(s) => self.write_struct(out, &s, full_path),
            Type::Signature(s) => {
                out.push_str("func");
                self.write_sig(out, &s, full_path);
            }
            Type::Interface(_) => self.write_interface(out, t, full_path),
            Type::Tuple(ts) => self.write_list(out, &ts, false, full_path),
            Type::TypeParam(p) => {
                out.push_str(self.world.objects.name(types.type_param(p).obj).as_str())
            }
        }
    }

    fn write_prefixed(&self, out: &mut String, prefix: &str, t: TypeId, full_path: bool) {
        out.push_str(prefix);
        self.write_type(out, t, full_path);
    }

    fn write_named(&self, out: &mut String, n: lang::types::NamedId, full_path: bool) {
        let d = self.world.types.named(n);
        if let Some(p) = self.world.objects.pkg(d.obj).filter(|p| p.0 != 0) {
            let p = &self.world.packages[p.0 as usize];
            out.push_str(if full_path { &p.path } else { p.name.as_str() });
            out.push('.');
        }
        out.push_str(self.world.objects.name(d.obj).as_str());
        let Some((origin, targs)) = &d.origin else {
            return;
        };
        if self.world.types.named(*origin).tparams.is_empty() {
            return;
        }
        out.push('[');
        for (i, &a) in targs.iter().enumerate() {
            if i > 0 {
                out.push(',');
            }
            self.write_type(out, a, true);
        }
        out.push(']');
    }

    fn write_chan(&self, out: &mut String, dir: ChanDir, e: TypeId, full_path: bool) {
        let inner_recv = matches!(self.world.types.get(e), Type::Chan(ChanDir::Recv, _));
        match dir {
            ChanDir::Recv => self.write_prefixed(out, "<-chan ", e, full_path),
            ChanDir::Send => self.write_prefixed(out, "chan<- ", e, full_path),
            ChanDir::Both if inner_recv => {
                self.write_prefixed(out, "chan (", e, full_path);
                out.push(')');
            }
            ChanDir::Both => self.write_prefixed(out, "chan ", e, full_path),
        }
    }

    fn write_struct(&self, out: &mut String, s: &Struct, full_path: bool) {
        out.push_str("struct {");
        for (i, f) in s.fields.iter().enumerate() {
            out.push_str(if i > 0 { "; " } else { " " });
            if !f.embedded {
                out.push_str(f.name.as_str());
                out.push(' ');
            }
            self.write_type(out, f.ty, full_path);
            if !f.tag.is_empty() {
                out.push_str(&format!(" {:?}", &*f.tag));
            }
        }
        out.push_str(if s.fields.is_empty() { "}" } else { " }" });
    }

    fn write_sig(&self, out: &mut String, s: &lang::types::Signature, full_path: bool) {
        self.write_list(out, &s.params, s.variadic, full_path);
        match s.results.as_slice() {
            [] => {}
            [one] => self.write_prefixed(out, " ", *one, full_path),
            many => {
                out.push(' ');
                self.write_list(out, many, false, full_path);
            }
        }
    }

    fn write_list(&self, out: &mut String, ts: &[TypeId], variadic: bool, full_path: bool) {
        out.push('(');
        for (i, &t) in ts.iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            match self.world.types.get(t) {
                Type::Slice(e) if variadic && i + 1 == ts.len() => {
                    self.write_prefixed(out, "...", e, full_path)
                }
                _ => self.write_type(out, t, full_path),
            }
        }
        out.push(')');
    }

    fn write_interface(&self, out: &mut String, t: TypeId, full_path: bool) {
        let set = self.world.types.type_set(t);
        out.push_str("interface {");
        for (i, m) in set.methods.iter().enumerate() {
            out.push_str(if i > 0 { "; " } else { " " });
            out.push_str(m.name.as_str());
            if let Type::Signature(s) = self.world.types.get(m.sig) {
                self.write_sig(out, &s, full_path);
            }
        }
        out.push_str(if set.methods.is_empty() { "}" } else { " }" });
    }
}

fn blank(ix: TypeIx, lang: TypeId) -> RType {
    RType {
        ix,
        lang,
        kind: Kind::Invalid,
        size: 0,
        align: 1,
        repr: Repr::Zero,
        ptrs: PtrMap::None,
        eq: EqKind::Mem,
        name: String::new(),
        short_name: String::new(),
        pkg: String::new(),
        elem: TypeIx(0),
        key: TypeIx(0),
        len: 0,
        fields: Vec::new(),
        params: Vec::new(),
        results: Vec::new(),
        variadic: false,
        chan_dir: 0,
        methods: Vec::new(),
    }
}

fn mem_repr(size: u64) -> Repr {
    match size {
        0 => Repr::Zero,
        n => Repr::Mem(n.div_ceil(8).min(u64::from(u16::MAX)) as u16),
    }
}

fn shape(r: &mut RType, kind: Kind, size: u64, eq: EqKind, ptrs: u64) {
    r.kind = kind;
    r.size = size;
    r.align = 8;
    r.repr = mem_repr(size);
    r.eq = eq;
    r.ptrs = PtrMap::Bits(ptrs);
}

fn word(r: &mut RType, kind: Kind, eq: EqKind) {
    shape(r, kind, 8, eq, 1);
    r.repr = Repr::W64;
}

fn fill_basic(r: &mut RType, b: Basic) {
    use Basic::*;
    let (kind, size, repr, eq) = match b {
        Bool | UntypedBool => (Kind::Bool, 1, Repr::U8, EqKind::Mem),
        Int | UntypedInt => (Kind::Int, 8, Repr::W64, EqKind::Mem),
        Int8 => (Kind::Int8, 1, Repr::I8, EqKind::Mem),
        Int16 => (Kind::Int16, 2, Repr::I16, EqKind::Mem),
        Int32 | UntypedRune => (Kind::Int32, 4, Repr::I32, EqKind::Mem),
        Int64 => (Kind::Int64, 8, Repr::W64, EqKind::Mem),
        Uint => (Kind::Uint, 8, Repr::W64, EqKind::Mem),
        Uint8 => (Kind::Uint8, 1, Repr::U8, EqKind::Mem),
        Uint16 => (Kind::Uint16, 2, Repr::U16, EqKind::Mem),
        Uint32 => (Kind::Uint32, 4, Repr::U32, EqKind::Mem),
        Uint64 => (Kind::Uint64, 8, Repr::W64, EqKind::Mem),
        Uintptr => (Kind::Uintptr, 8, Repr::W64, EqKind::Mem),
        Float32 => (Kind::Float32, 4, Repr::U32, EqKind::F32),
        Float64 | UntypedFloat => (Kind::Float64, 8, Repr::W64, EqKind::F64),
        Complex64 => (Kind::Complex64, 8, Repr::W64, EqKind::C64),
        Complex128 | UntypedComplex => (Kind::Complex128, 16, Repr::Mem(2), EqKind::C128),
        String | UntypedString => (Kind::String, 16, Repr::Mem(2), EqKind::Str),
        UnsafePointer | UntypedNil => (Kind::UnsafePointer, 8, Repr::W64, EqKind::Mem),
        Invalid => return,
    };
    r.kind = kind;
    r.size = size;
    r.align = match b {
        Complex64 => 4,
        _ => size.min(8) as u8,
    };
    r.repr = repr;
    r.eq = eq;
    if matches!(kind, Kind::String | Kind::UnsafePointer) {
        r.ptrs = PtrMap::Bits(1);
    }
}

/// The pointer map of a struct whose fields are placed.
fn struct_ptrs(p: &Program, r: &RType) -> PtrMap {
    let words = (r.size / 8) as usize;
    let mut bits = vec![0u64; words.div_ceil(64)];
    for f in &r.fields {
        let m = &p.types[f.ty.0 as usize].ptrs;
        mark(m, f.offset as usize / 8, &mut bits);
    }
    if bits.iter().all(|&b| b == 0) {
        return PtrMap::None;
    }
    if words <= 64 {
        PtrMap::Bits(bits[0])
    } else {
        PtrMap::Long(bits.into())
    }
}

fn mark(m: &PtrMap, at: usize, bits: &mut [u64]) {
    let mut set = |w: usize| bits[w / 64] |= 1 << (w % 64);
    match m {
        PtrMap::None => {}
        PtrMap::Bits(b) => (0..64)
            .filter(|i| b >> i & 1 != 0)
            .for_each(|i| set(at + i)),
        PtrMap::Long(l) => {
            (0..l.len() * 64)
                .filter(|i| l[i / 64] >> (i % 64) & 1 != 0)
                .for_each(|i| set(at + i));
        }
        PtrMap::Repeat { words, count, elem } => {
            for i in 0..*count as usize {
                mark(elem, at + i * *words as usize, bits);
            }
        }
    }
}

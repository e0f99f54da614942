//! `==` and hashes.

use vm::bytecode::TypeIx;
use vm::rtype::Kind;

use crate::types::{Types, addr, mem};

fn string(s: &str) -> [u64; 2] {
    [addr(s.as_ptr()), s.len() as u64]
}

#[test]
fn numbers_and_strings() {
    let mut types = Types::new();
    let (f64_, f32_, str_) = (
        types.basic(Kind::Float64),
        types.basic(Kind::Float32),
        types.basic(Kind::String),
    );
    let c128 = types.basic(Kind::Complex128);
    let (m, t) = (mem(), &types.0);
    let eq = |ty, a: *const u8, b: *const u8| m.eq(t, ty, a, b).unwrap();
    let hash = |ty, a: *const u8| m.hash(t, ty, a, 1, 2).unwrap();
    let (zero, minus, nan) = (0.0_f64, -0.0_f64, f64::NAN);
    let p = |x: &f64| std::ptr::from_ref(x).cast::<u8>();
    assert!(eq(f64_, p(&zero), p(&minus)) && hash(f64_, p(&zero)) == hash(f64_, p(&minus)));
    assert!(!eq(f64_, p(&nan), p(&nan)));
    let (z, mz) = ([0.0_f32], [-0.0_f32]);
    assert!(eq(f32_, z.as_ptr().cast(), mz.as_ptr().cast()));
    let (c, d) = ([0.0_f64, 1.0], [-0.0_f64, 1.0]);
    assert!(eq(c128, c.as_ptr().cast(), d.as_ptr().cast()));
    let (a, b) = (
        String::from("hello, gopher: a longer text"),
        String::from("hello, gopher: a longer text"),
    );
    let (x, y, e) = (string(&a), string(&b), [0_u64, 0]);
    assert!(eq(str_, x.as_ptr().cast(), y.as_ptr().cast()));
    assert_eq!(hash(str_, x.as_ptr().cast()), hash(str_, y.as_ptr().cast()));
    assert!(
        eq(str_, e.as_ptr().cast(), e.as_ptr().cast())
            && !eq(str_, e.as_ptr().cast(), x.as_ptr().cast())
    );
}

#[test]
fn structs_skip_blanks_and_padding() {
    let mut types = Types::new();
    let (i8_, int, str_) = (
        types.basic(Kind::Int8),
        types.basic(Kind::Int),
        types.basic(Kind::String),
    );
    let s = types.structure(&[("a", i8_), ("_", int), ("s", str_)]);
    let arr = types.array(s, 2);
    let (m, t) = (mem(), &types.0);
    let text = string("x");
    let a = [7, 1, text[0], text[1], 9, 5, text[0], text[1]];
    let b = [
        7 | 0xff00,
        2,
        text[0],
        text[1],
        9 | 0xab00,
        6,
        text[0],
        text[1],
    ];
    assert_eq!(m.eq(t, arr, a.as_ptr().cast(), b.as_ptr().cast()), Ok(true));
    assert_eq!(
        m.hash(t, arr, a.as_ptr().cast(), 3, 0),
        m.hash(t, arr, b.as_ptr().cast(), 3, 0)
    );
    let c = [7, 1, text[0], text[1], 8, 5, text[0], text[1]];
    assert_eq!(
        m.eq(t, arr, a.as_ptr().cast(), c.as_ptr().cast()),
        Ok(false)
    );
}

/// Eight-byte values whose alignment is 4.
#[test]
fn less_aligned() {
    let mut types = Types::new();
    let (f, c, i) = (
        types.basic(Kind::Float32),
        types.basic(Kind::Complex64),
        types.basic(Kind::Int32),
    );
    let pair = types.array(i, 2);
    let s = types.structure(&[("f", f), ("c", c), ("p", pair)]);
    assert_eq!(types.get(s).size, 20);
    let (m, t) = (mem(), &types.0);
    let (a, b) = (
        [1.0_f32, 0.0, 2.0, 3.0, 4.0, 0.0],
        [1.0_f32, -0.0, 2.0, 3.0, 4.0, 9.0],
    );
    assert_eq!(m.eq(t, s, a.as_ptr().cast(), b.as_ptr().cast()), Ok(true));
    assert_eq!(
        m.hash(t, s, a.as_ptr().cast(), 0, 0),
        m.hash(t, s, b.as_ptr().cast(), 0, 0)
    );
    let v = vm::value::Value::at(m, t, s, addr(&a));
    assert_eq!(v.field(1).unwrap().as_complex(), (0.0, 2.0));
    assert!(
        v.field(1)
            .unwrap()
            .to_iface(&mut vm::mem::Heap::new())
            .is_some()
    );
    let by_struct = types.map(s, pair);
    let mut heap = vm::mem::Heap::new();
    let map = vm::mem::MapRef::make(&mut heap, &types.0, by_struct, 0, 1).unwrap();
    for i in 0..100_u32 {
        let key = [f32::from_bits(i), 0.0, 1.0, 2.0, 3.0];
        assert!(
            !map.get_or_insert(&mut heap, &types.0, key.as_ptr().cast())
                .unwrap()
                .is_null()
        );
    }
    assert_eq!(map.len(), 100);
}

#[test]
fn interfaces_compare_dynamically() {
    let mut types = Types::new();
    let (int, i32_, str_, any) = (
        types.basic(Kind::Int),
        types.basic(Kind::Int32),
        types.basic(Kind::String),
        types.basic(Kind::Interface),
    );
    let bytes = types.slice(int);
    let pair = types.structure(&[("a", any), ("b", any)]);
    let (m, t) = (mem(), &types.0);
    let w = |t: TypeIx| u64::from(t.0);
    let (s1, s2) = (string("abc"), string(&"abcd"[..3]));
    let eq = |a, b| m.eq_iface(t, a, b);
    assert_eq!(eq((0, 0), (0, 0)), Ok(true));
    assert_eq!(eq((w(int), 5), (w(int), 5)), Ok(true));
    assert_eq!(eq((w(int), 5), (w(i32_), 5)), Ok(false));
    assert_eq!(eq((w(str_), addr(&s1)), (w(str_), addr(&s2))), Ok(true));
    assert_eq!(eq((w(bytes), 1), (w(bytes), 1)), Err(bytes));
    // The first difference decides before the uncomparable part is met.
    let p = [w(int), 1, w(bytes), 0];
    let q = [w(int), 2, w(bytes), 0];
    assert_eq!(
        m.eq(t, pair, p.as_ptr().cast(), q.as_ptr().cast()),
        Ok(false)
    );
    assert_eq!(
        m.eq(t, pair, p.as_ptr().cast(), p.as_ptr().cast()),
        Err(bytes)
    );
    assert_eq!(m.hash(t, pair, p.as_ptr().cast(), 0, 0), Err(bytes));
}

/// A list of a million boxes through interfaces is compared and hashed without deep recursion.
#[test]
fn deep_values() {
    let mut types = Types::new();
    let any = types.basic(Kind::Interface);
    let node = types.structure(&[("next", any), ("pad", any)]);
    let (m, t) = (mem(), &types.0);
    let list = |n: usize| {
        let mut cells: Vec<Box<[u64; 4]>> = Vec::new();
        let mut last = (0, 0);
        for _ in 0..n {
            let cell = Box::new([last.0, last.1, 0, 0]);
            last = (u64::from(node.0), addr(&*cell));
            cells.push(cell);
        }
        (cells, last)
    };
    let n = crate::types::rounds(1_000_000);
    let (a, b, c) = (list(n), list(n), list(n - 1));
    assert_eq!(m.eq_iface(t, a.1, b.1), Ok(true));
    assert_eq!(m.eq_iface(t, a.1, c.1), Ok(false));
    let (x, y) = ([a.1.0, a.1.1], [b.1.0, b.1.1]);
    assert_eq!(
        m.hash(t, any, x.as_ptr().cast(), 1, 0),
        m.hash(t, any, y.as_ptr().cast(), 1, 0)
    );
}

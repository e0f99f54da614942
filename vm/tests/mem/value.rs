//! The reflection view.

use vm::mem::{Heap, MapRef};
use vm::rtype::Kind;
use vm::value::Value;

use crate::types::{Types, addr, mem};

#[test]
fn scalars_inline_and_in_memory() {
    let mut types = Types::new();
    let (i16_, u8_, f32_, c64, b) = (
        types.basic(Kind::Int16),
        types.basic(Kind::Uint8),
        types.basic(Kind::Float32),
        types.basic(Kind::Complex64),
        types.basic(Kind::Bool),
    );
    let small = types.structure(&[("a", u8_), ("b", i16_), ("f", f32_)]);
    let (m, t) = (mem(), &types.0);
    let v = |ty, w| Value::from_iface(m, t, ty, w).unwrap();
    assert_eq!(v(i16_, -5_i64 as u64).as_i64(), -5);
    assert_eq!(v(f32_, u64::from(1.5_f32.to_bits())).as_f64(), 1.5);
    assert!(v(b, 1).as_bool() && !v(b, 0).as_bool());
    let word = u64::from(1.0_f32.to_bits()) | u64::from(2.0_f32.to_bits()) << 32;
    assert_eq!(v(c64, word).as_complex(), (1.0, 2.0));
    let packed = 7 | (0xfffe << 16) | u64::from(0.5_f32.to_bits()) << 32;
    let s = v(small, packed);
    assert_eq!(s.field(0).unwrap().as_u64(), 7);
    assert_eq!(s.field_by_name("b").unwrap().as_i64(), -2);
    assert_eq!(s.field(2).unwrap().as_f64(), 0.5);
    assert!(!s.field(0).unwrap().can_set() && s.field(9).is_none());
    let other = v(small, packed | 0xff00);
    assert_eq!(s.equals(&other), Ok(true), "padding does not count");
}

#[test]
fn composites_and_setting() {
    let mut types = Types::new();
    let (int, str_, any) = (
        types.basic(Kind::Int),
        types.basic(Kind::String),
        types.basic(Kind::Interface),
    );
    let node = types.structure(&[("n", int), ("s", str_), ("x", any)]);
    let (ptr, nodes) = (types.pointer(node), types.slice(node));
    let (m, t, mut heap) = (mem(), &types.0, Heap::new());
    let text = "hej";
    let array: Vec<u64> = vec![
        1,
        addr(text.as_ptr()),
        3,
        u64::from(int.0),
        42,
        2,
        0,
        0,
        0,
        0,
    ];
    let header = [addr(array.as_ptr()), 2, 2];
    let s = Value::from_iface(m, t, nodes, addr(&header)).unwrap();
    assert_eq!((s.len(), s.cap(), s.is_nil()), (2, 2, false));
    let first = s.index(0).unwrap();
    assert_eq!(first.field(1).unwrap().as_str(), "hej");
    assert_eq!(first.field(2).unwrap().elem().unwrap().as_i64(), 42);
    let second = s.index(1).unwrap();
    assert!(
        second.field(1).unwrap().is_zero()
            && second.field(2).unwrap().is_nil()
            && !second.is_zero()
    );
    assert!(
        second.field(0).unwrap().set_i64(77) && second.set_value(&first) && s.index(2).is_none()
    );
    assert_eq!(second.field(0).unwrap().as_i64(), 1);
    let p = Value::from_iface(m, t, ptr, addr(array.as_ptr())).unwrap();
    assert!(p.elem().unwrap().can_set() && !p.can_set() && !p.set_pointer(0));
    let (ty, copy) = first.to_iface(&mut heap).unwrap();
    assert!(ty == node && heap.is_heap_address(copy));
    assert_eq!(
        Value::from_iface(m, t, ty, copy).unwrap().equals(&first),
        Ok(true)
    );
    assert!(Value::from_iface(m, t, vm::bytecode::TypeIx(0), 0).is_none());
}

#[test]
fn maps_sorted() {
    let mut types = Types::new();
    let (int, f) = (types.basic(Kind::Int), types.basic(Kind::Float64));
    let mt = types.map(f, int);
    let (m, t, mut heap) = (mem(), &types.0, Heap::new());
    let map = MapRef::make(&mut heap, t, mt, 0, 0).unwrap();
    for (i, k) in [2.0, f64::NAN, -1.0, f64::INFINITY].into_iter().enumerate() {
        let v = map
            .get_or_insert(&mut heap, t, (&raw const k).cast())
            .unwrap();
        m.store(addr(v), i as u64);
    }
    let v = Value::from_iface(m, t, mt, map.word()).unwrap();
    let order: Vec<i64> = v.map_sorted().iter().map(|e| e.1.as_i64()).collect();
    assert_eq!(order, [1, 2, 0, 3]);
    let key = Value::from_iface(m, t, f, 2.0_f64.to_bits()).unwrap();
    assert_eq!(v.map_index(&key).unwrap().as_i64(), 0);
}

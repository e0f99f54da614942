//! Maps against `HashMap`, over all kinds of keys, with collections in between.

use std::collections::HashMap;

use vm::bytecode::TypeIx;
use vm::mem::{Heap, MapError, MapIter, MapRef};
use vm::rtype::Kind;

use crate::types::{Rng, Types, addr, mem, rounds};

/// A kind of key: how key number `i` looks in memory.
struct Keys {
    ty: TypeIx,
    make: Box<MakeKey>,
}

type MakeKey = dyn Fn(&mut Heap, u64) -> Vec<u64>;

fn heap_string(heap: &mut Heap, s: &str) -> [u64; 2] {
    let p = heap.alloc_noscan(s.len());
    mem().write(addr(p), s.as_bytes());
    [addr(p), s.len() as u64]
}

fn all_kinds(types: &mut Types) -> Vec<Keys> {
    let mut kinds: Vec<Keys> = Vec::new();
    for kind in [Kind::Int, Kind::Uint32, Kind::Int16, Kind::Uint8] {
        let ty = types.basic(kind);
        kinds.push(Keys {
            ty,
            make: Box::new(|_, i| vec![i.wrapping_mul(0x0101)]),
        });
    }
    let (f, s, any, int) = (
        types.basic(Kind::Float64),
        types.basic(Kind::String),
        types.basic(Kind::Interface),
        types.basic(Kind::Int),
    );
    kinds.push(Keys {
        ty: f,
        make: Box::new(|_, i| vec![(i as f64).to_bits()]),
    });
    kinds.push(Keys {
        ty: s,
        make: Box::new(|h, i| heap_string(h, &format!("key {i}")).to_vec()),
    });
    let make = move |h: &mut Heap, i: u64| {
        if i.is_multiple_of(2) {
            return vec![u64::from(int.0), i];
        }
        let s = heap_string(h, &i.to_string());
        let boxed = h.alloc_conservative(16);
        mem().store(addr(boxed), s[0]);
        mem().store(addr(boxed) + 8, s[1]);
        vec![u64::from(f.0 + 1), addr(boxed)]
    };
    assert_eq!(s.0, f.0 + 1);
    kinds.push(Keys {
        ty: any,
        make: Box::new(make),
    });
    let pair = types.structure(&[("n", int), ("s", s)]);
    kinds.push(Keys {
        ty: pair,
        make: Box::new(|h, i| {
            let s = heap_string(h, ["", "fizz", "buzz"][i as usize % 3]);
            vec![i / 3, s[0], s[1]]
        }),
    });
    kinds
}

fn collect(heap: &mut Heap, m: MapRef, key: &[u64]) {
    heap.collect(&mut |marker| {
        marker.word(m.word());
        key.iter().for_each(|&w| marker.word(w));
    });
}

#[test]
fn random_operations() {
    let mut types = Types::new();
    let (small, string) = (types.basic(Kind::Uint8), types.basic(Kind::String));
    for keys in all_kinds(&mut types) {
        for elem in [small, string] {
            let t = types.map(keys.ty, elem);
            for range in [6, 40, 200, 4000] {
                random_run(&types, t, &keys, range, elem == string);
            }
        }
    }
}

fn random_run(types: &Types, t: TypeIx, keys: &Keys, range: u64, strings: bool) {
    let (mm, mut heap, mut rng) = (mem(), Heap::new(), Rng(range));
    let m = MapRef::make(&mut heap, &types.0, t, (range % 3 * 20) as i64, 99).unwrap();
    // Keys are compared by what the make function makes of them: small kinds wrap around.
    let size = types.get(keys.ty).size;
    let wrap = if size < 8 { 1 << (8 * size) } else { u64::MAX };
    let mut model: HashMap<u64, u64> = HashMap::new();
    for step in 0..rounds(8000) {
        let i = rng.next() % range % wrap.min(250);
        let i = if size == 1 {
            i
        } else {
            i + rng.next() % range / 250 * 250
        };
        let key = (keys.make)(&mut heap, i);
        let kp = key.as_ptr().cast::<u8>();
        match rng.below(10) {
            0..=4 => {
                let v = m.get_or_insert(&mut heap, &types.0, kp).unwrap();
                if strings {
                    let s = heap_string(&mut heap, &step.to_string());
                    mm.store(addr(v), s[0]);
                    mm.store(addr(v) + 8, s[1]);
                } else {
                    mm.store(addr(v), step as u8);
                }
                model.insert(i, step as u64);
            }
            5..=7 => assert_eq!(m.delete(&types.0, kp).unwrap(), model.remove(&i).is_some()),
            _ => check(types, m, kp, model.get(&i), strings),
        }
        assert_eq!(m.len(), model.len());
        if step % 1500 == 1499 {
            m.clear();
            model.clear();
        }
        if step % 300 == 0 {
            // Half of the runs iterate, which keeps tables from being compacted in place.
            if range.is_multiple_of(40) {
                assert_eq!(count(m, rng.next()), model.len());
            }
            collect(&mut heap, m, &key);
        }
    }
    for (&i, v) in &model {
        let key = (keys.make)(&mut heap, i);
        check(types, m, key.as_ptr().cast(), Some(v), strings);
    }
}

fn check(types: &Types, m: MapRef, key: *const u8, want: Option<&u64>, strings: bool) {
    let v = m.get(&types.0, key).unwrap();
    assert_eq!(!v.is_null(), want.is_some());
    if let Some(&want) = want {
        if strings {
            let (p, n) = (mem().load::<u64>(addr(v)), mem().load::<u64>(addr(v) + 8));
            assert_eq!(mem().bytes(p, n as usize), want.to_string().as_bytes());
        } else {
            assert_eq!(mem().load::<u8>(addr(v)), want as u8);
        }
    }
}

fn count(m: MapRef, random: u64) -> usize {
    let mut it = MapIter::new(m, random);
    std::iter::from_fn(|| it.next()).count()
}

#[test]
fn odd_keys() {
    let mut types = Types::new();
    let (f, any, int, empty) = (
        types.basic(Kind::Float64),
        types.basic(Kind::Interface),
        types.basic(Kind::Int),
        types.structure(&[]),
    );
    let func = types.basic(Kind::Func);
    let (by_float, by_any, by_empty) = (
        types.map(f, int),
        types.map(any, int),
        types.map(empty, empty),
    );
    let mut heap = Heap::new();
    let t = &types.0;
    let m = MapRef::make(&mut heap, t, by_float, 0, 1).unwrap();
    let nan = f64::NAN;
    for i in 0..100 {
        m.get_or_insert(&mut heap, t, (&raw const nan).cast())
            .unwrap();
        assert_eq!(m.len(), i + 1);
        assert!(m.get(t, (&raw const nan).cast()).unwrap().is_null());
    }
    assert_eq!(count(m, 5), 100);
    m.clear();
    // Storing under -0 replaces the key +0.
    let (zero, minus) = (0.0_f64, -0.0_f64);
    m.get_or_insert(&mut heap, t, (&raw const zero).cast())
        .unwrap();
    m.get_or_insert(&mut heap, t, (&raw const minus).cast())
        .unwrap();
    let mut it = MapIter::new(m, 0);
    assert!(
        mem()
            .load::<f64>(addr(it.next().unwrap().0))
            .is_sign_negative()
            && it.next().is_none()
    );

    let m = MapRef::make(&mut heap, t, by_any, 0, 1).unwrap();
    let bad = [u64::from(func.0), 0];
    let want = Err(MapError::Unhashable(func));
    assert_eq!(m.get(t, bad.as_ptr().cast()), want);
    assert_eq!(m.get_or_insert(&mut heap, t, bad.as_ptr().cast()), want);
    assert_eq!(
        m.delete(t, bad.as_ptr().cast()),
        Err(MapError::Unhashable(func))
    );

    let m = MapRef::make(&mut heap, t, by_empty, 0, 1).unwrap();
    let nothing = 0_u64;
    for _ in 0..3 {
        m.get_or_insert(&mut heap, t, (&raw const nothing).cast())
            .unwrap();
    }
    assert_eq!((m.len(), count(m, 0)), (1, 1));
}

#[test]
fn nil_and_exhausted() {
    let mut types = Types::new();
    let int = types.basic(Kind::Int);
    let t = types.map(int, int);
    let (mut heap, key) = (Heap::new(), 1_u64);
    let kp = (&raw const key).cast::<u8>();
    let nil = MapRef::NIL;
    assert!(nil.is_nil() && nil.is_empty() && count(nil, 3) == 0);
    assert_eq!(nil.get(&types.0, kp), Ok(std::ptr::null_mut()));
    assert_eq!(nil.delete(&types.0, kp), Ok(false));
    assert_eq!(
        nil.get_or_insert(&mut heap, &types.0, kp),
        Err(MapError::NilMap)
    );
    nil.clear();
    heap.set_limit(1 << 20);
    let m = MapRef::make(&mut heap, &types.0, t, 0, 0).unwrap();
    let mut n = 0_u64;
    while m
        .get_or_insert(&mut heap, &types.0, (&raw const n).cast())
        .is_ok()
    {
        n += 1;
        assert!(n < 100_000);
    }
    assert_eq!(m.len() as u64, n);
    assert!((0..n).all(|i| !m.get(&types.0, (&raw const i).cast()).unwrap().is_null()));
    heap.collect(&mut |marker| marker.word(m.word()));
    assert!(MapRef::make(&mut heap, &types.0, t, 1 << 29, 0).is_none());
    for hint in [i64::MAX, i64::MIN] {
        assert!(MapRef::make(&mut heap, &types.0, t, hint, 0).is_some());
    }
}

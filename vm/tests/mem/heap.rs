//! Allocation and collection: random object graphs against a model.

use std::collections::{HashMap, HashSet};

use vm::mem::{AllocKind, Heap, Marker};
use vm::rtype::Kind;

use crate::types::{Rng, Types, addr, mem, rounds};

/// An object of the model: its address, payload size and the ids in its pointer words.
struct Object {
    addr: u64,
    words: usize,
    /// Which words are pointers in its layout.
    pointers: Vec<usize>,
    refs: HashMap<usize, (u64, u64)>,
    tag: u64,
}

/// Random allocation, linking (with interior pointers), unlinking and collection, checked against a graph.
#[test]
fn graph_survives_as_the_model_says() {
    let mut types = Types::new();
    let int = types.basic(Kind::Int);
    let ptr = types.pointer(int);
    let node = types.structure(&[("tag", int), ("l", ptr), ("n", int), ("r", ptr)]);
    let sizes = [1, 3, 20, 64, 200, 700, 3000, 40_000, 300_000];
    let (m, mut rng, mut heap) = (mem(), Rng(7), Heap::new());
    let mut objects: HashMap<u64, Object> = HashMap::new();
    let mut roots: Vec<u64> = Vec::new();
    for round in 0..rounds(30_000) {
        let next = round as u64 + 1;
        let n = if rng.below(50) == 0 {
            sizes[rng.below(sizes.len())]
        } else {
            sizes[rng.below(5)]
        };
        let (p, words, pointers) = match rng.below(4) {
            0 => (heap.alloc_type(types.get(node)), 4, vec![1, 3]),
            1 => {
                let bytes = n * 32;
                (
                    heap.alloc(bytes, AllocKind::Array(types.get(node))),
                    n * 4,
                    (0..n).flat_map(|i| [4 * i + 1, 4 * i + 3]).collect(),
                )
            }
            2 => (
                heap.alloc(n * 8 + 8, AllocKind::Conservative),
                n + 1,
                (1..=n).collect(),
            ),
            _ => (heap.alloc_noscan(n * 8), n, Vec::new()),
        };
        assert!(!p.is_null());
        let a = addr(p);
        assert!(
            (0..words as u64).all(|w| m.load::<u64>(a + 8 * w) == 0),
            "fresh memory is zero"
        );
        m.store(a, next);
        objects.insert(
            next,
            Object {
                addr: a,
                words,
                pointers,
                refs: HashMap::new(),
                tag: next,
            },
        );
        roots.push(next);
        link(&mut rng, &mut objects, &roots);
        if roots.len() > 60 {
            let i = rng.below(roots.len());
            roots.swap_remove(i);
        }
        if heap.should_collect() || round % 997 == 0 {
            collect_and_check(&mut heap, &mut objects, &roots);
        }
    }
    collect_and_check(&mut heap, &mut objects, &roots);
    roots.clear();
    collect_and_check(&mut heap, &mut objects, &roots);
    assert_eq!(heap.stats().heap_objects, 0);
    assert_eq!(heap.stats().heap_alloc, 0);
}

/// Points a word of a random live object somewhere into another one.
fn link(rng: &mut Rng, objects: &mut HashMap<u64, Object>, roots: &[u64]) {
    let m = mem();
    let (from, to) = (roots[rng.below(roots.len())], roots[rng.below(roots.len())]);
    let (target, size) = (objects[&to].addr, objects[&to].words as u64 * 8);
    let interior = target + rng.next() % size;
    let o = objects.get_mut(&from).expect("rooted objects live");
    if !o.pointers.is_empty() {
        let w = o.pointers[rng.below(o.pointers.len())];
        m.store(o.addr + 8 * w as u64, interior);
        o.refs.insert(w, (to, interior));
    }
}

fn collect_and_check(heap: &mut Heap, objects: &mut HashMap<u64, Object>, roots: &[u64]) {
    let m = mem();
    heap.collect(&mut |marker: &mut Marker<'_>| {
        for id in roots {
            let o = &objects[id];
            marker.word(o.addr + (id % (o.words as u64 * 8)));
        }
    });
    let mut live = HashSet::new();
    let mut todo = roots.to_vec();
    while let Some(id) = todo.pop() {
        if live.insert(id) {
            todo.extend(objects[&id].refs.values().map(|r| r.0));
        }
    }
    objects.retain(|id, o| {
        let is_live = live.contains(id);
        assert_eq!(
            heap.is_heap_address(o.addr),
            is_live,
            "object {id} of {} words",
            o.words
        );
        if is_live {
            assert_eq!(m.load::<u64>(o.addr), o.tag);
            for (&w, &(_, at)) in &o.refs {
                assert_eq!(m.load::<u64>(o.addr + 8 * w as u64), at);
            }
        }
        is_live
    });
    assert_eq!(heap.stats().heap_objects, objects.len() as u64);
}

#[test]
fn memory_comes_back() {
    let mut types = Types::new();
    let int = types.basic(Kind::Int);
    let ptr = types.pointer(int);
    let node = types.structure(&[("l", ptr), ("r", ptr)]);
    let mut heap = Heap::new();
    for _ in 0..rounds(3_000_000) {
        let p = heap.alloc_type(types.get(node));
        assert!(!p.is_null());
        if heap.should_collect() {
            heap.collect(&mut |_| {});
        }
    }
    let s = heap.stats();
    assert!(s.sys < 24 << 20, "{s:?}");
    for _ in 0..rounds(200) {
        assert!(!heap.alloc_noscan(3 << 20).is_null());
        if heap.should_collect() {
            heap.collect(&mut |_| {});
        }
    }
    let s = heap.stats();
    assert!(s.sys < 40 << 20, "{s:?}");
    heap.collect(&mut |_| {});
    assert!(heap.stats().sys < 16 << 20, "{:?}", heap.stats());
}

#[test]
fn limits_answer_null() {
    let mut heap = Heap::new();
    heap.set_limit(8 << 20);
    assert!(heap.alloc_noscan(9 << 20).is_null());
    assert!(heap.alloc_noscan(1 << 60).is_null());
    let mut n = 0;
    while !heap.alloc_noscan(1000).is_null() {
        n += 1;
        assert!(n < 9000);
    }
    assert!(n > 7000, "{n}");
    assert!(heap.should_collect());
    heap.collect(&mut |_| {});
    assert!(!heap.alloc_noscan(1000).is_null());
    assert!(!heap.alloc_noscan(4 << 20).is_null());
}

#[test]
fn statics_pins_and_globals_are_roots() {
    let mut types = Types::new();
    let int = types.basic(Kind::Int);
    let string = types.basic(Kind::String);
    let ptr = types.pointer(int);
    let big = types.array(string, 1000);
    let (m, mut heap) = (mem(), Heap::new());
    let g = addr(heap.alloc_global(types.get(ptr)));
    let strings = addr(heap.alloc_global(types.get(big)));
    let (a, b, c) = (
        addr(heap.alloc_noscan(8)),
        addr(heap.alloc_noscan(100)),
        addr(heap.alloc_noscan(48)),
    );
    m.store(g, a);
    m.store(strings + 16 * 999, b + 50);
    // A string's length is no pointer.
    m.store(strings + 8, c);
    let pinned = addr(heap.alloc_noscan(8));
    let pin = heap.pin(pinned);
    heap.collect(&mut |_| {});
    assert!(
        heap.is_heap_address(a)
            && heap.is_heap_address(b)
            && !heap.is_heap_address(c)
            && heap.is_heap_address(pinned)
    );
    heap.unpin(pin);
    m.store(g, 0_u64);
    heap.collect(&mut |_| {});
    assert!(!heap.is_heap_address(a) && !heap.is_heap_address(pinned));
    assert_eq!(
        heap.intern_static_bytes(b"go"),
        heap.intern_static_bytes(b"go")
    );
    assert!(!heap.is_heap_address(g));
}

#[test]
fn words_that_are_no_addresses_are_ignored() {
    let mut heap = Heap::new();
    let p = addr(heap.alloc_noscan(8));
    let words: Vec<u64> = vec![
        0,
        1,
        8,
        u64::MAX,
        1 << 63,
        1 << 47,
        (1 << 47) - 1,
        p & !0x3f_ffff,
        (p & !0x3f_ffff) + 4096,
        p + (1 << 22),
    ];
    // SAFETY: a slice's own words.
    heap.collect(&mut |m| unsafe { m.range_conservative(words.as_ptr(), words.len()) });
    assert_eq!(heap.stats().heap_objects, 0);
    let zero = heap.alloc_noscan(0);
    assert!(!zero.is_null() && zero == heap.alloc(0, AllocKind::Conservative));
}

#[test]
fn channels_keep_what_they_buffer() {
    let mut types = Types::new();
    let string = types.basic(Kind::String);
    let (m, mut heap) = (mem(), Heap::new());
    let head = size_of::<chanrt::Hchan>();
    for cap in [1, 3, 20, 1000, 100_000] {
        let c = addr(heap.alloc(head + 16 * cap, AllocKind::Chan(types.get(string))));
        let s = addr(heap.alloc_noscan(5));
        m.store(c + (head + 16 * (cap - 1)) as u64, s);
        heap.collect(&mut |marker| marker.word(c));
        assert!(heap.is_heap_address(c) && heap.is_heap_address(s), "{cap}");
    }
}

//! Iteration under mutation: Go's promises against a model.

use std::collections::{HashMap, HashSet};

use vm::mem::{Heap, MapIter, MapRef};
use vm::rtype::Kind;

use crate::types::{Rng, Types, addr, mem, rounds};

/// One iteration while entries come and go: those there throughout appear exactly once, deleted ones not, others at most once.
#[test]
fn promises_hold_under_mutation() {
    let mut types = Types::new();
    let (int, string) = (types.basic(Kind::Int), types.basic(Kind::String));
    let (plain, pointers) = (types.map(int, int), types.map(int, string));
    let mut rng = Rng(3);
    for round in 0..rounds(3000) {
        let (mm, mut heap) = (mem(), Heap::new());
        let t = if round % 2 == 0 { plain } else { pointers };
        let m = MapRef::make(&mut heap, &types.0, t, 0, rng.next()).unwrap();
        let start = rng.below([3, 10, 100, 400][round % 4]) as u64 + 1;
        let mut insertions: HashMap<u64, u32> = HashMap::new();
        let insert = |heap: &mut Heap, k: u64, insertions: &mut HashMap<u64, u32>| {
            let before = m.len();
            m.get_or_insert(heap, &types.0, (&raw const k).cast())
                .unwrap();
            *insertions.entry(k).or_default() += (m.len() - before) as u32;
        };
        (0..start).for_each(|k| insert(&mut heap, k, &mut insertions));
        let mut throughout: HashSet<u64> = (0..start).collect();
        let mut live = throughout.clone();
        let (mut seen, mut cleared): (HashMap<u64, u32>, bool) = (HashMap::new(), false);
        let mut words = MapIter::new(m, rng.next()).to_words();
        let churn = rng.below(6);
        loop {
            let mut it = MapIter::from_words(words);
            let Some((k, _)) = it.next() else { break };
            words = it.to_words();
            let k = mm.load::<u64>(addr(k));
            assert!(live.contains(&k), "a deleted entry was produced");
            *seen.entry(k).or_default() += 1;
            for _ in 0..churn {
                let k = rng.next() % (start * 3);
                if rng.below(2) == 0 {
                    insert(&mut heap, k, &mut insertions);
                    live.insert(k);
                } else {
                    assert_eq!(
                        m.delete(&types.0, (&raw const k).cast()).unwrap(),
                        live.remove(&k)
                    );
                    throughout.remove(&k);
                }
            }
            if rng.below(400) == 0 {
                m.clear();
                (live, cleared) = (HashSet::new(), true);
                throughout.clear();
            }
            if rng.below(20) == 0 {
                heap.collect(&mut |marker| {
                    marker.word(m.word());
                    words.iter().for_each(|&w| marker.word(w));
                });
            }
        }
        for (k, n) in &seen {
            assert!(n <= &insertions[k], "an entry was produced twice");
        }
        assert!(
            throughout.iter().all(|k| seen.contains_key(k)),
            "an entry was missed (cleared: {cleared})"
        );
    }
}

#[test]
fn every_entry_can_come_first() {
    let mut types = Types::new();
    let int = types.basic(Kind::Int);
    let t = types.map(int, int);
    let mut heap = Heap::new();
    let m = MapRef::make(&mut heap, &types.0, t, 0, 1).unwrap();
    for k in 0..5_u64 {
        m.get_or_insert(&mut heap, &types.0, (&raw const k).cast())
            .unwrap();
    }
    let firsts: HashSet<u64> = (0..5)
        .map(|r| mem().load::<u64>(addr(MapIter::new(m, r).next().unwrap().0)))
        .collect();
    assert_eq!(firsts.len(), 5);
}

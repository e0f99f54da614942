//! Trials: types made while something is only tried, and taken back afterwards.
//!
//! Invariants: a trial's types have the ids behind those from before; what a trial changes about an older entry is in its journal, so that
//! nothing that stays knows an id that goes. Trials do not nest.

use super::{Named, NamedId, Type, TypeId, TypeSet, Types};
use std::rc::Rc;

/// What a trial has changed about entries from before it.
#[derive(Debug)]
pub(super) struct Journal {
    types: usize,
    named: usize,
    tparams: usize,
    /// Named types as they were.
    before: Vec<(NamedId, Named)>,
    /// Type sets that have been computed.
    pub(super) type_sets: Vec<TypeId>,
    /// Canonical ids that have been computed.
    pub(super) canonical: Vec<TypeId>,
}

impl Journal {
    /// Notes a named type before it changes.
    pub(super) fn changing_named(&mut self, n: NamedId, now: &Named) {
        if (n.0 as usize) < self.named {
            self.before.push((n, now.clone()));
        }
    }
}

impl Types {
    /// Begins a trial.
    pub(crate) fn begin_trial(&self) {
        let inner = &mut *self.inner.borrow_mut();
        inner.trial = Some(Journal {
            types: inner.types.len(),
            named: inner.named.len(),
            tparams: inner.tparams.len(),
            before: Vec::new(),
            type_sets: Vec::new(),
            canonical: Vec::new(),
        });
    }

    /// Ends a trial and keeps everything.
    pub(crate) fn keep_trial(&self) {
        let inner = &mut *self.inner.borrow_mut();
        inner.trial = None;
        inner.rest();
    }

    /// Ends a trial as if it had not been.
    pub(crate) fn undo_trial(&self) {
        let inner = &mut *self.inner.borrow_mut();
        if let Some(journal) = inner.trial.take() {
            inner.undo(journal);
        }
        inner.rest();
    }

    /// Remembers a canonical id.
    pub(super) fn cache_canonical(&self, t: TypeId, c: TypeId) {
        let inner = &mut *self.inner.borrow_mut();
        if inner.canonical.insert(t, c).is_none()
            && let Some(trial) = &mut inner.trial
        {
            trial.canonical.push(t);
        }
    }

    /// Remembers a computed type set.
    pub(super) fn cache_type_set(&self, t: TypeId, set: Rc<TypeSet>) {
        let inner = &mut *self.inner.borrow_mut();
        if inner.type_sets.insert(t, set).is_none()
            && let Some(trial) = &mut inner.trial
        {
            trial.type_sets.push(t);
        }
    }
}

impl super::store::Inner {
    /// Forgets walks that a Rust panic may have cut short.
    fn rest(&mut self) {
        self.expanding.clear();
        self.comparing.clear();
        self.canonicalizing.clear();
        self.computing.clear();
    }

    fn undo(&mut self, journal: Journal) {
        for t in journal.type_sets {
            self.type_sets.remove(&t);
        }
        for t in journal.canonical {
            self.canonical.remove(&t);
        }
        for (n, before) in journal.before.into_iter().rev() {
            self.named[n.0 as usize] = before;
        }
        for named in self.named.drain(journal.named..) {
            if let Some(key) = named.origin {
                self.instances.remove(&key);
            }
        }
        self.named_ids.truncate(journal.named);
        self.tparams.truncate(journal.tparams);
        self.tparam_ids.truncate(journal.tparams);
        for id in (journal.types..self.types.len()).map(|i| TypeId(i as u32)) {
            self.spellings.remove(&id);
            self.alias_args.remove(&id);
            self.alias_tparams.remove(&id);
            self.sig_names.remove(&id);
        }
        for (i, ty) in self.types.drain(journal.types..).enumerate() {
            let id = TypeId((journal.types + i) as u32);
            if self.index.get(&ty) == Some(&id) {
                self.index.remove::<Type>(&ty);
            }
        }
        self.canon.truncate(journal.types);
    }
}

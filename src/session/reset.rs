//! Going back: undoing inputs, and starting anew.

use super::{Session, machine};
use lang::ast::NodeIds;
use lang::check::Undo;
use std::rc::Rc;

/// Inputs that can be undone.
const UNDOS: usize = 100;

/// What an undone input was.
pub struct Undone {
    /// Its number.
    pub input: usize,
    /// The names that it declared and that meant something before.
    pub old: Vec<String>,
    /// The names that it declared first.
    pub new: Vec<String>,
}

impl Session {
    pub(super) fn remember(&mut self, input: usize, undo: Undo) {
        self.undos.push((input, undo));
        if self.undos.len() > UNDOS {
            self.undos.remove(0);
        }
    }

    /// Takes back the declarations of the last input that has not been undone: names mean what they meant before. What it did stays done.
    pub fn undo(&mut self) -> Option<Undone> {
        let (input, undo) = self.undos.pop()?;
        let pkg = self.pkg;
        self.world().undo_script(pkg, &undo);
        let of = |known: bool| {
            let those = undo.names().filter(|n| n.1 == known);
            let mut names: Vec<String> = those.map(|n| n.0.to_string()).collect();
            names.sort();
            names
        };
        Some(Undone {
            input,
            old: of(true),
            new: of(false),
        })
    }

    /// Starts anew: no declarations, no goroutines, a new heap. Its stoppers go on working.
    pub fn reset(&mut self) {
        let was_virtual = self.vm.is_virtual_time();
        let (out, err) = self.vm.retire();
        let (packages, vm, pkg) = machine(self.options.clone(), out, err);
        self.vm = vm;
        self.vm.set_virtual_time(was_virtual);
        (self.packages, self.pkg) = (packages, pkg);
        self.ids = Rc::new(NodeIds::default());
        self.number = 0;
        self.parked.clear();
        self.crashed.clear();
        self.missed.clear();
        self.undos.clear();
        if let Ok(mut interrupter) = self.interrupter.lock() {
            *interrupter = self.vm.interrupter();
        }
    }
}

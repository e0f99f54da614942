//! What a value says of itself: its Error or String method.
//!
//! Invariants: a method is asked only once its value has been shown to be there, with a bounded allowance; one that panics, waits or goes on and on says
//! nothing, and leaves no trace but what it does itself.

use super::{Allowance, Echo, Session};
use lang::types::{ObjId, Type, TypeId};
use vm::rtype::Kind;

/// Taken jumps and calls that a method may make.
const STEPS: u64 = 1 << 18;
/// Letters shown.
const MOST: usize = 100;

impl Session {
    /// Adds to values what their methods say of them.
    pub(super) fn ask_values(&mut self, echoes: &mut [Echo]) {
        for echo in echoes {
            if let Some(var) = self.variable(&echo.name) {
                echo.words = self.words(&echo.name, var);
            }
        }
    }

    fn words(&mut self, name: &str, var: ObjId) -> Option<String> {
        let ty = self.world().objects.ty(var);
        if !self.may_speak(ty) || self.is_nil(var) {
            return None;
        }
        let says = |s: &mut Session, method: &str| {
            let ty = s.type_of(&format!("{name}.{method}"));
            ty.is_ok_and(|t| t == "func() string")
        };
        let method = ["Error", "String"].into_iter().find(|m| says(self, m))?;
        let before = self.allowance();
        self.allow(Allowance {
            steps: STEPS.min(before.steps),
            ..before
        });
        let said = self.said(&format!("{name}.{method}()"));
        self.allow(before);
        said
    }

    /// Whether a type can have methods of its own.
    fn may_speak(&mut self, ty: TypeId) -> bool {
        let types = &self.world().types;
        let (base, _) = types.deref(ty);
        types.as_named(base).is_some() || matches!(types.under(ty), Type::Interface(_))
    }

    fn is_nil(&mut self, var: ObjId) -> bool {
        self.vm.global(var).is_none_or(|v| {
            let held = if v.kind() == Kind::Interface {
                v.elem()
            } else {
                Some(v)
            };
            held.is_none_or(|v| v.kind() == Kind::Pointer && v.is_nil())
        })
    }

    /// The string that an expression gives, on one line.
    fn said(&mut self, call: &str) -> Option<String> {
        let looked = self.look(call).ok()?;
        let text = self.vm.global(looked.var).map(|v| v.as_str().into_owned());
        self.drop_value(looked);
        let text = text?;
        let mut shown: String = text.chars().take(MOST).map(plain).collect();
        if text.chars().nth(MOST).is_some() {
            shown.push('…');
        }
        (!shown.is_empty()).then_some(shown)
    }
}

fn plain(c: char) -> char {
    if c.is_control() { ' ' } else { c }
}

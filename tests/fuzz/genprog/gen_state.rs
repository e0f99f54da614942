//! The generator's state: what is in scope, what the current function may do, what it costs, and the text so far.
//!
//! Invariants that make every program valid, deterministic and finite:
//! - An expression has no side effects and, but for `risk.rs`, cannot panic; effects are statements of their own, so
//!   no result depends on an order of evaluation that the specification leaves open.
//! - A pure function writes only to what it owns and prints nothing; only pure code runs in goroutines.
//! - Functions call only what was generated before them, and function literals call no function values: no recursion
//!   but the depth-limited kind. `cost` × `mult` bounds the work of every function from above.
//! - Appending never reveals a grown capacity: shared slices are clipped first, linear ones are never aliased.

use crate::rng::Rng;
use crate::types::{Kind, T, Types};
use std::collections::BTreeSet;

/// An expression: text, precedence of its outermost operator, and what is known of it as a constant.
#[derive(Clone, Debug)]
pub struct E {
    pub s: String,
    /// 1 to 5 for binary operators, 6 for unary ones, 7 for primary expressions.
    pub p: u8,
    /// The value of an integer constant.
    pub cv: Option<i128>,
    /// Constant, of whatever type.
    pub k: bool,
}

impl E {
    /// A primary expression that is no constant.
    pub fn new(s: impl Into<String>) -> E {
        E {
            s: s.into(),
            p: 7,
            cv: None,
            k: false,
        }
    }

    /// A constant that is no integer.
    pub fn constant(s: impl Into<String>) -> E {
        let s: String = s.into();
        let p = if s.starts_with('-') { 6 } else { 7 };
        E {
            s,
            p,
            cv: None,
            k: true,
        }
    }

    /// An integer constant.
    pub fn int(s: impl Into<String>, v: i128) -> E {
        E {
            cv: Some(v),
            ..E::constant(s)
        }
    }

    /// The text, in parentheses if it binds less tightly than `p`.
    pub fn at(&self, p: u8) -> String {
        if self.p < p {
            format!("({})", self.s)
        } else {
            self.s.clone()
        }
    }

    /// The text as the header of an `if`, `for` or `switch`, where a composite literal needs parentheses.
    pub fn header(&self) -> String {
        if self.s.contains('{') {
            format!("({})", self.s)
        } else {
            self.s.clone()
        }
    }
}

/// A variable in scope.
#[derive(Clone, Debug)]
pub struct Var {
    pub name: String,
    pub ty: T,
    pub assign: bool,
    /// A slice that nothing else aliases: it may be appended to in place, and is never handed out.
    pub linear: bool,
    /// A map that only this function knows.
    pub owned: bool,
    pub used: bool,
    pub hidden: bool,
}

/// A function that can be called.
#[derive(Clone, Debug)]
pub struct Func {
    pub name: String,
    pub params: Vec<T>,
    pub variadic: Option<T>,
    pub results: Vec<T>,
    pub pure: bool,
    pub dynamic: bool,
    /// The first parameter bounds the recursion.
    pub depth: bool,
    pub cost: u64,
}

/// A method name with its one signature.
#[derive(Clone, Debug)]
pub struct Sig {
    pub name: String,
    pub params: Vec<T>,
    pub results: Vec<T>,
    pub pure: bool,
}

/// A method that can be called already.
#[derive(Clone, Copy, Debug)]
pub struct Ready {
    pub recv: T,
    pub sig: usize,
}

/// A loop around the current statement.
#[derive(Clone, Debug)]
pub struct Loop {
    pub label: String,
    pub used: bool,
}

/// What the function being generated may do.
#[derive(Clone, Debug)]
pub struct Fx {
    pub pure: bool,
    /// No calls of function values or interface methods: inside literals and methods.
    pub still: bool,
    /// No printing of values whose methods `fmt` would call.
    pub quiet: bool,
    pub results: Vec<T>,
    pub named: Vec<String>,
    pub loops: Vec<Loop>,
    /// Variables from here on belong to this function.
    pub own: usize,
    pub cost: u64,
    pub limit: u64,
    pub mult: u64,
    pub dynamic: bool,
    /// Nesting of blocks.
    pub nest: u32,
    /// Nesting of function literals.
    pub lits: u32,
}

impl Fx {
    /// The rules of a function whose estimated cost must stay under `limit`.
    pub fn new(pure: bool, still: bool, results: &[T], own: usize, limit: u64) -> Fx {
        Fx {
            pure,
            still,
            quiet: false,
            results: results.to_vec(),
            named: Vec::new(),
            loops: Vec::new(),
            own,
            cost: 0,
            limit,
            mult: 1,
            dynamic: false,
            nest: 0,
            lits: 0,
        }
    }
}

/// The knobs of one program.
#[derive(Clone, Debug)]
pub struct Options {
    pub size: u32,
    pub without: BTreeSet<String>,
    pub package: String,
}

/// A program being generated.
pub struct Gen {
    pub r: Rng,
    pub ty: Types,
    pub opt: Options,
    pub out: String,
    pub ind: usize,
    pub top: Vec<String>,
    pub vars: Vec<Var>,
    pub fx: Fx,
    pub funcs: Vec<Func>,
    pub sigs: Vec<Sig>,
    pub ready: Vec<Ready>,
    pub consts: Vec<(String, T, i128)>,
    pub needs: BTreeSet<&'static str>,
    pub imports: BTreeSet<&'static str>,
    /// Types that random choices draw from.
    pub pool: Vec<T>,
    /// Nesting of access paths and composite values; bounds the size of an expression that `d` does not bound.
    pub deep: u32,
    ids: usize,
    traces: usize,
}

impl Gen {
    /// An empty program.
    pub fn new(seed: u64, opt: Options) -> Gen {
        Gen {
            r: Rng::new(seed),
            ty: Types::new(),
            opt,
            out: String::new(),
            ind: 0,
            top: Vec::new(),
            vars: Vec::new(),
            fx: Fx::new(false, false, &[], 0, 1000),
            funcs: Vec::new(),
            sigs: Vec::new(),
            ready: Vec::new(),
            consts: Vec::new(),
            needs: BTreeSet::new(),
            imports: BTreeSet::new(),
            pool: Vec::new(),
            deep: 0,
            ids: 0,
            traces: 0,
        }
    }

    /// The feature is switched on.
    pub fn on(&self, feature: &str) -> bool {
        !self.opt.without.contains(feature)
    }

    /// A name nobody has used.
    pub fn fresh(&mut self, prefix: &str) -> String {
        self.ids += 1;
        format!("{prefix}{}", self.ids)
    }

    /// The number of the next trace line.
    pub fn trace_id(&mut self) -> usize {
        self.traces += 1;
        self.traces
    }

    /// Asks for a helper of the prelude, and names it.
    pub fn need(&mut self, helper: &'static str) -> &'static str {
        self.needs.insert(helper);
        helper
    }

    /// Imports a package.
    pub fn import(&mut self, path: &'static str) {
        self.imports.insert(path);
    }

    /// Writes a template, `$0` to `$9` replaced, each of its lines indented.
    pub fn emit(&mut self, template: &str, args: &[&str]) {
        let text = fill(template, args, self.ind);
        self.out.push_str(&text);
    }

    /// Writes a block: `head {`, what `body` writes, `}`.
    pub fn block(&mut self, head: &str, body: impl FnOnce(&mut Gen)) {
        self.emit("$0 {", &[head]);
        self.ind += 1;
        body(self);
        self.ind -= 1;
        self.emit("}", &[]);
    }

    /// What `body` writes, kept apart.
    pub fn capture(&mut self, body: impl FnOnce(&mut Gen)) -> String {
        let kept = std::mem::take(&mut self.out);
        body(self);
        std::mem::replace(&mut self.out, kept)
    }

    /// A top-level declaration made of what `body` writes.
    pub fn declare_top(&mut self, body: impl FnOnce(&mut Gen)) {
        let ind = std::mem::take(&mut self.ind);
        let text = self.capture(body);
        self.ind = ind;
        self.top.push(text);
    }

    /// Counts work; `n` is multiplied by the trip counts of the loops around.
    pub fn spend(&mut self, n: u64) {
        self.fx.cost = self.fx.cost.saturating_add(n.saturating_mul(self.fx.mult));
    }

    /// There is room for `n` more steps here.
    pub fn affords(&self, n: u64) -> bool {
        self.fx.cost.saturating_add(n.saturating_mul(self.fx.mult)) <= self.fx.limit
    }

    /// Brings a variable into scope, hiding one of the same name.
    pub fn bind(&mut self, name: &str, ty: T, assign: bool) -> &mut Var {
        for v in self.vars.iter_mut().filter(|v| v.name == name) {
            v.hidden = true;
        }
        let var = Var {
            name: name.into(),
            ty,
            assign,
            linear: false,
            owned: false,
            used: false,
            hidden: false,
        };
        self.vars.push(var);
        self.vars.last_mut().expect("just pushed")
    }

    /// Runs `body` in a scope of its own; variables left unused are mentioned at its end.
    pub fn scope(&mut self, body: impl FnOnce(&mut Gen)) {
        let from = self.vars.len();
        self.fx.nest += 1;
        body(self);
        self.fx.nest -= 1;
        self.close_scope(from);
    }

    fn close_scope(&mut self, from: usize) {
        let gone = self.vars.split_off(from);
        for v in gone {
            if !v.used {
                self.emit("_ = $0", &[&v.name]);
            }
            // Whatever this name hid comes back: the last hidden one of that name.
            if !self.vars.iter().any(|x| x.name == v.name && !x.hidden)
                && let Some(x) = self.vars.iter_mut().rev().find(|x| x.name == v.name)
            {
                x.hidden = false;
            }
        }
    }

    /// The indices of the visible variables that `want` accepts.
    pub fn visible(&self, want: impl Fn(&Var) -> bool) -> Vec<usize> {
        (0..self.vars.len())
            .filter(|&i| !self.vars[i].hidden && want(&self.vars[i]))
            .collect()
    }

    /// Marks the variable as used, and gives its name.
    pub fn use_var(&mut self, i: usize) -> String {
        self.vars[i].used = true;
        self.vars[i].name.clone()
    }

    /// Generates a function body under rules of its own, and gives the text, with the rules as they ended.
    pub fn under(&mut self, fx: Fx, body: impl FnOnce(&mut Gen)) -> (String, Fx) {
        let kept = std::mem::replace(&mut self.fx, fx);
        self.ind += 1;
        let text = self.capture(|g| g.scope(body));
        self.ind -= 1;
        let done = std::mem::replace(&mut self.fx, kept);
        (text, done)
    }

    /// The same, with a return of the results as the last statement.
    pub fn under_returning(&mut self, fx: Fx, body: impl FnOnce(&mut Gen)) -> (String, Fx) {
        let mut tail = String::new();
        let (mut text, done) = self.under(fx, |g| {
            body(g);
            tail = g.capture(|g| g.return_stmt());
        });
        text.push_str(&tail);
        (text, done)
    }

    /// A type from the pool that `want` accepts, or `other`.
    pub fn some_type(&mut self, other: T, want: impl Fn(&Types, T) -> bool) -> T {
        let fit: Vec<T> = self
            .pool
            .iter()
            .copied()
            .filter(|&t| want(&self.ty, t))
            .collect();
        if fit.is_empty() {
            other
        } else {
            self.r.pick(&fit)
        }
    }

    /// A basic type, integers more often than not.
    pub fn basic_type(&mut self) -> T {
        let fit: Vec<T> = self
            .pool
            .iter()
            .copied()
            .filter(|&t| self.ty.is_basic(t))
            .collect();
        self.r.pick(&fit)
    }

    /// An integer type.
    pub fn int_type(&mut self) -> T {
        self.some_type(crate::types::INT, |ty, t| ty.is_int(t))
    }

    /// The structure of a type.
    pub fn kind(&self, t: T) -> Kind {
        self.ty.kind(t)
    }

    /// The spelling of a type.
    pub fn tn(&self, t: T) -> String {
        self.ty.name(t)
    }
}

/// Replaces `$0` to `$9` and indents each line of the template (not of the arguments).
pub fn fill(template: &str, args: &[&str], indent: usize) -> String {
    let mut out = String::new();
    for line in template.lines() {
        for _ in 0..indent {
            out.push('\t');
        }
        let mut chars = line.chars().peekable();
        while let Some(c) = chars.next() {
            match chars.peek().and_then(|d| d.to_digit(10)) {
                Some(d) if c == '$' => {
                    chars.next();
                    out.push_str(args[d as usize]);
                }
                _ => out.push(c),
            }
        }
        out.push('\n');
    }
    out
}

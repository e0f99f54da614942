//! Branch statements and labels: misplaced `break`, `continue` and `fallthrough`, undefined, duplicate and unused labels,
//! `goto`s into blocks and over variable declarations (worded as gc's `checkBranches`).

use super::expr_string;
use crate::ast::{AssignOp, BranchKind, Decl, Expr, Ident, Stmt, StmtKind, deep};
use crate::diag::{Code, Diagnostic};
use crate::source::Pos;
use crate::symbol::Symbol;
use rustc_hash::FxHashMap;

/// A declared label of the function.
struct Label {
    ident: Ident,
    block: usize,
    target: TargetKind,
    used: bool,
}

/// What a label stands before.
#[derive(Clone, Copy, PartialEq)]
enum TargetKind {
    Loop,
    Breakable,
    Other,
}

/// A block of the function; `label` is the label of the statement the block belongs to.
struct Block {
    parent: Option<usize>,
    start: Pos,
    label: Option<Ident>,
}

/// What `break`, `continue` and `fallthrough` mean at some place.
#[derive(Clone, Copy)]
struct Targets {
    breaks: Option<Breaks>,
    in_loop: bool,
    case: Case,
}

#[derive(Clone, Copy, PartialEq)]
enum Breaks {
    Switch,
    TypeSwitch,
    Other,
}

/// Where in a switch a statement list stands.
#[derive(Clone, Copy, PartialEq)]
enum Case {
    None,
    Inner,
    Final,
}

/// A `goto` whose label has not been met yet; `over` is the declaration it jumps over, if any.
struct ForwardGoto {
    label: Ident,
    over: Option<(String, Pos)>,
}

struct LabelScope<'p> {
    position: &'p dyn Fn(Pos) -> String,
    diags: Vec<Diagnostic>,
    labels: FxHashMap<Symbol, Label>,
    blocks: Vec<Block>,
}

/// What is wrong with the branch statements and labels among a function's (or a script's top-level) statements, which begin at
/// `start`. `position` shows a position as `file:line:col`.
pub fn check_branches(
    start: Pos,
    list: &[&Stmt],
    position: &dyn Fn(Pos) -> String,
) -> Vec<Diagnostic> {
    let mut scope = LabelScope {
        position,
        diags: Vec::new(),
        labels: FxHashMap::default(),
        blocks: Vec::new(),
    };
    let targets = Targets {
        breaks: None,
        in_loop: false,
        case: Case::None,
    };
    let forward = scope.block(None, targets, None, start, list);
    scope.finish(forward)
}

impl LabelScope<'_> {
    fn error(&mut self, at: Ident, code: Code, message: String) {
        self.diags.push(Diagnostic::error(code, at.span, message));
    }

    /// Reports the gotos that found no label and the labels nobody uses.
    fn finish(mut self, forward: Vec<ForwardGoto>) -> Vec<Diagnostic> {
        for goto in forward {
            let name = goto.label.name;
            match self.labels.get_mut(&name) {
                Some(label) => {
                    label.used = true;
                    let start = self.blocks[label.block].start;
                    let at = (self.position)(start);
                    self.error(
                        goto.label,
                        Code::JumpIntoBlock,
                        format!("goto {name} jumps into block starting at {at}"),
                    );
                }
                None => self.error(
                    goto.label,
                    Code::UndeclaredLabel,
                    format!("label {name} not defined"),
                ),
            }
        }
        let mut unused: Vec<Ident> = self
            .labels
            .values()
            .filter(|l| !l.used)
            .map(|l| l.ident)
            .collect();
        unused.sort_by_key(|id| id.span.lo);
        for id in unused {
            self.error(
                id,
                Code::UnusedLabel,
                format!("label {} defined and not used", id.name),
            );
        }
        self.diags
    }

    fn declare(&mut self, block: usize, ident: Ident, stmt: &Stmt) {
        if let Some(alt) = self.labels.get(&ident.name) {
            let at = (self.position)(alt.ident.span.lo);
            self.error(
                ident,
                Code::DuplicateLabel,
                format!("label {} already defined at {at}", ident.name),
            );
            return;
        }
        self.labels.insert(
            ident.name,
            Label {
                ident,
                block,
                target: target_kind(stmt),
                used: false,
            },
        );
    }

    /// Whether a `goto` in `block` may jump back to `name`.
    fn goto_target(&mut self, block: usize, name: Symbol) -> bool {
        let Some(label) = self.labels.get_mut(&name) else {
            return false;
        };
        label.used = true;
        let home = label.block;
        self.enclosing(block).any(|b| b == home)
    }

    /// What the label `name` of an enclosing statement stands before; `None` if there is no such label.
    fn enclosing_target(&mut self, block: usize, name: Symbol) -> Option<TargetKind> {
        let label = self.labels.get_mut(&name)?;
        label.used = true;
        let (id, target) = (label.ident.id, label.target);
        let encloses = self
            .enclosing(block)
            .any(|b| self.blocks[b].label.is_some_and(|l| l.id == id));
        Some(if encloses { target } else { TargetKind::Other })
    }

    fn enclosing(&self, block: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(block), |&b| self.blocks[b].parent)
    }

    /// Checks one statement list; what is returned are the gotos that must find their labels further out.
    fn block(
        &mut self,
        parent: Option<usize>,
        targets: Targets,
        label: Option<Ident>,
        start: Pos,
        list: &[&Stmt],
    ) -> Vec<ForwardGoto> {
        let block = self.blocks.len();
        self.blocks.push(Block {
            parent,
            start,
            label,
        });
        let mut forward = Vec::new();
        let len = list
            .iter()
            .rposition(|s| !matches!(s.kind, StmtKind::Empty))
            .map_or(0, |i| i + 1);
        for (i, s) in list[..len].iter().enumerate() {
            let targets = if i + 1 < len && targets.case != Case::None {
                Targets {
                    case: Case::None,
                    ..targets
                }
            } else {
                targets
            };
            deep(|| self.stmt(block, targets, None, s, &mut forward));
        }
        forward
    }

    fn stmt(
        &mut self,
        block: usize,
        targets: Targets,
        label: Option<Ident>,
        s: &Stmt,
        forward: &mut Vec<ForwardGoto>,
    ) {
        match &s.kind {
            StmtKind::Decl(d) => {
                if let Some(name) = first_var(d) {
                    jump_over(forward, name.name.to_string(), name.span.lo);
                }
            }
            StmtKind::Assign(a) if a.op == AssignOp::Define => {
                jump_over(forward, list_string(&a.lhs), a.op_pos)
            }
            StmtKind::Labeled(name, inner) => {
                let mut label = label;
                if !name.name.is_blank() {
                    self.declare(block, *name, inner);
                    self.resolve(*name, forward);
                    label = Some(*name);
                }
                deep(|| self.stmt(block, targets, label, inner, forward));
            }
            StmtKind::Branch(kind, None) => self.unlabeled(*kind, targets, s),
            StmtKind::Branch(kind, Some(name)) => self.labeled(*kind, block, *name, forward),
            _ => self.nested(block, targets, label, s, forward),
        }
    }

    /// The statements that hold blocks.
    fn nested(
        &mut self,
        block: usize,
        targets: Targets,
        label: Option<Ident>,
        s: &Stmt,
        forward: &mut Vec<ForwardGoto>,
    ) {
        let plain = Targets {
            case: Case::None,
            ..targets
        };
        let looped = Targets {
            breaks: Some(Breaks::Other),
            in_loop: true,
            case: Case::None,
        };
        let clause = |breaks, case| Targets {
            breaks: Some(breaks),
            case,
            ..targets
        };
        let mut inner = |scope: &mut Self, targets, start, list: &[&Stmt]| {
            let gotos = scope.block(Some(block), targets, label, start, list);
            forward.extend(gotos.into_iter().map(|g| ForwardGoto { over: None, ..g }));
        };
        match &s.kind {
            StmtKind::Block(b) => inner(self, plain, b.span.lo, &each(&b.stmts)),
            StmtKind::If(i) => {
                inner(self, plain, i.then.span.lo, &each(&i.then.stmts));
                if let Some(els) = &i.els {
                    inner(self, plain, els.span.lo, &[els]);
                }
            }
            StmtKind::For(f) => inner(self, looped, f.body.span.lo, &each(&f.body.stmts)),
            StmtKind::Range(f) => inner(self, looped, f.body.span.lo, &each(&f.body.stmts)),
            StmtKind::Switch(sw) => {
                let last = sw.clauses.len();
                for (i, c) in sw.clauses.iter().enumerate() {
                    let case = match i + 1 == last {
                        true => Case::Final,
                        false => Case::Inner,
                    };
                    let t = clause(Breaks::Switch, case);
                    inner(self, t, c.span.lo, &each(&c.body));
                }
            }
            StmtKind::TypeSwitch(sw) => {
                let t = clause(Breaks::TypeSwitch, Case::Inner);
                for c in &sw.clauses {
                    inner(self, t, c.span.lo, &each(&c.body));
                }
            }
            StmtKind::Select(sel) => {
                let t = clause(Breaks::Other, Case::None);
                for c in &sel.clauses {
                    inner(self, t, c.span.lo, &each(&c.body));
                }
            }
            _ => {}
        }
    }

    /// The label `name` is declared here: gotos that waited for it have found it.
    fn resolve(&mut self, name: Ident, forward: &mut Vec<ForwardGoto>) {
        let (found, rest): (Vec<_>, Vec<_>) =
            forward.drain(..).partition(|g| g.label.name == name.name);
        *forward = rest;
        for goto in found {
            if let Some(label) = self.labels.get_mut(&name.name) {
                label.used = true;
            }
            if let Some((var, pos)) = goto.over {
                let at = (self.position)(pos);
                let message = format!("goto {} jumps over declaration of {var} at {at}", name.name);
                self.error(goto.label, Code::JumpOverDecl, message);
            }
        }
    }

    fn unlabeled(&mut self, kind: BranchKind, targets: Targets, s: &Stmt) {
        let (code, message) = match kind {
            BranchKind::Break if targets.breaks.is_none() => (
                Code::MisplacedBreak,
                "break is not in a loop, switch, or select",
            ),
            BranchKind::Continue if !targets.in_loop => {
                (Code::MisplacedContinue, "continue is not in a loop")
            }
            BranchKind::Fallthrough => match (targets.breaks, targets.case) {
                (Some(Breaks::TypeSwitch), _) => (
                    Code::MisplacedFallthrough,
                    "cannot fallthrough in type switch",
                ),
                (Some(Breaks::Switch), Case::Inner) => return,
                (Some(Breaks::Switch), Case::Final) => (
                    Code::MisplacedFallthrough,
                    "cannot fallthrough final case in switch",
                ),
                _ => (
                    Code::MisplacedFallthrough,
                    "fallthrough statement out of place",
                ),
            },
            _ => return,
        };
        self.diags.push(Diagnostic::error(code, s.span, message));
    }

    fn labeled(
        &mut self,
        kind: BranchKind,
        block: usize,
        label: Ident,
        forward: &mut Vec<ForwardGoto>,
    ) {
        let name = label.name;
        match kind {
            BranchKind::Break => match self.enclosing_target(block, name) {
                Some(TargetKind::Other) => {
                    self.error(
                        label,
                        Code::MisplacedLabel,
                        format!("invalid break label {name}"),
                    );
                }
                Some(_) => {}
                None => self.error(
                    label,
                    Code::UndeclaredLabel,
                    format!("break label not defined: {name}"),
                ),
            },
            BranchKind::Continue => match self.enclosing_target(block, name) {
                Some(TargetKind::Loop) => {}
                Some(_) => self.error(
                    label,
                    Code::MisplacedLabel,
                    format!("invalid continue label {name}"),
                ),
                None => self.error(
                    label,
                    Code::UndeclaredLabel,
                    format!("continue label not defined: {name}"),
                ),
            },
            BranchKind::Goto if !self.goto_target(block, name) => {
                forward.push(ForwardGoto { label, over: None })
            }
            _ => {}
        }
    }
}

fn each(list: &[Stmt]) -> Vec<&Stmt> {
    list.iter().collect()
}

/// Every goto still under way jumps over this declaration; the last one met is the one reported.
fn jump_over(forward: &mut [ForwardGoto], name: String, pos: Pos) {
    for goto in forward {
        goto.over = Some((name.clone(), pos));
    }
}

fn first_var(d: &Decl) -> Option<Ident> {
    match d {
        Decl::Var(spec) => spec.names.first().copied(),
        Decl::Group(list) => list.iter().find_map(first_var),
        _ => None,
    }
}

fn list_string(list: &[Expr]) -> String {
    list.iter().map(expr_string).collect::<Vec<_>>().join(", ")
}

fn target_kind(s: &Stmt) -> TargetKind {
    match s.kind {
        StmtKind::For(_) | StmtKind::Range(_) => TargetKind::Loop,
        StmtKind::Switch(_) | StmtKind::TypeSwitch(_) | StmtKind::Select(_) => {
            TargetKind::Breakable
        }
        _ => TargetKind::Other,
    }
}

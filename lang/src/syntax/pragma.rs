//! `//go:` directives: what they may say, and which declarations they may stand before (gc's pragmas).
//!
//! Invariants: a directive belongs to the declaration whose first token after the keyword follows it, if nothing else lies between;
//! directives before anything else are misplaced at once, those before a declaration they do not fit once everything else is right.

use super::grammar::In;
use super::state::{State, peek};
use crate::ast::VarSpec;
use crate::diag::{Code, Diagnostic};
use crate::source::{Pos, Span};

/// Directives for functions.
const FUNCTION: [&str; 12] = [
    "go:noescape",
    "go:norace",
    "go:nosplit",
    "go:noinline",
    "go:nocheckptr",
    "go:systemstack",
    "go:nowritebarrier",
    "go:nowritebarrierrec",
    "go:yeswritebarrierrec",
    "go:cgo_unsafe_args",
    "go:uintptrkeepalive",
    "go:uintptrescapes",
];

/// Those of them that are Go's runtime's own.
const RUNTIME: [&str; 4] = [
    "go:systemstack",
    "go:nowritebarrier",
    "go:nowritebarrierrec",
    "go:yeswritebarrierrec",
];

const MISPLACED: &str = "misplaced compiler directive";
/// A directive that waits for its declaration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pragma {
    /// Behind the slashes.
    span: Span,
    kind: PragmaKind,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum PragmaKind {
    Build,
    NoEscape,
    Function,
    Embed,
}

impl Pragma {
    /// What is said of it where it may not stand.
    fn misplaced(self) -> &'static str {
        match self.kind {
            PragmaKind::Embed => "misplaced go:embed directive",
            _ => MISPLACED,
        }
    }
}

/// What a directive can stand before.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Before {
    /// The package clause.
    Package,
    /// A function.
    Func,
    /// An import, a constant or a type.
    Other,
}

/// Reads a Go file's directives; those that are wrong by themselves are reported. What is left waits in order.
pub(super) fn pragmas(
    text: &str,
    base: u32,
    directives: &[(Pos, Box<str>)],
    diags: &mut Vec<Diagnostic>,
) -> Vec<Pragma> {
    let mut list = Vec::new();
    for (pos, directive) in directives.iter().filter(|d| d.1.starts_with("go:")) {
        let lo = pos.0 + 2;
        let span = Span::new(lo, lo + directive.len() as u32);
        let before = &text[..(pos.0 - base) as usize];
        let line = before.rfind('\n').map_or(0, |i| i + 1);
        if !before[line..].trim().is_empty() {
            diags.push(Diagnostic::error(Code::MisplacedDirective, span, MISPLACED));
            continue;
        }
        match read(directive) {
            Ok(kind) => list.extend(kind.map(|kind| Pragma { span, kind })),
            Err(message) => {
                diags.push(Diagnostic::error(Code::BadDirective, span, message));
            }
        }
    }
    list
}

/// What a directive is, if it is one that has its places.
fn read(directive: &str) -> Result<Option<PragmaKind>, String> {
    let fields: Vec<&str> = directive.split_whitespace().collect();
    let verb = fields.first().copied().unwrap_or_default();
    match verb {
        "go:embed" if fields.len() == 1 => Err("usage: //go:embed pattern...".into()),
        "go:embed" => Ok(Some(PragmaKind::Embed)),
        "go:build" => Ok(Some(PragmaKind::Build)),
        "go:linkname" | "go:linknamestd" if fields.len() > 3 => {
            Err(format!("usage: //{verb} localname [linkname]"))
        }
        "go:wasmimport" if !matches!(fields.len(), 1 | 3) => {
            Err("usage: //go:wasmimport importmodule importname".into())
        }
        "go:wasmexport" if fields.len() > 2 => Err("usage: //go:wasmexport exportname".into()),
        "go:cgo_import_dynamic" if fields.len() >= 4 => Ok(None),
        _ if verb.starts_with("go:cgo_") => {
            Err(format!("//{directive} only allowed in cgo-generated code"))
        }
        _ if RUNTIME.contains(&verb) => Err(format!("//{verb} only allowed in runtime")),
        "go:uintptrkeepalive" => Err(format!("//{verb} is only allowed in the standard library")),
        "go:noescape" => Ok(Some(PragmaKind::NoEscape)),
        _ => Ok(FUNCTION.contains(&verb).then_some(PragmaKind::Function)),
    }
}

impl State {
    /// Takes the directives before the token at `lo` off the waiting ones.
    fn take_before(&mut self, lo: u32) -> Vec<Pragma> {
        let n = self.pragmas.partition_point(|p| p.span.lo.0 < lo);
        self.pragmas.drain(..n).collect()
    }

    fn misplaced_late(&mut self, p: Pragma) {
        let error = Diagnostic::error(Code::MisplacedDirective, p.span, p.misplaced());
        self.misplaced.push(error);
    }
}

/// Something that takes no directives begins or ends here: those before it are misplaced.
#[inline]
pub(super) fn clear_pragmas(inp: &mut In<'_>) {
    if !inp.state().pragmas.is_empty() {
        clear_waiting(inp);
    }
}

#[cold]
fn clear_waiting(inp: &mut In<'_>) {
    let lo = peek(inp).lo;
    let s = inp.state();
    for p in s.take_before(lo) {
        s.error(Code::MisplacedDirective, p.span, p.misplaced());
    }
}

/// Gives the directives before the token at hand to the declaration it begins; says whether `//go:noescape` is among them.
pub(super) fn take_pragmas(inp: &mut In<'_>, before: Before) -> bool {
    if inp.state().pragmas.is_empty() {
        return false;
    }
    let lo = peek(inp).lo;
    let s = inp.state();
    let mut no_escape = false;
    for p in s.take_before(lo) {
        let fits = match p.kind {
            PragmaKind::Build => before == Before::Package,
            PragmaKind::NoEscape | PragmaKind::Function => before == Before::Func,
            PragmaKind::Embed => false,
        };
        no_escape |= p.kind == PragmaKind::NoEscape;
        if !fits {
            s.misplaced_late(p);
        }
    }
    no_escape
}

/// The directives before a variable's specification.
pub(super) fn take_var_pragmas(inp: &mut In<'_>) -> Vec<Pragma> {
    if inp.state().pragmas.is_empty() {
        return Vec::new();
    }
    let lo = peek(inp).lo;
    inp.state().take_before(lo)
}

/// Checks the directives of a variable.
pub(super) fn check_var_pragmas(inp: &mut In<'_>, list: Vec<Pragma>, spec: &VarSpec) {
    let s = inp.state();
    let mut embeds = list.iter().filter(|p| p.kind == PragmaKind::Embed);
    if let Some(p) = embeds.next().filter(|_| !s.embedded) {
        let wrong = if !s.imports_embed {
            "go:embed requires import \"embed\" (or import _ \"embed\", if package is not used)"
        } else if spec.names.len() > 1 {
            "go:embed cannot apply to multiple vars"
        } else if !spec.values.is_empty() {
            "go:embed cannot apply to var with initializer"
        } else if s.in_func {
            "go:embed cannot apply to var inside func"
        } else {
            ""
        };
        if !wrong.is_empty() {
            let error = Diagnostic::error(Code::MisplacedDirective, p.span, wrong);
            s.misplaced.push(error);
        }
    }
    for p in list.into_iter().filter(|p| p.kind != PragmaKind::Embed) {
        s.misplaced_late(p);
    }
}

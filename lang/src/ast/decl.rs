//! Declarations and files.

use super::{BlockStmt, Expr, Field, FuncType, Ident, NodeId, P, Stmt};
use crate::diag::Diagnostic;
use crate::source::{Pos, Span};
use std::cell::OnceCell;
use std::rc::Rc;

/// A parsed source file.
#[derive(Debug)]
pub struct File {
    /// Its whole extent.
    pub span: Span,
    /// `package name`; absent in a script and in a REPL input.
    pub package: Option<Ident>,
    /// Import declarations in order.
    pub imports: Vec<ImportSpec>,
    /// Top-level declarations (and statements, in a file without package clause) in source order.
    pub items: Vec<Item>,
    /// `//go:` and `#!` directives: position and text after `//`.
    pub directives: Vec<(Pos, Box<str>)>,
    /// Directives before declarations that they are not for: reported once everything else is right.
    pub misplaced: Vec<Diagnostic>,
    /// Whether the parser has reported errors.
    pub broken: bool,
}

/// A top-level item.
#[derive(Debug)]
pub enum Item {
    /// A declaration.
    Decl(Decl),
    /// A statement: only in a file without package clause.
    Stmt(Rc<Stmt>),
}

/// `import name "path"`
#[derive(Debug)]
pub struct ImportSpec {
    /// Key of the implicit package object when there is no name.
    pub id: NodeId,
    /// Its extent.
    pub span: Span,
    /// The local name: an identifier, `_` or `.`.
    pub name: Option<Ident>,
    /// The unquoted path.
    pub path: Box<str>,
    /// Where the path literal stands.
    pub path_span: Span,
}

/// A declaration.
#[derive(Clone, Debug)]
pub enum Decl {
    /// One spec of a const declaration.
    Const(Rc<ConstSpec>),
    /// One spec of a var declaration.
    Var(Rc<VarSpec>),
    /// One spec of a type declaration.
    Type(Rc<TypeSpec>),
    /// A function or method.
    Func(Rc<FuncDecl>),
    /// A parenthesised group, `const (…)`, `var (…)`, `type (…)`, flattened one level.
    Group(Rc<Vec<Decl>>),
}

/// One line of a const declaration. Implicit repetition is already resolved: a spec without expressions shares those of the
/// spec it repeats.
#[derive(Debug)]
pub struct ConstSpec {
    /// Its extent.
    pub span: Span,
    /// Names.
    pub names: Vec<Ident>,
    /// The written (or repeated) type and values.
    pub rhs: Rc<ConstRhs>,
    /// Whether `rhs` is repeated from an earlier line of the group.
    pub inherited: bool,
    /// The value of `iota`.
    pub iota: u32,
    /// Doc comment text.
    pub doc: Option<Box<str>>,
}

/// What stands right of the names in a const declaration.
#[derive(Debug)]
pub struct ConstRhs {
    /// Explicit type.
    pub ty: Option<Expr>,
    /// Values; empty only in a wrong program.
    pub values: Vec<Expr>,
}

/// One line of a var declaration.
#[derive(Debug)]
pub struct VarSpec {
    /// Its extent.
    pub span: Span,
    /// Names.
    pub names: Vec<Ident>,
    /// Explicit type.
    pub ty: Option<Expr>,
    /// Initial values.
    pub values: Vec<Expr>,
    /// Doc comment text.
    pub doc: Option<Box<str>>,
}

/// One line of a type declaration.
#[derive(Debug)]
pub struct TypeSpec {
    /// Its extent.
    pub span: Span,
    /// The declared name.
    pub name: Ident,
    /// Type parameter groups (`names` constraint `ty`).
    pub tparams: Vec<Field>,
    /// Whether it is `type A = B`.
    pub is_alias: bool,
    /// The type.
    pub ty: Expr,
    /// Doc comment text.
    pub doc: Option<Box<str>>,
}

/// A function or method declaration.
#[derive(Debug)]
pub struct FuncDecl {
    /// From `func` to the end of the body.
    pub span: Span,
    /// The receiver group: exactly one unless the program is wrong.
    pub recv: Option<Vec<Field>>,
    /// The name.
    pub name: Ident,
    /// Type parameter groups.
    pub tparams: Vec<Field>,
    /// The signature.
    pub ty: P<FuncType>,
    /// The body; absent for a native (allowed in the standard library only).
    pub body: Option<FuncBody>,
    /// Doc comment text.
    pub doc: Option<Box<str>>,
}

/// A function body, possibly not parsed yet. Standard-library files are parsed without bodies so that a program pays only for
/// what it reaches; `syntax::parse_body` fills the cell on first use.
#[derive(Debug)]
pub struct FuncBody {
    /// The `{`…`}` extent.
    pub span: Span,
    /// The parsed block.
    pub block: OnceCell<BlockStmt>,
}

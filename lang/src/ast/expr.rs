//! Expressions and types (a type is an expression until the checker says so, as in go/ast).

use super::{BlockStmt, Ident, NodeId, P};
use crate::source::{Pos, Span};
use std::rc::Rc;

/// An expression or a type.
#[derive(Debug)]
pub struct Expr {
    /// Key into the side tables.
    pub id: NodeId,
    /// Its whole extent.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// The forms of expressions and types.
#[derive(Debug)]
pub enum ExprKind {
    /// Stands where a syntax error was; the checker stays silent about it.
    Bad,
    /// `x`. The ident's id equals the expression's id.
    Ident(Ident),
    /// A literal, with its source text.
    BasicLit(BasicLit),
    /// `T{…}`; `ty` is absent for an elided inner literal type.
    CompositeLit(CompositeLit),
    /// `func(…) … {…}`. Shared, so that the checker can put off its body.
    FuncLit(Rc<FuncLit>),
    /// `(x)`
    Paren(P<Expr>),
    /// `x.sel`
    Selector(P<Expr>, Ident),
    /// `x[i]` or an instantiation `F[A, B]`: at least one index.
    Index(P<Expr>, Vec<Expr>),
    /// `x[lo:hi:max]`
    Slice(SliceExpr),
    /// `x.(T)`; no type is `x.(type)`.
    TypeAssert(P<Expr>, Option<P<Expr>>),
    /// `f(args…)`
    Call(CallExpr),
    /// `*x`: dereference or pointer type.
    Star(P<Expr>),
    /// `op x`, including `&x`, `<-x` and `~T`.
    Unary(UnaryOp, P<Expr>),
    /// `x op y`, including `|` in type sets; `Pos` is the operator's.
    Binary(BinaryOp, Pos, P<Expr>, P<Expr>),
    /// `[len]T`; `None` is `[...]T`.
    ArrayType(Option<P<Expr>>, P<Expr>),
    /// `[]T`
    SliceType(P<Expr>),
    /// `struct {…}`
    StructType(StructType),
    /// `func(…) …` as a type.
    FuncType(P<FuncType>),
    /// `interface {…}`
    InterfaceType(InterfaceType),
    /// `map[K]V`
    MapType(P<Expr>, P<Expr>),
    /// `chan T`, `<-chan T`, `chan<- T`
    ChanType(ChanDir, P<Expr>),
    /// `...T` as a parameter's type.
    Ellipsis(P<Expr>),
}

/// A literal's kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LitKind {
    /// `42`, `0x_2A`
    Int,
    /// `1.5e3`
    Float,
    /// `2i`
    Imag,
    /// `'a'`
    Char,
    /// `"a"` or a raw string
    String,
}

/// A literal: its kind and its text as it stands in the source (already validated by the lexer).
#[derive(Debug)]
pub struct BasicLit {
    /// What kind of literal.
    pub kind: LitKind,
    /// The source text, quotes included.
    pub text: Box<str>,
}

/// `T{elements}`
#[derive(Debug)]
pub struct CompositeLit {
    /// The literal type; absent when elided inside another literal.
    pub ty: Option<P<Expr>>,
    /// The elements in source order.
    pub elements: Vec<Element>,
    /// The `{`.
    pub lbrace: Pos,
    /// The `}`.
    pub rbrace: Pos,
}

/// One element of a composite literal.
#[derive(Debug)]
pub struct Element {
    /// The key before `:`, if any: a field name, an index or a map key.
    pub key: Option<Expr>,
    /// The value.
    pub value: Expr,
}

/// `func(params) results { body }`
#[derive(Debug)]
pub struct FuncLit {
    /// Its signature.
    pub ty: P<FuncType>,
    /// Its body.
    pub body: P<BlockStmt>,
}

/// `x[lo:hi]` or `x[lo:hi:max]`
#[derive(Debug)]
pub struct SliceExpr {
    /// What is sliced.
    pub x: P<Expr>,
    /// Low bound.
    pub lo: Option<P<Expr>>,
    /// High bound.
    pub hi: Option<P<Expr>>,
    /// Capacity bound.
    pub max: Option<P<Expr>>,
    /// Whether there were two colons.
    pub three: bool,
}

/// `fun(args)`; also conversions and builtin calls.
#[derive(Debug)]
pub struct CallExpr {
    /// What is called.
    pub fun: P<Expr>,
    /// Arguments; for `make` and `new` the first may be a type.
    pub args: Vec<Expr>,
    /// Position of `...` after the last argument.
    pub ellipsis: Option<Pos>,
    /// The `)`.
    pub rparen: Pos,
}

/// Unary operators.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnaryOp {
    /// `+`
    Plus,
    /// `-`
    Neg,
    /// `!`
    Not,
    /// `^`
    Xor,
    /// `&`
    Addr,
    /// `<-`
    Recv,
    /// `~` (type sets)
    Tilde,
}

/// Binary operators, lowest precedence first within each group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // the names are the operators'
pub enum BinaryOp {
    LOr,
    LAnd,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Add,
    Sub,
    Or,
    Xor,
    Mul,
    Div,
    Rem,
    Shl,
    Shr,
    And,
    AndNot,
}

impl BinaryOp {
    /// The operator's spelling.
    pub fn as_str(self) -> &'static str {
        use BinaryOp::*;
        match self {
            LOr => "||",
            LAnd => "&&",
            Eq => "==",
            Ne => "!=",
            Lt => "<",
            Le => "<=",
            Gt => ">",
            Ge => ">=",
            Add => "+",
            Sub => "-",
            Or => "|",
            Xor => "^",
            Mul => "*",
            Div => "/",
            Rem => "%",
            Shl => "<<",
            Shr => ">>",
            And => "&",
            AndNot => "&^",
        }
    }

    /// Binding strength, 1 (`||`) to 5 (`*`) (spec: Operator precedence).
    pub fn precedence(self) -> u8 {
        use BinaryOp::*;
        match self {
            LOr => 1,
            LAnd => 2,
            Eq | Ne | Lt | Le | Gt | Ge => 3,
            Add | Sub | Or | Xor => 4,
            Mul | Div | Rem | Shl | Shr | And | AndNot => 5,
        }
    }

    /// Whether the operator compares (`==` to `>=`).
    pub fn is_comparison(self) -> bool {
        self.precedence() == 3
    }

    /// Whether the operator shifts.
    pub fn is_shift(self) -> bool {
        matches!(self, BinaryOp::Shl | BinaryOp::Shr)
    }
}

impl UnaryOp {
    /// The operator's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            UnaryOp::Plus => "+",
            UnaryOp::Neg => "-",
            UnaryOp::Not => "!",
            UnaryOp::Xor => "^",
            UnaryOp::Addr => "&",
            UnaryOp::Recv => "<-",
            UnaryOp::Tilde => "~",
        }
    }
}

/// A channel type's direction.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ChanDir {
    /// `chan T`
    Both,
    /// `chan<- T`
    Send,
    /// `<-chan T`
    Recv,
}

/// `struct { fields }`
#[derive(Debug)]
pub struct StructType {
    /// Field groups in source order.
    pub fields: Vec<Field>,
    /// The `{`…`}` extent.
    pub braces: Span,
}

/// A group of struct fields, parameters or results that share a type. No names: embedded field, or unnamed parameter.
#[derive(Debug)]
pub struct Field {
    /// The names; empty for an embedded field or an unnamed parameter.
    pub names: Vec<Ident>,
    /// The type; `Ellipsis` for a final variadic parameter.
    pub ty: Expr,
    /// A struct field's tag literal.
    pub tag: Option<BasicLit>,
    /// The group's extent.
    pub span: Span,
}

/// A signature as written.
#[derive(Debug)]
pub struct FuncType {
    /// Extent, from `func` (or the method name) on.
    pub span: Span,
    /// Parameter groups.
    pub params: Vec<Field>,
    /// Result groups; a single unparenthesised result is one unnamed group.
    pub results: Vec<Field>,
}

/// `interface { elements }`
#[derive(Debug)]
pub struct InterfaceType {
    /// Methods and embedded elements in source order.
    pub elements: Vec<InterfaceElem>,
    /// The `{`…`}` extent.
    pub braces: Span,
}

/// One element of an interface type.
#[derive(Debug)]
pub enum InterfaceElem {
    /// `M(params) results`
    Method(Ident, P<FuncType>),
    /// An embedded interface, or a union `~A | B`.
    Embed(Expr),
}

/// Removes any number of parentheses.
pub fn unparen(mut e: &Expr) -> &Expr {
    while let ExprKind::Paren(x) = &e.kind {
        e = x;
    }
    e
}

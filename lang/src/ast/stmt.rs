//! Statements.

use super::{BinaryOp, Decl, Expr, Ident, NodeId, P};
use crate::source::{Pos, Span};

/// A statement.
#[derive(Debug)]
pub struct Stmt {
    /// Key into the side tables (implicit objects of type-switch clauses, scopes).
    pub id: NodeId,
    /// Its whole extent.
    pub span: Span,
    /// What it is.
    pub kind: StmtKind,
}

/// The forms of statements.
#[derive(Debug)]
pub enum StmtKind {
    /// Stands where a syntax error was.
    Bad,
    /// Nothing, e.g. between two semicolons.
    Empty,
    /// An expression for its effect.
    Expr(Expr),
    /// `ch <- v`; the position is the arrow's.
    Send(Expr, Pos, Expr),
    /// `x++` (true) or `x--` (false).
    IncDec(Expr, bool),
    /// `=`, `:=` or `op=`.
    Assign(AssignStmt),
    /// `go f(…)`. The expression is a call unless the program is wrong.
    Go(Expr),
    /// `defer f(…)`
    Defer(Expr),
    /// `return results`
    Return(Vec<Expr>),
    /// `break`, `continue`, `goto`, `fallthrough`
    Branch(BranchKind, Option<Ident>),
    /// `{ … }`
    Block(BlockStmt),
    /// `if init; cond {…} else …`
    If(P<IfStmt>),
    /// `switch init; tag {…}`
    Switch(P<SwitchStmt>),
    /// `switch init; x := y.(type) {…}`
    TypeSwitch(P<TypeSwitchStmt>),
    /// `select {…}`
    Select(SelectStmt),
    /// `for init; cond; post {…}`
    For(P<ForStmt>),
    /// `for k, v := range x {…}`
    Range(P<RangeStmt>),
    /// `L: stmt`
    Labeled(Ident, P<Stmt>),
    /// A const, var or type declaration inside a function.
    Decl(Decl),
}

/// How an assignment assigns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AssignOp {
    /// `=`
    Assign,
    /// `:=`
    Define,
    /// `op=`
    Op(BinaryOp),
}

/// `lhs op rhs`
#[derive(Debug)]
pub struct AssignStmt {
    /// Left-hand sides.
    pub lhs: Vec<Expr>,
    /// Which assignment.
    pub op: AssignOp,
    /// The operator's position.
    pub op_pos: Pos,
    /// Right-hand sides.
    pub rhs: Vec<Expr>,
}

/// The branch statements.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // the names are the keywords'
pub enum BranchKind {
    Break,
    Continue,
    Goto,
    Fallthrough,
}

/// `{ stmts }`
#[derive(Debug)]
pub struct BlockStmt {
    /// The `{`…`}` extent; `hi - 1` is the closing brace.
    pub span: Span,
    /// Its statements.
    pub stmts: Vec<Stmt>,
}

/// `if init; cond { then } else …`
#[derive(Debug)]
pub struct IfStmt {
    /// The simple statement before the condition.
    pub init: Option<Stmt>,
    /// The condition.
    pub cond: Expr,
    /// The block when true.
    pub then: BlockStmt,
    /// A block or another if.
    pub els: Option<Stmt>,
}

/// `switch init; tag { clauses }`
#[derive(Debug)]
pub struct SwitchStmt {
    /// The simple statement before the tag.
    pub init: Option<Stmt>,
    /// The tag; absent means `true`.
    pub tag: Option<Expr>,
    /// The clauses.
    pub clauses: Vec<CaseClause>,
    /// The `{`…`}` extent.
    pub braces: Span,
}

/// `case a, b:` or `default:` and its statements. In a type switch the expressions are types (or `nil`).
#[derive(Debug)]
pub struct CaseClause {
    /// Key of the clause's implicit object (`Info::implicits`) in a type switch that binds.
    pub id: NodeId,
    /// From `case` to the last statement.
    pub span: Span,
    /// The expressions; empty together with `is_default`.
    pub exprs: Vec<Expr>,
    /// Whether this is `default`.
    pub is_default: bool,
    /// The `:`.
    pub colon: Pos,
    /// Its statements.
    pub body: Vec<Stmt>,
}

/// `switch init; bind := x.(type) { clauses }`
#[derive(Debug)]
pub struct TypeSwitchStmt {
    /// The simple statement before the guard.
    pub init: Option<Stmt>,
    /// The name bound in each clause.
    pub bind: Option<Ident>,
    /// The operand `x` of `x.(type)`.
    pub x: Expr,
    /// The clauses.
    pub clauses: Vec<CaseClause>,
    /// The `{`…`}` extent.
    pub braces: Span,
}

/// `select { clauses }`
#[derive(Debug)]
pub struct SelectStmt {
    /// The clauses.
    pub clauses: Vec<CommClause>,
    /// The `{`…`}` extent.
    pub braces: Span,
}

/// One clause of a select.
#[derive(Debug)]
pub struct CommClause {
    /// Key into the side tables.
    pub id: NodeId,
    /// From `case` to the last statement.
    pub span: Span,
    /// A `Send`, an `Expr` (`<-c`) or an `Assign` (`v, ok := <-c`, `v = <-c`); absent is `default`.
    pub comm: Option<P<Stmt>>,
    /// The `:`.
    pub colon: Pos,
    /// Its statements.
    pub body: Vec<Stmt>,
}

/// `for init; cond; post { body }`
#[derive(Debug)]
pub struct ForStmt {
    /// Init statement.
    pub init: Option<Stmt>,
    /// Condition; absent means true.
    pub cond: Option<Expr>,
    /// Post statement.
    pub post: Option<Stmt>,
    /// The body.
    pub body: BlockStmt,
}

/// `for key, value := range x { body }`
#[derive(Debug)]
pub struct RangeStmt {
    /// First iteration variable.
    pub key: Option<Expr>,
    /// Second iteration variable.
    pub value: Option<Expr>,
    /// Where a third iteration variable stands, which is one too many.
    pub extra: Option<Span>,
    /// Whether `:=` declares them (false: `=` assigns, or there are none).
    pub define: bool,
    /// What is ranged over.
    pub x: Expr,
    /// Position of `range`.
    pub range_pos: Pos,
    /// The body.
    pub body: BlockStmt,
}

//! The grammar: one chumsky parser per production of the Go spec, boxed, built once per thread.
//!
//! Invariants: a production is entered at its first token and never fails: what is wrong it reports to the `State` in gc's
//! words, skips to a place where it makes sense to go on and leaves a `Bad` node; it never backtracks over what it reported.
//! Productions call each other through `Rules` only, so that every recursion goes through chumsky's `Recursive`, which grows
//! the stack, and through `nested`, which bounds its depth.

mod decl;
mod element;
mod expr;
mod file;
mod flow;
mod params;
mod primary;
mod stmt;
mod types;

use super::state::{State, advance, at, got, peek, syntax_error, want, word};
use super::token::{Kind, KindSet, Token};
use crate::ast::*;
use crate::source::Pos;
use crate::symbol::Symbol;
use chumsky::error::EmptyErr;
use chumsky::input::{InputRef, Stream};
use chumsky::prelude::*;
use chumsky::recursive::{Indirect, Recursive};
use std::rc::Rc;

/// The token sequence chumsky parses. It owns its tokens, so the grammar outlives every text.
pub type Tokens = Stream<std::vec::IntoIter<Token>>;
/// Errors are collected in the state, not in chumsky's error type.
pub(super) type Extra = extra::Full<EmptyErr, State, ()>;
/// A parse in progress, as `custom` parsers see it.
pub type In<'p> = InputRef<'static, 'p, Tokens, Extra>;
/// A production.
pub(super) type Rule<O> = Recursive<Indirect<'static, 'static, Tokens, O, Extra>>;
/// What a part of a production gives; it is always `Ok`, as productions do not fail.
pub(super) type Parsed<O> = Result<O, EmptyErr>;
/// The shared table of productions.
pub(super) type Grammar = Rc<Rules>;

/// A parser that a production is defined by.
pub(super) trait Production<O>: Parser<'static, Tokens, O, Extra> + Clone + 'static {}
impl<O, P: Parser<'static, Tokens, O, Extra> + Clone + 'static> Production<O> for P {}

macro_rules! productions {
    ($($(#[doc = $ebnf:literal])+ $name:ident: $out:ty = $builder:path,)*) => {
        /// The productions by name.
        pub struct Rules {
            $($(#[doc = $ebnf])+ pub(super) $name: Rule<$out>,)*
        }

        impl Rules {
            /// Declares all productions, then defines each in terms of the others.
            pub(super) fn build() -> Grammar {
                let g = Rc::new(Rules { $($name: Rule::declare(),)* });
                $(g.$name.clone().define($builder(&g));)*
                g
            }
        }
    };
}

productions! {
    /// `SourceFile = [ PackageClause ";" ] { ImportDecl ";" } { ( TopLevelDecl | Statement ) ";" } .`
    source_file: File = file::source_file,
    /// `FunctionBody = Block .` up to the end of the text.
    function_body: BlockStmt = file::function_body,

    /// `ImportSpec = [ "." | PackageName ] ImportPath .`
    import_spec: Option<ImportSpec> = decl::import_spec,
    /// `ConstDecl = "const" ( ConstSpec | "(" { ConstSpec ";" } ")" ) .`
    const_decl: Decl = decl::const_decl,
    /// `VarDecl = "var" ( VarSpec | "(" { VarSpec ";" } ")" ) .`
    var_decl: Decl = decl::var_decl,
    /// `VarSpec = IdentifierList ( Type [ "=" ExpressionList ] | "=" ExpressionList ) .`
    var_spec: VarSpec = decl::var_spec,
    /// `TypeDecl = "type" ( TypeSpec | "(" { TypeSpec ";" } ")" ) .`
    type_decl: Decl = decl::type_decl,
    /// `TypeSpec = identifier [ TypeParameters ] [ "=" ] Type .`
    type_spec: TypeSpec = decl::type_spec,
    /// `FunctionDecl = "func" [ Receiver ] identifier [ TypeParameters ] Signature [ FunctionBody ] .`
    func_decl: FuncDecl = decl::func_decl,

    /// `Type = TypeName [ TypeArgs ] | TypeLit | "(" Type ")" .` Nothing, without complaint, if no type starts here.
    opt_type: Option<Expr> = types::opt_type,
    /// `Type`, with a complaint if none starts here.
    type_: Expr = types::type_,
    /// `TypeName = identifier | PackageName "." identifier .` and type arguments.
    type_name: Expr = types::type_name,
    /// `PointerType = "*" BaseType .`
    pointer_type: ExprKind = types::pointer_type,
    /// `MapType = "map" "[" KeyType "]" ElementType .`
    map_type: ExprKind = types::map_type,
    /// `ChannelType = ( "chan" | "chan" "<-" | "<-" "chan" ) ElementType .`
    chan_type: ExprKind = types::chan_type,
    /// `StructType = "struct" "{" { FieldDecl ";" } "}" .`
    struct_type: ExprKind = element::struct_type,
    /// `FieldDecl = (IdentifierList Type | EmbeddedField) [ Tag ] .`
    field_decl: Option<Field> = element::field_decl,
    /// `InterfaceType = "interface" "{" { InterfaceElem ";" } "}" .`
    interface_type: ExprKind = element::interface_type,
    /// `InterfaceElem = MethodElem | TypeElem .`
    interface_elem: InterfaceElem = element::interface_elem,
    /// `TypeTerm = Type | "~" Type .`
    type_term: Expr = element::type_term,
    /// `Signature = Parameters [ Result ] .`
    signature: FuncType = params::signature,
    /// `TypeParameters = "[" TypeParamList [ "," ] "]" .` Empty if there are none.
    type_params: Vec<Field> = params::type_params,

    /// `Expression = UnaryExpr | Expression binary_op Expression .`
    expression: Expr = expr::expression,
    /// `ExpressionList = Expression { "," Expression } .`
    expression_list: Vec<Expr> = expr::expression_list,
    /// `UnaryExpr = PrimaryExpr | unary_op UnaryExpr .`
    unary_expr: Expr = expr::unary_expr,
    /// `PrimaryExpr = Operand { Selector | Index | Slice | TypeAssertion | Arguments | LiteralValue } .`
    primary_expr: Expr = primary::primary_expr,
    /// `Operand = Literal | OperandName [ TypeArgs ] | "(" Expression ")" .`
    operand: Expr = primary::operand,
    /// `LiteralValue = "{" [ ElementList [ "," ] ] "}" .` with the positions of its braces.
    literal_value: (Vec<Element>, Pos, Pos) = primary::literal_value,
    /// `Element = Expression | LiteralValue .`
    element: Expr = primary::element,
    /// `FunctionLit = "func" Signature FunctionBody .` or a function type.
    function_lit: ExprKind = primary::function_lit,
    /// `Arguments = "(" [ ( ExpressionList | Type [ "," ExpressionList ] ) [ "..." ] [ "," ] ] ")" .`
    arguments: primary::Arguments = primary::arguments,

    /// `StatementList = { Statement ";" } .`
    statement_list: Vec<Stmt> = stmt::statement_list,
    /// `Statement`; nothing if none starts here.
    statement: Option<Stmt> = stmt::statement,
    /// `Block = "{" StatementList "}" .`
    block: BlockStmt = stmt::block,
    /// `ReturnStmt = "return" [ ExpressionList ] .`
    return_stmt: StmtKind = stmt::return_stmt,
    /// `BreakStmt = "break" [ Label ] .` and `continue`, `goto`, `fallthrough`.
    branch_stmt: StmtKind = stmt::branch_stmt,
    /// `GoStmt = "go" Expression .` and `defer`.
    go_stmt: StmtKind = stmt::go_stmt,
    /// `IfStmt = "if" [ SimpleStmt ";" ] Expression Block [ "else" ( IfStmt | Block ) ] .`
    if_stmt: StmtKind = flow::if_stmt,
    /// `ForStmt = "for" [ Condition | ForClause | RangeClause ] Block .`
    for_stmt: StmtKind = flow::for_stmt,
    /// `SwitchStmt = ExprSwitchStmt | TypeSwitchStmt .`
    switch_stmt: StmtKind = flow::switch_stmt,
    /// `ExprCaseClause = ( "case" ExpressionList | "default" ) ":" StatementList .`
    case_clause: CaseClause = flow::case_clause,
    /// `SelectStmt = "select" "{" { CommClause } "}" .`
    select_stmt: StmtKind = flow::select_stmt,
    /// `CommClause = ( "case" ( SendStmt | RecvStmt ) | "default" ) ":" StatementList .`
    comm_clause: CommClause = flow::comm_clause,
}

/// A parser written out by hand.
pub(super) fn by_hand<O: 'static>(
    parse: impl Fn(&mut In<'_>) -> Parsed<O> + Clone + 'static,
) -> impl Parser<'static, Tokens, O, Extra> + Clone + 'static {
    custom(move |inp: &mut In<'_>| parse(inp))
}

/// A token of one kind, which the caller knows to be there, or an alternative that is not taken.
pub(super) fn tok(kind: Kind) -> impl Production<Token> {
    any().filter(move |t: &Token| t.kind == kind)
}

/// A token of one kind, with a complaint if it is missing.
pub(super) fn expect(kind: Kind) -> impl Production<()> {
    by_hand(move |inp| {
        want(inp, kind);
        Ok(())
    })
}

/// `list = [ item { sep item } [ sep ] ] close .` The position of the closing token. An item says whether it must be the last.
pub(super) fn list(
    inp: &mut In<'_>,
    context: &str,
    sep: Kind,
    close: Kind,
    mut item: impl FnMut(&mut In<'_>) -> Parsed<bool>,
) -> Parsed<Pos> {
    const CLOSERS: KindSet = KindSet::of(&[Kind::RParen, Kind::RBrack, Kind::RBrace]);
    let mut done = false;
    while !done && at(inp) != close && at(inp) != Kind::Eof {
        done = item(inp)?;
        if !got(inp, sep) && at(inp) != close {
            syntax_error(
                inp,
                &format!(
                    "in {context}; possibly missing {} or {}",
                    word(sep),
                    word(close)
                ),
            );
            advance(inp, CLOSERS);
            if at(inp) != close {
                return Ok(Pos(peek(inp).lo));
            }
        }
    }
    let pos = Pos(peek(inp).lo);
    want(inp, close);
    Ok(pos)
}

/// An identifier, or `_` with a complaint.
pub(super) fn name(inp: &mut In<'_>) -> Ident {
    let t = peek(inp);
    if t.kind == Kind::Name {
        inp.skip();
        return ident(inp, t);
    }
    syntax_error(inp, "expected name");
    super::state::skip_one(inp);
    blank(inp, t.lo)
}

/// The identifier that a name token denotes.
pub(super) fn ident(inp: &mut In<'_>, t: Token) -> Ident {
    let s = inp.state();
    Ident {
        id: s.fresh(),
        span: crate::source::Span::new(t.lo, t.hi),
        name: Symbol::new(s.text(t)),
    }
}

/// A `_` that stands for a missing name.
pub(super) fn blank(inp: &mut In<'_>, lo: u32) -> Ident {
    Ident {
        id: inp.state().fresh(),
        span: crate::source::Span::new(lo, lo),
        name: Symbol::new("_"),
    }
}

/// `IdentifierList`, after its first name.
pub(super) fn more_names(inp: &mut In<'_>, first: Ident) -> Vec<Ident> {
    let mut names = vec![first];
    while got(inp, Kind::Comma) {
        names.push(name(inp));
    }
    names
}

/// An expression node from `lo` to the token consumed last.
pub(super) fn node(inp: &mut In<'_>, lo: u32, kind: ExprKind) -> Expr {
    let s = inp.state();
    Expr {
        id: s.fresh(),
        span: s.span_from(lo),
        kind,
    }
}

/// The expression an identifier is.
pub(super) fn name_expr(name: Ident) -> Expr {
    Expr {
        id: name.id,
        span: name.span,
        kind: ExprKind::Ident(name),
    }
}

/// What stands where an expression is missing.
pub(super) fn bad(inp: &mut In<'_>) -> Expr {
    let lo = peek(inp).lo;
    Expr {
        id: inp.state().fresh(),
        span: crate::source::Span::new(lo, lo),
        kind: ExprKind::Bad,
    }
}

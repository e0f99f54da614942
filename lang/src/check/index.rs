//! Index and slice expressions (spec: Index expressions, Slice expressions).

use super::{Checker, Operand, OperandMode, expr_string};
use crate::ast::{Expr, SliceExpr};
use crate::constant::representable;
use crate::diag::Code;
use crate::types::{Basic, Type, TypeId};

/// What indexing a value of some type gives.
struct Indexed {
    mode: OperandMode,
    elem: TypeId,
    /// The length if it is known statically.
    length: Option<i64>,
    /// The key type of a map.
    key: Option<TypeId>,
}

impl Checker<'_> {
    /// `inner[indices]`. True if it is the instantiation of a generic function: then `x` is that function and the caller
    /// instantiates it.
    pub(super) fn index_expr<'a>(
        &mut self,
        x: &mut Operand<'a>,
        e: &'a Expr,
        inner: &'a Expr,
        indices: &'a [Expr],
    ) -> bool {
        self.expr_or_type(x, inner, true);
        match x.mode {
            OperandMode::Invalid => {
                self.use_exprs(indices);
                return false;
            }
            OperandMode::TypeExpr => {
                x.ty = self.var_type(e);
                x.mode = if x.ty.is_invalid() {
                    OperandMode::Invalid
                } else {
                    OperandMode::TypeExpr
                };
                return false;
            }
            OperandMode::Value => {
                if let Type::Signature(sig) = self.w.types.under(x.ty)
                    && !sig.tparams.is_empty()
                {
                    return true;
                }
            }
            _ => {}
        }
        self.non_generic(None, x);
        if !x.is_valid() {
            return false;
        }
        if !self.is_indexable_complete(x.ty) {
            x.invalidate();
            return false;
        }
        let Some(indexed) = self.indexed(x) else {
            // A builtin has no valid type.
            if x.mode == OperandMode::Builtin || !self.w.types.underlying(x.ty).is_invalid() {
                let what = self.operand_string(x);
                let bracket = self.token_behind(inner.span.hi, e.span.hi);
                self.error(
                    bracket,
                    Code::NonIndexableOperand,
                    format!("cannot index {what}"),
                );
            }
            self.use_exprs(indices);
            x.invalidate();
            return false;
        };
        let Some(index) = self.single_index(indices) else {
            x.invalidate();
            return false;
        };
        x.mode = indexed.mode;
        x.ty = indexed.elem;
        x.val = None;
        match indexed.key {
            Some(key) => {
                let mut k = Operand::new();
                self.generic_expr(&mut k, index, None);
                self.assignment(&mut k, Some(key), "map index");
            }
            None => {
                self.index(index, indexed.length);
            }
        }
        false
    }

    /// Whether `t`, and what indexing it goes through, is complete.
    fn is_indexable_complete(&mut self, t: TypeId) -> bool {
        self.is_complete(t)
            && match self.w.types.under(t) {
                Type::Pointer(base) => self.is_complete(base),
                Type::Map(_, elem) => self.is_complete(elem),
                _ => true,
            }
    }

    /// What indexing `x` gives; `None` if it cannot be indexed.
    fn indexed(&self, x: &Operand) -> Option<Indexed> {
        if !self.w.types.is_type_param(x.ty) {
            let mut found = self.indexed_type(&self.w.types.under(x.ty), x.mode)?;
            if found.elem == TypeId::BYTE && x.is_const() {
                found.length = x.value().as_str().map(|s| s.len() as i64);
            }
            return Some(found);
        }
        let mut all: Option<Indexed> = None;
        for term in self.typeset(x.ty) {
            let one = self.indexed_type(&term?.1, x.mode)?;
            let Some(first) = &mut all else {
                all = Some(one);
                continue;
            };
            let same_key = match (first.key, one.key) {
                (None, None) => true,
                (Some(a), Some(b)) => self.w.types.identical(a, b),
                _ => false,
            };
            if !same_key || !self.w.types.identical(first.elem, one.elem) {
                return None;
            }
            if one.mode == OperandMode::Value {
                first.mode = OperandMode::Value;
            }
            first.length = match (first.length, one.length) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, _) => a,
            };
        }
        all
    }

    fn indexed_type(&self, u: &Type, mode: OperandMode) -> Option<Indexed> {
        use OperandMode::{MapIndex, Value, Variable};
        let plain = |mode, elem, length: Option<i64>| {
            Some(Indexed {
                mode,
                elem,
                length,
                key: None,
            })
        };
        let known = |n: i64| (n >= 0).then_some(n);
        match *u {
            Type::Basic(Basic::String | Basic::UntypedString) => plain(Value, TypeId::BYTE, None),
            Type::Array(n, elem) => plain(
                if mode == Variable { Variable } else { Value },
                elem,
                known(n),
            ),
            Type::Pointer(base) => match self.w.types.under(base) {
                Type::Array(n, elem) => plain(Variable, elem, known(n)),
                _ => None,
            },
            Type::Slice(elem) => plain(Variable, elem, None),
            Type::Map(key, elem) => Some(Indexed {
                mode: MapIndex,
                elem,
                length: None,
                key: Some(key),
            }),
            _ => None,
        }
    }

    /// The one index of an index expression.
    fn single_index<'a>(&mut self, indices: &'a [Expr]) -> Option<&'a Expr> {
        if let Some(extra) = indices.get(1) {
            self.error(
                extra.span,
                Code::InvalidIndex,
                "invalid operation: more than one index",
            );
        }
        indices.first()
    }

    /// Checks an index. What is returned is its type (invalid after an error) and its value if constant; a constant one must
    /// be below `max`.
    pub(super) fn index(&mut self, index: &Expr, max: Option<i64>) -> (TypeId, Option<i64>) {
        let mut x = Operand::new();
        self.expr(None, &mut x, index);
        if !self.is_valid_index(&mut x, Code::InvalidIndex, "index", false) {
            return (TypeId::INVALID, None);
        }
        if !x.is_const() {
            return (x.ty, None);
        }
        let Some(v) = x.value().as_i64() else {
            return (TypeId::INVALID, None);
        };
        if let Some(max) = max
            && v >= max
        {
            let message = format!(
                "invalid argument: index {} out of bounds [0:{max}]",
                x.value()
            );
            self.error(x.span(), Code::InvalidIndex, message);
            return (TypeId::INVALID, None);
        }
        (x.ty, Some(v))
    }

    /// Whether `x` is an integer fit for an index or size, called `what` in messages; reports if not.
    pub(super) fn is_valid_index(
        &mut self,
        x: &mut Operand,
        code: Code,
        what: &str,
        negative: bool,
    ) -> bool {
        if !x.is_valid() {
            return false;
        }
        self.convert_untyped(x, TypeId::INT);
        if !x.is_valid() {
            return false;
        }
        let fail = |check: &mut Self, x: &Operand, why: &str| {
            let op = check.operand_string(x);
            check.error(
                x.span(),
                code,
                format!("invalid argument: {what} {op} {why}"),
            );
            false
        };
        if !self.w.types.all_integer(x.ty) {
            return fail(self, x, "must be integer");
        }
        if x.is_const() {
            let val = x.value();
            if !negative && !val.is_unknown() && val.sign() < 0 {
                return fail(self, x, "must not be negative");
            }
            match representable(&val, Basic::Int) {
                Some(v) => x.val = Some(v),
                None => return fail(self, x, "overflows int"),
            }
        }
        true
    }

    /// `x[lo:hi:max]`
    pub(super) fn slice_expr<'a>(&mut self, x: &mut Operand<'a>, e: &'a SliceExpr) {
        let indices = [e.lo.as_deref(), e.hi.as_deref(), e.max.as_deref()];
        self.expr(None, x, &e.x);
        if !x.is_valid() {
            self.use_exprs(indices.into_iter().flatten());
            return;
        }
        let Some(length) = self.sliced(x, e) else {
            x.invalidate();
            return;
        };
        x.mode = OperandMode::Value;
        x.val = None;
        let mut known = [None; 3];
        for (i, index) in indices.into_iter().enumerate() {
            known[i] = match index {
                Some(index) => self.index(index, length.map(|n| n + 1)).1,
                None if i == 0 => Some(0),
                None => length,
            };
        }
        self.slice_order(&indices, &known);
    }

    /// Reports constant slice indices in the wrong order.
    fn slice_order(&mut self, indices: &[Option<&Expr>; 3], known: &[Option<i64>; 3]) {
        for i in 0..2 {
            let Some(a) = known[i].filter(|a| *a > 0) else {
                continue;
            };
            for j in i + 1..3 {
                if let (Some(b), Some(e)) = (known[j], indices[j])
                    && b < a
                {
                    self.error(
                        super::typexpr::start_pos(e),
                        Code::SwappedSliceIndices,
                        format!("invalid slice indices: {b} < {a}"),
                    );
                    return;
                }
            }
        }
    }

    /// Gives `x` the type slicing it gives and returns its static length if known; `None` after an error.
    fn sliced(&mut self, x: &mut Operand, e: &SliceExpr) -> Option<Option<i64>> {
        let known = |n: i64| (n >= 0).then_some(n);
        let u = self.sliced_type(x)?;
        match self.w.types.get(u) {
            Type::Basic(Basic::String | Basic::UntypedString) => {
                if e.three {
                    let at = e.max.as_ref().map_or(x.span(), |m| m.span);
                    self.error(
                        at,
                        Code::InvalidSliceExpr,
                        "invalid operation: 3-index slice of string",
                    );
                    return None;
                }
                let length = x
                    .val
                    .as_ref()
                    .and_then(|v| v.as_str().map(|s| s.len() as i64));
                if self.w.types.is_untyped(x.ty) {
                    self.convert_untyped(x, TypeId::STRING);
                }
                return Some(length);
            }
            Type::Array(n, elem) => {
                if x.mode != OperandMode::Variable {
                    let what = self.operand_string(x);
                    let message = format!("cannot slice unaddressable value {what}");
                    self.error(x.span(), Code::NonSliceableOperand, message);
                    return None;
                }
                x.ty = self.w.types.slice(elem);
                return Some(known(n));
            }
            Type::Pointer(base) => {
                if !self.is_complete(base) {
                    return None;
                }
                if let Type::Array(n, elem) = self.w.types.under(base) {
                    x.ty = self.w.types.slice(elem);
                    return Some(known(n));
                }
            }
            Type::Slice(_) => return Some(None),
            Type::Basic(Basic::Invalid) => return None,
            _ => {}
        }
        let what = self.operand_string(x);
        self.error(
            x.span(),
            Code::NonSliceableOperand,
            format!("cannot slice {what}"),
        );
        None
    }

    /// The common underlying type of what is sliced, a string being like a byte slice.
    fn sliced_type(&mut self, x: &Operand) -> Option<TypeId> {
        let mut common: Option<(TypeId, TypeId)> = None;
        let mut has_string = false;
        for term in self.typeset(x.ty) {
            let Some((t, _)) = term else {
                let (what, t) = (self.operand_string(x), self.type_string(x.ty));
                let message = format!("cannot slice {what}: no specific type in {t}");
                self.error(x.span(), Code::NonSliceableOperand, message);
                return None;
            };
            let mut u = self.w.types.underlying(t);
            if self.w.types.is_string(u) {
                has_string = true;
                u = self.w.types.slice(TypeId::BYTE);
            }
            let Some((ct, cu)) = common else {
                common = Some((t, u));
                continue;
            };
            if !self.w.types.identical(cu, u) {
                let message = format!(
                    "cannot slice {}: {}",
                    self.operand_string(x),
                    self.different_underlying(ct, t)
                );
                self.error(x.span(), Code::NonSliceableOperand, message);
                return None;
            }
        }
        if has_string {
            let generic = self.w.types.is_type_param(x.ty);
            return Some(if generic {
                TypeId::STRING
            } else {
                self.w.types.underlying(x.ty)
            });
        }
        common.map(|c| c.1)
    }

    /// Checks the elements of an array or slice literal against the element type and, if known, the length. What is returned is
    /// the length of the literal: the largest index plus one.
    pub(super) fn indexed_elts(
        &mut self,
        elts: &[crate::ast::Element],
        elem: TypeId,
        length: Option<i64>,
    ) -> i64 {
        let mut visited = rustc_hash::FxHashSet::default();
        let (mut index, mut max) = (0i64, 0i64);
        for e in elts {
            let at = e.key.as_ref().unwrap_or(&e.value).span;
            let mut valid = false;
            match &e.key {
                Some(key) => {
                    let (t, i) = self.index(key, length);
                    if let Some(i) = i {
                        index = i;
                        valid = true;
                    } else if !t.is_invalid() {
                        let message =
                            format!("index {} must be integer constant", expr_string(key));
                        self.error(at, Code::InvalidLitIndex, message);
                    }
                }
                None => match length {
                    Some(n) if index >= n => {
                        let message = format!("index {index} is out of bounds (>= {n})");
                        self.error(at, Code::OversizeArrayLit, message);
                    }
                    _ => valid = true,
                },
            }
            if valid && !visited.insert(index) {
                let message = format!("duplicate index {index} in array or slice literal");
                self.error(at, Code::DuplicateLitKey, message);
            }
            index = index.saturating_add(1);
            max = max.max(index);
            let mut x = Operand::new();
            self.generic_expr(&mut x, &e.value, Some(elem));
            self.assignment(&mut x, Some(elem), "array or slice literal");
        }
        max
    }
}

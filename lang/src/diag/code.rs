//! The one table of diagnostic codes. Names are those of go/types where it has one.

macro_rules! codes {
    ($($(#[$group:meta])* $name:ident: $about:literal,)*) => {
        /// What kind of problem a diagnostic reports; stable, for machines.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Code {
            $(#[doc = $about] $name,)*
        }

        impl Code {
            /// Every code, in table order.
            pub const ALL: &'static [Code] = &[$(Code::$name),*];

            /// The stable identifier.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => stringify!($name),)* }
            }

            /// One line on what the code means.
            pub fn about(self) -> &'static str {
                match self { $(Code::$name => $about,)* }
            }
        }
    };
}

codes! {
    // Text and syntax.
    InvalidEncoding: "the file is not UTF-8, or holds a NUL or a misplaced byte order mark",
    InvalidToken: "a malformed literal, comment or character",
    SyntaxError: "the text does not follow the grammar",
    NestingTooDeep: "the program is nested deeper than gol accepts",
    FileTooLarge: "the file is larger than gol accepts",
    BadDirective: "a //go: directive that is malformed, or not for programs",
    MisplacedDirective: "a //go: directive where it means nothing",
    InvalidSyntaxTree: "a form that parses but is allowed in no such place",

    // Packages and imports.
    BlankPkgName: "a package is named _",
    MismatchedPkgName: "files of one package disagree on its name",
    InvalidPkgUse: "a package name is used where a value or type is needed",
    BadImportPath: "an import path is malformed",
    BrokenImport: "an imported package cannot be found or has errors",
    ImportCRenamed: "the C pseudo-package is renamed",
    ImportCycle: "packages import each other",
    UnusedImport: "an import is never used",

    // Declarations.
    InvalidInitCycle: "package variables depend on each other's initial values",
    DuplicateDecl: "a name is declared twice in one scope",
    InvalidDeclCycle: "a declaration refers to itself",
    InvalidTypeCycle: "a type contains itself",
    InvalidConstInit: "a constant's value is not constant",
    InvalidConstVal: "a constant's value does not fit",
    InvalidConstType: "a constant has a type constants cannot have",
    InvalidBlank: "the blank identifier is used as a value",
    InvalidIota: "iota is used outside a constant declaration",
    MissingInitBody: "an init function has no body",
    MissingBody: "a function has no body",
    InvalidInitSig: "init or main has parameters or results",
    InvalidInitDecl: "init is declared as something else than a function",
    InvalidMainDecl: "main is declared as something else than a function",
    MissingMain: "the main package has no function main",
    BadDecl: "a malformed declaration",
    RepeatedDecl: "a name occurs twice on the left of :=",

    // Assignments.
    UntypedNilUse: "nil is used where its type is unknown",
    WrongAssignCount: "the two sides of an assignment differ in number",
    UnassignableOperand: "something that cannot be assigned to is assigned",
    NoNewVar: "a := declares no new variable",
    MultiValAssignOp: "an op= with more than one operand on a side",
    InvalidIfaceAssign: "a value does not implement the interface it is assigned to",
    InvalidChanAssign: "a channel is assigned to an incompatible channel type",
    IncompatibleAssign: "a value is assigned to an incompatible type",
    UnaddressableFieldAssign: "a field of a map element is assigned",

    // Types.
    NotAType: "something that is not a type is used as one",
    InvalidArrayLen: "an array length is not a constant non-negative integer",
    BlankIfaceMethod: "an interface method is named _",
    IncomparableMapKey: "a map key type cannot be compared",
    InvalidIfaceEmbed: "something other than an interface is embedded in one",
    InvalidPtrEmbed: "an embedded field is a pointer to an interface or pointer",
    BadRecv: "a method has not exactly one receiver",
    InvalidRecv: "a receiver type that cannot have methods",
    DuplicateFieldAndMethod: "a field and a method have the same name",
    DuplicateMethod: "two methods have the same name",
    TypeTooLarge: "a type is too large",

    // Expressions.
    TooManyValues: "several values are used where one is needed",
    NotAnExpr: "a type or statement is used as a value",
    TruncatedFloat: "a constant is truncated",
    NumericOverflow: "a constant overflows its type",
    UndefinedOp: "an operator is not defined for its operand",
    MismatchedTypes: "the operands of an operator differ in type",
    DivByZero: "a division by constant zero",
    NonNumericIncDec: "++ or -- on something that is no number",
    UnaddressableOperand: "the address of something without one is taken",
    InvalidIndirection: "something that is no pointer is dereferenced",
    NonIndexableOperand: "something that cannot be indexed is indexed",
    InvalidIndex: "an index is not an integer or out of range",
    SwappedSliceIndices: "constant slice indices are in the wrong order",
    NonSliceableOperand: "something that cannot be sliced is sliced",
    InvalidSliceExpr: "a three-index slice of a string",
    InvalidShiftCount: "a shift count is not an unsigned integer or is negative",
    InvalidShiftOperand: "something that is no integer is shifted",
    InvalidReceive: "a receive from something that cannot be received from",
    InvalidSend: "a send to something that cannot be sent to",
    UnusedExpr: "an expression is evaluated but not used",
    UnusedVar: "a variable is declared and not used",
    UnusedResults: "the result of a call is not used",

    // Composite literals.
    DuplicateLitKey: "a key occurs twice in a composite literal",
    MissingLitKey: "a map literal's element has no key",
    InvalidLitIndex: "an index in a composite literal is not a constant integer",
    OversizeArrayLit: "an array literal has more elements than the array",
    MixedStructLit: "a struct literal mixes keyed and plain elements",
    InvalidStructLit: "a struct literal has the wrong number of values",
    MissingLitField: "a struct literal names a field that does not exist",
    DuplicateLitField: "a struct literal names a field twice",
    UnexportedLitField: "a struct literal sets an unexported field of another package",
    InvalidLitField: "a struct literal's key is no field name",
    UntypedLit: "a composite literal has no type",
    InvalidLit: "a composite literal of a type without such literals",

    // Names.
    AmbiguousSelector: "a selector could mean several fields or methods",
    UndeclaredImportedName: "an imported package does not declare the name",
    UnexportedName: "an imported package does not export the name",
    UndeclaredName: "a name is not declared",
    MissingFieldOrMethod: "a type has no such field or method",
    InvalidMethodExpr: "a method expression of a type without the method",

    // Calls and builtins.
    WrongArgCount: "a call has too many or too few arguments",
    InvalidCall: "something that is no function is called",
    BadDotDotDotSyntax: "... stands where it is not allowed",
    NonVariadicDotDotDot: "... in a call of a function that is not variadic",
    MisplacedDotDotDot: "... stands before the last argument or parameter",
    InvalidDotDotDotOperand: "... after something that is no slice",
    InvalidDotDotDot: "... in a call of a builtin that does not take it",
    UncalledBuiltin: "a builtin is used without being called",
    InvalidAppend: "wrong operands of append",
    InvalidCap: "wrong operand of cap",
    InvalidClear: "wrong operand of clear",
    InvalidClose: "wrong operand of close",
    InvalidCopy: "wrong operands of copy",
    InvalidComplex: "wrong operands of complex",
    InvalidDelete: "wrong operands of delete",
    InvalidImag: "wrong operand of imag",
    InvalidReal: "wrong operand of real",
    InvalidLen: "wrong operand of len",
    InvalidMake: "wrong operands of make",
    SwappedMakeArgs: "make's length is larger than its capacity",
    InvalidMinMaxOperand: "wrong operands of min or max",
    InvalidUnsafeAdd: "wrong operands of unsafe.Add",
    InvalidUnsafeSlice: "wrong operands of unsafe.Slice",
    InvalidUnsafeSliceData: "wrong operand of unsafe.SliceData",
    InvalidUnsafeString: "wrong operands of unsafe.String",
    InvalidUnsafeStringData: "wrong operand of unsafe.StringData",
    BadOffsetofSyntax: "the operand of unsafe.Offsetof is no selector",
    InvalidOffsetof: "the operand of unsafe.Offsetof is no field",

    // Type assertions and conversions.
    InvalidAssert: "a type assertion on something that is no interface",
    ImpossibleAssert: "a type assertion that can never hold",
    InvalidConversion: "a conversion that is not allowed",
    InvalidUntypedConversion: "an untyped constant cannot have the needed type",

    // Statements.
    MissingReturn: "a function with results can end without return",
    WrongResultCount: "a return statement has too many or too few values",
    OutOfScopeResult: "a bare return where a result is shadowed",
    InvalidCond: "a condition is not boolean",
    InvalidPostDecl: "a for loop's post statement declares variables",
    InvalidIterVar: "too many or wrong iteration variables",
    InvalidRangeExpr: "something that cannot be ranged over",
    MisplacedBreak: "break outside a loop, switch or select",
    MisplacedContinue: "continue outside a loop",
    MisplacedFallthrough: "fallthrough in the wrong place",
    DuplicateCase: "a case occurs twice",
    DuplicateDefault: "a switch or select has two defaults",
    BadTypeKeyword: ".(type) outside a type switch",
    InvalidTypeSwitch: "a type switch on something that is no interface",
    InvalidExprSwitch: "a switch on something that cannot be compared",
    InvalidSelectCase: "a select case that neither sends nor receives",
    UndeclaredLabel: "a label is not declared",
    DuplicateLabel: "a label is declared twice",
    MisplacedLabel: "a label that does not belong to an enclosing statement",
    UnusedLabel: "a label is never used",
    JumpOverDecl: "a goto jumps over a variable declaration",
    JumpIntoBlock: "a goto jumps into a block",
    InvalidDefer: "defer of something that is no call",
    InvalidGo: "go of something that is no call",

    // Generics.
    NotAGenericType: "type arguments for something that is not generic",
    WrongTypeArgCount: "too many or too few type arguments",
    CannotInferTypeArgs: "type arguments cannot be inferred",
    InvalidTypeArg: "a type argument does not satisfy its constraint",
    InvalidInstanceCycle: "a generic instantiates itself without end",
    InvalidUnion: "a union that is not allowed",
    MisplacedConstraintIface: "a constraint interface is used as an ordinary type",
    InvalidMethodTypeParams: "type parameters where a method cannot have them",
    MisplacedTypeParam: "a type parameter stands where it is not allowed",

    // The language version and gol itself.
    UnsupportedFeature: "a feature gol does not have",
    TooNew: "the file wants a newer Go",
}

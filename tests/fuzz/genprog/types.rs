//! The types of one program: an interning table, and the predicates that keep programs valid and deterministic.

/// A type's index in [`Types`].
pub type T = usize;

/// A struct field. Names are unique in a program, so promotion is never ambiguous.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub ty: T,
    pub embedded: bool,
}

/// What a type is made of; for a named type, its underlying type.
#[derive(Clone, Debug)]
pub enum Kind {
    Bool,
    Int {
        bits: u32,
        signed: bool,
    },
    Float,
    Complex,
    Str,
    Struct(Vec<Field>),
    Array(usize, T),
    Slice(T),
    Map(T, T),
    Ptr(T),
    Func(Vec<T>, Vec<T>),
    Iface(Vec<usize>),
    Any,
    Error,
    /// A type parameter of integers (true) or of any numbers.
    Param(bool),
}

/// A method of a named type: the signature's number and whether the receiver is a pointer.
#[derive(Clone, Copy, Debug)]
pub struct Method {
    pub sig: usize,
    pub ptr: bool,
}

/// One type.
#[derive(Clone, Debug)]
pub struct Type {
    pub name: String,
    pub kind: Kind,
    pub named: bool,
    pub methods: Vec<Method>,
    /// Has a `String` or an `Error` method that `fmt` may call.
    pub stringer: bool,
}

/// All types of a program.
pub struct Types {
    pub all: Vec<Type>,
}

pub const BOOL: T = 0;
pub const INT: T = 1;
pub const INT8: T = 2;
pub const INT32: T = 4;
pub const INT64: T = 5;
pub const UINT: T = 6;
pub const UINT8: T = 7;
pub const UINT32: T = 9;
pub const UINT64: T = 10;
pub const F32: T = 11;
pub const F64: T = 12;
pub const COMPLEX: T = 13;
pub const STR: T = 14;
pub const ANY: T = 15;
pub const ERROR: T = 16;

/// The predeclared integer types.
pub const INTS: [T; 10] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

impl Types {
    /// The predeclared types, at the indices named above.
    pub fn new() -> Types {
        let mut t = Types { all: Vec::new() };
        t.add("bool", Kind::Bool);
        for (name, bits, signed) in [
            ("int", 64, true),
            ("int8", 8, true),
            ("int16", 16, true),
            ("int32", 32, true),
            ("int64", 64, true),
            ("uint", 64, false),
            ("uint8", 8, false),
            ("uint16", 16, false),
            ("uint32", 32, false),
            ("uint64", 64, false),
        ] {
            t.add(name, Kind::Int { bits, signed });
        }
        t.add("float32", Kind::Float);
        t.add("float64", Kind::Float);
        t.add("complex128", Kind::Complex);
        t.add("string", Kind::Str);
        t.add("any", Kind::Any);
        t.add("error", Kind::Error);
        t
    }

    /// Interns a type by its spelling.
    pub fn add(&mut self, name: &str, kind: Kind) -> T {
        if let Some(i) = self.all.iter().position(|t| t.name == name) {
            return i;
        }
        self.all.push(Type {
            name: name.to_string(),
            kind,
            named: false,
            methods: Vec::new(),
            stringer: false,
        });
        self.all.len() - 1
    }

    /// A new defined type.
    pub fn define(&mut self, name: &str, kind: Kind) -> T {
        let t = self.add(name, kind);
        self.all[t].named = true;
        t
    }

    /// The type's spelling.
    pub fn name(&self, t: T) -> String {
        self.all[t].name.clone()
    }

    /// The type's structure.
    pub fn kind(&self, t: T) -> Kind {
        self.all[t].kind.clone()
    }

    pub fn slice(&mut self, e: T) -> T {
        self.add(&format!("[]{}", self.all[e].name), Kind::Slice(e))
    }

    pub fn array(&mut self, n: usize, e: T) -> T {
        self.add(&format!("[{}]{}", n, self.all[e].name), Kind::Array(n, e))
    }

    pub fn map(&mut self, k: T, v: T) -> T {
        self.add(
            &format!("map[{}]{}", self.all[k].name, self.all[v].name),
            Kind::Map(k, v),
        )
    }

    pub fn ptr(&mut self, e: T) -> T {
        self.add(&format!("*{}", self.all[e].name), Kind::Ptr(e))
    }

    pub fn func(&mut self, params: &[T], results: &[T]) -> T {
        let name = format!("func({}){}", self.list(params), self.results(results));
        self.add(&name, Kind::Func(params.to_vec(), results.to_vec()))
    }

    fn list(&self, ts: &[T]) -> String {
        ts.iter()
            .map(|t| self.all[*t].name.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// A result list as written behind a parameter list.
    pub fn results(&self, ts: &[T]) -> String {
        match ts.len() {
            0 => String::new(),
            1 => format!(" {}", self.all[ts[0]].name),
            _ => format!(" ({})", self.list(ts)),
        }
    }

    pub fn is_int(&self, t: T) -> bool {
        matches!(self.all[t].kind, Kind::Int { .. })
    }

    pub fn is_num(&self, t: T) -> bool {
        matches!(self.all[t].kind, Kind::Int { .. } | Kind::Float)
    }

    pub fn is_basic(&self, t: T) -> bool {
        matches!(
            self.all[t].kind,
            Kind::Bool | Kind::Int { .. } | Kind::Float | Kind::Complex | Kind::Str
        )
    }

    /// Values of the type may be ordered with `<`.
    pub fn ordered(&self, t: T) -> bool {
        matches!(self.all[t].kind, Kind::Int { .. } | Kind::Float | Kind::Str)
    }

    /// `==` compiles and cannot panic.
    pub fn comparable(&self, t: T) -> bool {
        match &self.all[t].kind {
            Kind::Struct(fs) => fs.iter().all(|f| self.comparable(f.ty)),
            Kind::Array(_, e) => self.comparable(*e),
            Kind::Ptr(_) => true,
            _ => self.is_basic(t),
        }
    }

    /// A map key whose equality is reflexive and whose printed order is Go's sorted order.
    pub fn key(&self, t: T) -> bool {
        match &self.all[t].kind {
            Kind::Struct(fs) => fs.iter().all(|f| self.key(f.ty)),
            Kind::Array(_, e) => self.key(*e),
            Kind::Bool | Kind::Int { .. } | Kind::Str => true,
            _ => false,
        }
    }

    /// Holds no reference: a copy shares nothing with the original.
    pub fn plain(&self, t: T) -> bool {
        match &self.all[t].kind {
            Kind::Struct(fs) => fs.iter().all(|f| self.plain(f.ty)),
            Kind::Array(_, e) => self.plain(*e),
            _ => self.is_basic(t),
        }
    }

    /// `fmt` prints it without showing an address.
    pub fn printable(&self, t: T) -> bool {
        match &self.all[t].kind {
            Kind::Struct(fs) => fs.iter().all(|f| self.printable(f.ty)),
            Kind::Array(_, e) | Kind::Slice(e) => self.printable(*e),
            Kind::Map(k, v) => self.printable(*k) && self.printable(*v),
            Kind::Any => true,
            _ => self.is_basic(t),
        }
    }

    /// An `any` is somewhere inside.
    pub fn has_any(&self, t: T) -> bool {
        match &self.all[t].kind {
            Kind::Struct(fs) => fs.iter().any(|f| self.has_any(f.ty)),
            Kind::Array(_, e) | Kind::Slice(e) | Kind::Ptr(e) => self.has_any(*e),
            Kind::Map(k, v) => self.has_any(*k) || self.has_any(*v),
            Kind::Any | Kind::Error | Kind::Iface(_) => true,
            _ => false,
        }
    }

    /// Printing it may run a method of the program.
    pub fn stringy(&self, t: T) -> bool {
        self.all[t].stringer
            || match &self.all[t].kind {
                Kind::Struct(fs) => fs.iter().any(|f| self.stringy(f.ty)),
                Kind::Array(_, e) | Kind::Slice(e) | Kind::Ptr(e) => self.stringy(*e),
                Kind::Map(k, v) => self.stringy(*k) || self.stringy(*v),
                Kind::Any | Kind::Error | Kind::Iface(_) => true,
                _ => false,
            }
    }

    /// The method set: own methods and those promoted from an embedded struct; `ptr` for the set of `*T`.
    pub fn method_set(&self, t: T, ptr: bool) -> Vec<usize> {
        let mut set: Vec<usize> = self.all[t]
            .methods
            .iter()
            .filter(|m| ptr || !m.ptr)
            .map(|m| m.sig)
            .collect();
        if let Kind::Struct(fs) = &self.all[t].kind {
            for f in fs.iter().filter(|f| f.embedded) {
                // A shallower method hides a promoted one, whatever its receiver.
                for s in self.method_set(f.ty, ptr) {
                    if !self.all[t].methods.iter().any(|m| m.sig == s) {
                        set.push(s);
                    }
                }
            }
        }
        set.sort_unstable();
        set.dedup();
        set
    }

    /// The smallest and the largest value of an integer type.
    pub fn bounds(&self, t: T) -> (i128, i128) {
        match self.all[t].kind {
            Kind::Int { bits, signed: true } => (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1),
            Kind::Int {
                bits,
                signed: false,
            } => (0, (1i128 << bits) - 1),
            _ => (0, 127),
        }
    }

    /// The integer constant fits the type.
    pub fn fits(&self, t: T, v: i128) -> bool {
        let (lo, hi) = self.bounds(t);
        lo <= v && v <= hi
    }

    /// The spelling as the operator of a conversion.
    pub fn conv(&self, t: T) -> String {
        let n = &self.all[t].name;
        if n.starts_with('*') || n.starts_with("func") || n.starts_with('<') {
            format!("({n})")
        } else {
            n.clone()
        }
    }
}

//! Helpers written in Go; a program contains those it uses.

/// A helper: name, source, imports.
pub type Helper = (&'static str, &'static str, &'static [&'static str]);

/// All helpers.
pub const HELPERS: &[Helper] = &[
    ("nc", "func nc[T any](x T) T { return x }", &[]),
    (
        "at",
        "func at[S ~[]T, T any](s S, i int) (r T) {\n\tif len(s) > 0 {\n\t\tr = s[uint(i)%uint(len(s))]\n\t}\n\treturn\n}",
        &[],
    ),
    (
        "dv",
        "func dv[T any](p *T) (r T) {\n\tif p != nil {\n\t\tr = *p\n\t}\n\treturn\n}",
        &[],
    ),
    (
        "pick",
        "func pick[T any](c bool, a, b T) T {\n\tif c {\n\t\treturn a\n\t}\n\treturn b\n}",
        &[],
    ),
    (
        "chr",
        "func chr[S ~string](s S, i int) byte {\n\tif len(s) == 0 {\n\t\treturn 0\n\t}\n\treturn s[uint(i)%uint(len(s))]\n}",
        &[],
    ),
    (
        "sub",
        "func sub[S ~string](s S, i, j int) S {\n\tn := uint(len(s)) + 1\n\ta, b := uint(i)%n, uint(j)%n\n\tif a > b {\n\t\ta, b = b, a\n\t}\n\treturn s[a:b]\n}",
        &[],
    ),
    (
        "clip",
        "func clip[S ~string](s S) S {\n\tif len(s) > 40 {\n\t\treturn s[:40]\n\t}\n\treturn s\n}",
        &[],
    ),
    (
        "b2i",
        "func b2i(b bool) int {\n\tif b {\n\t\treturn 1\n\t}\n\treturn 0\n}",
        &[],
    ),
    (
        "f2i",
        "func f2i[F ~float32 | ~float64](f F) int {\n\tif f != f || f > 1e9 || f < -1e9 {\n\t\treturn -1\n\t}\n\treturn int(f)\n}",
        &[],
    ),
    (
        "as",
        "func as[T any](v any) (r T) {\n\tr, _ = v.(T)\n\treturn\n}",
        &[],
    ),
    (
        "is",
        "func is[T any](v any) bool {\n\t_, ok := v.(T)\n\treturn ok\n}",
        &[],
    ),
    (
        "has",
        "func has[M ~map[K]V, K comparable, V any](m M, k K) bool {\n\t_, ok := m[k]\n\treturn ok\n}",
        &[],
    ),
    (
        "dp",
        "func dp[T any](p *T) any {\n\tif p == nil {\n\t\treturn \"nil\"\n\t}\n\treturn *p\n}",
        &[],
    ),
    (
        "chk",
        "var checksum uint64 = 14695981039346656037\n\nfunc chk(x uint64) {\n\tchecksum = (checksum ^ x) * 1099511628211\n\tchecksum ^= checksum >> 29\n}",
        &[],
    ),
    (
        "try",
        "func try(id int, f func()) {\n\tdefer func() {\n\t\tif e := recover(); e != nil {\n\t\t\t_, rt := e.(runtime.Error)\n\t\t\t_, er := e.(error)\n\t\t\tfmt.Println(\"recovered\", id, rt, er, e)\n\t\t}\n\t}()\n\tf()\n}",
        &["fmt", "runtime"],
    ),
    (
        "count",
        "func count(n int) func(func(int) bool) {\n\treturn func(yield func(int) bool) {\n\t\tfor i := 0; i < n; i++ {\n\t\t\tif !yield(i) {\n\t\t\t\treturn\n\t\t\t}\n\t\t}\n\t}\n}",
        &[],
    ),
    (
        "each",
        "func each[T any](xs []T) iter.Seq2[int, T] {\n\treturn func(yield func(int, T) bool) {\n\t\tfor i, x := range xs {\n\t\t\tif !yield(i, x) {\n\t\t\t\treturn\n\t\t\t}\n\t\t}\n\t}\n}",
        &["iter"],
    ),
    (
        "Integer",
        "type Integer interface {\n\t~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64\n}",
        &[],
    ),
    (
        "Number",
        "type Number interface {\n\t~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~float32 | ~float64\n}",
        &[],
    ),
    (
        "keys",
        "func keys[M ~map[K]V, K cmp.Ordered, V any](m M) []K {\n\tks := make([]K, 0, len(m))\n\tfor k := range m {\n\t\tks = append(ks, k)\n\t}\n\tsort.Slice(ks, func(i, j int) bool { return ks[i] < ks[j] })\n\treturn ks\n}",
        &["cmp", "sort"],
    ),
];

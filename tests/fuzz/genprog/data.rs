//! Scenes about data: slices and their aliases, lists, trees, sorting, copies, strings, errors.

use crate::gen_state::Gen;
use crate::types::*;

impl Gen {
    /// One scene about data structures.
    pub fn data_scene(&mut self) {
        self.import("fmt");
        let id = self.trace_id().to_string();
        match self.r.below(16) {
            0 => self.append_alias(&id),
            1 => self.linked_list(&id),
            2 => self.tree(&id),
            3 => self.matrix(&id),
            4 => self.sorting(&id),
            5 => self.struct_copies(&id),
            6 => self.nested_maps(&id),
            7 => self.string_walk(&id),
            8 => self.errors_chain(&id),
            9 => self.overlap_copy(&id),
            10 => self.sieve(&id),
            11 => self.map_of_slices(&id),
            12 => self.array_values(&id),
            13 => self.pointers(&id),
            14 => self.text(&id),
            _ => self.const_arith(&id),
        }
    }

    fn append_alias(&mut self, id: &str) {
        let t = self.plain_type();
        let tn = self.tn(t);
        let n = self.r.range(1, 5);
        let c = n + self.r.range(1, 4);
        let k = self.r.below(n + 1);
        let e: Vec<String> = (0..4).map(|_| self.store(t, 2).s).collect();
        self.emit(
            "base := make([]$0, $1, $2)\nfor i := range base {\n\tbase[i] = $3\n}",
            &[&tn, &n.to_string(), &c.to_string(), &e[0]],
        );
        self.emit(
            "a := append(base[:$0], $1)\nb := append(base[:$0], $2)\nc := append(base[:$0:$0], $3)",
            &[&k.to_string(), &e[1], &e[2], &e[3]],
        );
        self.emit(
            "fmt.Println(\"a$0\", a, b, c, base, len(a), cap(a), cap(base[$1:]))",
            &[id, &k.to_string()],
        );
        self.emit("if len(a) > 0 && len(c) > 0 {\n\ta[0], c[0] = c[0], a[0]\n}\nfmt.Println(\"a$0\", base, b, c, base[:cap(base)])", &[id]);
    }

    fn linked_list(&mut self, id: &str) {
        let t = self.plain_type();
        let tn = self.tn(t);
        let e = self.pure_expr(&[("i", INT)], t, 3);
        let n = self.r.below(9).to_string();
        self.emit("type node struct {\n\tval  $0\n\tnext *node\n}\nvar head *node\nfor i := 0; i < $1; i++ {\n\thead = &node{$2, head}\n}", &[&tn, &n, &e]);
        self.emit("var prev *node\nfor n := head; n != nil; {\n\tnext := n.next\n\tn.next = prev\n\tprev, n = n, next\n}\ncount := 0\nfor n := prev; n != nil; n = n.next {\n\tfmt.Println(\"l$0\", count, n.val)\n\tcount++\n}", &[id]);
    }

    fn tree(&mut self, id: &str) {
        let t = self.some_type(INT, |ty, t| {
            ty.ordered(t) && !matches!(ty.all[t].kind, Kind::Float)
        });
        let tn = self.tn(t);
        let e = self.pure_expr(&[("i", INT)], t, 3);
        let n = self.r.below(14).to_string();
        self.emit("type tree struct {\n\tkey         $0\n\tn           int\n\tleft, right *tree\n}\nvar insert func(*tree, $0) *tree\ninsert = func(t *tree, k $0) *tree {\n\tif t == nil {\n\t\treturn &tree{key: k, n: 1}\n\t}\n\tswitch {\n\tcase k < t.key:\n\t\tt.left = insert(t.left, k)\n\tcase k > t.key:\n\t\tt.right = insert(t.right, k)\n\tdefault:\n\t\tt.n++\n\t}\n\treturn t\n}", &[&tn]);
        self.emit("var root *tree\nfor i := range $0 {\n\t_ = i\n\troot = insert(root, $1)\n}\nvar walk func(*tree, int)\nwalk = func(t *tree, d int) {\n\tif t != nil {\n\t\twalk(t.left, d+1)\n\t\tfmt.Println(\"t$2\", d, t.n, t.key)\n\t\twalk(t.right, d+1)\n\t}\n}\nwalk(root, 0)", &[&n, &e, id]);
    }

    fn matrix(&mut self, id: &str) {
        let t = self.some_type(INT, |ty, t| ty.is_num(t));
        let tn = self.tn(t);
        let n = self.r.range(1, 4).to_string();
        let (a, b) = (
            self.pure_expr(&[("i", INT), ("j", INT)], t, 2),
            self.pure_expr(&[("i", INT), ("j", INT)], t, 2),
        );
        self.emit("var a, b, c [$0][$0]$1\nfor i := range a {\n\tfor j := range a[i] {\n\t\ta[i][j] = $2\n\t\tb[i][j] = $3\n\t}\n}\nfor i := range c {\n\tfor j := range c {\n\t\tfor k := range $0 {\n\t\t\tc[i][j] += a[i][k] * b[k][j]\n\t\t}\n\t}\n}\nd := c\nd[0][0]++\nfmt.Println(\"x$4\", c, c == d, d[$0-1])", &[&n, &tn, &a, &b, id]);
    }

    fn sorting(&mut self, id: &str) {
        let t = self.some_type(INT, |ty, t| {
            ty.ordered(t) && !matches!(ty.all[t].kind, Kind::Float)
        });
        let tn = self.tn(t);
        let e = self.pure_expr(&[("i", INT)], t, 3);
        let n = self.r.below(20).to_string();
        self.import("sort");
        self.import("slices");
        self.emit("type pair struct {\n\tk $0\n\ti int\n}\nps := []pair{}\nfor i := range $1 {\n\tps = append(ps, pair{$2, i})\n}", &[&tn, &n, &e]);
        match self.r.below(3) {
            0 => self.emit("sort.SliceStable(ps, func(i, j int) bool { return ps[i].k < ps[j].k })", &[]),
            1 => self.emit("sort.Slice(ps, func(i, j int) bool {\n\tif ps[i].k != ps[j].k {\n\t\treturn ps[i].k > ps[j].k\n\t}\n\treturn ps[i].i < ps[j].i\n})", &[]),
            _ => {
                self.import("cmp");
                self.emit("slices.SortStableFunc(ps, func(a, b pair) int { return cmp.Compare(a.k, b.k) })", &[]);
            }
        }
        self.emit("fmt.Println(\"o$0\", ps)\nvar ks []$1\nfor _, p := range ps {\n\tks = append(ks, p.k)\n}\nslices.Sort(ks)\nks = slices.Compact(ks)\nfmt.Println(\"o$0\", ks, slices.IsSorted(ks), len(ks) > 0 && slices.Max(ks) == ks[len(ks)-1])", &[id, &tn]);
    }

    fn struct_copies(&mut self, id: &str) {
        let t = self.some_type(INT, |ty, t| {
            matches!(ty.all[t].kind, Kind::Struct(_)) && ty.printable(t)
        });
        if t == INT {
            return self.array_values(id);
        }
        let tn = self.tn(t);
        let e: Vec<String> = (0..3).map(|_| self.composite(t, 2).s).collect();
        self.emit("a := $0\nb := a\np := &a\nxs := []$1{a, b, $2}\narr := [2]$1{*p, $3}\nm := map[string]$1{\"x\": b}", &[&e[0], &tn, &e[1], &e[2]]);
        for _ in 0..self.r.range(1, 4) {
            let Kind::Struct(fs) = self.kind(t) else {
                return;
            };
            let f = fs[self.r.below(fs.len())].clone();
            let x = self.store(f.ty, 2).s;
            let to = self
                .r
                .pick(&["a", "b", "p", "xs[0]", "arr[1]", "(*p)", "xs[2]"]);
            self.emit("$0.$1 = $2", &[to, &f.name, &x]);
        }
        self.emit("for _, x := range xs {\n\tx = a\n\t_ = x\n}\nq := m[\"x\"]\n*p = q\nfmt.Println(\"v$0\", a, b, xs, arr, m)\nfmt.Printf(\"v$0 %+v %v %T\\n\", a, m[\"none\"], p)", &[id]);
    }

    fn nested_maps(&mut self, id: &str) {
        let (k, v) = (
            self.some_type(INT, |ty, t| ty.key(t) && ty.is_basic(t)),
            self.int_type(),
        );
        let (tk, tv) = (self.tn(k), self.tn(v));
        let (ek, ev) = (
            self.pure_expr(&[("i", INT)], k, 3),
            self.pure_expr(&[("i", INT)], v, 3),
        );
        let n = self.r.below(16).to_string();
        self.emit("m := map[$0]map[int]$1{}\nfor i := 0; i < $2; i++ {\n\tk := $3\n\tif m[k] == nil {\n\t\tm[k] = make(map[int]$1)\n\t}\n\tm[k][i%3] += $4\n\tm[k][-1]++\n}\nfmt.Println(\"m$5\", len(m), m)", &[&tk, &tv, &n, &ek, &ev, id]);
        self.emit("for k, in := range m {\n\tdelete(in, 1)\n\tif len(in) < 3 {\n\t\tdelete(m, k)\n\t}\n}\nfmt.Println(\"m$0\", m)", &[id]);
    }

    fn string_walk(&mut self, id: &str) {
        let s = self.expr(STR, 3);
        let (i, j) = (self.r.below(9).to_string(), self.r.below(9).to_string());
        self.import("strings");
        self.import("unicode/utf8");
        self.emit("s := $0 + \"é\\x80日\\xffz\"\ns = s[min($1, len(s)):] + s[:min($2, len(s))]\nfor i, r := range s {\n\tfmt.Println(\"s$3\", i, r, string(r))\n}\nbs, rs := []byte(s), []rune(s)\nfmt.Println(\"s$3\", len(s), len(rs), utf8.RuneCountInString(s), utf8.ValidString(s))\nfmt.Printf(\"s$3 %q %x %v %+q\\n\", s, bs, rs, s)", &[&s.s, &i, &j, id]);
        self.emit("var sb strings.Builder\nfor i := len(rs) - 1; i >= 0; i-- {\n\tsb.WriteRune(rs[i])\n\tif i%2 == 0 {\n\t\tsb.WriteByte('-')\n\t}\n}\nfmt.Printf(\"s$0 %q %d\\n\", sb.String(), sb.Len())\nif len(bs) > 0 {\n\tbs[0] = 'X'\n}\nfmt.Printf(\"s$0 %q %q %t\\n\", string(bs), s, s < string(bs))", &[id]);
    }

    fn errors_chain(&mut self, id: &str) {
        let t = self.plain_type();
        let e = self.store(t, 2).s;
        let name = self.fresh("E");
        let ptr = self.r.chance(50);
        let (star, amp) = if ptr { ("*", "&") } else { ("", "") };
        self.import("errors");
        self.top.push(format!("type {name} struct{{ Code {} }}\n\nfunc (e {star}{name}) Error() string {{ return fmt.Sprintf(\"code %v\", e.Code) }}\n", self.tn(t)));
        self.emit("base := errors.New(\"base\")\nvar err error = $0$1{$2}\nw1 := fmt.Errorf(\"one: %w\", err)\nw2 := fmt.Errorf(\"two: %w, %w\", w1, base)\nvar target $3$1\nfmt.Println(\"e$4\", w2, errors.Is(w2, base), errors.Is(w1, base), errors.Is(w2, err), errors.As(w2, &target), target)", &[amp, &name, &e, star, id]);
        self.emit("fmt.Println(\"e$0\", errors.Unwrap(w1) == err, errors.Unwrap(w2), errors.Join(base, nil, w1))\nfmt.Printf(\"e$0 %v %q %T\\n\", err, base, err)", &[id]);
    }

    fn overlap_copy(&mut self, id: &str) {
        let t = self.plain_type();
        let tn = self.tn(t);
        let e = self.pure_expr(&[("i", INT)], t, 2);
        let n = self.r.range(3, 9);
        let (a, b) = (self.r.below(n).to_string(), self.r.below(n).to_string());
        self.emit("xs := make([]$0, $1)\nfor i := range xs {\n\txs[i] = $2\n}\nn := copy(xs[$3:], xs[$4:])\nfmt.Println(\"c$5\", n, xs)\nn = copy(xs, xs[1:])\nxs = append(xs[:1], xs[2:]...)\nfmt.Println(\"c$5\", n, xs, len(xs))\nvar arr [4]$0\nfmt.Println(\"c$5\", copy(arr[1:3], xs), arr)", &[&tn, &n.to_string(), &e, &a, &b, id]);
    }

    fn sieve(&mut self, id: &str) {
        let n = self.r.range(5, 90).to_string();
        self.emit("composite := make([]bool, $0)\nvar primes []int\nouter:\nfor i := 2; i < len(composite); i++ {\n\tif composite[i] {\n\t\tcontinue outer\n\t}\n\tfor j := i * i; ; j += i {\n\t\tif j >= len(composite) {\n\t\t\tbreak\n\t\t}\n\t\tcomposite[j] = true\n\t}\n\tprimes = append(primes, i)\n}\nfmt.Println(\"i$1\", primes, len(primes))", &[&n, id]);
    }

    fn map_of_slices(&mut self, id: &str) {
        let (k, v) = (
            self.some_type(INT, |ty, t| ty.ordered(t) && ty.key(t)),
            self.plain_type(),
        );
        let (tk, tv) = (self.tn(k), self.tn(v));
        let (ek, ev) = (
            self.pure_expr(&[("i", INT)], k, 2),
            self.pure_expr(&[("i", INT)], v, 2),
        );
        let (n, keys) = (self.r.below(12).to_string(), self.need("keys"));
        self.emit("groups := map[$0][]$1{}\nfor i := range $2 {\n\t_ = i\n\tk := $3\n\tgroups[k] = append(groups[k], $4)\n}\nfor _, k := range $5(groups) {\n\tfmt.Println(\"q$6\", k, len(groups[k]), groups[k])\n}", &[&tk, &tv, &n, &ek, &ev, keys, id]);
    }

    fn array_values(&mut self, id: &str) {
        let t = self.plain_type();
        let tn = self.tn(t);
        let (e, f) = (self.store(t, 2).s, self.store(t, 2).s);
        let n = self.r.range(2, 5);
        let i = self.r.below(n).to_string();
        self.emit("var a [$0]$1\na[$2] = $3\nb := a\nb[$2] = $4\nfor i, x := range a {\n\ta[$0-1-i] = $3\n\tfmt.Println(\"y$5\", i, x)\n}\np := &b\nfor i := range p {\n\tp[i] = a[i]\n}\nchange := func(c [$0]$1) [$0]$1 {\n\tc[0] = $4\n\treturn c\n}\nc := change(b)\ns := b[:]\ns[0] = $3\nfmt.Println(\"y$5\", a, b, c, s, len(p), cap(s))", &[&n.to_string(), &tn, &i, &e, &f, id]);
    }

    fn pointers(&mut self, id: &str) {
        let t = self.plain_type();
        let tn = self.tn(t);
        let e: Vec<String> = (0..4).map(|_| self.store_typed(t, 2).s).collect();
        self.emit("type box struct {\n\tx, y $0\n\tin   struct{ z [2]$0 }\n}\nb := box{x: $1}\nxs := []$0{$2, $3}\npx, pz, pe, pb := &b.x, &b.in.z[1], &xs[1], &b\npp := &px\n*px, *pz = $4, $2\n*pe = *px\n**pp = $3\nc := *pb\npb.y = $1\nb.in.z[0] = *pz\n*pp = &c.y\n**pp = $4\nfmt.Println(\"h$5\", b, c, xs, px == &b.x, px == &c.y, pb == &b)", &[&tn, &e[0], &e[1], &e[2], &e[3], id]);
    }

    fn text(&mut self, id: &str) {
        self.import("strings");
        self.import("strconv");
        let (s, sep) = (
            self.expr(STR, 3).s,
            self.r.pick(&["\",\"", "\" \"", "\"a\"", "\"\"", "\"l\""]),
        );
        let (n, f) = (
            self.expr(INT64, 2).s,
            if self.on("float") {
                self.expr(F64, 2).s
            } else {
                "1.5".into()
            },
        );
        self.emit("s := strings.Join([]string{$0, \"x y\", \"a,b,,c\"}, \",\")\nparts := strings.Split(s, $1)\nfmt.Printf(\"u$2 %q %q %d\\n\", parts, strings.Fields(s), len(parts))\nfmt.Printf(\"u$2 %q %q\\n\", strings.Map(func(r rune) rune {\n\tif r == 'a' {\n\t\treturn -1\n\t}\n\treturn r + 1\n}, s), strings.SplitN(s, $1, 2))", &[&s, sep, id]);
        self.emit("n := strconv.FormatInt($0, 36)\nback, err := strconv.ParseInt(n, 36, 64)\n_, bad := strconv.Atoi(s)\nfmt.Println(\"u$1\", n, back, err, bad)\nf := strconv.FormatFloat($2, 'g', -1, 64)\ng, err := strconv.ParseFloat(f, 64)\nfmt.Println(\"u$1\", f, g, err, strconv.AppendQuote(nil, s)[0])", &[&n, id, &f]);
    }

    fn const_arith(&mut self, id: &str) {
        let (a, b, c) = (
            self.r.range(1, 1000).to_string(),
            self.r.range(1, 90).to_string(),
            self.r.range(1, 9).to_string(),
        );
        self.emit("const big = $0 << 100\nconst (\n\tk0 = iota + $2\n\tk1\n\t_\n\tk3 = 1 << (iota * 3)\n\tk4 float64 = iota / 2.0\n)\nconst ratio = $0.0 / $2\nfmt.Println(\"k$3\", big>>(100-$2), k0, k1, k3, k4, ratio, big/(1<<98), $1%k0, 'a'+$2, len(\"const\")*$1, -7/$2, -7%$2, 7.0/2, 1<<$2|1)\nfmt.Printf(\"k$3 %T %T %T %T\\n\", ratio, 'x'+1, 2i*2i, k3)", &[&a, &b, &c, id]);
    }
}

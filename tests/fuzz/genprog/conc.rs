//! Scenes with goroutines and channels whose outcome no schedule can change.

use crate::gen_state::{Fx, Gen};
use crate::types::*;

impl Gen {
    /// A pure expression over the given variables and the constants alone.
    pub fn pure_expr(&mut self, vars: &[(&str, T)], t: T, d: u32) -> String {
        let kept = std::mem::take(&mut self.vars);
        let mut fx = Fx::new(true, true, &[], 0, 250);
        fx.quiet = true;
        fx.lits = 2;
        let fx = std::mem::replace(&mut self.fx, fx);
        for (v, t) in vars {
            self.bind(v, *t, false).used = true;
        }
        let e = self.store_typed(t, d);
        self.fx = fx;
        self.vars = kept;
        e.s
    }

    /// A type whose values share nothing.
    pub fn plain_type(&mut self) -> T {
        self.some_type(INT, |ty, t| ty.plain(t))
    }

    /// One scene about concurrency.
    pub fn conc_scene(&mut self) {
        self.import("fmt");
        let id = self.trace_id().to_string();
        match self.r.below(15) {
            0 => self.pipeline(&id),
            1 => self.fan_out(&id),
            2 => self.counters(&id),
            3 => self.buffered(&id),
            4 => self.selects(&id),
            5 => self.ping_pong(&id),
            6 => self.recovered_goroutine(&id),
            7 => self.producer(&id),
            8 => self.server(&id),
            9 => self.chain(&id),
            10 => self.semaphore(&id),
            11 => self.once_and_cond(&id),
            12 => self.timers(&id),
            13 => self.merge(&id),
            _ => self.nil_channels(&id),
        }
    }

    fn pipeline(&mut self, id: &str) {
        let (a, b) = (self.plain_type(), self.plain_type());
        let (ta, tb) = (self.tn(a), self.tn(b));
        let make = self.pure_expr(&[("i", INT)], a, 3);
        let stage = self.pure_expr(&[("x", a)], b, 3);
        let (n, c1, c2) = (
            self.r.range(1, 9).to_string(),
            self.r.below(4).to_string(),
            self.r.below(3).to_string(),
        );
        self.emit(
            "src := make(chan $0, $1)\ndst := make(chan $2, $3)",
            &[&ta, &c1, &tb, &c2],
        );
        self.emit(
            "go func() {\n\tdefer close(src)\n\tfor i := 0; i < $0; i++ {\n\t\tsrc <- $1\n\t}\n}()",
            &[&n, &make],
        );
        self.emit("go func(in <-chan $0, out chan<- $1) {\n\tfor x := range in {\n\t\t_ = x\n\t\tout <- $2\n\t}\n\tclose(out)\n}(src, dst)", &[&ta, &tb, &stage]);
        self.emit("for y := range dst {\n\tfmt.Println(\"p$0\", y)\n}", &[id]);
        self.emit("_, ok := <-dst\nfmt.Println(\"p$0\", ok)", &[id]);
    }

    fn fan_out(&mut self, id: &str) {
        let t = self.plain_type();
        let e = self.pure_expr(&[("i", INT)], t, 4);
        let (n, tn) = (self.r.range(1, 20).to_string(), self.tn(t));
        self.import("sync");
        self.emit(
            "var wg sync.WaitGroup\nresults := make([]$0, $1)",
            &[&tn, &n],
        );
        match self.r.below(3) {
            0 => self.emit("for i := range results {\n\twg.Go(func() { results[i] = $0 })\n}", &[&e]),
            1 => self.emit("wg.Add(len(results))\nfor i := range results {\n\tgo func() {\n\t\tdefer wg.Done()\n\t\tresults[i] = $0\n\t}()\n}", &[&e]),
            _ => self.emit(
                "jobs := make(chan int)\nfor w := 0; w < 3; w++ {\n\twg.Add(1)\n\tgo func() {\n\t\tdefer wg.Done()\n\t\tfor i := range jobs {\n\t\t\tresults[i] = $0\n\t\t}\n\t}()\n}\nfor i := range results {\n\tjobs <- i\n}\nclose(jobs)",
                &[&e],
            ),
        }
        self.emit("wg.Wait()\nfmt.Println(\"w$0\", results)", &[id]);
    }

    fn counters(&mut self, id: &str) {
        let t = self.int_type();
        let e = self.pure_expr(&[("i", INT)], t, 3);
        let (n, tn) = (self.r.range(1, 12).to_string(), self.tn(t));
        self.import("sync");
        self.import("sync/atomic");
        let lock = self.r.pick(&["Mutex", "RWMutex"]);
        self.emit("var mu sync.$0\nvar wg sync.WaitGroup\nvar sum $1\nvar hits atomic.Int64\nseen := map[int]$1{}", &[lock, &tn]);
        self.emit("for i := 0; i < $0; i++ {\n\twg.Add(1)\n\tgo func(i int) {\n\t\tdefer wg.Done()\n\t\tx := $1\n\t\tmu.Lock()\n\t\tdefer mu.Unlock()\n\t\tsum += x\n\t\tseen[i] = x\n\t\thits.Add(int64(i))\n\t}(i)\n}", &[&n, &e]);
        self.emit(
            "wg.Wait()\nfmt.Println(\"m$0\", sum, seen, hits.Load(), mu.TryLock())",
            &[id],
        );
    }

    fn buffered(&mut self, id: &str) {
        let t = self.plain_type();
        let (n, tn) = (self.r.range(1, 6), self.tn(t));
        self.emit("c := make(chan $0, $1)", &[&tn, &n.to_string()]);
        let sent = self.r.range(1, n);
        for _ in 0..sent {
            let e = self.pure_expr(&[], t, 3);
            self.emit("c <- $0", &[&e]);
        }
        self.emit("fmt.Println(\"b$0\", len(c), cap(c), <-c)", &[id]);
        let full = self.pure_expr(&[], t, 2);
        self.emit("for i := 0; i < 9; i++ {\n\tselect {\n\tcase c <- $0:\n\tdefault:\n\t\tfmt.Println(\"b$1 full\", i, len(c))\n\t\ti = 9\n\t}\n}", &[&full, id]);
        self.emit("close(c)\nfor {\n\tx, ok := <-c\n\tfmt.Println(\"b$0\", x, ok, len(c))\n\tif !ok {\n\t\tbreak\n\t}\n}", &[id]);
    }

    fn selects(&mut self, id: &str) {
        let (a, b) = (self.plain_type(), self.plain_type());
        let (ta, tb) = (self.tn(a), self.tn(b));
        let (ea, eb) = (
            self.pure_expr(&[("i", INT)], a, 2),
            self.pure_expr(&[("i", INT)], b, 2),
        );
        self.emit(
            "a, b := make(chan $0, 1), make(chan $1, 1)\nvar never chan int",
            &[&ta, &tb],
        );
        let n = self.r.range(2, 8).to_string();
        self.block(&format!("for i := 0; i < {n}; i++"), |g| {
            g.emit("switch i % 3 {\ncase 0:\n\ta <- $0\ncase 1:\n\tb <- $1\n}", &[&ea, &eb]);
            g.emit("select {\ncase x := <-a:\n\tfmt.Println(\"s$0 a\", i, x)\ncase x, ok := <-b:\n\tfmt.Println(\"s$0 b\", i, x, ok)\ncase x := <-never:\n\tfmt.Println(\"s$0 never\", x)\ncase never <- i:\n\tfmt.Println(\"s$0 never\")\ndefault:\n\tfmt.Println(\"s$0 default\", i)\n}", &[id]);
        });
        self.emit("done := make(chan struct{})\ngo func() { close(done) }()\nselect {\ncase <-done:\n\tfmt.Println(\"s$0 done\")\ncase <-never:\n}", &[id]);
    }

    fn ping_pong(&mut self, id: &str) {
        let t = self.plain_type();
        let tn = self.tn(t);
        let (first, next) = (self.pure_expr(&[], t, 2), self.pure_expr(&[("x", t)], t, 3));
        let n = self.r.range(1, 9).to_string();
        self.emit("ping, pong := make(chan $0), make(chan $0)", &[&tn]);
        self.emit("go func() {\n\tfor x := range ping {\n\t\t_ = x\n\t\tpong <- $0\n\t}\n\tclose(pong)\n}()", &[&next]);
        self.emit("var x $0 = $1\nfor i := range $2 {\n\tping <- x\n\tx = <-pong\n\tfmt.Println(\"g$3\", i, x)\n}\nclose(ping)\n_, ok := <-pong\nfmt.Println(\"g$3\", ok)", &[&tn, &first, &n, id]);
    }

    fn recovered_goroutine(&mut self, id: &str) {
        let t = self.int_type();
        let e = self.pure_expr(&[("i", t)], t, 3);
        let (n, tn) = (self.r.range(1, 6).to_string(), self.tn(t));
        let what = self
            .r
            .pick(&[
                "x / (i - i)",
                "x % (i ^ i)",
                "[]$T{x}[uint8(i)+1]",
                "any(i).($T) / (x & 0)",
            ])
            .replace("$T", &tn);
        self.import("sync");
        self.emit("errs := make([]any, $0)\nvar wg sync.WaitGroup", &[&n]);
        self.emit("for i := $0(0); i < $1; i++ {\n\twg.Add(1)\n\tgo func() {\n\t\tdefer wg.Done()\n\t\tdefer func() { errs[i] = recover() }()\n\t\tx := $2\n\t\tx = $3\n\t\t_ = x\n\t}()\n}", &[&tn, &n, &e, &what]);
        self.emit(
            "wg.Wait()\nfor i, e := range errs {\n\tfmt.Println(\"e$0\", i, e)\n}",
            &[id],
        );
    }

    fn producer(&mut self, id: &str) {
        let t = self.plain_type();
        let e = self.pure_expr(&[("i", INT)], t, 3);
        let (n, tn) = (self.r.range(1, 9).to_string(), self.tn(t));
        self.emit(
            "done, out, gone := make(chan struct{}), make(chan $0), make(chan int)",
            &[&tn],
        );
        self.emit("go func() {\n\tdefer close(gone)\n\tfor i := 0; ; i++ {\n\t\tselect {\n\t\tcase out <- $0:\n\t\tcase <-done:\n\t\t\treturn\n\t\t}\n\t}\n}()", &[&e]);
        self.emit("for range $0 {\n\tfmt.Println(\"n$1\", <-out)\n}\nclose(done)\n<-gone\nfmt.Println(\"n$1 gone\")", &[&n, id]);
    }

    fn server(&mut self, id: &str) {
        let (a, b) = (self.plain_type(), self.plain_type());
        let (ta, tb) = (self.tn(a), self.tn(b));
        let (make, answer) = (
            self.pure_expr(&[("i", INT)], a, 2),
            self.pure_expr(&[("arg", a)], b, 3),
        );
        let n = self.r.range(1, 7).to_string();
        self.emit(
            "type request struct {\n\targ   $0\n\treply chan $1\n}\nreqs := make(chan request)",
            &[&ta, &tb],
        );
        self.emit("go func() {\n\tfor r := range reqs {\n\t\targ := r.arg\n\t\t_ = arg\n\t\tr.reply <- $0\n\t}\n}()", &[&answer]);
        self.emit("for i := 0; i < $0; i++ {\n\tr := request{$1, make(chan $2, i&1)}\n\treqs <- r\n\tfmt.Println(\"q$3\", i, <-r.reply)\n}\nclose(reqs)", &[&n, &make, &tb, id]);
    }

    fn chain(&mut self, id: &str) {
        let t = self.int_type();
        let e = self.pure_expr(&[("x", t)], t, 2);
        let (n, tn) = (self.r.range(1, 60).to_string(), self.tn(t));
        self.emit("first := make(chan $0)\nin := first\nfor i := 0; i < $1; i++ {\n\tout := make(chan $0, i%2)\n\tgo func(in <-chan $0, out chan<- $0) {\n\t\tx := <-in\n\t\tout <- x ^ ($2)\n\t}(in, out)\n\tin = out\n}\nfirst <- 3\nfmt.Println(\"c$3\", <-in)", &[&tn, &n, &e, id]);
    }

    fn semaphore(&mut self, id: &str) {
        let (n, k) = (
            self.r.range(1, 10).to_string(),
            self.r.range(1, 3).to_string(),
        );
        let e = self.pure_expr(&[("i", INT)], INT, 3);
        self.import("sync");
        self.import("sync/atomic");
        self.emit("sem := make(chan struct{}, $1)\nvar running, over, total atomic.Int32\nvar wg sync.WaitGroup\nfor i := range $0 {\n\twg.Go(func() {\n\t\tsem <- struct{}{}\n\t\tdefer func() { <-sem }()\n\t\tif running.Add(1) > $1 {\n\t\t\tover.Add(1)\n\t\t}\n\t\ttotal.Add(int32($2 + i))\n\t\trunning.Add(-1)\n\t})\n}\nwg.Wait()\nfmt.Println(\"x$3\", over.Load(), total.Load(), len(sem))", &[&n, &k, &e, id]);
    }

    fn once_and_cond(&mut self, id: &str) {
        let n = self.r.range(1, 8).to_string();
        self.import("sync");
        if self.r.chance(50) {
            self.emit("var once sync.Once\nvar wg sync.WaitGroup\nn := 0\nfor i := range $0 {\n\twg.Add(1)\n\tgo func() {\n\t\tdefer wg.Done()\n\t\t_ = i\n\t\tonce.Do(func() { n++ })\n\t}()\n}\nwg.Wait()\nfmt.Println(\"o$1\", n)", &[&n, id]);
        } else {
            self.emit("var mu sync.Mutex\ncond := sync.NewCond(&mu)\nready, woken := false, make(chan int, $0)\nfor i := range $0 {\n\tgo func() {\n\t\tmu.Lock()\n\t\tfor !ready {\n\t\t\tcond.Wait()\n\t\t}\n\t\tmu.Unlock()\n\t\twoken <- i\n\t}()\n}\nmu.Lock()\nready = true\ncond.Broadcast()\nmu.Unlock()\nsum := 0\nfor range $0 {\n\tsum += <-woken\n}\nfmt.Println(\"o$1\", sum)", &[&n, id]);
        }
    }

    fn timers(&mut self, id: &str) {
        self.import("time");
        let never = self.r.pick(&["make(chan int)", "(chan int)(nil)"]);
        self.emit("never := $0\nselect {\ncase x := <-never:\n\tfmt.Println(x)\ncase <-time.After(time.Millisecond):\n\tfmt.Println(\"k$1 timeout\")\n}", &[never, id]);
        self.emit("var order []int\nc := make(chan int)\nfor _, ms := range []int{30, 0, 15} {\n\tgo func() {\n\t\ttime.Sleep(time.Duration(ms) * time.Millisecond)\n\t\tc <- ms\n\t}()\n}\nfor range 3 {\n\torder = append(order, <-c)\n}\nfmt.Println(\"k$0\", order, time.Duration(1500)*time.Millisecond)", &[id]);
    }

    fn merge(&mut self, id: &str) {
        let t = self.int_type();
        let e = self.pure_expr(&[("i", t), ("w", INT)], t, 2);
        let (n, k, tn) = (
            self.r.range(1, 4).to_string(),
            self.r.range(1, 6).to_string(),
            self.tn(t),
        );
        self.import("sync");
        self.emit("var sources []<-chan $0\nfor w := range $1 {\n\tc := make(chan $0, w)\n\tgo func() {\n\t\tdefer close(c)\n\t\tfor i := $0(0); i < $2; i++ {\n\t\t\tc <- $3\n\t\t}\n\t}()\n\tsources = append(sources, c)\n}", &[&tn, &n, &k, &e]);
        self.emit("out := make(chan $0)\nvar wg sync.WaitGroup\nfor _, c := range sources {\n\twg.Add(1)\n\tgo func() {\n\t\tdefer wg.Done()\n\t\tfor x := range c {\n\t\t\tout <- x\n\t\t}\n\t}()\n}\ngo func() {\n\twg.Wait()\n\tclose(out)\n}()\nvar sum, mix $0\nn := 0\nfor x := range out {\n\tsum += x\n\tmix ^= x\n\tn++\n}\nfmt.Println(\"j$1\", sum, mix, n)", &[&tn, id]);
    }

    fn nil_channels(&mut self, id: &str) {
        let t = self.plain_type();
        let tn = self.tn(t);
        let (a, b) = (self.pure_expr(&[], t, 2), self.pure_expr(&[], t, 2));
        self.emit("a, b := make(chan $0, 2), make(chan $0, 2)\na <- $1\nb <- $2\nclose(a)\nclose(b)\nna, nb := 0, 0\nfor a != nil || b != nil {\n\tselect {\n\tcase _, ok := <-a:\n\t\tif !ok {\n\t\t\ta = nil\n\t\t} else {\n\t\t\tna++\n\t\t}\n\tcase _, ok := <-b:\n\t\tif !ok {\n\t\t\tb = nil\n\t\t} else {\n\t\t\tnb++\n\t\t}\n\t}\n}\nfmt.Println(\"z$3\", na, nb, a == nil)", &[&tn, &a, &b, id]);
    }
}

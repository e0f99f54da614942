//! A whole program: declarations, scenes, `main` and the way it ends.

use crate::gen_state::{Fx, Gen, Options};
use crate::prelude::HELPERS;

/// The Go source of the program that `seed` and the options stand for.
pub fn program(seed: u64, opt: Options) -> String {
    let mut g = Gen::new(seed, opt);
    g.types();
    g.constants();
    g.globals();
    let size = g.opt.size as usize;
    for _ in 0..g.r.range(1, 2 + size) {
        g.function(true);
    }
    for _ in 0..g.r.below(2 + size / 2) {
        g.recursive();
    }
    g.methods();
    for _ in 0..g.r.range(1, 1 + size) {
        g.function(false);
    }
    let mut scenes = Vec::new();
    for _ in 0..g.r.range(2, 2 + 2 * size) {
        scenes.push(g.scene());
    }
    g.main_func(&scenes);
    g.assemble(seed)
}

impl Gen {
    /// A function around one scene, with random code before and after it; gives its name.
    fn scene(&mut self) -> String {
        let name = self.fresh("scene");
        let own = self.vars.len();
        let fx = Fx::new(false, false, &[], own, 6000);
        let (before, after) = (self.r.below(3), self.r.below(3));
        self.declare_top(|g| {
            let (body, _) = g.under(fx, |g| {
                g.stmts(before);
                g.emit("{", &[]);
                g.ind += 1;
                g.scope(|g| match g.r.below(15) {
                    0..=3 if g.on("chan") => g.conc_scene(),
                    4..=6 => g.data_scene(),
                    7..=9 => g.feature_scene(),
                    10 | 11 => g.form_scene(),
                    12 => g.function_scene(),
                    _ => g.shape_scene(),
                });
                g.ind -= 1;
                g.emit("}", &[]);
                g.stmts(after);
                g.print();
            });
            g.emit("func $0() {", &[&name]);
            g.out.push_str(&body);
            g.emit("}", &[]);
        });
        name
    }

    fn main_func(&mut self, scenes: &[String]) {
        self.need("try");
        self.need("chk");
        self.import("fmt");
        let own = self.vars.len();
        let fx = Fx::new(false, false, &[], own, 60_000);
        let impure: Vec<usize> = (0..self.funcs.len())
            .filter(|&i| !self.funcs[i].pure)
            .collect();
        self.declare_top(|g| {
            let (body, _) = g.under(fx, |g| {
                for s in scenes {
                    let id = g.trace_id().to_string();
                    g.emit("try($0, $1)", &[&id, s]);
                }
                for i in impure {
                    let id = g.trace_id().to_string();
                    g.emit("try($0, func() {", &[&id]);
                    g.ind += 1;
                    g.scope(|g| {
                        let call = g.call_text(i, 2);
                        let results = g.funcs[i].results.clone();
                        g.receive(&call, &results);
                        g.print();
                        g.stmts(1);
                    });
                    g.ind -= 1;
                    g.emit("})", &[]);
                }
                for i in 0..own {
                    let (name, t) = (g.vars[i].name.clone(), g.vars[i].ty);
                    let shown = g.show(&name, t);
                    if !shown.is_empty() {
                        g.emit("fmt.Println(\"$0\", $1)", &[&name, &shown.join(", ")]);
                    }
                }
                g.emit("fmt.Println(\"checksum\", checksum)", &[]);
                g.ending();
            });
            g.emit("func main() {", &[]);
            g.out.push_str(&body);
            g.emit("}", &[]);
        });
    }

    /// Most programs just end; some exit, panic or get stuck.
    fn ending(&mut self) {
        if !self.on("exits") {
            return;
        }
        match self.r.below(24) {
            0 => {
                self.import("os");
                let code = self.r.pick(&["0", "1", "3", "42"]);
                self.emit("defer fmt.Println(\"not reached\")\nos.Exit($0)", &[code]);
            }
            1 => {
                let id = self.r.below(100).to_string();
                self.emit(
                    "defer fmt.Println(\"deferred\", $0)\nvar xs []int\n_ = xs[$0]",
                    &[&id],
                );
            }
            2 => {
                let id = self.r.below(100).to_string();
                let arg = self
                    .r
                    .pick(&[
                        "fmt.Errorf(\"end %d\", $0)",
                        "\"end $0\"",
                        "$0",
                        "any(nil)",
                        "struct{}{}",
                    ])
                    .replace("$0", &id);
                self.emit(
                    "defer func() { fmt.Println(\"deferred\") }()\npanic($0)",
                    &[&arg],
                );
            }
            3 if self.on("chan") => {
                let stuck = self.r.pick(&[
                    "<-make(chan int)",
                    "select {}",
                    "make(chan int) <- 1",
                    "var c chan int; c <- 1",
                    "for range make(chan int) {}",
                ]);
                self.emit("$0", &[stuck]);
            }
            _ => {}
        }
    }

    /// Puts the source together: imports, helpers, and the declarations in random order.
    fn assemble(mut self, seed: u64) -> String {
        let mut helpers = Vec::new();
        for (name, source, imports) in HELPERS {
            if self.needs.contains(name) {
                helpers.push(source.to_string());
                self.imports.extend(imports.iter().copied());
            }
        }
        let mut top = std::mem::take(&mut self.top);
        self.r.shuffle(&mut top);
        // An expression may have been dropped again, and its import with it.
        let text = helpers.concat() + &top.concat();
        self.imports
            .retain(|i| text.contains(&format!("{}.", i.rsplit('/').next().unwrap_or(i))));
        let mut out = format!("// Program {seed}.\npackage {}\n\n", self.opt.package);
        if !self.imports.is_empty() {
            out.push_str("import (\n");
            self.imports
                .iter()
                .for_each(|i| out.push_str(&format!("\t\"{i}\"\n")));
            out.push_str(")\n\n");
        }
        if self.opt.package != "main" {
            // Linked into one binary with others, the program is started by its caller.
            top.push("func Main() { main() }\n".into());
        }
        for text in helpers.iter().chain(&top) {
            out.push_str(text);
            out.push_str(if text.ends_with('\n') { "\n" } else { "\n\n" });
        }
        out
    }
}

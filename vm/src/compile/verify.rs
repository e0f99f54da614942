//! Checks compiled code for what the interpreter relies on: registers inside the frame, jumps on instruction boundaries, indices that
//! exist.

use crate::bytecode::*;
use crate::program::Program;

struct Check<'p> {
    p: &'p Program,
    frame: u32,
    len: usize,
    at: usize,
    wrong: Option<String>,
}

/// Checks the code of function `f`.
///
/// # Errors
/// The first thing that is wrong.
pub fn verify(p: &Program, f: FuncId) -> Result<(), String> {
    let (entry, meta) = (&p.funcs[f.0 as usize], &p.metas[f.0 as usize]);
    let mut c = Check {
        p,
        frame: entry.frame_slots,
        len: meta.code.len(),
        at: 0,
        wrong: None,
    };
    for (i, op) in meta.code.iter().enumerate() {
        c.at = i;
        op.visit(&mut c);
        if let Op::JmpTable { t, .. } = op {
            for &d in &p.tables[t.0 as usize] {
                c.target(d);
            }
        }
        if let Some(w) = c.wrong {
            return Err(format!("{w} in {} at instruction {i}", op.name()));
        }
    }
    let ends = matches!(
        meta.code.last(),
        Some(
            Op::Ret {}
                | Op::Ret1 { .. }
                | Op::RetAdd { .. }
                | Op::Jmp { .. }
                | Op::Trap { .. }
                | Op::CompileMe { .. }
        )
    );
    if ends {
        Ok(())
    } else {
        Err("code runs off its end".to_string())
    }
}

impl Check<'_> {
    fn expect(&mut self, ok: bool, what: impl FnOnce() -> String) {
        if !ok {
            self.wrong.get_or_insert_with(what);
        }
    }

    fn register(&mut self, r: u16) {
        let frame = self.frame;
        self.expect(u32::from(r) < frame, || {
            format!("register {r} in a frame of {frame}")
        });
    }

    fn target(&mut self, d: i32) {
        let to = self.at as i64 + 1 + i64::from(d);
        let len = self.len as i64;
        self.expect((0..len).contains(&to), || format!("jump to {to}"));
    }

    fn below(&mut self, what: &str, i: u32, n: usize) {
        self.expect((i as usize) < n, || format!("{what} {i} of {n}"));
    }
}

impl Visitor for Check<'_> {
    fn operand(&mut self, _: &'static str, o: Operand) {
        let p = self.p;
        match o {
            Operand::Dst(Dst(r)) | Operand::Src(Src(r)) | Operand::Win(Win(r)) => self.register(r),
            Operand::Src8(Src8(r)) => self.register(u16::from(r)),
            Operand::FrameByte(FrameByte(b)) => {
                let frame = self.frame;
                self.expect(b / 8 < frame, || {
                    format!("frame byte {b} in a frame of {frame}")
                });
            }
            Operand::Jump16(Jump16(d)) => self.target(i32::from(d)),
            Operand::Jump32(Jump32(d)) => self.target(d),
            Operand::Const(Const(i)) => self.below("constant", i, p.consts.len()),
            Operand::FuncId16(FuncId16(i)) => self.below("function", u32::from(i), p.funcs.len()),
            Operand::FuncId(FuncId(i)) => self.below("function", i, p.funcs.len()),
            Operand::TypeIx(TypeIx(i)) => self.below("type", i, p.types.len().max(1)),
            Operand::TypeIx16(TypeIx16(i)) => self.below("type", u32::from(i), p.types.len()),
            Operand::Site(Site(i)) => self.below("call site", i, p.sites.len()),
            Operand::NativeIx(NativeIx(i)) => self.below("native", i, p.natives.len()),
            Operand::Table(Table(i)) => self.below("table", i, p.tables.len()),
            Operand::SelectIx(SelectIx(i)) => self.below("select", i, p.selects.len()),
            Operand::InitIx(InitIx(i)) => self.below("initialiser", i, p.inits.len()),
            _ => {}
        }
    }
}

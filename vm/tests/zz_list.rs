use lang::check::{Importer, PackageSource, World};
use lang::syntax::{ParseOptions, parse_file};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use vm::compile::{Compiler, Parts, disasm};
use vm::mem::Heap;
use vm::program::Program;
struct Std(PathBuf);
impl Importer for Std {
    fn import(&self, path: &str) -> Result<PackageSource, String> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(self.0.join(path)).map_err(|_| format!("package {path} is not in std"))? {
            let p = entry.map_err(|e| e.to_string())?.path();
            if p.extension().is_some_and(|e| e == "gol") {
                files.push((p.display().to_string(), std::fs::read_to_string(&p).map_err(|e| e.to_string())?));
            }
        }
        files.sort();
        Ok(PackageSource { files, is_std: true })
    }
    fn by_name(&self, _: &str) -> Option<String> { None }
}
#[test]
fn list() {
    let path = std::env::var("LIST").unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../stdlib/src");
    let mut world = World::new(Rc::new(Std(root)));
    let src = world.sources.add(&path, &text, false).unwrap();
    let ids = Rc::default();
    let (file, mut diags) = parse_file(&src, &ids, ParseOptions::default());
    let (pkg, found) = world.check_file_package("main", vec![Rc::new(file)], ids);
    diags.extend(found);
    for d in &diags { println!("{}", d.message); }
    let mut c = Compiler::new(world, |_| None);
    let mut p = Program::default();
    let mut heap = Heap::new();
    let _ = c.entry(&mut p, pkg);
    let mut i = 0;
    while i < p.funcs.len() {
        if p.metas[i].name.contains("main.") {
            let r = c.compile_func(&mut Parts { program: &mut p, heap: &mut heap }, vm::bytecode::FuncId(i as u32));
            if let Err(e) = r { println!("{}", e.message()); }
            println!("{}", disasm::listing(&p, &c.world.sources, vm::bytecode::FuncId(i as u32)));
        } else if i == 0 {
            let _ = c.compile_func(&mut Parts { program: &mut p, heap: &mut heap }, vm::bytecode::FuncId(0));
        }
        i += 1;
    }
}

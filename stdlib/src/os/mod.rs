//! Package os: the process and its files.
//!
//! Invariants: a file descriptor of Go is 0 to 2 for the standard files, else an index into the table of open files of this thread. What may
//! block (terminals, pipes, files) runs in the blocking pool on a native's own stack; writes to standard output go through the VM's buffer.

mod env;
mod files;
mod paths;
pub mod shared_stdin;

use vm::{Cx, Flow, NativeFn};

/// The natives of the package.
pub const NATIVES: &[(&str, NativeFn)] = &[
    ("Exit", |cx| {
        let code = cx.int();
        cx.exit(code as i32)
    }),
    ("args", |cx| {
        let args = cx.args().to_vec();
        cx.ret_strs(&args);
        Flow::Done
    }),
    ("fdWrite", files::write),
    ("fdWriteString", files::write_string),
    ("fdRead", files::read),
    ("fdReadAt", files::read_at),
    ("fdWriteAt", files::write_at),
    ("fdSeek", files::seek),
    ("fdTruncate", files::truncate),
    ("fdSync", files::sync),
    ("fdClose", files::close),
    ("fdStat", files::stat),
    ("open", files::open),
    ("readFile", paths::read_file),
    ("stat", paths::stat),
    ("remove", paths::remove),
    ("removeAll", paths::remove_all),
    ("mkdir", paths::mkdir),
    ("chmod", paths::chmod),
    ("rename", paths::rename),
    ("link", paths::link),
    ("readlink", paths::readlink),
    ("readDir", paths::read_dir),
    ("randomDigits", |cx| {
        let n = cx.rand_u64() as u32;
        cx.ret_str(n.to_string());
        Flow::Done
    }),
    ("LookupEnv", env::lookup),
    ("setenv", env::set),
    ("unsetenv", env::unset),
    ("Clearenv", env::clear),
    ("Environ", env::all),
    ("Getpid", env::pid),
    ("Getppid", env::parent),
    ("identity", env::identity),
    ("getwd", env::getwd),
    ("executable", env::executable),
    ("chdir", env::chdir),
];

/// The error number of a failure; EIO if it has none.
pub(crate) fn errno(e: &std::io::Error) -> i64 {
    const EIO: i32 = 5;
    i64::from(e.raw_os_error().unwrap_or(EIO))
}

fn ret_errno<T>(cx: &mut Cx<'_>, result: &std::io::Result<T>) -> Flow {
    cx.ret_int(result.as_ref().err().map_or(0, errno));
    Flow::Done
}

/// Runs work that may block in the pool and hands its result to `done`.
fn blocking<T: Send + 'static>(
    cx: &mut Cx<'_>,
    job: impl FnOnce() -> T + Send + 'static,
    done: impl FnOnce(&mut Cx<'_>, T) -> Flow,
) -> Flow {
    match cx.block_on(job) {
        Ok(result) => done(cx, result),
        Err(flow) => flow,
    }
}

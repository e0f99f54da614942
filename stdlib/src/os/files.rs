//! Open files.

use super::{blocking, errno, paths, ret_errno, shared_stdin};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::sync::Arc;
use vm::{Cx, Flow};

/// What was opened, by descriptor.
#[derive(Default)]
struct Table {
    files: HashMap<i64, Arc<File>>,
    next: i64,
}

thread_local! {
    static TABLE: RefCell<Table> = RefCell::new(Table { files: HashMap::new(), next: 3 });
}

const EBADF: i32 = 9;

fn bad_fd() -> io::Error {
    io::Error::from_raw_os_error(EBADF)
}

fn file(fd: i64) -> io::Result<Arc<File>> {
    TABLE
        .with_borrow(|t| t.files.get(&fd).cloned())
        .ok_or_else(bad_fd)
}

/// Results `n int, errno int`.
fn ret_count(cx: &mut Cx<'_>, result: io::Result<usize>) -> Flow {
    cx.ret_int(*result.as_ref().unwrap_or(&0) as i64);
    ret_errno(cx, &result)
}

/// `open(name string, flag int, perm uint32) (fd int, errno int)`.
pub(super) fn open(cx: &mut Cx<'_>) -> Flow {
    let (path, flag, perm) = (paths::path(cx), cx.int(), cx.u32());
    let job = move || {
        let access = flag & 3;
        let mut options = OpenOptions::new();
        // The flags pass through to the system, which checks their combination.
        options
            .read(access != 1)
            .write(access != 0)
            .mode(perm)
            .custom_flags((flag & !3) as i32);
        options.open(path)
    };
    blocking(cx, job, |cx, result| {
        match result {
            Ok(f) => {
                let fd = TABLE.with_borrow_mut(|t| {
                    let fd = t.next;
                    t.next += 1;
                    t.files.insert(fd, Arc::new(f));
                    fd
                });
                cx.ret_int(fd);
                cx.ret_int(0);
            }
            Err(e) => {
                cx.ret_int(-1);
                cx.ret_int(errno(&e));
            }
        }
        Flow::Done
    })
}

/// `fdWrite(fd int, b []byte) (n int, errno int)`.
pub(super) fn write(cx: &mut Cx<'_>) -> Flow {
    let (fd, b) = (cx.int(), cx.slice());
    let data = b.bytes();
    write_bytes(cx, fd, data)
}

/// `fdWriteString(fd int, s string) (n int, errno int)`.
pub(super) fn write_string(cx: &mut Cx<'_>) -> Flow {
    let (fd, s) = (cx.int(), cx.str());
    let data = s.as_bytes().to_vec();
    write_bytes(cx, fd, data)
}

fn write_bytes(cx: &mut Cx<'_>, fd: i64, data: Vec<u8>) -> Flow {
    match fd {
        1 => cx.stdout(&data),
        2 => cx.stderr(&data),
        _ => {
            let f = match file(fd) {
                Ok(f) => f,
                Err(e) => return ret_count(cx, Err(e)),
            };
            return blocking(
                cx,
                move || (&*f).write_all(&data).map(|()| data.len()),
                ret_count,
            );
        }
    }
    ret_count(cx, Ok(data.len()))
}

/// Reads up to `n` bytes.
fn read_some(cx: &mut Cx<'_>, fd: i64, n: usize) -> Result<io::Result<Vec<u8>>, Flow> {
    fn fill(r: &mut dyn Read, n: usize) -> io::Result<Vec<u8>> {
        let mut buf = vec![0; n.min(1 << 20)];
        let n = r.read(&mut buf)?;
        buf.truncate(n);
        Ok(buf)
    }
    if fd == 0 && shared_stdin::is_shared() {
        let reader = shared_stdin::Reader::default();
        return cx.block_on(reader.job(n));
    }
    if fd == 0 {
        return cx.block_on(move || fill(&mut io::stdin().lock(), n));
    }
    match file(fd) {
        Ok(f) => cx.block_on(move || fill(&mut &*f, n)),
        Err(e) => Ok(Err(e)),
    }
}

/// `fdRead(fd int, b []byte) (n int, errno int)`.
pub(super) fn read(cx: &mut Cx<'_>) -> Flow {
    let (fd, b) = (cx.int(), cx.slice());
    if b.is_empty() {
        return ret_count(cx, Ok(0));
    }
    let result = match read_some(cx, fd, b.len()) {
        Ok(result) => result,
        Err(flow) => return flow,
    };
    let n = result.map(|data| {
        b.with_bytes_mut(|to| to[..data.len()].copy_from_slice(&data));
        data.len()
    });
    ret_count(cx, n)
}

/// `fdReadAt(fd int, b []byte, off int64) (n int, errno int)`.
pub(super) fn read_at(cx: &mut Cx<'_>) -> Flow {
    let (fd, b, off) = (cx.int(), cx.slice(), cx.uint());
    let f = match file(fd) {
        Ok(f) => f,
        Err(e) => return ret_count(cx, Err(e)),
    };
    let len = b.len();
    let job = move || {
        let mut buf = vec![0; len];
        let n = f.read_at(&mut buf, off)?;
        buf.truncate(n);
        io::Result::Ok(buf)
    };
    blocking(cx, job, move |cx, result| {
        let n = result.map(|data| {
            b.with_bytes_mut(|to| to[..data.len()].copy_from_slice(&data));
            data.len()
        });
        ret_count(cx, n)
    })
}

/// `fdWriteAt(fd int, b []byte, off int64) (n int, errno int)`.
pub(super) fn write_at(cx: &mut Cx<'_>) -> Flow {
    let (fd, data, off) = (cx.int(), cx.slice().bytes(), cx.uint());
    match file(fd) {
        Ok(f) => blocking(
            cx,
            move || f.write_all_at(&data, off).map(|()| data.len()),
            ret_count,
        ),
        Err(e) => ret_count(cx, Err(e)),
    }
}

/// `fdSeek(fd int, offset int64, whence int) (ret int64, errno int)`.
pub(super) fn seek(cx: &mut Cx<'_>) -> Flow {
    const EINVAL: i32 = 22;
    let (fd, offset, whence) = (cx.int(), cx.int(), cx.int());
    let to = match whence {
        0 => u64::try_from(offset).map(SeekFrom::Start).ok(),
        1 => Some(SeekFrom::Current(offset)),
        2 => Some(SeekFrom::End(offset)),
        _ => None,
    };
    let result = match to {
        Some(to) => file(fd).and_then(|f| (&*f).seek(to)),
        None => Err(io::Error::from_raw_os_error(EINVAL)),
    };
    ret_count(cx, result.map(|n| n as usize))
}

/// `fdTruncate(fd int, size int64) (errno int)`.
pub(super) fn truncate(cx: &mut Cx<'_>) -> Flow {
    let (fd, size) = (cx.int(), cx.uint());
    let result = file(fd).and_then(|f| f.set_len(size));
    ret_errno(cx, &result)
}

/// `fdSync(fd int) (errno int)`.
pub(super) fn sync(cx: &mut Cx<'_>) -> Flow {
    let fd = cx.int();
    match file(fd) {
        Ok(f) => blocking(
            cx,
            move || f.sync_all(),
            |cx, result| ret_errno(cx, &result),
        ),
        Err(e) => ret_errno(cx, &io::Result::<()>::Err(e)),
    }
}

/// `fdClose(fd int) (errno int)`.
pub(super) fn close(cx: &mut Cx<'_>) -> Flow {
    let fd = cx.int();
    let known = (0..=2).contains(&fd) || TABLE.with_borrow_mut(|t| t.files.remove(&fd)).is_some();
    ret_errno(cx, &if known { Ok(()) } else { Err(bad_fd()) })
}

/// `fdStat(fd int) (st [6]int64, errno int)`.
pub(super) fn stat(cx: &mut Cx<'_>) -> Flow {
    let fd = cx.int();
    let result = match fd {
        0..=2 => std::fs::metadata(format!("/proc/self/fd/{fd}")),
        _ => file(fd).and_then(|f| f.metadata()),
    };
    paths::ret_stat(cx, &result)
}

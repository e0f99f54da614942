//! Files by path, and directories.

use super::{blocking, errno, ret_errno};
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use vm::{Cx, Flow};

/// The next argument, a path.
pub(super) fn path(cx: &mut Cx<'_>) -> PathBuf {
    Path::new(std::ffi::OsStr::from_bytes(cx.str().as_bytes())).to_path_buf()
}

/// Results `path string, errno int`.
pub(super) fn ret_path(cx: &mut Cx<'_>, result: io::Result<PathBuf>) -> Flow {
    let (path, code) = match result {
        Ok(p) => (p.into_os_string().into_vec(), 0),
        Err(e) => (Vec::new(), errno(&e)),
    };
    cx.ret_str(path);
    cx.ret_int(code);
    Flow::Done
}

/// Results `st [6]int64, errno int`: size, mode, seconds and nanoseconds of the modification time, device, inode.
pub(super) fn ret_stat(cx: &mut Cx<'_>, result: &io::Result<Metadata>) -> Flow {
    let words = result.as_ref().map_or([0; 6], |m| {
        [
            m.len(),
            u64::from(m.mode()),
            m.mtime() as u64,
            m.mtime_nsec() as u64,
            m.dev(),
            m.ino(),
        ]
    });
    cx.ret_words(words);
    ret_errno(cx, result)
}

/// `readFile(name string) (data []byte, op string, errno int)`.
pub(super) fn read_file(cx: &mut Cx<'_>) -> Flow {
    let path = path(cx);
    let job = move || {
        let mut file = fs::File::open(path).map_err(|e| ("open", e))?;
        let mut data = Vec::new();
        io::Read::read_to_end(&mut file, &mut data).map_err(|e| ("read", e))?;
        Ok(data)
    };
    blocking(cx, job, |cx, result: Result<Vec<u8>, (&str, io::Error)>| {
        let (data, op, code) = match result {
            Ok(data) => (data, "", 0),
            Err((op, e)) => (Vec::new(), op, errno(&e)),
        };
        cx.ret_bytes(&data);
        cx.ret_str(op);
        cx.ret_int(code);
        Flow::Done
    })
}

/// `stat(name string, follow bool) (st [6]int64, errno int)`.
pub(super) fn stat(cx: &mut Cx<'_>) -> Flow {
    let (path, follow) = (path(cx), cx.bool());
    let result = if follow {
        fs::metadata(path)
    } else {
        fs::symlink_metadata(path)
    };
    ret_stat(cx, &result)
}

pub(super) fn remove(cx: &mut Cx<'_>) -> Flow {
    const ENOTDIR: i32 = 20;
    let path = path(cx);
    let result = fs::remove_file(&path).or_else(|e| match fs::remove_dir(&path) {
        // What is no directory failed as a file.
        Err(d) if d.raw_os_error() == Some(ENOTDIR) => Err(e),
        other => other,
    });
    ret_errno(cx, &result)
}

pub(super) fn remove_all(cx: &mut Cx<'_>) -> Flow {
    let path = path(cx);
    let job = move || match fs::symlink_metadata(&path) {
        Ok(m) if m.is_dir() => fs::remove_dir_all(&path),
        Ok(_) => fs::remove_file(&path),
        Err(e) => Err(e),
    };
    blocking(cx, job, |cx, result| ret_errno(cx, &result))
}

/// `mkdir(name string, perm uint32, all bool) (errno int)`.
pub(super) fn mkdir(cx: &mut Cx<'_>) -> Flow {
    let (path, perm, all) = (path(cx), cx.u32(), cx.bool());
    let result = fs::DirBuilder::new().mode(perm).recursive(all).create(path);
    ret_errno(cx, &result)
}

pub(super) fn chmod(cx: &mut Cx<'_>) -> Flow {
    let (path, perm) = (path(cx), cx.u32());
    let result = fs::set_permissions(path, fs::Permissions::from_mode(perm));
    ret_errno(cx, &result)
}

pub(super) fn rename(cx: &mut Cx<'_>) -> Flow {
    let (from, to) = (path(cx), path(cx));
    let result = fs::rename(from, to);
    ret_errno(cx, &result)
}

/// `link(oldname, newname string, symbolic bool) (errno int)`.
pub(super) fn link(cx: &mut Cx<'_>) -> Flow {
    let (old, new, symbolic) = (path(cx), path(cx), cx.bool());
    let result = if symbolic {
        std::os::unix::fs::symlink(old, new)
    } else {
        fs::hard_link(old, new)
    };
    ret_errno(cx, &result)
}

pub(super) fn readlink(cx: &mut Cx<'_>) -> Flow {
    let path = path(cx);
    ret_path(cx, fs::read_link(path))
}

/// `readDir(name string) (names []string, types []byte, errno int)`: sorted, with the types as the top four bits of modes.
pub(super) fn read_dir(cx: &mut Cx<'_>) -> Flow {
    let path = path(cx);
    let job = move || -> io::Result<Vec<(Vec<u8>, u8)>> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            let kind = entry.file_type().map_or(0, |t| file_type(&t));
            entries.push((entry.file_name().into_vec(), kind));
        }
        entries.sort();
        Ok(entries)
    };
    blocking(cx, job, |cx, result| {
        let code = result.as_ref().err().map_or(0, errno);
        let (names, kinds): (Vec<_>, Vec<_>) = result.unwrap_or_default().into_iter().unzip();
        cx.ret_strs(&names);
        cx.ret_bytes(&kinds);
        cx.ret_int(code);
        Flow::Done
    })
}

fn file_type(t: &fs::FileType) -> u8 {
    use std::os::unix::fs::FileTypeExt;
    match t {
        t if t.is_dir() => 4,
        t if t.is_symlink() => 10,
        t if t.is_fifo() => 1,
        t if t.is_char_device() => 2,
        t if t.is_block_device() => 6,
        t if t.is_socket() => 12,
        _ => 8,
    }
}

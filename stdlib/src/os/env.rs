//! The environment, as this program sees and changes it: the process's own stays as it was.

use std::cell::RefCell;
use std::collections::BTreeMap;
use vm::{Cx, Flow};

type Env = BTreeMap<Vec<u8>, Vec<u8>>;

thread_local! {
    static ENV: RefCell<Env> = RefCell::new(initial());
}

fn initial() -> Env {
    use std::os::unix::ffi::OsStringExt;
    std::env::vars_os()
        .map(|(k, v)| (k.into_vec(), v.into_vec()))
        .collect()
}

pub(super) fn lookup(cx: &mut Cx<'_>) -> Flow {
    let key = cx.str();
    let value = ENV.with_borrow(|e| e.get(key.as_bytes()).cloned());
    cx.ret_str(value.as_deref().unwrap_or_default());
    cx.ret_bool(value.is_some());
    Flow::Done
}

pub(super) fn clear(_: &mut Cx<'_>) -> Flow {
    ENV.with_borrow_mut(Env::clear);
    Flow::Done
}

pub(super) fn all(cx: &mut Cx<'_>) -> Flow {
    let pairs: Vec<Vec<u8>> =
        ENV.with_borrow(|e| e.iter().map(|(k, v)| [k, &b"="[..], v].concat()).collect());
    cx.ret_strs(&pairs);
    Flow::Done
}

pub(super) fn set(cx: &mut Cx<'_>) -> Flow {
    let (key, value) = (cx.str().as_bytes(), cx.str().as_bytes());
    let good = !key.is_empty() && !key.contains(&b'=') && !key.contains(&0) && !value.contains(&0);
    if good {
        ENV.with_borrow_mut(|e| e.insert(key.to_vec(), value.to_vec()));
    }
    cx.ret_bool(good);
    Flow::Done
}

pub(super) fn unset(cx: &mut Cx<'_>) -> Flow {
    let key = cx.str();
    ENV.with_borrow_mut(|e| e.remove(key.as_bytes()));
    Flow::Done
}

pub(super) fn pid(cx: &mut Cx<'_>) -> Flow {
    cx.ret_int(i64::from(std::process::id()));
    Flow::Done
}

pub(super) fn parent(cx: &mut Cx<'_>) -> Flow {
    cx.ret_int(i64::from(std::os::unix::process::parent_id()));
    Flow::Done
}

pub(super) fn identity(cx: &mut Cx<'_>) -> Flow {
    let line = String::from_utf8_lossy(cx.str().as_bytes()).into_owned();
    let n = cx.int();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let number = status
        .lines()
        .find_map(|l| l.strip_prefix(&line))
        .and_then(|l| l.split_whitespace().nth(usize::try_from(n).ok()?))
        .and_then(|w| w.parse().ok());
    cx.ret_int(number.unwrap_or(-1));
    Flow::Done
}

pub(super) fn getwd(cx: &mut Cx<'_>) -> Flow {
    super::paths::ret_path(cx, std::env::current_dir())
}

pub(super) fn executable(cx: &mut Cx<'_>) -> Flow {
    super::paths::ret_path(cx, std::env::current_exe())
}

pub(super) fn chdir(cx: &mut Cx<'_>) -> Flow {
    let dir = super::paths::path(cx);
    super::ret_errno(cx, &std::env::set_current_dir(dir))
}

//! Package syscall: the texts of error numbers.

use std::io;
use vm::{Cx, Flow, NativeFn};

/// The natives of the package.
pub const NATIVES: &[(&str, NativeFn)] = &[("errnoText", errno_text)];

fn errno_text(cx: &mut Cx<'_>) -> Flow {
    let n = cx.int();
    let text = if n < 0 {
        n.unsigned_abs().to_string()
    } else {
        text_of(n as i32)
    };
    cx.ret_str(text);
    Flow::Done
}

/// The system's text as Go words it.
fn text_of(n: i32) -> String {
    let text = io::Error::from_raw_os_error(n).to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    if text.starts_with("Unknown error") {
        return format!("errno {n}");
    }
    let acronym = text.chars().nth(1).is_some_and(char::is_uppercase)
        || text.contains('/') && !text.starts_with("In");
    if acronym {
        text.to_string()
    } else {
        text[..1].to_lowercase() + &text[1..]
    }
}

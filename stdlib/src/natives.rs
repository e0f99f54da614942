//! The natives of all packages, by name.

use vm::{Native, NativeFn};

/// Import path and natives of every package that has any, sorted by path.
const PACKAGES: &[(&str, &[(&str, NativeFn)])] = &[
    ("bytes", crate::bytes::NATIVES),
    ("context", crate::context::NATIVES),
    ("crypto/md5", crate::crypto::MD5),
    ("crypto/sha1", crate::crypto::SHA1),
    ("crypto/sha256", crate::crypto::SHA256),
    ("errors", crate::errors::NATIVES),
    ("fmt", crate::fmt::NATIVES),
    ("math", crate::math::NATIVES),
    ("math/bits", crate::math::bits::NATIVES),
    ("math/rand", crate::math::rand::NATIVES),
    ("math/rand/v2", crate::math::rand::v2::NATIVES),
    ("net/http", crate::net::http::NATIVES),
    ("os", crate::os::NATIVES),
    ("reflect", crate::reflect::NATIVES),
    ("regexp", crate::regexp::NATIVES),
    ("runtime", crate::runtime::NATIVES),
    ("slices", crate::slices::NATIVES),
    ("sort", crate::sort::NATIVES),
    ("strconv", crate::strconv::NATIVES),
    ("strings", crate::strings::NATIVES),
    ("sync", crate::sync::NATIVES),
    ("sync/atomic", crate::sync::atomic::NATIVES),
    ("syscall", crate::syscall::NATIVES),
    ("testing", crate::testing::NATIVES),
    ("time", crate::time::NATIVES),
    ("unicode", crate::unicode::NATIVES),
    ("unicode/utf8", crate::unicode::utf8::NATIVES),
];

/// The native called `pkgpath.Func`, `pkgpath.T.Method` or `pkgpath.(*T).Method`.
pub fn native(name: &str) -> Option<Native> {
    let dot = name.rfind('/').map_or(0, |at| at + 1);
    let dot = dot + name[dot..].find('.')?;
    let (pkg, func) = (&name[..dot], &name[dot + 1..]);
    let at = PACKAGES.binary_search_by_key(&pkg, |p| p.0).ok()?;
    let (_, f) = PACKAGES[at].1.iter().find(|n| n.0 == func)?;
    Some(Native {
        f: *f,
        stack: false,
    })
}

/// The names of all natives.
pub fn native_names() -> impl Iterator<Item = String> {
    PACKAGES
        .iter()
        .flat_map(|(pkg, list)| list.iter().map(move |(name, _)| format!("{pkg}.{name}")))
}

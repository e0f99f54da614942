//! The net packages.

pub mod http;

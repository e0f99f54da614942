//! Go's channel runtime.

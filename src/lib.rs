//! The embedding facade.

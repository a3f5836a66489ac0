//! Tests through the real stacks.

mod calls;
mod mesh;
mod policies;
mod protos;
mod raw;
mod services;
mod stack;
mod tokens;
mod validation;

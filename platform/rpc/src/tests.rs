//! Tests through the real stacks.

mod calls;
mod services;

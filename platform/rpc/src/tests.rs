//! Tests through the real stacks.

mod audit;
mod calls;
mod mesh;
mod once;
mod policies;
mod protos;
mod raw;
mod services;
mod site;
mod stack;
mod streams;
mod tokens;
mod validation;

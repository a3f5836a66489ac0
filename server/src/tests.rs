//! Tests of the program as a whole: what its crates may know of each other, and
//! whom its policies name.

mod callers;
mod direction;
mod registration;

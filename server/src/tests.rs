//! Tests of the program as a whole: what its crates and files may know of each other, and
//! whom its policies name.

mod callers;
mod circles;
mod direction;
mod domains;
mod registration;

//! Tests of the program as a whole: what its crates may know of each other.

mod direction;

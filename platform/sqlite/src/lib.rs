//! `SQLite` files. Nothing else of ours opens one.
//!
//! On POSIX the locks of a file belong to the process: whoever opens a database's file beside
//! `SQLite` and closes it again drops all the locks that `SQLite` holds on it
//! (<https://www.sqlite.org/howtocorrupt.html>, 2.2). So files are opened, and made, here only.
//!
//! A [`Database`] has readers and one [`Writer`], which gives out one [`Transaction`] at a time.
//! After an error `SQLite` may have rolled back by itself, so nobody believes what a connection was
//! doing: each one is asked before it is used again, and one that is in doubt is thrown away.

mod connection;
mod fault;
mod file;
mod limit;
mod mark;
mod open;
mod place;
mod transaction;
mod writer;

#[cfg(test)]
mod tests;

pub use fault::{Fault, fault, lost};
pub use file::{files_used_up, free_space, is_of_files, whole_space};
pub use limit::with_limit_written;
pub use mark::Mark;
pub use open::{Database, Options};
pub use place::Lost;
pub use transaction::Transaction;
pub use writer::Writer;

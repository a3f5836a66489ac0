//! Through a real port, to a real service on another one that answers with what it was sent.

mod binding;
mod busy;
mod echo;
mod errors;
mod files;
mod keys;
mod passed;
mod sockets;
mod streams;
mod support;

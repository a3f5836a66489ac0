//! Through the generated client, past the real stacks, on a real bus and a real index.

mod corpus;
mod fallback;
mod finding;
mod golden;
mod indexing;
mod ranking;
mod rebuilding;
mod world;

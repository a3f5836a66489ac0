//! Streaming: packages media, starts playback and hands out the bytes.

pub mod domain;
pub mod hls;
pub mod import;
pub mod token;

#[cfg(test)]
mod tests;

//! How the playback token gets from a playlist to what it lists (X-SEC-1).

use std::fmt;

/// How the playback token rides on the addresses of a playlist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ride<'t> {
    /// As a parameter of each.
    Query(&'t str),
    /// In the path that all of them begin with: they are relative, so none has to say it.
    Path,
}

impl<'t> Ride<'t> {
    /// Returns what an address without a query ends with.
    pub fn first(self) -> impl fmt::Display + use<'t> {
        Rest('?', self)
    }

    /// Returns what an address with a query ends with.
    pub fn further(self) -> impl fmt::Display + use<'t> {
        Rest('&', self)
    }
}

struct Rest<'t>(char, Ride<'t>);

impl fmt::Display for Rest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Ride::Query(token) => write!(f, "{}token={token}", self.0),
            Ride::Path => Ok(()),
        }
    }
}

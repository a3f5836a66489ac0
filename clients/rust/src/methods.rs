//! What methods say about themselves.

/// What a method says about itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four questions that are answered by themselves"
)]
pub(crate) struct Method {
    /// Whether it may be repeated where nobody knows what became of it.
    pub(crate) repeatable: bool,
    /// Whether its answer is kept under a key.
    pub(crate) takes_key: bool,
    /// Whether it answers with a stream.
    pub(crate) streams: bool,
    /// Whether it shows other credentials, so that no token is sent.
    pub(crate) signs_in: bool,
}

/// Methods that show other credentials.
const SIGNS_IN: [&str; 3] = [
    "/streamverse.auth.v1.AuthService/Register",
    "/streamverse.auth.v1.AuthService/Login",
    "/streamverse.auth.v1.AuthService/Refresh",
];

/// Returns what the method at a path says about itself.
pub(crate) fn of(path: &str) -> Method {
    let has = |list: &[&str]| list.binary_search(&path).is_ok();
    Method {
        repeatable: has(crate::policies::REPEATABLE),
        takes_key: has(crate::policies::KEYED),
        streams: has(crate::policies::STREAMS),
        signs_in: SIGNS_IN.contains(&path),
    }
}

//! Why an adapter cannot be used.

use sv_kernel::BoxError;

/// An adapter cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AdapterError {
    /// It is not in this build.
    #[cfg(not(feature = "production"))]
    #[error(
        "{setting} needs {server}, which this build leaves out; build with `--features production`"
    )]
    Missing {
        /// The setting that asks for it.
        setting: &'static str,
        /// What it would speak to.
        server: &'static str,
    },
    /// It does not start.
    #[error("{what} cannot be used: {source}")]
    Failed {
        /// What it is.
        what: String,
        /// Why.
        source: BoxError,
    },
    /// The address of the tables cannot be read.
    #[error("store.url: {0}")]
    Tables(#[from] sv_store::DbConfigError),
}

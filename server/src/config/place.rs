//! Where a process finds its data and its configuration.

use std::path::PathBuf;

use clap::Args;

/// Where the data and the configuration are.
#[derive(Args, Clone, Debug)]
pub(crate) struct Place {
    /// The data folder [default: data, or what the configuration says]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// A YAML configuration file
    #[arg(
        long,
        value_name = "FILE",
        env = "STREAMVERSE_CONFIG",
        hide_env_values = true
    )]
    pub config: Option<PathBuf>,
}

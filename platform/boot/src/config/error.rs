//! What can be wrong with a configuration.

use std::path::PathBuf;

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not YAML.
    #[error("{path} is not YAML: {source}")]
    Yaml {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: serde_yaml_ng::Error,
    },
    /// The file holds something else than sections.
    #[error("{path} must hold sections such as `edge:` at its top level")]
    Shape {
        /// The file.
        path: PathBuf,
    },
    /// A setting is unknown or has the wrong form.
    #[error("setting {setting} ({origin}): {problem}")]
    Setting {
        /// The setting, e.g. `edge.listen`.
        setting: String,
        /// Where its value came from.
        origin: String,
        /// What is wrong.
        problem: String,
    },
    /// Variables hold bytes that are no text.
    #[error(
        "{}: the environment holds bytes there that are no UTF-8; write a secret in letters, e.g. by: openssl rand -base64 33",
        .0.join(", ")
    )]
    NotUnicode(Vec<String>),
    /// Several settings have the wrong form.
    #[error("{} settings cannot be read:\n  {}", .0.len(), lines(.0))]
    Several(Vec<Self>),
}

fn lines(problems: &[ConfigError]) -> String {
    let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n  ")
}

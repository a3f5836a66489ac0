//! Forms of texts that several settings have.

use super::Text;

/// A secret, or none.
pub const SECRET: Text = Text {
    form: "empty or a secret of at most 1024 bytes",
    examples: &["", "0123456789abcdef0123456789abcdef", "#: '\"\\"],
    fits: |text| text.len() <= 1_024,
};

/// A program that is run.
pub const PROGRAM: Text = Text {
    form: "the name or the path of a program",
    examples: &["ffmpeg", "/opt/ffmpeg/bin/ffmpeg"],
    fits: |text| !text.trim().is_empty(),
};

/// A folder, or none.
pub const FOLDER: Text = Text {
    form: "empty or the path of a folder",
    examples: &["", "/var/tmp/streamverse"],
    fits: |text| text.len() <= 4_096 && !text.contains('\0'),
};

/// A host, without its port.
pub const HOST: Text = Text {
    form: "a host name such as www.example.com",
    examples: &["www.example.com", "localhost", "xn--fjrd-doa.example"],
    fits: |text| {
        !text.is_empty()
            && text.len() <= 253
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_".contains(&b))
    },
};

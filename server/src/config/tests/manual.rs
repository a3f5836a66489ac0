//! docs/settings.md: every setting with what the comment of its field says.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use super::{super::names, *};

const HEAD: &str = "\
# Settings

Every setting: what it does, what it may be, and its value where nobody says otherwise. It is written in a YAML
file (`--config`, `STREAMVERSE_CONFIG`), or as a variable: `edge.gzip` is `STREAMVERSE_EDGE__GZIP`. Where operators
know another name, it stands beside it. `streamverse config print` shows what holds and where it came from,
`streamverse config check` says what cannot be; what production refuses is in [configuration.md](operations/configuration.md).

Written from the code by `UPDATE=1 cargo test -p sv-server settings`; a test compares.
";

/// The files whose structures are settings of the process.
const FILES: &[&str] = &[
    "server/src/config.rs",
    "server/src/config/bus.rs",
    "server/src/config/vault.rs",
    "edge/src/options.rs",
    "platform/listen/src/options.rs",
    "platform/boot/src/telemetry.rs",
    "platform/boot/src/lifecycle.rs",
];

/// The fields of a structure: the type, and what the comment says.
type Fields = BTreeMap<String, (String, String)>;

/// Renders the page.
pub(super) fn render() -> String {
    let process: BTreeMap<_, _> = FILES.iter().flat_map(|file| structures(file)).collect();
    let layers = layers(&[]);
    let mut page = HEAD.to_owned();
    let mut section = "";
    for setting in all() {
        let (first, rest) = setting.name.split_once('.').unwrap_or((setting.name, ""));
        if first != section {
            section = first;
            let head = "| setting | what it does | may be | default |\n|---|---|---|---|";
            writeln!(page, "\n## {section}\n\n{head}").unwrap();
        }
        let told = if crate::services::find(first).is_some() {
            let own = structures(&format!("services/{first}/src/config.rs"));
            own["Options"][rest].1.clone()
        } else {
            told(&process, setting.name)
        };
        let default = layers.get(&setting.name.into()).unwrap().to_string();
        let mut other = String::new();
        for alias in names::ALIASES {
            if alias.setting == setting.name {
                write!(other, ", `{}`", alias.variable).unwrap();
            }
        }
        let may = setting.bounds.told().replace('|', "\\|");
        writeln!(
            page,
            "| `{}`{other} | {told} | {may} | `{default}` |",
            setting.name
        )
        .unwrap();
    }
    page
}

/// Says what the comments say of a setting of the process.
fn told(process: &BTreeMap<String, Fields>, name: &str) -> String {
    let mut kind = "Config";
    let mut told = "";
    for step in name.split('.') {
        let (of, text) = &process[kind][step];
        (kind, told) = (of.rsplit("::").next().unwrap(), text);
    }
    told.to_owned()
}

/// Reads the structures of a file.
fn structures(file: &str) -> BTreeMap<String, Fields> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    let text = fs::read_to_string(path).unwrap();
    let mut found = BTreeMap::<String, Fields>::new();
    let (mut structure, mut comment) = (String::new(), Vec::new());
    for line in text.lines() {
        let line = line.trim();
        if let Some(text) = line.strip_prefix("/// ") {
            comment.push(text);
            continue;
        }
        let open = line
            .strip_prefix("pub(crate) ")
            .or(line.strip_prefix("pub "));
        if let Some(name) = open.and_then(|rest| rest.strip_prefix("struct ")) {
            name.trim_end_matches([' ', '{']).clone_into(&mut structure);
        } else if let Some((field, kind)) = open.and_then(|rest| rest.split_once(": ")) {
            let kind = kind.trim_end_matches(',').to_owned();
            let fields = found.entry(structure.clone()).or_default();
            fields.insert(field.to_owned(), (kind, comment.join(" ")));
        }
        if !line.starts_with("#[") {
            comment.clear();
        }
    }
    found
}

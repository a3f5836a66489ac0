//! Holds that no two files of one crate need each other, straight or by way of others: each can be read
//! without the ones that build on it.
//!
//! A module may use what the modules around it declare. It is a part of them, sees even what is private to
//! them, and is read inside of them: `super::App` is no way out. Tests are left out, and so are names of other
//! crates. What is imported is followed to the file that defines it, through whatever hands it on.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use cargo_metadata::{MetadataCommand, TargetKind};

/// How many imports a name is followed through.
const FAR: usize = 8;

#[test]
fn no_files_of_a_crate_import_each_other_in_a_loop() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let metadata = MetadataCommand::new()
        .manifest_path(manifest)
        .no_deps()
        .exec()
        .unwrap();
    let targets = metadata
        .packages
        .iter()
        .flat_map(|package| &package.targets);
    let ours = targets.filter(|target| {
        let kinds = &target.kind;
        kinds.contains(&TargetKind::Lib) || kinds.contains(&TargetKind::Bin)
    });
    let mut read = 0;
    let mut found = Vec::new();
    for target in ours {
        let house = Crate::read(target.src_path.as_std_path());
        read += house.modules.len();
        for circle in house.circles() {
            found.push(format!("{}: {}", target.name, circle.join(", ")));
        }
    }
    assert!(read > 500, "only {read} files were read");
    assert!(
        found.is_empty(),
        "files that import each other in a loop; what both need belongs into a file below them:\n{}",
        found.join("\n")
    );
}

#[test]
fn loops_are_seen_through_what_hands_names_on() {
    let house = Crate::of;
    let direct = house(&[
        ("", "mod a; mod b;"),
        ("a", "use crate::b::B; pub struct A;"),
        ("b", "pub struct B; fn f() { super::a::A; }"),
    ]);
    assert_eq!(direct.circles(), [["a", "b"]]);
    let handed_on = house(&[
        (
            "",
            "mod a; mod b; pub use a::{self as first, A}; pub use b::*;",
        ),
        ("a", "use crate::B; pub struct A;"),
        ("b", "use crate::{A as Other}; pub struct B;"),
    ]);
    assert_eq!(handed_on.circles(), [["a", "b"]]);
    let three = house(&[
        ("", "mod a; mod b; mod c;"),
        ("a", "use crate::b;"),
        ("b", "use crate::c::{C, D}; "),
        ("c", "use crate::{a::{A}}; // from a\n"),
    ]);
    assert_eq!(three.circles(), [["a", "b", "c"]]);
    let none = house(&[
        ("", "mod a; mod b; pub use a::A;"),
        ("a", "mod within; pub use within::W; pub struct A;"),
        ("a::within", "use super::A; use crate::b::B; pub struct W;"),
        (
            "b",
            "pub struct B; /* use crate::a::A; */ const X: &str = \"crate::a::A\";
             #[cfg(test)] mod tests { use crate::a::A; }",
        ),
    ]);
    assert!(none.circles().is_empty());
}

/// A module's path within its crate; that of the root is empty.
pub(super) type Name = Vec<String>;

/// A file's imports, and what else it names by a path.
#[derive(Default)]
pub(super) struct Module {
    children: Vec<String>,
    /// By the names under which they are known here; `*` for all that a module has.
    pub(super) uses: Vec<(String, Name)>,
    pub(super) paths: Vec<Name>,
    /// What it defines.
    items: BTreeSet<String>,
}

pub(super) struct Crate {
    pub(super) modules: BTreeMap<Name, Module>,
}

impl Crate {
    /// Makes one of the texts of its modules, by their paths.
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let modules = files.iter().map(|(name, text)| {
            let name = name.split("::").filter(|part| !part.is_empty());
            (name.map(str::to_owned).collect(), Module::read(text))
        });
        Self {
            modules: modules.collect(),
        }
    }

    /// Reads the files of a crate from its root on.
    pub(super) fn read(root: &Path) -> Self {
        let mut modules = BTreeMap::new();
        let folder = root.parent().unwrap();
        let mut open = vec![(Name::new(), root.to_owned())];
        while let Some((name, file)) = open.pop() {
            let module = Module::read(&fs::read_to_string(&file).unwrap());
            for child in &module.children {
                let inner: Name = name.iter().chain([child]).cloned().collect();
                let place = folder.join(inner.join("/"));
                let files = [place.with_extension("rs"), place.join("mod.rs")];
                // One with `#[path]` lies elsewhere; those are tests.
                if let Some(file) = files.into_iter().find(|file| file.exists()) {
                    open.push((inner, file));
                }
            }
            modules.insert(name, module);
        }
        Self { modules }
    }

    /// Lists the groups of modules of which each needs all others of its group.
    fn circles(&self) -> Vec<Vec<String>> {
        let needs: BTreeMap<&Name, BTreeSet<Name>> = self
            .modules
            .iter()
            .map(|(name, module)| (name, self.needs(name, module)))
            .collect();
        let reached: BTreeMap<&Name, BTreeSet<&Name>> = needs
            .keys()
            .map(|from| {
                let mut reached = BTreeSet::new();
                let mut open: Vec<&Name> = needs[from].iter().collect();
                while let Some(next) = open.pop() {
                    if reached.insert(next) {
                        open.extend(&needs[next]);
                    }
                }
                (*from, reached)
            })
            .collect();
        let circles: BTreeSet<Vec<String>> = reached
            .iter()
            .filter(|(name, reached)| reached.contains(*name))
            .map(|(name, others)| {
                let both = others
                    .iter()
                    .filter(|other| reached[**other].contains(name));
                both.map(|member| member.join("::")).collect()
            })
            .collect();
        circles.into_iter().collect()
    }

    /// Lists the modules that a module needs and that are not around it.
    pub(super) fn needs(&self, name: &Name, module: &Module) -> BTreeSet<Name> {
        let used = module.uses.iter().map(|(_, path)| path);
        used.chain(&module.paths)
            .filter_map(|path| self.find(name, path, 0))
            .map(|(found, _)| found)
            .filter(|found| !name.starts_with(found))
            .collect()
    }

    /// Finds the module that defines what a path means, and says whether it is that module itself. `None` for names of
    /// other crates and of the same file.
    fn find(&self, from: &[String], path: &[String], far: usize) -> Option<(Name, bool)> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some(self.walk(&[], rest, far)),
            "self" => Some(self.walk(from, rest, far)),
            "super" => {
                let (_, around) = from.split_last()?;
                match rest.first().map(String::as_str) {
                    Some("super") => self.find(around, rest, far),
                    _ => Some(self.walk(around, rest, far)),
                }
            }
            name => {
                let module = self.modules.get(from)?;
                let known = module
                    .uses
                    .iter()
                    .any(|(used, path)| used == name && path != &[name]);
                (module.children.iter().any(|child| child == name) || known)
                    .then(|| self.walk(from, path, far))
            }
        }
    }

    fn walk(&self, at: &[String], path: &[String], far: usize) -> (Name, bool) {
        let (Some((name, rest)), Some(module)) = (path.split_first(), self.modules.get(at)) else {
            return (at.to_vec(), true);
        };
        let inner: Name = at.iter().chain([name]).cloned().collect();
        if self.modules.contains_key(&inner) {
            return self.walk(&inner, rest, far);
        }
        let mut found = None;
        if far < FAR && !module.items.contains(name) {
            let mut named = module.uses.iter().filter(|(used, _)| used == name);
            found = named.find_map(|(_, path)| self.find(at, path, far + 1));
            let all = module.uses.iter().filter(|(used, _)| used == "*");
            let mut all = all.filter_map(|(_, path)| self.find(at, path, far + 1));
            found = found.or_else(|| {
                let has = |name_of: &Name| self.modules[name_of].items.contains(name);
                all.find(|(target, _)| has(target))
                    .map(|(target, _)| (target, false))
            });
        }
        match found {
            Some((target, true)) => self.walk(&target, rest, far + 1),
            Some(found) => found,
            None => (at.to_vec(), false),
        }
    }
}

impl Module {
    fn read(text: &str) -> Self {
        let tokens = without_tests(&tokens(text));
        let mut module = Self::default();
        let mut at = 0;
        while at < tokens.len() {
            let next = |n: usize| tokens.get(at + n).map_or("", String::as_str);
            match next(0) {
                "use" => {
                    let end = at + tokens[at..].iter().position(|token| token == ";").unwrap();
                    tree(&[], &tokens[at + 1..end], &mut module.uses);
                    at = end;
                }
                "mod" if next(2) == ";" => module.children.push(next(1).to_owned()),
                "struct" | "enum" | "union" | "trait" | "type" | "fn" | "const" | "static"
                | "macro_rules" => {
                    module.items.insert(next(1).to_owned());
                }
                _ if next(1) == "::" && is_name(next(0)) => {
                    let mut path = vec![next(0).to_owned()];
                    while tokens.get(at + 1).is_some_and(|token| token == "::")
                        && tokens.get(at + 2).is_some_and(|token| is_name(token))
                    {
                        path.push(tokens[at + 2].clone());
                        at += 2;
                    }
                    module.paths.push(path);
                }
                _ => {}
            }
            at += 1;
        }
        module
    }
}

/// Takes a `use` apart: `a::{b, c as d}` are `a::b` as `b`, and `a::c` as `d`.
fn tree(before: &[String], tokens: &[String], uses: &mut Vec<(String, Name)>) {
    let mut path = before.to_vec();
    let mut at = 0;
    while at < tokens.len() && tokens[at] != "as" && tokens[at] != "{" {
        if tokens[at] != "::" && tokens[at] != "self" || path.is_empty() && tokens[at] == "self" {
            path.push(tokens[at].clone());
        }
        at += 1;
    }
    if at < tokens.len() && tokens[at] == "{" {
        let inner = &tokens[at + 1..tokens.len() - 1];
        let mut depth = 0;
        let parts = inner.split(|token| {
            match token.as_str() {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            depth == 0 && token == ","
        });
        for part in parts.filter(|part| !part.is_empty()) {
            tree(&path, part, uses);
        }
        return;
    }
    let known_as = if at < tokens.len() {
        tokens.last()
    } else {
        path.last()
    };
    if let Some(name) = known_as.cloned() {
        if name == "*" {
            path.pop();
        }
        uses.push((name, path));
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Leaves out what is compiled for tests only.
fn without_tests(tokens: &[String]) -> Vec<String> {
    let mut kept = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let is = |words: &[&str]| {
            tokens[at..]
                .iter()
                .take(words.len())
                .eq(words.iter().copied())
        };
        let tests = ["#", "[", "cfg", "("];
        if is(&[&tests[..], &["test", ")"]].concat())
            || is(&[&tests[..], &["all", "(", "test"]].concat())
        {
            // The attribute, then the item up to its `;`, or to the end of its braces.
            at = end_of(tokens, at + 1, "]");
            while at < tokens.len() && tokens[at] == "#" {
                at = end_of(tokens, at + 1, "]");
            }
            at = end_of(tokens, at, "}");
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// Returns where what begins here is over: behind a bracket of this kind that closes all, or behind a `;` outside.
fn end_of(tokens: &[String], from: usize, last: &str) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(from) {
        match token.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 && (token == last || token == ";") {
            return at + 1;
        }
    }
    tokens.len()
}

/// Splits a source into names, `::` and single signs, without comments and without what stands in quotes.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            _ if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            _ if rest.starts_with("/*") => comment(rest),
            '"' => quoted(rest),
            '\'' => letter(rest).unwrap_or(1),
            _ if c.is_alphanumeric() || c == '_' => {
                let word = |c: char| !c.is_alphanumeric() && c != '_';
                let length = rest.find(word).unwrap_or(rest.len());
                match (&rest[..length], raw(&rest[length..])) {
                    ("r" | "br", Some(text)) => length + text,
                    (name, _) => {
                        tokens.push(name.to_owned());
                        length
                    }
                }
            }
            _ if rest.starts_with("::") => {
                tokens.push("::".to_owned());
                2
            }
            _ => {
                if !c.is_whitespace() {
                    tokens.push(c.to_string());
                }
                c.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    tokens
}

fn comment(text: &str) -> usize {
    let (mut depth, mut at) = (1, 2);
    while depth > 0 {
        let Some(next) = text[at..]
            .find("/*")
            .into_iter()
            .chain(text[at..].find("*/"))
            .min()
        else {
            return text.len();
        };
        depth = if text[at + next..].starts_with("/*") {
            depth + 1
        } else {
            depth - 1
        };
        at += next + 2;
    }
    at
}

fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    text.len()
}

/// Returns the length of a raw string behind its `r`.
fn raw(text: &str) -> Option<usize> {
    let hashes = text.find(|c| c != '#')?;
    let end = format!("\"{}", &text[..hashes]);
    let body = text[hashes..].strip_prefix('"')?;
    Some(hashes + 1 + body.find(&end)? + end.len())
}

/// Returns the length of a character in quotes; `None` for a lifetime.
fn letter(text: &str) -> Option<usize> {
    let mut chars = text.char_indices().skip(1);
    let (_, first) = chars.next()?;
    if first == '\\' {
        chars.next()?;
        return Some(text[3..].find('\'')? + 4);
    }
    let (at, quote) = chars.next()?;
    (quote == '\'').then_some(at + 1)
}

//! Which services a process runs: names and groups of the command line (MESH-5, MESH-10).

use std::collections::BTreeSet;

use sv_boot::Group;
use sv_rpc::policy::PLATFORM;

use crate::services;

/// The name of the public port among the services.
pub(crate) const EDGE: &str = "edge";

/// A set of services; all of them, edge included, if none is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Selection {
    /// Names of the services, without the edge.
    pub services: BTreeSet<&'static str>,
    /// Whether the edge is among them.
    pub edge: bool,
}

/// A name is neither a service nor a group.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "there is no service or group {name:?}; there are the services {known} and the groups {}",
    groups()
)]
pub(crate) struct UnknownService {
    name: String,
    known: String,
}

/// Lists what can be selected, for people.
fn names() -> String {
    let all: Vec<_> = services::names().chain([EDGE]).collect();
    all.join(", ")
}

fn groups() -> String {
    Group::ALL.map(Group::name).join(", ")
}

/// Says what `--services` takes.
pub(crate) fn help() -> String {
    format!(
        "Which services, separated by commas: {}, or the groups {} [default: all]",
        names(),
        groups()
    )
}

/// Takes the name of a service or of a group from the command line.
pub(crate) fn known(name: &str) -> Result<String, UnknownService> {
    let name = name.trim();
    if name == EDGE || services::find(name).is_some() || Group::parse(name).is_some() {
        Ok(name.to_owned())
    } else {
        Err(UnknownService {
            name: name.to_owned(),
            known: names(),
        })
    }
}

impl Selection {
    /// Names the services as the mesh does.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        self.services
            .iter()
            .map(|name| (*name).to_owned())
            .collect()
    }

    /// Everything.
    pub(crate) fn all() -> Self {
        Self {
            services: services::names().collect(),
            edge: true,
        }
    }

    /// Reads names and groups.
    pub(crate) fn parse(names: &[String]) -> Result<Self, UnknownService> {
        if names.is_empty() {
            return Ok(Self::all());
        }
        let mut selection = Self {
            services: BTreeSet::new(),
            edge: false,
        };
        for name in names {
            let name = known(name)?;
            if name == EDGE {
                selection.edge = true;
            } else if let Some(service) = services::find(&name) {
                selection.services.insert(service.name);
            } else if let Some(group) = Group::parse(&name) {
                let members = services::TABLE
                    .iter()
                    .filter(|service| service.group == group);
                selection
                    .services
                    .extend(members.map(|service| service.name));
            }
        }
        Ok(selection)
    }

    /// Lists under which names a process of these services calls others.
    pub(crate) fn speakers(&self) -> BTreeSet<String> {
        let edge = self.edge.then_some(EDGE);
        let names = self.services.iter().copied().chain(edge).chain([PLATFORM]);
        names.map(ToOwned::to_owned).collect()
    }

    /// Says whether a service is selected.
    pub(crate) fn has(&self, service: &str) -> bool {
        self.services.contains(service)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(names: &str) -> Result<Selection, UnknownService> {
        Selection::parse(&names.split(',').map(ToOwned::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn nothing_named_is_everything() {
        assert_eq!(Selection::parse(&[]), Ok(Selection::all()));
    }

    #[test]
    fn names_and_groups_add_up() {
        let some = parse("core,search").unwrap();
        assert!(
            [
                "auth", "users", "content", "search", "rights", "livetv", "payments"
            ]
            .iter()
            .all(|s| some.has(s))
        );
        assert!(!some.has("streaming") && !some.edge);
        assert!(parse("edge").unwrap().services.is_empty());
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_known_ones() {
        let message = parse("auth,serach").unwrap_err().to_string();
        assert!(
            message.contains("\"serach\"") && message.contains("search"),
            "{message}"
        );
    }
}

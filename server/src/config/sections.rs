//! The sections of the services: each is the service's own affair ([`sv_boot::Service::settings`]).

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::Value;

use crate::services::TABLE;

/// The settings of every service that has some, by the service's name.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct Sections(BTreeMap<String, Value>);

impl Default for Sections {
    fn default() -> Self {
        let defaults = TABLE.iter().filter_map(|service| {
            let section = service.settings.as_ref()?;
            Some((service.name.to_owned(), (section.defaults)()))
        });
        Self(defaults.collect())
    }
}

/// Refuses what a service could not read, so that whoever asks later can.
impl<'de> Deserialize<'de> for Sections {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let mut found = BTreeMap::<String, Value>::deserialize(reader)?;
        let mut sections = Self::default();
        for service in TABLE.iter() {
            let given = found.remove(service.name);
            let (Some(section), Some(given)) = (&service.settings, given) else {
                continue;
            };
            (section.check)(&given).map_err(D::Error::custom)?;
            sections.0.insert(service.name.to_owned(), given);
        }
        match found.into_keys().next() {
            Some(name) => Err(D::Error::custom(format!("there is no section {name}"))),
            None => Ok(sections),
        }
    }
}

impl Sections {
    /// Returns a service's settings as they were written.
    pub(crate) fn get(&self, service: &str) -> Option<&Value> {
        self.0.get(service)
    }
}

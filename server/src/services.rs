//! The one table of services: name, group, ports, and how each is put together.

mod start;

use sv_ports::Topic;
use sv_store::Migration;

pub(crate) use start::start;

/// Groups of services that are deployed together (MESH-10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// Accounts, catalogue, rights.
    Core,
    /// Playback and everything around it.
    Media,
    /// Search and figures.
    Data,
    /// Everything that helps.
    Support,
}

impl Group {
    /// Reads a group's name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "core" => Some(Self::Core),
            "media" => Some(Self::Media),
            "data" => Some(Self::Data),
            "support" => Some(Self::Support),
            _ => None,
        }
    }
}

/// A service as the process sees it.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Its name: folder, crate, setting, schema.
    pub name: &'static str,
    /// Its group.
    pub group: Group,
    /// The gRPC port where it runs alone (MESH-5).
    pub grpc_port: u16,
    /// Its tables.
    pub migrations: &'static [Migration],
    /// The topics that it writes or listens to: whoever comes first makes them.
    pub topics: fn() -> Vec<Topic>,
}

/// Every service, in the order of their ports.
pub(crate) const TABLE: &[Entry] = &[
    Entry {
        name: "auth",
        group: Group::Core,
        grpc_port: 9081,
        migrations: sv_auth::MIGRATIONS,
        topics: Vec::new,
    },
    Entry {
        name: "users",
        group: Group::Core,
        grpc_port: 9082,
        migrations: sv_users::MIGRATIONS,
        topics: sv_users::topics,
    },
    Entry {
        name: "content",
        group: Group::Core,
        grpc_port: 9083,
        migrations: sv_content::MIGRATIONS,
        topics: sv_content::topics,
    },
    Entry {
        name: "streaming",
        group: Group::Media,
        grpc_port: 9084,
        migrations: sv_streaming::MIGRATIONS,
        topics: Vec::new,
    },
    Entry {
        name: "search",
        group: Group::Data,
        grpc_port: 9090,
        migrations: sv_search::MIGRATIONS,
        topics: sv_search::topics,
    },
    Entry {
        name: "admin",
        group: Group::Support,
        grpc_port: 9095,
        migrations: sv_admin::MIGRATIONS,
        topics: sv_admin::topics,
    },
    Entry {
        name: "rights",
        group: Group::Core,
        grpc_port: 9097,
        migrations: sv_rights::MIGRATIONS,
        topics: sv_rights::topics,
    },
];

/// Lists the names of all services.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|service| service.name)
}

/// Finds a service by its name.
pub(crate) fn find(name: &str) -> Option<&'static Entry> {
    TABLE.iter().find(|service| service.name == name)
}

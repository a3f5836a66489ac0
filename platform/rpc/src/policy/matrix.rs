//! The authorization matrix: a text that every change of it shows in review.

use std::{fmt::Write as _, sync::Arc};

use sv_kernel::{Id, RoleSet, Timestamp, Viewer};
use sv_proto::options::Role;
use uuid::Uuid;

use super::{Access, Caller, EDGE, MethodPolicy, Plane, PolicyTable, Settings, Verdict, by_role};
use crate::roles::{self, ROLES};

pub(super) fn render(table: &PolicyTable) -> String {
    let mut out = String::from(HEAD);
    let columns = columns();
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    // Writing to a string does not fail.
    let _ = writeln!(out, "| RPC | {} | services |", names.join(" | "));
    let _ = writeln!(out, "|---|{}", "---|".repeat(columns.len() + 1));
    for policy in table.iter() {
        let cells: Vec<&str> = columns
            .iter()
            .map(|(_, caller)| cell(policy, caller))
            .collect();
        let name = policy
            .path
            .trim_start_matches("/streamverse.")
            .replace('/', ".");
        let streams = policy.server_streaming && policy.plane != Plane::Bytes;
        let name = if streams {
            format!("{name} (stream)")
        } else {
            name
        };
        let services = services(policy);
        let _ = writeln!(out, "| {name} | {} | {services} |", cells.join(" | "));
    }
    out
}

const HEAD: &str = "# Who may call what

Written from the policies in `proto/` by `UPDATE=1 cargo test -p sv-rpc matrix`; a test compares.

- `yes`: may call. `browse`: only where anonymous browsing is set. `owner`: only for the account that the request names.
- `token`: whoever holds a playback token. `-`: refused.
- `(stream)`: the answer goes on; whoever may open it is asked for the token again while it does.
- `child`: a viewer whose session is bound to a profile for children.
- `edge`: the public port without a person's token. `services`: the services that the policy names as callers;
  `operator` is the command line, `platform` every process, whatever it runs.

";

/// The kinds of callers.
fn columns() -> Vec<(String, Caller)> {
    let service = |name: &str| Caller {
        service: Some(name.into()),
        viewer: None,
    };
    let mut columns = vec![("anonymous".to_owned(), Caller::default())];
    columns.extend(ROLES.map(|role| (roles::name(role), person(role))));
    columns.insert(2, ("child".to_owned(), child()));
    columns.push(("edge".to_owned(), service(EDGE)));
    columns
}

fn person(role: Role) -> Caller {
    caller(viewer(role))
}

/// A viewer whose session is bound to a profile for children.
fn child() -> Caller {
    caller(Viewer {
        profile: Some(Id::from_uuid(Uuid::from_u128(3))),
        for_child: true,
        ..viewer(Role::Viewer)
    })
}

fn viewer(role: Role) -> Viewer {
    Viewer {
        user: Id::from_uuid(Uuid::from_u128(1)),
        session: Id::from_uuid(Uuid::from_u128(2)),
        device: None,
        roles: RoleSet::EMPTY.with(role.into()),
        expires_at: Timestamp::EPOCH,
        session_ends_at: None,
        profile: None,
        for_child: false,
    }
}

fn caller(viewer: Viewer) -> Caller {
    Caller {
        service: None,
        viewer: Some(Arc::new(viewer)),
    }
}

/// Names the services that may call without a person's token.
fn services(policy: &MethodPolicy) -> String {
    match &policy.access {
        Access::Anonymous => "yes".to_owned(),
        Access::PlayToken => "token".to_owned(),
        Access::Authenticated {
            open_to_browsing: true,
            ..
        } => "browse".to_owned(),
        Access::Require { callers, .. } | Access::Service { callers } if !callers.is_empty() => {
            callers.join(", ")
        }
        _ => "-".to_owned(),
    }
}

fn cell(policy: &MethodPolicy, caller: &Caller) -> &'static str {
    if policy.access == Access::PlayToken {
        return "token";
    }
    let verdict = |settings| by_role(caller, policy, settings);
    match verdict(Settings::default()) {
        Ok(Verdict::Granted) => "yes",
        Ok(Verdict::IfOwner(..)) => "owner",
        Err(_)
            if verdict(Settings {
                anonymous_browse: true,
            })
            .is_ok() =>
        {
            "browse"
        }
        Err(_) => "-",
    }
}

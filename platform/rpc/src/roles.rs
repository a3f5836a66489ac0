//! What each role may do: the one map of the platform.

use sv_kernel::RoleSet;
use sv_proto::options::{Permission, Role};

/// Every role a token can carry, in the order of the authorization matrix.
pub const ROLES: [Role; 6] = [
    Role::Viewer,
    Role::Creator,
    Role::Analyst,
    Role::Moderator,
    Role::Support,
    Role::Admin,
];

/// Returns what a role may do. Whether a title or profile is the caller's own is the service's to
/// decide.
pub const fn permissions(role: Role) -> &'static [Permission] {
    use Permission as P;
    match role {
        // Moderators act in rooms and reviews, which have no permissions of their own yet.
        Role::Unspecified | Role::Viewer | Role::Moderator => &[],
        Role::Creator => &[P::VideosCreate],
        Role::Analyst => &[P::AnalyticsRead],
        Role::Support => &[P::UsersRead, P::PaymentsRead],
        Role::Admin => &[
            P::CatalogRead,
            P::CatalogWrite,
            P::MediaWrite,
            P::UsersRead,
            P::UsersWrite,
            P::SearchManage,
            P::RightsWrite,
            P::AnalyticsRead,
            P::AuditRead,
            P::VideosCreate,
            P::PaymentsRead,
            P::JobsManage,
            P::WebhooksManage,
        ],
    }
}

/// Returns the roles that grant at least one of the permissions.
pub fn granting(any_of: &[Permission]) -> RoleSet {
    ROLES
        .into_iter()
        .filter(|role| permissions(*role).iter().any(|p| any_of.contains(p)))
        .map(i32::from)
        .collect()
}

/// Says whether a set of roles grants a permission; services ask it for decisions of their own.
pub fn allows(roles: RoleSet, permission: Permission) -> bool {
    roles
        .iter()
        .any(|role| Role::try_from(role).is_ok_and(|role| permissions(role).contains(&permission)))
}

/// Returns a role's name in a token, e.g. `admin`.
pub fn name(role: Role) -> String {
    role.as_str_name()
        .trim_start_matches("ROLE_")
        .to_ascii_lowercase()
}

/// Returns the names of roles.
pub fn names(roles: &[Role]) -> Vec<String> {
    roles.iter().copied().map(name).collect()
}

/// Reads a role's name; names that this build does not know give `None`.
pub fn parse(name: &str) -> Option<Role> {
    Role::from_str_name(&format!("ROLE_{}", name.to_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_administrator_may_do_everything_and_a_viewer_nothing_special() {
        for number in 1..=13 {
            let permission = Permission::try_from(number).unwrap();
            assert!(
                permissions(Role::Admin).contains(&permission),
                "{permission:?}"
            );
        }
        assert!(
            Permission::try_from(14).is_err(),
            "a new permission needs its roles"
        );
        assert!(permissions(Role::Viewer).is_empty());
    }

    #[test]
    fn role_names_read_back() {
        for role in ROLES {
            assert_eq!(parse(&name(role)), Some(role));
        }
        assert_eq!(parse("emperor"), None);
    }

    #[test]
    fn nobody_is_granted_the_unspecified_permission() {
        assert_eq!(granting(&[Permission::Unspecified]), RoleSet::EMPTY);
    }
}

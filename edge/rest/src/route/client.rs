//! The prefix `/client` (C2).

use crate::percent;

/// Rewrites `/client/X` to `/X`, for every `X` but what lies below `/admin`, of which `None`
/// says that nobody serves it. Other paths stay as they are.
pub fn strip_client(path: &str) -> Option<&str> {
    let Some(rest) = path.strip_prefix("/client") else {
        return Some(path);
    };
    if rest.is_empty() {
        return Some("/");
    }
    let Some(first) = rest.strip_prefix('/') else {
        return Some(path);
    };
    let first = first.split(['/', ':']).next().unwrap_or_default();
    let is_admin = percent::decode(first).is_ok_and(|first| first == "admin");
    (!is_admin).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_routes_are_rewritten_and_admin_routes_never_are() {
        assert_eq!(strip_client("/users/me"), Some("/users/me"));
        assert_eq!(strip_client("/client/users/me"), Some("/users/me"));
        assert_eq!(strip_client("/client"), Some("/"));
        assert_eq!(strip_client("/clients/x"), Some("/clients/x"));
        assert_eq!(strip_client("/client/administer"), Some("/administer"));
        for bad in [
            "/client/admin",
            "/client/admin/users",
            "/client/%61dmin/users",
            "/client/admin:x",
        ] {
            assert_eq!(strip_client(bad), None, "{bad}");
        }
        // One rewrite only: what is left is no route.
        assert_eq!(strip_client("/client/client/admin"), Some("/client/admin"));
    }
}

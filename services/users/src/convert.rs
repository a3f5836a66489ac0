//! Messages and domain types.

use sv_kernel::{Email, Id, Result};
use sv_proto::{
    convert::{count, id, optional_text, timestamp},
    users as pb,
};

use crate::domain::{
    Account, AccountChange, Change, Filter, NewAccount, NewProfile, Profile, Rating,
};

impl From<&Account> for pb::User {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id.to_string(),
            email: account.email.clone(),
            name: account.name.clone(),
            username: account.username.clone().unwrap_or_default(),
            create_time: Some(timestamp(account.created_at)),
            default_profile_id: account.default_profile.to_string(),
        }
    }
}

/// Writes a profile; whether it is the default is known by its account.
pub(crate) fn profile(profile: &Profile, default: Id<Profile>) -> pb::Profile {
    pb::Profile {
        id: profile.id.to_string(),
        name: profile.name.clone(),
        avatar_url: profile.avatar_url.clone(),
        is_kids: profile.is_kids,
        language: profile.language.clone(),
        is_default: profile.id == default,
        create_time: Some(timestamp(profile.created_at)),
        update_time: Some(timestamp(profile.updated_at)),
        has_pin: profile.pin.is_some(),
    }
}

pub(crate) fn new_account(request: pb::CreateUserRequest) -> Result<NewAccount> {
    Ok(NewAccount {
        id: id(&request.id)?,
        email: Email::parse(&request.email).map_or(request.email, |email| email.shown().to_owned()),
        name: request.name,
        username: optional_text(request.username),
    })
}

pub(crate) fn new_profile(message: pb::Profile) -> NewProfile {
    NewProfile {
        name: message.name,
        avatar_url: message.avatar_url.trim().to_owned(),
        is_kids: message.is_kids,
        language: message.language,
        is_default: message.is_default,
    }
}

/// Reads a change: of the fields that the mask names, or of all if there is none (C3). Paths that
/// name no field were refused before.
pub(crate) fn change(request: pb::UpdateProfileRequest) -> Change {
    let message = request.profile.unwrap_or_default();
    let paths = request.update_mask.unwrap_or_default().paths;
    let named = |name: &str| paths.is_empty() || paths.iter().any(|path| path == name);
    Change {
        name: named("name").then_some(message.name),
        avatar_url: named("avatar_url").then(|| message.avatar_url.trim().to_owned()),
        is_kids: named("is_kids").then_some(message.is_kids),
        language: named("language").then_some(message.language),
        make_default: named("is_default") && message.is_default,
    }
}

/// Writes an account for those who run the installation, with these profiles.
pub(crate) fn managed(account: &Account, profiles: &[Profile]) -> pb::ManagedUser {
    let default = account.default_profile;
    pb::ManagedUser {
        id: account.id.to_string(),
        email: account.email.clone(),
        name: account.name.clone(),
        username: account.username.clone().unwrap_or_default(),
        status: account.status.into(),
        default_profile_id: default.to_string(),
        version: count(account.version),
        create_time: Some(timestamp(account.created_at)),
        update_time: Some(timestamp(account.updated_at)),
        profiles: profiles.iter().map(|one| profile(one, default)).collect(),
    }
}

/// Reads a change of an account, and the version that the caller has seen, 0 for any.
pub(crate) fn account_change(request: pb::UpdateUserRequest) -> (i32, AccountChange) {
    let message = request.user.unwrap_or_default();
    let paths = request.update_mask.unwrap_or_default().paths;
    let named = |name: &str| paths.is_empty() || paths.iter().any(|path| path == name);
    let said = Some(message.status()).filter(|status| *status != pb::UserStatus::Unspecified);
    let change = AccountChange {
        status: said.filter(|_| named("status")),
        email: named("email").then_some(message.email),
        name: named("name").then_some(message.name),
        username: named("username").then_some(message.username),
    };
    (message.version, change)
}

impl From<&pb::AdminListUsersRequest> for Filter {
    fn from(request: &pb::AdminListUsersRequest) -> Self {
        let statuses = request.status.iter().copied();
        Self {
            letters: crate::domain::fold(&request.q),
            // One that is not said is no filter.
            statuses: statuses.filter(|status| *status != 0).collect(),
        }
    }
}

/// Writes a rating.
pub(crate) fn rating(rating: Rating) -> pb::Rating {
    pb::Rating {
        content_id: rating.content.to_string(),
        stars: rating.stars,
        review: rating.review,
        create_time: Some(timestamp(rating.created_at)),
        update_time: Some(timestamp(rating.updated_at)),
    }
}

//! Profiles.

use sv_kernel::{Error, FieldViolation, Id, Locale, Result, Timestamp, User};
use sv_proto::common::CommonReason;

use super::tidy;

/// The PIN of a profile, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pin {
    pub(crate) tag: Vec<u8>,
    /// Wrong ones since the last right one or the last lock.
    pub(crate) failures: i32,
    /// Until when no PIN is looked at.
    pub(crate) locked_until: Timestamp,
}

/// One person of a household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Profile {
    pub(crate) id: Id<Profile>,
    pub(crate) user: Id<User>,
    pub(crate) name: String,
    pub(crate) avatar_url: String,
    pub(crate) is_kids: bool,
    pub(crate) language: String,
    /// What protects it.
    pub(crate) pin: Option<Pin>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// What a profile begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewProfile {
    pub(crate) name: String,
    pub(crate) avatar_url: String,
    pub(crate) is_kids: bool,
    pub(crate) language: String,
    pub(crate) is_default: bool,
}

/// What shall be different; `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) name: Option<String>,
    pub(crate) avatar_url: Option<String>,
    pub(crate) is_kids: Option<bool>,
    pub(crate) language: Option<String>,
    /// Makes the profile the default; there is no way to say "no longer".
    pub(crate) make_default: bool,
}

impl NewProfile {
    /// The profile that an account begins with: it bears the person's name, as far as it fits.
    pub(crate) fn of_person(name: &str, locale: &Locale) -> Self {
        Self {
            name: tidy(&name.chars().take(50).collect::<String>()),
            avatar_url: String::new(),
            is_kids: false,
            language: locale.to_string(),
            is_default: true,
        }
    }

    /// Makes the profile, if its name is one.
    pub(crate) fn into_profile(
        self,
        id: Id<Profile>,
        user: Id<User>,
        locale: &Locale,
        now: Timestamp,
    ) -> Result<Profile> {
        Ok(Profile {
            id,
            user,
            name: name(&self.name)?,
            avatar_url: self.avatar_url,
            is_kids: self.is_kids,
            language: language(&self.language, locale),
            pin: None,
            created_at: now,
            updated_at: now,
        })
    }
}

impl Profile {
    /// Makes the change, if the new name is one.
    pub(crate) fn change(&mut self, change: Change, locale: &Locale, now: Timestamp) -> Result<()> {
        if let Some(new) = change.name {
            self.name = name(&new)?;
        }
        if let Some(avatar_url) = change.avatar_url {
            self.avatar_url = avatar_url;
        }
        if let Some(is_kids) = change.is_kids {
            self.is_kids = is_kids;
        }
        if let Some(new) = change.language {
            self.language = language(&new, locale);
        }
        self.updated_at = now;
        Ok(())
    }
}

/// Returns the profile that becomes the default when `gone` is deleted: the oldest of the others that
/// are not for children.
pub(crate) fn heir(profiles: &[Profile], gone: Id<Profile>) -> Option<Id<Profile>> {
    let mut others: Vec<_> = profiles
        .iter()
        .filter(|profile| profile.id != gone && !profile.is_kids)
        .collect();
    others.sort_by_key(|profile| (profile.created_at, profile.id));
    others.first().map(|profile| profile.id)
}

/// Says whether a session that is bound to a profile is in the hands of a child. A profile that is gone
/// may have been one for children.
pub(crate) fn bound_to_child(profiles: &[Profile], bound: Option<Id<Profile>>) -> bool {
    bound.is_some_and(|id| {
        let profile = profiles.iter().find(|profile| profile.id == id);
        profile.is_none_or(|profile| profile.is_kids)
    })
}

fn name(name: &str) -> Result<String> {
    let name = tidy(name);
    if name.is_empty() {
        let violation = FieldViolation {
            field: "profile.name".to_owned(),
            rule: "REQUIRED",
            description: "is not only space".to_owned(),
        };
        return Err(Error::from(CommonReason::ValidationFailed).with_violation(violation));
    }
    Ok(name)
}

/// Writes a language as everybody does; an empty one is the one that the caller reads.
fn language(language: &str, locale: &Locale) -> String {
    match Locale::parse(language) {
        Ok(tag) => tag.to_string(),
        Err(_) => locale.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_with_a_long_name_still_gets_a_profile() {
        let profile = NewProfile::of_person(&"é ".repeat(60), &Locale::default());
        assert!(profile.name.chars().count() <= 50);
        assert!(!profile.name.ends_with(' '));
    }

    #[test]
    fn the_default_goes_to_the_oldest_and_never_to_children() {
        let profile = |n: u128, is_kids, at| Profile {
            id: Id::from_uuid(uuid::Uuid::from_u128(n)),
            user: Id::from_uuid(uuid::Uuid::from_u128(9)),
            name: n.to_string(),
            avatar_url: String::new(),
            is_kids,
            language: "en".into(),
            pin: None,
            created_at: Timestamp::from_secs(at),
            updated_at: Timestamp::EPOCH,
        };
        let all = [
            profile(1, false, 1),
            profile(2, true, 2),
            profile(3, false, 4),
            profile(4, false, 3),
        ];
        assert_eq!(heir(&all, all[0].id), Some(all[3].id));
        assert_eq!(heir(&all[..2], all[0].id), None);
        assert_eq!(heir(&all[..1], all[0].id), None);
    }
}

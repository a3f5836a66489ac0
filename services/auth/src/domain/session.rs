//! Sessions, and what a refresh token still brings (C41).

use sv_kernel::{Id, Profile, Session, Timestamp, User};

use super::Digest;

/// A login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Login {
    pub(crate) id: Id<Session>,
    pub(crate) user: Id<User>,
    pub(crate) device: Option<String>,
    /// The program that signed in, as it said.
    pub(crate) agent: Option<String>,
    pub(crate) created_at: Timestamp,
    /// When it was last prolonged.
    pub(crate) used_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) revoked: bool,
    /// When the last access token ends that was signed for it.
    pub(crate) tokens_until: Timestamp,
    /// The profile that it is bound to (C44).
    pub(crate) profile: Option<Id<Profile>>,
    /// Whether that profile is for children: then only the role of viewers holds.
    pub(crate) for_child: bool,
}

/// A refresh token that we know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) digest: Digest,
    pub(crate) session: Id<Session>,
    /// Its place in the row of the session's tokens.
    pub(crate) seq: i64,
    pub(crate) used: bool,
    /// The client's key of the request that used it.
    pub(crate) used_with: Option<Digest>,
}

/// What a refresh token brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// A new pair.
    Next,
    /// The pair that it brought before: the same request was repeated because its answer was lost.
    Again,
    /// Nothing: the session has run its time.
    Expired,
    /// Nothing: the session was ended.
    Ended,
    /// The end of the session: someone uses a token that was used before.
    Reused,
}

/// Decides what a token brings. `newest` is the number of the session's youngest token, and
/// `key` the client's key of this request.
pub(crate) fn turn(
    token: &Known,
    login: &Login,
    newest: i64,
    key: Option<Digest>,
    now: Timestamp,
) -> Turn {
    let repeated = key.is_some() && token.used_with == key;
    if login.revoked {
        Turn::Ended
    } else if now >= login.expires_at {
        Turn::Expired
    } else if !token.used {
        Turn::Next
    } else if repeated && token.seq + 1 == newest {
        // The youngest token is never used: using it makes a younger one.
        Turn::Again
    } else {
        Turn::Reused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_repetition_of_the_last_request_is_answered_again() {
        let id = uuid::Uuid::from_u128(1);
        let login = Login {
            id: Id::from_uuid(id),
            user: Id::from_uuid(id),
            device: None,
            agent: None,
            created_at: Timestamp::EPOCH,
            used_at: Timestamp::EPOCH,
            expires_at: Timestamp::from_secs(100),
            revoked: false,
            tokens_until: Timestamp::from_secs(100),
            profile: None,
            for_child: false,
        };
        let token = |seq, used, used_with| Known {
            digest: [0; 32],
            session: login.id,
            seq,
            used,
            used_with,
        };
        let (key, other) = (Some([1; 32]), Some([2; 32]));
        let at = |token: &Known, key| turn(token, &login, 3, key, Timestamp::from_secs(99));
        assert_eq!(at(&token(3, false, None), None), Turn::Next);
        assert_eq!(at(&token(2, true, key), key), Turn::Again);
        assert_eq!(at(&token(2, true, key), other), Turn::Reused);
        assert_eq!(at(&token(2, true, key), None), Turn::Reused);
        assert_eq!(at(&token(2, true, None), None), Turn::Reused);
        assert_eq!(at(&token(2, true, None), key), Turn::Reused);
        assert_eq!(at(&token(1, true, key), key), Turn::Reused);
        let unused = token(3, false, None);
        let late = turn(&unused, &login, 3, None, Timestamp::from_secs(100));
        assert_eq!(late, Turn::Expired);
        let ended = Login {
            revoked: true,
            ..login.clone()
        };
        assert_eq!(
            turn(&unused, &ended, 3, None, Timestamp::EPOCH),
            Turn::Ended
        );
    }
}

//! Accounts in the hands of those who run the installation (USER-7, USER-8).

use sv_kernel::Result;
use sv_proto::users::{UserReason, UserStatus};

use super::{Account, NewAccount};

/// What lists of accounts can be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Newest,
    Oldest,
    Email,
    Name,
}

/// The names of the orders, as callers write them.
const ORDERS: [(&str, Order); 4] = [
    ("-create_time", Order::Newest),
    ("create_time", Order::Oldest),
    ("email", Order::Email),
    ("name", Order::Name),
];

impl Order {
    /// Reads `order_by`, which is one of the words that the proto lists, in either spelling; empty means the
    /// newest first.
    pub(crate) fn read(order_by: &str) -> Self {
        let camel = |name: &str| name.replace("_t", "T");
        let mut known = ORDERS.iter();
        known
            .find(|(name, _)| *name == order_by || camel(name) == order_by)
            .map_or(Self::Newest, |(_, order)| *order)
    }
}

/// Which accounts a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// What address, name or username hold, folded; empty means anything.
    pub(crate) letters: String,
    /// Empty means any.
    pub(crate) statuses: Vec<i32>,
}

/// What shall be different about an account; `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AccountChange {
    /// Can only be what it is.
    pub(crate) email: Option<String>,
    pub(crate) name: Option<String>,
    /// Empty for none.
    pub(crate) username: Option<String>,
    pub(crate) status: Option<UserStatus>,
}

impl Account {
    /// Makes the change. Fails with `VALIDATION_FAILED` where a name is none, and with
    /// `EMAIL_FIXED` where the address is another.
    pub(crate) fn change(&mut self, change: &AccountChange) -> Result<()> {
        if let Some(email) = &change.email
            && !email.is_empty()
            && *email != self.email
        {
            return Err(UserReason::EmailFixed.into());
        }
        let wanted = NewAccount {
            id: self.id,
            email: self.email.clone(),
            name: change.name.as_ref().unwrap_or(&self.name).clone(),
            username: match &change.username {
                Some(username) => Some(username.clone()).filter(|name| !name.is_empty()),
                None => self.username.clone(),
            },
        };
        let checked = wanted.checked("user.")?;
        self.name = checked.name;
        self.username = checked.username;
        self.status = change.status.unwrap_or(self.status);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proto_offers_the_orders_that_there_are() {
        let offered =
            sv_rpc::testing::words("streamverse.users.v1.AdminListUsersRequest", "order_by");
        assert_eq!(offered, ORDERS.map(|(name, _)| name));
        assert_eq!(Order::read(""), Order::Newest);
        assert_eq!(Order::read("createTime"), Order::Oldest);
    }
}

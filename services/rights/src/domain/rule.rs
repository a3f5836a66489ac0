//! Rules: what opens a title (RGT-12).

use sv_kernel::Id;
use sv_proto::content::{ContentType, Monetization};

use super::{Plan, Price};

/// Marks ids of rules.
#[derive(Debug)]
pub(crate) enum Rule {}

/// What opens a title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    /// The rule that says it; none where the title's monetization does.
    pub(crate) rule: Option<Id<Rule>>,
    pub(crate) free: bool,
    pub(crate) plans: Plans,
    /// What it costs to own the title, where it can be bought.
    pub(crate) purchase: Option<Price>,
    /// Cheapest first.
    pub(crate) rentals: Vec<RentalTerms>,
}

/// Which plans open a title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Plans {
    Nobodys,
    Any,
    Only(Vec<Id<Plan>>),
}

/// A rental that can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RentalTerms {
    pub(crate) hours: u32,
    pub(crate) price: Price,
}

impl Plans {
    /// Says whether a plan is among them.
    pub(crate) fn take(&self, plan: Id<Plan>) -> bool {
        match self {
            Self::Nobodys => false,
            Self::Any => true,
            Self::Only(these) => these.contains(&plan),
        }
    }
}

impl Terms {
    /// Returns what a title's monetization says where no rule does.
    pub(crate) fn of_monetization(monetization: Monetization) -> Self {
        Self {
            rule: None,
            free: monetization == Monetization::Avod,
            plans: match monetization {
                Monetization::Svod | Monetization::Unspecified => Plans::Any,
                Monetization::Avod | Monetization::Tvod | Monetization::Ppv => Plans::Nobodys,
            },
            purchase: None,
            rentals: Vec::new(),
        }
    }
}

/// Names the rule about a title itself.
pub(crate) fn scope_of(title: uuid::Uuid) -> String {
    format!("title {title}")
}

/// Names the rule about titles of a type, or of a type and a monetization.
pub(crate) fn of_type(kind: ContentType, monetization: Option<Monetization>) -> String {
    let kind = kind.as_str_name();
    match monetization {
        None | Some(Monetization::Unspecified) => format!("type {kind}"),
        Some(monetization) => format!("type {kind} {}", monetization.as_str_name()),
    }
}

//! Checks requests against the `field` options of the protos, in one walk over their bytes.
//!
//! Compiled once per descriptor set; no code per service. Fields of other packages
//! (`google.*`) carry no rules of ours, but times and spans must be in range.

mod format;
mod item;
mod mask;
mod number;
mod rules;
mod scan;

use std::sync::Arc;

use prost_reflect::DescriptorPool;
use sv_kernel::{Error, FieldViolation};
use sv_proto::common::CommonReason;

use self::rules::Rules;

/// The most violations that one answer lists.
const MOST_VIOLATIONS: usize = 20;

/// The rules of one request message.
#[derive(Clone, Debug)]
pub struct Validator {
    rules: Arc<Rules>,
    message: usize,
    update: Option<mask::Update>,
    item: Option<item::Item>,
}

/// Compiles validators; all share one set of rules.
#[derive(Debug)]
pub(crate) struct Compiler {
    rules: Arc<Rules>,
}

impl Compiler {
    /// Reads the rules of every message that a request can contain.
    pub(crate) fn new(pool: &DescriptorPool) -> Result<Self, Vec<String>> {
        Rules::compile(pool).map(|rules| Self {
            rules: Arc::new(rules),
        })
    }

    /// Returns the validator of a method's requests, if its message is known.
    pub(crate) fn of(&self, method: &prost_reflect::MethodDescriptor) -> Option<Validator> {
        let input = method.input();
        Some(Validator {
            message: self.rules.index(input.full_name())?,
            update: mask::Update::of(method, &self.rules),
            item: item::Item::of(method),
            rules: self.rules.clone(),
        })
    }
}

impl Validator {
    /// Checks the bytes of a request; fails with `VALIDATION_FAILED` and at most 20 violations.
    pub fn check(&self, wire: &[u8]) -> Result<(), Error> {
        let mut violations =
            scan::violations(&self.rules, self.message, self.update.as_ref(), wire);
        violations.extend(self.item.as_ref().and_then(|item| item.contradiction(wire)));
        if violations.is_empty() {
            return Ok(());
        }
        let error = Error::from(CommonReason::ValidationFailed);
        Err(violations.into_iter().fold(error, Error::with_violation))
    }
}

/// Makes a violation.
fn violation(field: String, rule: &'static str, description: impl Into<String>) -> FieldViolation {
    FieldViolation {
        field,
        rule,
        description: description.into(),
    }
}

//! The reasons that the protos declare, by package and name.

use std::collections::BTreeMap;

use prost_reflect::{DescriptorPool, MessageDescriptor};

use crate::plan::options;

/// A reason as the document shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reason {
    pub(super) name: String,
    pub(super) http: u32,
    pub(super) message: String,
    /// The message whose fields are among the details.
    pub(super) detail: Option<MessageDescriptor>,
}

/// All reasons by (package, name).
pub(super) struct Reasons(BTreeMap<(String, String), Reason>);

const COMMON: &str = "streamverse.common.v1";

impl Reasons {
    pub(super) fn of(pool: &DescriptorPool) -> Self {
        let mut reasons = BTreeMap::new();
        let Some(extension) = pool.get_extension_by_name("streamverse.options.v1.reason") else {
            return Self(reasons);
        };
        for of in pool.all_enums() {
            let prefix = format!("{}_", super::schema::screaming(of.name()));
            for value in of.values() {
                let declared = value.options();
                if !declared.has_extension(&extension) {
                    continue;
                }
                let reason = declared.get_extension(&extension);
                let Some(reason) = reason.as_message() else {
                    continue;
                };
                let name = value.name();
                let name = name.strip_prefix(&prefix).unwrap_or(name).to_owned();
                let http = options::value(reason, "http").and_then(|value| value.as_u32());
                let declared = Reason {
                    name: name.clone(),
                    http: http.unwrap_or(500),
                    message: options::text(reason, "message"),
                    detail: pool.get_message_by_name(&options::text(reason, "detail")),
                };
                reasons.insert((of.package_name().to_owned(), name), declared);
            }
        }
        Self(reasons)
    }

    /// Finds a reason as a comment in `package` names it: the package's own, a common one, or
    /// else any.
    pub(super) fn find(&self, package: &str, name: &str) -> Option<&Reason> {
        let of = |package: &str| self.0.get(&(package.to_owned(), name.to_owned()));
        of(package)
            .or_else(|| of(COMMON))
            .or_else(|| self.0.values().find(|reason| reason.name == name))
    }
}

//! Every reason that the protos declare, found by name.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{LazyLock, Mutex, PoisonError},
};

use prost_reflect::{DescriptorPool, EnumDescriptor};
use sv_kernel::{Code, Error, ReasonInfo, Reasoned};
use sv_proto::options::Reason;

use crate::options::{self, REASON};

/// Reasons by (domain, name); made from the same options as the generated code.
#[derive(Debug)]
pub struct ReasonTable(BTreeMap<(&'static str, &'static str), &'static ReasonInfo>);

/// A reason that is only known by its info, e.g. one that a peer sent.
pub(crate) struct Known(pub(crate) &'static ReasonInfo);

impl Reasoned for Known {
    fn info(&self) -> &'static ReasonInfo {
        self.0
    }
}

impl ReasonTable {
    /// Returns the reasons of this build.
    pub fn ours() -> &'static Self {
        static OURS: LazyLock<ReasonTable> = LazyLock::new(|| {
            // A table with a gap would only turn a reason into INTERNAL; a test keeps it whole.
            ReasonTable::compile(options::our_pool())
                .unwrap_or_else(|_| ReasonTable(BTreeMap::new()))
        });
        &OURS
    }

    /// Reads the reasons of a descriptor set; lists everything that is wrong with them.
    ///
    /// The table lives as long as the process: reasons are referred to for ever.
    pub fn compile(pool: &DescriptorPool) -> Result<Self, Vec<String>> {
        let mut table = BTreeMap::new();
        let mut problems = Vec::new();
        for of in pool.all_enums() {
            for value in of.values() {
                let Some(reason) = options::read::<Reason>(pool, &value.options(), REASON) else {
                    continue;
                };
                match info(&of, value.name(), reason) {
                    Ok(info) => {
                        let info: &'static ReasonInfo = Box::leak(Box::new(info));
                        if table.insert((info.domain, info.name), info).is_some() {
                            problems.push(format!("{}: two reasons {}", of.full_name(), info.name));
                        }
                    }
                    Err(problem) => problems.push(format!("{}: {problem}", value.full_name())),
                }
            }
        }
        if problems.is_empty() {
            Ok(Self(table))
        } else {
            Err(problems)
        }
    }

    /// Finds a reason, e.g. `("auth.streamverse", "EMAIL_TAKEN")`.
    pub fn get(&self, domain: &str, name: &str) -> Option<&'static ReasonInfo> {
        self.0.get(&(domain, name)).copied()
    }

    /// Lists all reasons, by domain and name.
    pub fn iter(&self) -> impl Iterator<Item = &'static ReasonInfo> {
        self.0.values().copied()
    }

    /// Makes an error of a reason found by name.
    pub fn error(&self, domain: &str, name: &str) -> Option<Error> {
        self.get(domain, name).map(|info| Known(info).into())
    }
}

fn info(of: &EnumDescriptor, value: &str, reason: Reason) -> Result<ReasonInfo, String> {
    let prefix = format!("{}_", screaming(of.name()));
    let name = value
        .strip_prefix(&prefix)
        .ok_or_else(|| format!("does not start with {prefix}"))?;
    let domain = of
        .package_name()
        .split('.')
        .nth(1)
        .ok_or("is not in a package of two or more parts")?;
    Ok(ReasonInfo {
        name: String::leak(name.to_owned()),
        domain: String::leak(format!("{domain}.streamverse")),
        code: code(reason.code).ok_or_else(|| format!("{} is no gRPC code", reason.code))?,
        http: u16::try_from(reason.http)
            .ok()
            .filter(|status| (400..=599).contains(status))
            .ok_or_else(|| format!("{} is no HTTP status of an error", reason.http))?,
        message: String::leak(reason.message),
        detail: String::leak(reason.detail),
        false_proof: reason.false_proof,
    })
}

/// `AuthReason` becomes `AUTH_REASON`.
fn screaming(camel: &str) -> String {
    let mut out = String::new();
    for (i, c) in camel.char_indices() {
        if c.is_ascii_uppercase() && i > 0 {
            out.push('_');
        }
        out.push(c.to_ascii_uppercase());
    }
    out
}

/// Returns gRPC's canonical code of a number, if it is that of an error.
pub(crate) const fn code(number: u32) -> Option<Code> {
    Some(match number {
        1 => Code::Cancelled,
        2 => Code::Unknown,
        3 => Code::InvalidArgument,
        4 => Code::DeadlineExceeded,
        5 => Code::NotFound,
        6 => Code::AlreadyExists,
        7 => Code::PermissionDenied,
        8 => Code::ResourceExhausted,
        9 => Code::FailedPrecondition,
        10 => Code::Aborted,
        11 => Code::OutOfRange,
        12 => Code::Unimplemented,
        13 => Code::Internal,
        14 => Code::Unavailable,
        15 => Code::DataLoss,
        16 => Code::Unauthenticated,
        _ => return None,
    })
}

/// Returns the same text with a lifetime that errors need. Metadata keys and rules are few; what a
/// misbehaving peer sends beyond a bound is refused.
pub(crate) fn intern(text: &str) -> Option<&'static str> {
    static KNOWN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    intern_in(&mut known, text)
}

fn intern_in(known: &mut BTreeSet<&'static str>, text: &str) -> Option<&'static str> {
    const MOST: usize = 2_000;
    if let Some(text) = known.get(text) {
        return Some(text);
    }
    if known.len() >= MOST || text.len() > 64 {
        return None;
    }
    let text: &'static str = String::leak(text.to_owned());
    known.insert(text);
    Some(text)
}

#[cfg(test)]
mod tests {
    use sv_proto::{auth::AuthReason, common::CommonReason};

    use super::*;

    #[test]
    fn the_table_and_the_generated_code_say_the_same() {
        let table = ReasonTable::compile(options::our_pool()).unwrap();
        for reason in [
            &AuthReason::EmailTaken as &dyn Reasoned,
            &CommonReason::Internal,
        ] {
            let generated = reason.info();
            assert_eq!(table.get(generated.domain, generated.name), Some(generated));
        }
        assert!(table.get("auth.streamverse", "INTERNAL").is_none());
        assert!(table.iter().count() > 40);
    }

    #[test]
    fn interning_is_bounded() {
        let mut known = BTreeSet::new();
        assert_eq!(intern_in(&mut known, "limit"), Some("limit"));
        assert_eq!(intern_in(&mut known, &"x".repeat(65)), None);
        let kept = (0..5_000)
            .filter(|n| intern_in(&mut known, &format!("k{n}")).is_some())
            .count();
        assert_eq!(kept, 1_999);
        assert_eq!(intern_in(&mut known, "limit"), Some("limit"));
    }
}

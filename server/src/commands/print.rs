//! Writes to the terminal: answers to standard output, errors to standard error.

use std::{
    error::Error,
    io::{self, Write as _},
};

use sv_kernel::FieldViolation;

/// Writes a line to standard output. A reader that went away is no error.
pub(crate) fn line(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// Writes an error and its causes to standard error.
pub(crate) fn print_error(failure: &(dyn Error + 'static)) {
    let mut out = io::stderr().lock();
    for (depth, cause) in super::causes(failure).iter().enumerate() {
        let _ = if depth == 0 {
            writeln!(out, "error: {cause}")
        } else {
            writeln!(out, "  because {cause}")
        };
    }
    for field in violations(failure) {
        let (field, rule) = (&field.field, &field.description);
        let _ = writeln!(out, "  {field}: the rule is that it {rule}");
    }
}

/// Lists the fields that a service found wrong.
fn violations<'e>(failure: &'e (dyn Error + 'static)) -> &'e [FieldViolation] {
    let refused = failure.downcast_ref::<sv_kernel::Error>();
    refused.map_or(&[], sv_kernel::Error::violations)
}

//! Routes as `google.api.http` writes them: templates, and the tree that finds them.

mod client;
mod router;
mod template;

pub use client::strip_client;
pub use router::{Found, RouteError, Router, Verb};
pub use template::{Segment, Template, TemplateError, Variable};

#[cfg(test)]
mod tests;

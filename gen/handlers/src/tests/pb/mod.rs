// @generated: one module for each package that has services.

/// The services of kinds.
pub mod kinds {
    include!("kinds.rs");
}

// @generated: one module for each package that has services.

/// The services of admin.
pub mod admin {
    include!("admin.rs");
}

/// The services of auth.
pub mod auth {
    include!("auth.rs");
}

/// The services of content.
pub mod content {
    include!("content.rs");
}

/// The services of jobs.
pub mod jobs {
    include!("jobs.rs");
}

/// The services of livetv.
pub mod livetv {
    include!("livetv.rs");
}

/// The services of payments.
pub mod payments {
    include!("payments.rs");
}

/// The services of rights.
pub mod rights {
    include!("rights.rs");
}

/// The services of search.
pub mod search {
    include!("search.rs");
}

/// The services of streaming.
pub mod streaming {
    include!("streaming.rs");
}

/// The services of users.
pub mod users {
    include!("users.rs");
}

/// The services of webhooks.
pub mod webhooks {
    include!("webhooks.rs");
}

mod corpus;
#[cfg(feature = "test-data")]
mod golden;
mod ranking;

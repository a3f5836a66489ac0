//! What users do, step by step (spec of journeys A to D).

mod thread;

//! JSON to wire bytes, case by case.

//! Wire bytes to JSON, case by case.

//! The codec against cases by hand and against an independent implementation.

mod cases;
mod entropy;
mod fuzz;
mod oracle;
mod reading;
mod schema;
mod values;
mod writing;

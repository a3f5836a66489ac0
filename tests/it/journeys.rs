//! What users do, step by step (spec of journeys A to D).

mod accounts;
mod audit;
mod availability;
mod billing;
mod browsing;
#[cfg(feature = "test-s3")]
mod bucket;
mod captions;
mod changes;
mod clock;
mod collections;
mod contract;
mod demonstration;
mod devices;
mod gateway;
mod gifts;
mod grpc;
mod guide;
mod home;
mod jobs;
mod kids;
mod library;
mod livetv;
mod metrics;
pub(crate) mod outages;
mod password;
mod payments;
mod peers;
mod people;
mod ports;
#[cfg(feature = "test-media")]
pub(crate) mod real;
mod refusals;
mod rest;
mod search;
mod series;
mod sockets;
mod streams;
mod thread;
mod titlepage;
mod titles;
mod tls;
#[cfg(feature = "test-media")]
pub(crate) mod uploads;
mod videos;
mod watching;
mod webhooks;

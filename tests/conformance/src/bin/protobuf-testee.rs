//! The testee of protobuf's own conformance runner: JSON becomes wire bytes and wire bytes become
//! JSON by the transcoder of the edge, and nothing else happens here.
//!
//! The runner writes requests to stdin and reads responses from stdout, each behind its length in
//! four bytes. The argument is a descriptor set that holds the suite's test messages.

use prost::Message;
use prost_reflect::DescriptorPool;
use std::io::{self, Read, Write};
use sv_rest::codec::{Codec, MessageId, ReadOptions, WireErrorKind, WriteOptions};

type BoxError = Box<dyn std::error::Error>;

/// `conformance.ConformanceRequest`, as far as it concerns JSON.
#[derive(Clone, PartialEq, Message)]
struct Request {
    #[prost(bytes = "vec", optional, tag = "1")]
    protobuf: Option<Vec<u8>>,
    #[prost(string, optional, tag = "2")]
    json: Option<String>,
    #[prost(int32, tag = "3")]
    output: i32,
    #[prost(string, tag = "4")]
    message_type: String,
    #[prost(int32, tag = "5")]
    category: i32,
}

/// `conformance.ConformanceResponse`.
#[derive(Clone, PartialEq, Message)]
struct Response {
    #[prost(oneof = "Outcome", tags = "1, 3, 4, 5, 6")]
    outcome: Option<Outcome>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum Outcome {
    #[prost(string, tag = "1")]
    ParseError(String),
    #[prost(bytes, tag = "3")]
    Protobuf(Vec<u8>),
    #[prost(string, tag = "4")]
    Json(String),
    #[prost(string, tag = "5")]
    Skipped(String),
    #[prost(string, tag = "6")]
    SerializeError(String),
}

// `conformance.WireFormat` and `conformance.TestCategory`.
const PROTOBUF: i32 = 1;
const JSON: i32 = 2;
const IGNORE_UNKNOWN: i32 = 3;

fn main() -> Result<(), BoxError> {
    // The runner repeats the name of the program before its arguments.
    let path = std::env::args()
        .skip(1)
        .last()
        .ok_or("usage: protobuf-testee DESCRIPTOR_SET")?;
    let codec = Codec::compile(&DescriptorPool::decode(&*std::fs::read(path)?)?)?;
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let mut length = [0; 4];
    while input.read_exact(&mut length).is_ok() {
        let mut request = vec![0; usize::try_from(u32::from_le_bytes(length))?];
        input.read_exact(&mut request)?;
        let outcome = answer(&codec, &Request::decode(&*request)?);
        let response = Response {
            outcome: Some(outcome),
        }
        .encode_to_vec();
        output.write_all(&u32::try_from(response.len())?.to_le_bytes())?;
        output.write_all(&response)?;
        output.flush()?;
    }
    Ok(())
}

fn answer(codec: &Codec, request: &Request) -> Outcome {
    if request.message_type == "conformance.FailureSet" {
        // The runner asks first which cases are known to fail: none.
        return Outcome::Protobuf(Vec::new());
    }
    let Some(message) = codec.message(&request.message_type) else {
        return Outcome::Skipped(format!("{} is unknown", request.message_type));
    };
    let wire = match (&request.json, &request.protobuf) {
        (Some(json), _) => match parse(codec, message, json, request.category) {
            Ok(wire) => wire,
            Err(problem) => return Outcome::ParseError(problem),
        },
        // Bytes to bytes is no business of a transcoder.
        (_, Some(bytes)) if request.output == JSON => bytes.clone(),
        _ => return Outcome::Skipped("only JSON is transcoded".into()),
    };
    match request.output {
        PROTOBUF => Outcome::Protobuf(wire),
        JSON => print(codec, message, &wire),
        _ => Outcome::Skipped("only JSON and protobuf are written".into()),
    }
}

fn parse(codec: &Codec, id: MessageId, json: &str, category: i32) -> Result<Vec<u8>, String> {
    let ignore_unknown = category == IGNORE_UNKNOWN;
    let options = ReadOptions {
        ignore_unknown,
        ..ReadOptions::CANONICAL
    };
    let mut wire = Vec::new();
    match codec.json_to_wire(id, json.as_bytes(), &mut wire, &options) {
        Ok(_) => Ok(wire),
        Err(error) => Err(error.to_string()),
    }
}

fn print(codec: &Codec, message: MessageId, wire: &[u8]) -> Outcome {
    let mut json = Vec::new();
    match codec.wire_to_json(message, wire, &mut json, &WriteOptions::CANONICAL) {
        Ok(()) => match String::from_utf8(json) {
            Ok(json) => Outcome::Json(json),
            Err(error) => Outcome::SerializeError(error.to_string()),
        },
        Err(error) => match error.kind {
            WireErrorKind::Malformed => Outcome::ParseError(error.to_string()),
            WireErrorKind::Unprintable => Outcome::SerializeError(error.to_string()),
        },
    }
}

//! Random message types, as the text of a proto file.

use super::entropy::Entropy;
use crate::testing::compile_text;
use prost_reflect::DescriptorPool;
use std::fmt::Write as _;

const SCALARS: &[&str] = &[
    "int32", "string", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64",
    "sfixed32", "sfixed64", "bool", "bytes", "double", "float",
];

const KNOWN: &[&str] = &[
    "Timestamp",
    "Duration",
    "FieldMask",
    "Struct",
    "Value",
    "ListValue",
    "Any",
    "Empty",
    "BoolValue",
    "BytesValue",
    "DoubleValue",
    "FloatValue",
    "Int32Value",
    "Int64Value",
    "StringValue",
    "UInt32Value",
    "UInt64Value",
];

/// A pool with the messages `t.M0` and so on, and the text that it came from.
pub(super) fn random(entropy: &mut Entropy<'_>) -> (String, DescriptorPool) {
    let proto2 = entropy.chance(30);
    let mut text = format!(
        "syntax = \"proto{}\";\npackage t;\n",
        if proto2 { 2 } else { 3 }
    );
    for file in [
        "any",
        "duration",
        "empty",
        "field_mask",
        "struct",
        "timestamp",
        "wrappers",
    ] {
        writeln!(text, "import \"google/protobuf/{file}.proto\";").unwrap();
    }
    text.push_str("enum Kind { KIND_NONE = 0; KIND_ONE = 1; KIND_FAR = 500; KIND_LESS = -3; }\n");
    let messages = 1 + entropy.below(4);
    for index in 0..messages {
        writeln!(text, "message M{index} {{").unwrap();
        Fields {
            text: &mut text,
            proto2,
            messages,
            number: 0,
            entropy,
        }
        .all();
        text.push_str("}\n");
    }
    let pool = compile_text(&text);
    (text, pool)
}

struct Fields<'a, 'e> {
    text: &'a mut String,
    proto2: bool,
    messages: usize,
    number: u32,
    entropy: &'a mut Entropy<'e>,
}

impl Fields<'_, '_> {
    fn all(&mut self) {
        for _ in 0..self.entropy.below(14) {
            match self.entropy.below(10) {
                0 => self.map(),
                1 => self.oneof(),
                2..=4 => self.list(),
                _ => self.singular(),
            }
        }
    }

    fn name(&mut self) -> String {
        self.number += 1 + match self.entropy.below(20) {
            0 => 3,
            1 => 400,
            _ => 0,
        };
        let shape = *self
            .entropy
            .pick(&["field_name", "f", "aB", "x_y_z_", "_lead"]);
        format!("{shape}{0} = {0}", self.number)
    }

    fn kind(&mut self) -> String {
        match self.entropy.below(10) {
            0 => "Kind".to_owned(),
            1 | 2 => format!("M{}", self.entropy.below(self.messages)),
            3 | 4 => format!("google.protobuf.{}", self.entropy.pick(KNOWN)),
            _ => (*self.entropy.pick(SCALARS)).to_owned(),
        }
    }

    fn singular(&mut self) {
        let optional = self.proto2 || self.entropy.chance(30);
        let label = if optional { "optional " } else { "" };
        if self.proto2 && self.entropy.chance(15) {
            self.number += 1;
            let (number, inner) = (self.number, self.entropy.below(self.messages));
            writeln!(self.text, "  {label}group G{number} = {number} {{ optional M{inner} m = 1; repeated int32 n = 2; }}").unwrap();
            return;
        }
        let (kind, name) = (self.kind(), self.name());
        writeln!(self.text, "  {label}{kind} {name};").unwrap();
    }

    fn list(&mut self) {
        // The oracle reads `null` for a list of values as a value, and then has no list.
        let kind = self.kind().replace("protobuf.Value", "protobuf.ListValue");
        let name = self.name();
        let packable =
            !kind.contains('.') && !kind.starts_with('M') && kind != "string" && kind != "bytes";
        let packing = match self.entropy.below(4) {
            1 if packable => " [packed = true]",
            2 if packable => " [packed = false]",
            _ => "",
        };
        writeln!(self.text, "  repeated {kind} {name}{packing};").unwrap();
    }

    fn map(&mut self) {
        // No bytes, double or float may be a key.
        let key = SCALARS[self.entropy.below(SCALARS.len() - 3)];
        let (kind, name) = (self.kind(), self.name());
        writeln!(self.text, "  map<{key}, {kind}> {name};").unwrap();
    }

    fn oneof(&mut self) {
        writeln!(self.text, "  oneof o{} {{", self.number).unwrap();
        for _ in 0..=self.entropy.below(4) {
            let (kind, name) = (self.kind(), self.name());
            writeln!(self.text, "    {kind} {name};").unwrap();
        }
        self.text.push_str("  }\n");
    }
}

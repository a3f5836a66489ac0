//! The codec against cases by hand and against an independent implementation.

mod cases;
mod entropy;
mod fuzz;
mod oracle;
mod reading;
mod schema;
mod values;
mod writing;

use super::Codec;
use prost_reflect::DescriptorPool;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{
    DescriptorProto, EnumDescriptorProto, EnumValueDescriptorProto, FieldDescriptorProto,
    FileDescriptorProto,
};
use std::time::{Duration, Instant};

/// Were each value held against all before, ten times as many would take a hundred times as long.
#[test]
fn an_enum_of_very_many_values_is_compiled_in_a_moment() {
    let took = |count: i32| {
        let value = |number: i32| EnumValueDescriptorProto {
            name: Some(format!("MANY_{number}_OF_THE_VALUES_OF_A_LONG_LIST")),
            number: Some(number),
            ..Default::default()
        };
        let many = EnumDescriptorProto {
            name: Some("Many".into()),
            value: (0..count).map(value).collect(),
            ..Default::default()
        };
        let file = FileDescriptorProto {
            name: Some("many.proto".into()),
            syntax: Some("proto3".into()),
            enum_type: vec![many],
            ..Default::default()
        };
        let mut pool = DescriptorPool::new();
        pool.add_file_descriptor_proto(file).unwrap();
        let begin = Instant::now();
        Codec::compile(&pool).unwrap();
        begin.elapsed()
    };
    let (few, many) = (took(15_000), took(150_000));
    // What the machine does beside it counts for little.
    let slack = Duration::from_secs(5);
    assert!(many < few * 40 + slack, "{few:?} and {many:?}");
}

#[test]
fn all_messages_with_too_many_fields_are_reported_at_once() {
    let field = |number: i32| FieldDescriptorProto {
        name: Some(format!("f{number}")),
        number: Some(number),
        label: Some(Label::Optional.into()),
        r#type: Some(Type::Int32.into()),
        ..Default::default()
    };
    let message = |name: &str, fields| DescriptorProto {
        name: Some(name.into()),
        field: (1..=fields)
            .filter(|number| !(19_000..20_000).contains(number))
            .map(field)
            .collect(),
        ..Default::default()
    };
    let file = FileDescriptorProto {
        name: Some("wide.proto".into()),
        syntax: Some("proto3".into()),
        message_type: vec![message("A", 70_000), message("B", 9), message("C", 80_000)],
        ..Default::default()
    };
    let mut pool = DescriptorPool::new();
    pool.add_file_descriptor_proto(file).unwrap();
    let errors = Codec::compile(&pool).unwrap_err();
    assert_eq!(
        errors.to_string(),
        "A has too many fields; C has too many fields"
    );
}

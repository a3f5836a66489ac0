//! The types of the cases by hand.

use crate::codec::{Codec, MessageId};
use crate::testing::compile_text;
use prost_reflect::DescriptorPool;
use std::sync::LazyLock;

const FILM: &str = r#"
syntax = "proto3";
package t;
import "google/protobuf/any.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";

message Film {
  string title = 1;
  string release_date = 2;
  Genre genre = 3;
  int32 minutes = 4;
  uint64 votes = 5;
  repeated Credit credits = 6;
  oneof parent {
    string series = 7;
    Episode episode = 8;
    google.protobuf.NullValue nothing = 24;
  }
  map<string, string> labels = 9;
  map<int64, int32> counts = 10;
  double score = 11;
  float weight = 12;
  google.protobuf.Struct structure = 13;
  google.protobuf.Value value = 14;
  google.protobuf.Any extra = 15;
  google.protobuf.Timestamp published = 16;
  google.protobuf.Int32Value limit = 17;
  google.protobuf.FieldMask mask = 18;
  bytes poster = 19;
  bool available = 20;
  repeated Genre genres = 21;
  Mixed mixed = 22;
  string playback = 23 [json_name = "playback_url"];
  string playback_url = 25 [json_name = "other"];
  repeated int32 heights = 26;
  optional int32 order = 27;
  repeated string tags = 28;
}

message Credit {
  string name = 1;
  string role = 2;
}

message Episode {
  int32 number = 1;
  Film film = 2;
}

enum Genre {
  option allow_alias = true;
  GENRE_UNSPECIFIED = 0;
  GENRE_DRAMA = 1;
  GENRE_SCI_FI = 2;
  GENRE_SCIENCE = 2;
}

enum Mixed {
  MIXED_NONE = 0;
  KIND_A = 1;
  a = 2;
  MIXED_KIND_A = 3;
}
"#;

const OLD: &str = r#"
syntax = "proto2";
package t2;

message Old {
  required int32 must = 1;
  optional Kind kind = 2;
  repeated Kind kinds = 3;
  map<string, Kind> named = 4;
  optional group G = 5 { optional int32 a = 1; optional int32 b = 5; }
  optional string text = 6 [default = "given"];
  extensions 100 to 199;
}

extend Old {
  optional string more = 100;
  repeated int32 many = 101 [packed = true];
}

enum Kind {
  ONE = 1;
  TWO = 2;
}
"#;

/// The types of the cases.
pub(super) static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    let mut pool = compile_text(FILM);
    let old = compile_text(OLD);
    let file = old.get_file_by_name("test.proto").unwrap();
    let mut file = file.file_descriptor_proto().clone();
    file.name = Some("old.proto".into());
    pool.add_file_descriptor_proto(file).unwrap();
    pool
});

/// Their tables.
pub(super) static CODEC: LazyLock<Codec> = LazyLock::new(|| Codec::compile(&POOL).unwrap());

/// Names for what the cases use most.
pub(super) struct Case;

impl Case {
    pub(super) fn film() -> MessageId {
        CODEC.message("t.Film").unwrap()
    }
}

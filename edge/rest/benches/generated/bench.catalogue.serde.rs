impl serde::Serialize for Credit {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        use serde::ser::SerializeStruct;
        let mut len = 0;
        if !self.name.is_empty() {
            len += 1;
        }
        if self.role != 0 {
            len += 1;
        }
        if !self.character.is_empty() {
            len += 1;
        }
        if self.position != 0 {
            len += 1;
        }
        let mut struct_ser = serializer.serialize_struct("bench.catalogue.Credit", len)?;
        if !self.name.is_empty() {
            struct_ser.serialize_field("name", &self.name)?;
        }
        if self.role != 0 {
            let v = CreditRole::try_from(self.role)
                .map_err(|_| serde::ser::Error::custom(format!("Invalid variant {}", self.role)))?;
            struct_ser.serialize_field("role", &v)?;
        }
        if !self.character.is_empty() {
            struct_ser.serialize_field("character", &self.character)?;
        }
        if self.position != 0 {
            struct_ser.serialize_field("position", &self.position)?;
        }
        struct_ser.end()
    }
}
impl<'de> serde::Deserialize<'de> for Credit {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "name",
            "role",
            "character",
            "position",
        ];

        #[allow(clippy::enum_variant_names)]
        enum GeneratedField {
            Name,
            Role,
            Character,
            Position,
        }
        impl<'de> serde::Deserialize<'de> for GeneratedField {
            fn deserialize<D>(deserializer: D) -> std::result::Result<GeneratedField, D::Error>
            where
                D: serde::Deserializer<'de>,
            {
                struct GeneratedVisitor;

                impl serde::de::Visitor<'_> for GeneratedVisitor {
                    type Value = GeneratedField;

                    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        write!(formatter, "expected one of: {:?}", &FIELDS)
                    }

                    #[allow(unused_variables)]
                    fn visit_str<E>(self, value: &str) -> std::result::Result<GeneratedField, E>
                    where
                        E: serde::de::Error,
                    {
                        match value {
                            "name" => Ok(GeneratedField::Name),
                            "role" => Ok(GeneratedField::Role),
                            "character" => Ok(GeneratedField::Character),
                            "position" => Ok(GeneratedField::Position),
                            _ => Err(serde::de::Error::unknown_field(value, FIELDS)),
                        }
                    }
                }
                deserializer.deserialize_identifier(GeneratedVisitor)
            }
        }
        struct GeneratedVisitor;
        impl<'de> serde::de::Visitor<'de> for GeneratedVisitor {
            type Value = Credit;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("struct bench.catalogue.Credit")
            }

            fn visit_map<V>(self, mut map_: V) -> std::result::Result<Credit, V::Error>
                where
                    V: serde::de::MapAccess<'de>,
            {
                let mut name__ = None;
                let mut role__ = None;
                let mut character__ = None;
                let mut position__ = None;
                while let Some(k) = map_.next_key()? {
                    match k {
                        GeneratedField::Name => {
                            if name__.is_some() {
                                return Err(serde::de::Error::duplicate_field("name"));
                            }
                            name__ = Some(map_.next_value()?);
                        }
                        GeneratedField::Role => {
                            if role__.is_some() {
                                return Err(serde::de::Error::duplicate_field("role"));
                            }
                            role__ = Some(map_.next_value::<CreditRole>()? as i32);
                        }
                        GeneratedField::Character => {
                            if character__.is_some() {
                                return Err(serde::de::Error::duplicate_field("character"));
                            }
                            character__ = Some(map_.next_value()?);
                        }
                        GeneratedField::Position => {
                            if position__.is_some() {
                                return Err(serde::de::Error::duplicate_field("position"));
                            }
                            position__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                    }
                }
                Ok(Credit {
                    name: name__.unwrap_or_default(),
                    role: role__.unwrap_or_default(),
                    character: character__.unwrap_or_default(),
                    position: position__.unwrap_or_default(),
                })
            }
        }
        deserializer.deserialize_struct("bench.catalogue.Credit", FIELDS, GeneratedVisitor)
    }
}
impl serde::Serialize for CreditRole {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        let variant = match self {
            Self::Unspecified => "CREDIT_ROLE_UNSPECIFIED",
            Self::Actor => "CREDIT_ROLE_ACTOR",
            Self::Director => "CREDIT_ROLE_DIRECTOR",
        };
        serializer.serialize_str(variant)
    }
}
impl<'de> serde::Deserialize<'de> for CreditRole {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "CREDIT_ROLE_UNSPECIFIED",
            "CREDIT_ROLE_ACTOR",
            "CREDIT_ROLE_DIRECTOR",
        ];

        struct GeneratedVisitor;

        impl serde::de::Visitor<'_> for GeneratedVisitor {
            type Value = CreditRole;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(formatter, "expected one of: {:?}", &FIELDS)
            }

            fn visit_i64<E>(self, v: i64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok())
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Signed(v), &self)
                    })
            }

            fn visit_u64<E>(self, v: u64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok())
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Unsigned(v), &self)
                    })
            }

            fn visit_str<E>(self, value: &str) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                match value {
                    "CREDIT_ROLE_UNSPECIFIED" => Ok(CreditRole::Unspecified),
                    "CREDIT_ROLE_ACTOR" => Ok(CreditRole::Actor),
                    "CREDIT_ROLE_DIRECTOR" => Ok(CreditRole::Director),
                    _ => Err(serde::de::Error::unknown_variant(value, FIELDS)),
                }
            }
        }
        deserializer.deserialize_any(GeneratedVisitor)
    }
}
impl serde::Serialize for Episode {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        use serde::ser::SerializeStruct;
        let mut len = 0;
        if !self.series_id.is_empty() {
            len += 1;
        }
        if self.season != 0 {
            len += 1;
        }
        if self.number != 0 {
            len += 1;
        }
        let mut struct_ser = serializer.serialize_struct("bench.catalogue.Episode", len)?;
        if !self.series_id.is_empty() {
            struct_ser.serialize_field("seriesId", &self.series_id)?;
        }
        if self.season != 0 {
            struct_ser.serialize_field("season", &self.season)?;
        }
        if self.number != 0 {
            struct_ser.serialize_field("number", &self.number)?;
        }
        struct_ser.end()
    }
}
impl<'de> serde::Deserialize<'de> for Episode {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "series_id",
            "seriesId",
            "season",
            "number",
        ];

        #[allow(clippy::enum_variant_names)]
        enum GeneratedField {
            SeriesId,
            Season,
            Number,
        }
        impl<'de> serde::Deserialize<'de> for GeneratedField {
            fn deserialize<D>(deserializer: D) -> std::result::Result<GeneratedField, D::Error>
            where
                D: serde::Deserializer<'de>,
            {
                struct GeneratedVisitor;

                impl serde::de::Visitor<'_> for GeneratedVisitor {
                    type Value = GeneratedField;

                    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        write!(formatter, "expected one of: {:?}", &FIELDS)
                    }

                    #[allow(unused_variables)]
                    fn visit_str<E>(self, value: &str) -> std::result::Result<GeneratedField, E>
                    where
                        E: serde::de::Error,
                    {
                        match value {
                            "seriesId" | "series_id" => Ok(GeneratedField::SeriesId),
                            "season" => Ok(GeneratedField::Season),
                            "number" => Ok(GeneratedField::Number),
                            _ => Err(serde::de::Error::unknown_field(value, FIELDS)),
                        }
                    }
                }
                deserializer.deserialize_identifier(GeneratedVisitor)
            }
        }
        struct GeneratedVisitor;
        impl<'de> serde::de::Visitor<'de> for GeneratedVisitor {
            type Value = Episode;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("struct bench.catalogue.Episode")
            }

            fn visit_map<V>(self, mut map_: V) -> std::result::Result<Episode, V::Error>
                where
                    V: serde::de::MapAccess<'de>,
            {
                let mut series_id__ = None;
                let mut season__ = None;
                let mut number__ = None;
                while let Some(k) = map_.next_key()? {
                    match k {
                        GeneratedField::SeriesId => {
                            if series_id__.is_some() {
                                return Err(serde::de::Error::duplicate_field("seriesId"));
                            }
                            series_id__ = Some(map_.next_value()?);
                        }
                        GeneratedField::Season => {
                            if season__.is_some() {
                                return Err(serde::de::Error::duplicate_field("season"));
                            }
                            season__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                        GeneratedField::Number => {
                            if number__.is_some() {
                                return Err(serde::de::Error::duplicate_field("number"));
                            }
                            number__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                    }
                }
                Ok(Episode {
                    series_id: series_id__.unwrap_or_default(),
                    season: season__.unwrap_or_default(),
                    number: number__.unwrap_or_default(),
                })
            }
        }
        deserializer.deserialize_struct("bench.catalogue.Episode", FIELDS, GeneratedVisitor)
    }
}
impl serde::Serialize for Film {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        use serde::ser::SerializeStruct;
        let mut len = 0;
        if !self.tagline.is_empty() {
            len += 1;
        }
        if self.budget_cents != 0 {
            len += 1;
        }
        let mut struct_ser = serializer.serialize_struct("bench.catalogue.Film", len)?;
        if !self.tagline.is_empty() {
            struct_ser.serialize_field("tagline", &self.tagline)?;
        }
        if self.budget_cents != 0 {
            #[allow(clippy::needless_borrow)]
            #[allow(clippy::needless_borrows_for_generic_args)]
            struct_ser.serialize_field("budgetCents", ToString::to_string(&self.budget_cents).as_str())?;
        }
        struct_ser.end()
    }
}
impl<'de> serde::Deserialize<'de> for Film {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "tagline",
            "budget_cents",
            "budgetCents",
        ];

        #[allow(clippy::enum_variant_names)]
        enum GeneratedField {
            Tagline,
            BudgetCents,
        }
        impl<'de> serde::Deserialize<'de> for GeneratedField {
            fn deserialize<D>(deserializer: D) -> std::result::Result<GeneratedField, D::Error>
            where
                D: serde::Deserializer<'de>,
            {
                struct GeneratedVisitor;

                impl serde::de::Visitor<'_> for GeneratedVisitor {
                    type Value = GeneratedField;

                    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        write!(formatter, "expected one of: {:?}", &FIELDS)
                    }

                    #[allow(unused_variables)]
                    fn visit_str<E>(self, value: &str) -> std::result::Result<GeneratedField, E>
                    where
                        E: serde::de::Error,
                    {
                        match value {
                            "tagline" => Ok(GeneratedField::Tagline),
                            "budgetCents" | "budget_cents" => Ok(GeneratedField::BudgetCents),
                            _ => Err(serde::de::Error::unknown_field(value, FIELDS)),
                        }
                    }
                }
                deserializer.deserialize_identifier(GeneratedVisitor)
            }
        }
        struct GeneratedVisitor;
        impl<'de> serde::de::Visitor<'de> for GeneratedVisitor {
            type Value = Film;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("struct bench.catalogue.Film")
            }

            fn visit_map<V>(self, mut map_: V) -> std::result::Result<Film, V::Error>
                where
                    V: serde::de::MapAccess<'de>,
            {
                let mut tagline__ = None;
                let mut budget_cents__ = None;
                while let Some(k) = map_.next_key()? {
                    match k {
                        GeneratedField::Tagline => {
                            if tagline__.is_some() {
                                return Err(serde::de::Error::duplicate_field("tagline"));
                            }
                            tagline__ = Some(map_.next_value()?);
                        }
                        GeneratedField::BudgetCents => {
                            if budget_cents__.is_some() {
                                return Err(serde::de::Error::duplicate_field("budgetCents"));
                            }
                            budget_cents__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                    }
                }
                Ok(Film {
                    tagline: tagline__.unwrap_or_default(),
                    budget_cents: budget_cents__.unwrap_or_default(),
                })
            }
        }
        deserializer.deserialize_struct("bench.catalogue.Film", FIELDS, GeneratedVisitor)
    }
}
impl serde::Serialize for Image {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        use serde::ser::SerializeStruct;
        let mut len = 0;
        if self.kind != 0 {
            len += 1;
        }
        if !self.url.is_empty() {
            len += 1;
        }
        if self.width != 0 {
            len += 1;
        }
        if self.height != 0 {
            len += 1;
        }
        let mut struct_ser = serializer.serialize_struct("bench.catalogue.Image", len)?;
        if self.kind != 0 {
            let v = ImageKind::try_from(self.kind)
                .map_err(|_| serde::ser::Error::custom(format!("Invalid variant {}", self.kind)))?;
            struct_ser.serialize_field("kind", &v)?;
        }
        if !self.url.is_empty() {
            struct_ser.serialize_field("url", &self.url)?;
        }
        if self.width != 0 {
            struct_ser.serialize_field("width", &self.width)?;
        }
        if self.height != 0 {
            struct_ser.serialize_field("height", &self.height)?;
        }
        struct_ser.end()
    }
}
impl<'de> serde::Deserialize<'de> for Image {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "kind",
            "url",
            "width",
            "height",
        ];

        #[allow(clippy::enum_variant_names)]
        enum GeneratedField {
            Kind,
            Url,
            Width,
            Height,
        }
        impl<'de> serde::Deserialize<'de> for GeneratedField {
            fn deserialize<D>(deserializer: D) -> std::result::Result<GeneratedField, D::Error>
            where
                D: serde::Deserializer<'de>,
            {
                struct GeneratedVisitor;

                impl serde::de::Visitor<'_> for GeneratedVisitor {
                    type Value = GeneratedField;

                    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        write!(formatter, "expected one of: {:?}", &FIELDS)
                    }

                    #[allow(unused_variables)]
                    fn visit_str<E>(self, value: &str) -> std::result::Result<GeneratedField, E>
                    where
                        E: serde::de::Error,
                    {
                        match value {
                            "kind" => Ok(GeneratedField::Kind),
                            "url" => Ok(GeneratedField::Url),
                            "width" => Ok(GeneratedField::Width),
                            "height" => Ok(GeneratedField::Height),
                            _ => Err(serde::de::Error::unknown_field(value, FIELDS)),
                        }
                    }
                }
                deserializer.deserialize_identifier(GeneratedVisitor)
            }
        }
        struct GeneratedVisitor;
        impl<'de> serde::de::Visitor<'de> for GeneratedVisitor {
            type Value = Image;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("struct bench.catalogue.Image")
            }

            fn visit_map<V>(self, mut map_: V) -> std::result::Result<Image, V::Error>
                where
                    V: serde::de::MapAccess<'de>,
            {
                let mut kind__ = None;
                let mut url__ = None;
                let mut width__ = None;
                let mut height__ = None;
                while let Some(k) = map_.next_key()? {
                    match k {
                        GeneratedField::Kind => {
                            if kind__.is_some() {
                                return Err(serde::de::Error::duplicate_field("kind"));
                            }
                            kind__ = Some(map_.next_value::<ImageKind>()? as i32);
                        }
                        GeneratedField::Url => {
                            if url__.is_some() {
                                return Err(serde::de::Error::duplicate_field("url"));
                            }
                            url__ = Some(map_.next_value()?);
                        }
                        GeneratedField::Width => {
                            if width__.is_some() {
                                return Err(serde::de::Error::duplicate_field("width"));
                            }
                            width__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                        GeneratedField::Height => {
                            if height__.is_some() {
                                return Err(serde::de::Error::duplicate_field("height"));
                            }
                            height__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                    }
                }
                Ok(Image {
                    kind: kind__.unwrap_or_default(),
                    url: url__.unwrap_or_default(),
                    width: width__.unwrap_or_default(),
                    height: height__.unwrap_or_default(),
                })
            }
        }
        deserializer.deserialize_struct("bench.catalogue.Image", FIELDS, GeneratedVisitor)
    }
}
impl serde::Serialize for ImageKind {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        let variant = match self {
            Self::Unspecified => "IMAGE_KIND_UNSPECIFIED",
            Self::Poster => "IMAGE_KIND_POSTER",
            Self::Backdrop => "IMAGE_KIND_BACKDROP",
        };
        serializer.serialize_str(variant)
    }
}
impl<'de> serde::Deserialize<'de> for ImageKind {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "IMAGE_KIND_UNSPECIFIED",
            "IMAGE_KIND_POSTER",
            "IMAGE_KIND_BACKDROP",
        ];

        struct GeneratedVisitor;

        impl serde::de::Visitor<'_> for GeneratedVisitor {
            type Value = ImageKind;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(formatter, "expected one of: {:?}", &FIELDS)
            }

            fn visit_i64<E>(self, v: i64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok())
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Signed(v), &self)
                    })
            }

            fn visit_u64<E>(self, v: u64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok())
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Unsigned(v), &self)
                    })
            }

            fn visit_str<E>(self, value: &str) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                match value {
                    "IMAGE_KIND_UNSPECIFIED" => Ok(ImageKind::Unspecified),
                    "IMAGE_KIND_POSTER" => Ok(ImageKind::Poster),
                    "IMAGE_KIND_BACKDROP" => Ok(ImageKind::Backdrop),
                    _ => Err(serde::de::Error::unknown_variant(value, FIELDS)),
                }
            }
        }
        deserializer.deserialize_any(GeneratedVisitor)
    }
}
impl serde::Serialize for ListTitlesResponse {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        use serde::ser::SerializeStruct;
        let mut len = 0;
        if !self.titles.is_empty() {
            len += 1;
        }
        if !self.next_page_token.is_empty() {
            len += 1;
        }
        if self.total_size != 0 {
            len += 1;
        }
        let mut struct_ser = serializer.serialize_struct("bench.catalogue.ListTitlesResponse", len)?;
        if !self.titles.is_empty() {
            struct_ser.serialize_field("titles", &self.titles)?;
        }
        if !self.next_page_token.is_empty() {
            struct_ser.serialize_field("nextPageToken", &self.next_page_token)?;
        }
        if self.total_size != 0 {
            struct_ser.serialize_field("totalSize", &self.total_size)?;
        }
        struct_ser.end()
    }
}
impl<'de> serde::Deserialize<'de> for ListTitlesResponse {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "titles",
            "next_page_token",
            "nextPageToken",
            "total_size",
            "totalSize",
        ];

        #[allow(clippy::enum_variant_names)]
        enum GeneratedField {
            Titles,
            NextPageToken,
            TotalSize,
        }
        impl<'de> serde::Deserialize<'de> for GeneratedField {
            fn deserialize<D>(deserializer: D) -> std::result::Result<GeneratedField, D::Error>
            where
                D: serde::Deserializer<'de>,
            {
                struct GeneratedVisitor;

                impl serde::de::Visitor<'_> for GeneratedVisitor {
                    type Value = GeneratedField;

                    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        write!(formatter, "expected one of: {:?}", &FIELDS)
                    }

                    #[allow(unused_variables)]
                    fn visit_str<E>(self, value: &str) -> std::result::Result<GeneratedField, E>
                    where
                        E: serde::de::Error,
                    {
                        match value {
                            "titles" => Ok(GeneratedField::Titles),
                            "nextPageToken" | "next_page_token" => Ok(GeneratedField::NextPageToken),
                            "totalSize" | "total_size" => Ok(GeneratedField::TotalSize),
                            _ => Err(serde::de::Error::unknown_field(value, FIELDS)),
                        }
                    }
                }
                deserializer.deserialize_identifier(GeneratedVisitor)
            }
        }
        struct GeneratedVisitor;
        impl<'de> serde::de::Visitor<'de> for GeneratedVisitor {
            type Value = ListTitlesResponse;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("struct bench.catalogue.ListTitlesResponse")
            }

            fn visit_map<V>(self, mut map_: V) -> std::result::Result<ListTitlesResponse, V::Error>
                where
                    V: serde::de::MapAccess<'de>,
            {
                let mut titles__ = None;
                let mut next_page_token__ = None;
                let mut total_size__ = None;
                while let Some(k) = map_.next_key()? {
                    match k {
                        GeneratedField::Titles => {
                            if titles__.is_some() {
                                return Err(serde::de::Error::duplicate_field("titles"));
                            }
                            titles__ = Some(map_.next_value()?);
                        }
                        GeneratedField::NextPageToken => {
                            if next_page_token__.is_some() {
                                return Err(serde::de::Error::duplicate_field("nextPageToken"));
                            }
                            next_page_token__ = Some(map_.next_value()?);
                        }
                        GeneratedField::TotalSize => {
                            if total_size__.is_some() {
                                return Err(serde::de::Error::duplicate_field("totalSize"));
                            }
                            total_size__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                    }
                }
                Ok(ListTitlesResponse {
                    titles: titles__.unwrap_or_default(),
                    next_page_token: next_page_token__.unwrap_or_default(),
                    total_size: total_size__.unwrap_or_default(),
                })
            }
        }
        deserializer.deserialize_struct("bench.catalogue.ListTitlesResponse", FIELDS, GeneratedVisitor)
    }
}
impl serde::Serialize for MaturityRating {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        let variant = match self {
            Self::Unspecified => "MATURITY_RATING_UNSPECIFIED",
            Self::All => "MATURITY_RATING_ALL",
            Self::Teen => "MATURITY_RATING_TEEN",
            Self::Adult => "MATURITY_RATING_ADULT",
        };
        serializer.serialize_str(variant)
    }
}
impl<'de> serde::Deserialize<'de> for MaturityRating {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "MATURITY_RATING_UNSPECIFIED",
            "MATURITY_RATING_ALL",
            "MATURITY_RATING_TEEN",
            "MATURITY_RATING_ADULT",
        ];

        struct GeneratedVisitor;

        impl serde::de::Visitor<'_> for GeneratedVisitor {
            type Value = MaturityRating;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(formatter, "expected one of: {:?}", &FIELDS)
            }

            fn visit_i64<E>(self, v: i64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok())
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Signed(v), &self)
                    })
            }

            fn visit_u64<E>(self, v: u64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok())
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Unsigned(v), &self)
                    })
            }

            fn visit_str<E>(self, value: &str) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                match value {
                    "MATURITY_RATING_UNSPECIFIED" => Ok(MaturityRating::Unspecified),
                    "MATURITY_RATING_ALL" => Ok(MaturityRating::All),
                    "MATURITY_RATING_TEEN" => Ok(MaturityRating::Teen),
                    "MATURITY_RATING_ADULT" => Ok(MaturityRating::Adult),
                    _ => Err(serde::de::Error::unknown_variant(value, FIELDS)),
                }
            }
        }
        deserializer.deserialize_any(GeneratedVisitor)
    }
}
impl serde::Serialize for Title {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        use serde::ser::SerializeStruct;
        let mut len = 0;
        if !self.id.is_empty() {
            len += 1;
        }
        if self.r#type != 0 {
            len += 1;
        }
        if !self.title.is_empty() {
            len += 1;
        }
        if !self.original_title.is_empty() {
            len += 1;
        }
        if !self.overview.is_empty() {
            len += 1;
        }
        if !self.release_date.is_empty() {
            len += 1;
        }
        if self.duration_seconds != 0 {
            len += 1;
        }
        if self.score != 0. {
            len += 1;
        }
        if self.vote_count != 0 {
            len += 1;
        }
        if !self.genres.is_empty() {
            len += 1;
        }
        if !self.credits.is_empty() {
            len += 1;
        }
        if !self.images.is_empty() {
            len += 1;
        }
        if !self.labels.is_empty() {
            len += 1;
        }
        if !self.available_heights.is_empty() {
            len += 1;
        }
        if self.available {
            len += 1;
        }
        if self.views != 0 {
            len += 1;
        }
        if self.published_at.is_some() {
            len += 1;
        }
        if self.rating != 0 {
            len += 1;
        }
        if self.details.is_some() {
            len += 1;
        }
        let mut struct_ser = serializer.serialize_struct("bench.catalogue.Title", len)?;
        if !self.id.is_empty() {
            struct_ser.serialize_field("id", &self.id)?;
        }
        if self.r#type != 0 {
            let v = TitleType::try_from(self.r#type)
                .map_err(|_| serde::ser::Error::custom(format!("Invalid variant {}", self.r#type)))?;
            struct_ser.serialize_field("type", &v)?;
        }
        if !self.title.is_empty() {
            struct_ser.serialize_field("title", &self.title)?;
        }
        if !self.original_title.is_empty() {
            struct_ser.serialize_field("originalTitle", &self.original_title)?;
        }
        if !self.overview.is_empty() {
            struct_ser.serialize_field("overview", &self.overview)?;
        }
        if !self.release_date.is_empty() {
            struct_ser.serialize_field("releaseDate", &self.release_date)?;
        }
        if self.duration_seconds != 0 {
            struct_ser.serialize_field("durationSeconds", &self.duration_seconds)?;
        }
        if self.score != 0. {
            struct_ser.serialize_field("score", &self.score)?;
        }
        if self.vote_count != 0 {
            struct_ser.serialize_field("voteCount", &self.vote_count)?;
        }
        if !self.genres.is_empty() {
            struct_ser.serialize_field("genres", &self.genres)?;
        }
        if !self.credits.is_empty() {
            struct_ser.serialize_field("credits", &self.credits)?;
        }
        if !self.images.is_empty() {
            struct_ser.serialize_field("images", &self.images)?;
        }
        if !self.labels.is_empty() {
            struct_ser.serialize_field("labels", &self.labels)?;
        }
        if !self.available_heights.is_empty() {
            struct_ser.serialize_field("availableHeights", &self.available_heights)?;
        }
        if self.available {
            struct_ser.serialize_field("available", &self.available)?;
        }
        if self.views != 0 {
            #[allow(clippy::needless_borrow)]
            #[allow(clippy::needless_borrows_for_generic_args)]
            struct_ser.serialize_field("views", ToString::to_string(&self.views).as_str())?;
        }
        if let Some(v) = self.published_at.as_ref() {
            struct_ser.serialize_field("publishedAt", v)?;
        }
        if self.rating != 0 {
            let v = MaturityRating::try_from(self.rating)
                .map_err(|_| serde::ser::Error::custom(format!("Invalid variant {}", self.rating)))?;
            struct_ser.serialize_field("rating", &v)?;
        }
        if let Some(v) = self.details.as_ref() {
            match v {
                title::Details::Film(v) => {
                    struct_ser.serialize_field("film", v)?;
                }
                title::Details::Episode(v) => {
                    struct_ser.serialize_field("episode", v)?;
                }
            }
        }
        struct_ser.end()
    }
}
impl<'de> serde::Deserialize<'de> for Title {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "id",
            "type",
            "title",
            "original_title",
            "originalTitle",
            "overview",
            "release_date",
            "releaseDate",
            "duration_seconds",
            "durationSeconds",
            "score",
            "vote_count",
            "voteCount",
            "genres",
            "credits",
            "images",
            "labels",
            "available_heights",
            "availableHeights",
            "available",
            "views",
            "published_at",
            "publishedAt",
            "rating",
            "film",
            "episode",
        ];

        #[allow(clippy::enum_variant_names)]
        enum GeneratedField {
            Id,
            Type,
            Title,
            OriginalTitle,
            Overview,
            ReleaseDate,
            DurationSeconds,
            Score,
            VoteCount,
            Genres,
            Credits,
            Images,
            Labels,
            AvailableHeights,
            Available,
            Views,
            PublishedAt,
            Rating,
            Film,
            Episode,
        }
        impl<'de> serde::Deserialize<'de> for GeneratedField {
            fn deserialize<D>(deserializer: D) -> std::result::Result<GeneratedField, D::Error>
            where
                D: serde::Deserializer<'de>,
            {
                struct GeneratedVisitor;

                impl serde::de::Visitor<'_> for GeneratedVisitor {
                    type Value = GeneratedField;

                    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        write!(formatter, "expected one of: {:?}", &FIELDS)
                    }

                    #[allow(unused_variables)]
                    fn visit_str<E>(self, value: &str) -> std::result::Result<GeneratedField, E>
                    where
                        E: serde::de::Error,
                    {
                        match value {
                            "id" => Ok(GeneratedField::Id),
                            "type" => Ok(GeneratedField::Type),
                            "title" => Ok(GeneratedField::Title),
                            "originalTitle" | "original_title" => Ok(GeneratedField::OriginalTitle),
                            "overview" => Ok(GeneratedField::Overview),
                            "releaseDate" | "release_date" => Ok(GeneratedField::ReleaseDate),
                            "durationSeconds" | "duration_seconds" => Ok(GeneratedField::DurationSeconds),
                            "score" => Ok(GeneratedField::Score),
                            "voteCount" | "vote_count" => Ok(GeneratedField::VoteCount),
                            "genres" => Ok(GeneratedField::Genres),
                            "credits" => Ok(GeneratedField::Credits),
                            "images" => Ok(GeneratedField::Images),
                            "labels" => Ok(GeneratedField::Labels),
                            "availableHeights" | "available_heights" => Ok(GeneratedField::AvailableHeights),
                            "available" => Ok(GeneratedField::Available),
                            "views" => Ok(GeneratedField::Views),
                            "publishedAt" | "published_at" => Ok(GeneratedField::PublishedAt),
                            "rating" => Ok(GeneratedField::Rating),
                            "film" => Ok(GeneratedField::Film),
                            "episode" => Ok(GeneratedField::Episode),
                            _ => Err(serde::de::Error::unknown_field(value, FIELDS)),
                        }
                    }
                }
                deserializer.deserialize_identifier(GeneratedVisitor)
            }
        }
        struct GeneratedVisitor;
        impl<'de> serde::de::Visitor<'de> for GeneratedVisitor {
            type Value = Title;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("struct bench.catalogue.Title")
            }

            fn visit_map<V>(self, mut map_: V) -> std::result::Result<Title, V::Error>
                where
                    V: serde::de::MapAccess<'de>,
            {
                let mut id__ = None;
                let mut r#type__ = None;
                let mut title__ = None;
                let mut original_title__ = None;
                let mut overview__ = None;
                let mut release_date__ = None;
                let mut duration_seconds__ = None;
                let mut score__ = None;
                let mut vote_count__ = None;
                let mut genres__ = None;
                let mut credits__ = None;
                let mut images__ = None;
                let mut labels__ = None;
                let mut available_heights__ = None;
                let mut available__ = None;
                let mut views__ = None;
                let mut published_at__ = None;
                let mut rating__ = None;
                let mut details__ = None;
                while let Some(k) = map_.next_key()? {
                    match k {
                        GeneratedField::Id => {
                            if id__.is_some() {
                                return Err(serde::de::Error::duplicate_field("id"));
                            }
                            id__ = Some(map_.next_value()?);
                        }
                        GeneratedField::Type => {
                            if r#type__.is_some() {
                                return Err(serde::de::Error::duplicate_field("type"));
                            }
                            r#type__ = Some(map_.next_value::<TitleType>()? as i32);
                        }
                        GeneratedField::Title => {
                            if title__.is_some() {
                                return Err(serde::de::Error::duplicate_field("title"));
                            }
                            title__ = Some(map_.next_value()?);
                        }
                        GeneratedField::OriginalTitle => {
                            if original_title__.is_some() {
                                return Err(serde::de::Error::duplicate_field("originalTitle"));
                            }
                            original_title__ = Some(map_.next_value()?);
                        }
                        GeneratedField::Overview => {
                            if overview__.is_some() {
                                return Err(serde::de::Error::duplicate_field("overview"));
                            }
                            overview__ = Some(map_.next_value()?);
                        }
                        GeneratedField::ReleaseDate => {
                            if release_date__.is_some() {
                                return Err(serde::de::Error::duplicate_field("releaseDate"));
                            }
                            release_date__ = Some(map_.next_value()?);
                        }
                        GeneratedField::DurationSeconds => {
                            if duration_seconds__.is_some() {
                                return Err(serde::de::Error::duplicate_field("durationSeconds"));
                            }
                            duration_seconds__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                        GeneratedField::Score => {
                            if score__.is_some() {
                                return Err(serde::de::Error::duplicate_field("score"));
                            }
                            score__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                        GeneratedField::VoteCount => {
                            if vote_count__.is_some() {
                                return Err(serde::de::Error::duplicate_field("voteCount"));
                            }
                            vote_count__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                        GeneratedField::Genres => {
                            if genres__.is_some() {
                                return Err(serde::de::Error::duplicate_field("genres"));
                            }
                            genres__ = Some(map_.next_value()?);
                        }
                        GeneratedField::Credits => {
                            if credits__.is_some() {
                                return Err(serde::de::Error::duplicate_field("credits"));
                            }
                            credits__ = Some(map_.next_value()?);
                        }
                        GeneratedField::Images => {
                            if images__.is_some() {
                                return Err(serde::de::Error::duplicate_field("images"));
                            }
                            images__ = Some(map_.next_value()?);
                        }
                        GeneratedField::Labels => {
                            if labels__.is_some() {
                                return Err(serde::de::Error::duplicate_field("labels"));
                            }
                            labels__ = Some(
                                map_.next_value::<std::collections::HashMap<_, _>>()?
                            );
                        }
                        GeneratedField::AvailableHeights => {
                            if available_heights__.is_some() {
                                return Err(serde::de::Error::duplicate_field("availableHeights"));
                            }
                            available_heights__ = 
                                Some(map_.next_value::<Vec<::pbjson::private::NumberDeserialize<_>>>()?
                                    .into_iter().map(|x| x.0).collect())
                            ;
                        }
                        GeneratedField::Available => {
                            if available__.is_some() {
                                return Err(serde::de::Error::duplicate_field("available"));
                            }
                            available__ = Some(map_.next_value()?);
                        }
                        GeneratedField::Views => {
                            if views__.is_some() {
                                return Err(serde::de::Error::duplicate_field("views"));
                            }
                            views__ = 
                                Some(map_.next_value::<::pbjson::private::NumberDeserialize<_>>()?.0)
                            ;
                        }
                        GeneratedField::PublishedAt => {
                            if published_at__.is_some() {
                                return Err(serde::de::Error::duplicate_field("publishedAt"));
                            }
                            published_at__ = map_.next_value()?;
                        }
                        GeneratedField::Rating => {
                            if rating__.is_some() {
                                return Err(serde::de::Error::duplicate_field("rating"));
                            }
                            rating__ = Some(map_.next_value::<MaturityRating>()? as i32);
                        }
                        GeneratedField::Film => {
                            if details__.is_some() {
                                return Err(serde::de::Error::duplicate_field("film"));
                            }
                            details__ = map_.next_value::<::std::option::Option<_>>()?.map(title::Details::Film)
;
                        }
                        GeneratedField::Episode => {
                            if details__.is_some() {
                                return Err(serde::de::Error::duplicate_field("episode"));
                            }
                            details__ = map_.next_value::<::std::option::Option<_>>()?.map(title::Details::Episode)
;
                        }
                    }
                }
                Ok(Title {
                    id: id__.unwrap_or_default(),
                    r#type: r#type__.unwrap_or_default(),
                    title: title__.unwrap_or_default(),
                    original_title: original_title__.unwrap_or_default(),
                    overview: overview__.unwrap_or_default(),
                    release_date: release_date__.unwrap_or_default(),
                    duration_seconds: duration_seconds__.unwrap_or_default(),
                    score: score__.unwrap_or_default(),
                    vote_count: vote_count__.unwrap_or_default(),
                    genres: genres__.unwrap_or_default(),
                    credits: credits__.unwrap_or_default(),
                    images: images__.unwrap_or_default(),
                    labels: labels__.unwrap_or_default(),
                    available_heights: available_heights__.unwrap_or_default(),
                    available: available__.unwrap_or_default(),
                    views: views__.unwrap_or_default(),
                    published_at: published_at__,
                    rating: rating__.unwrap_or_default(),
                    details: details__,
                })
            }
        }
        deserializer.deserialize_struct("bench.catalogue.Title", FIELDS, GeneratedVisitor)
    }
}
impl serde::Serialize for TitleType {
    #[allow(deprecated)]
    fn serialize<S>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>
    where
        S: serde::Serializer,
    {
        let variant = match self {
            Self::Unspecified => "TITLE_TYPE_UNSPECIFIED",
            Self::Movie => "TITLE_TYPE_MOVIE",
            Self::Episode => "TITLE_TYPE_EPISODE",
        };
        serializer.serialize_str(variant)
    }
}
impl<'de> serde::Deserialize<'de> for TitleType {
    #[allow(deprecated)]
    fn deserialize<D>(deserializer: D) -> std::result::Result<Self, D::Error>
    where
        D: serde::Deserializer<'de>,
    {
        const FIELDS: &[&str] = &[
            "TITLE_TYPE_UNSPECIFIED",
            "TITLE_TYPE_MOVIE",
            "TITLE_TYPE_EPISODE",
        ];

        struct GeneratedVisitor;

        impl serde::de::Visitor<'_> for GeneratedVisitor {
            type Value = TitleType;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(formatter, "expected one of: {:?}", &FIELDS)
            }

            fn visit_i64<E>(self, v: i64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok())
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Signed(v), &self)
                    })
            }

            fn visit_u64<E>(self, v: u64) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                i32::try_from(v)
                    .ok()
                    .and_then(|x| x.try_into().ok())
                    .ok_or_else(|| {
                        serde::de::Error::invalid_value(serde::de::Unexpected::Unsigned(v), &self)
                    })
            }

            fn visit_str<E>(self, value: &str) -> std::result::Result<Self::Value, E>
            where
                E: serde::de::Error,
            {
                match value {
                    "TITLE_TYPE_UNSPECIFIED" => Ok(TitleType::Unspecified),
                    "TITLE_TYPE_MOVIE" => Ok(TitleType::Movie),
                    "TITLE_TYPE_EPISODE" => Ok(TitleType::Episode),
                    _ => Err(serde::de::Error::unknown_variant(value, FIELDS)),
                }
            }
        }
        deserializer.deserialize_any(GeneratedVisitor)
    }
}

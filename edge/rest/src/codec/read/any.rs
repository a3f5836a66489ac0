//! `Any`: an object that names its own type.

use super::Reader;
use super::fault::{Fault, Read, Step};
use crate::codec::format::wire;
use crate::codec::table::Shape;
use std::borrow::Cow;

const TYPE_URL: u8 = 1 << 3 | 2;
const VALUE: u8 = 2 << 3 | 2;

impl<'a> Reader<'a> {
    /// Takes an object with an `@type`, which need not come first, and appends the `Any`.
    pub(super) fn any(&mut self) -> Read<()> {
        let start = self.at;
        let Some(url) = self.find_type()? else {
            // An empty object is an empty `Any`.
            return Ok(());
        };
        self.at = start;
        // As protobuf has it, the name is what follows the last slash.
        let name = url.rsplit_once('/').map(|(_, name)| name);
        let Some(id) = name.and_then(|name| self.codec.message(name)) else {
            let fault = Fault::new(start, format!("unknown type {url:?}"));
            return Err(fault.under(Step::Field("@type".into())));
        };
        self.out.push(TYPE_URL);
        wire::put_varint(self.out, url.len() as u64);
        self.out.extend_from_slice(url.as_bytes());
        let before = self.out.len();
        self.out.push(VALUE);
        let content = wire::open(self.out);
        let codec = self.codec;
        let table = codec.table(id);
        self.nested(|reader| match table.shape {
            Shape::Plain => reader.fields(table, true),
            _ => reader.wrapped(id),
        })?;
        wire::close(self.out, content);
        if self.out.len() == content {
            self.out.truncate(before);
        }
        Ok(())
    }

    /// Takes the object whole and returns its `@type`; `None` where it is empty.
    fn find_type(&mut self) -> Read<Option<Cow<'a, str>>> {
        let start = self.at;
        let mut found = None;
        let mut more = self.enter(b'{', b'}', "an object")?;
        if !more {
            return Ok(None);
        }
        while more {
            let at = self.at;
            if self.key()? == "@type" {
                let url = self.string("a type URL");
                let url = url.map_err(|fault| fault.under(Step::Field("@type".into())))?;
                if found.replace(url).is_some() {
                    return Err(Fault::new(at, "given twice").under(Step::Field("@type".into())));
                }
            } else {
                self.skip()?;
            }
            more = self.another(b'}')?;
        }
        match found {
            Some(url) => Ok(Some(url)),
            None => Err(Fault::new(start, "required").under(Step::Field("@type".into()))),
        }
    }

    /// Takes `{"@type": …, "value": …}` and appends the message that `value` spells.
    fn wrapped(&mut self, id: crate::codec::MessageId) -> Read<()> {
        let mut given = false;
        let mut more = self.enter(b'{', b'}', "an object")?;
        while more {
            let at = self.at;
            match &*self.key()? {
                "@type" => self.skip()?,
                "value" if given => {
                    return Err(Fault::new(at, "given twice").under(Step::Field("value".into())));
                }
                "value" => {
                    given = true;
                    self.message(id)
                        .map_err(|fault| fault.under(Step::Field("value".into())))?;
                }
                _ if self.options.ignore_unknown => self.skip()?,
                key => {
                    return Err(Fault::new(at, "unknown field").under(Step::Field(key.into())));
                }
            }
            more = self.another(b'}')?;
        }
        if !given && self.codec.table(id).shape != Shape::Empty {
            return Err(self.fault("required").under(Step::Field("value".into())));
        }
        Ok(())
    }
}

//! How the suite's runner speaks to the program under test: messages on its standard input and output,
//! each behind its length in four bytes.

use std::io::{self, Read, Write};

use prost::Message;

/// The longest message that is taken, in bytes.
const LONGEST: u32 = 64 << 20;

/// Reads the next message; `None` where the runner has no more to say.
pub fn read<M: Message + Default>(from: &mut impl Read) -> io::Result<Option<M>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length) {
        Err(end) if end.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let length = u32::from_be_bytes(length);
    let invalid = |cause: &str| io::Error::new(io::ErrorKind::InvalidData, cause.to_owned());
    if length > LONGEST {
        return Err(invalid("the runner's message is too long"));
    }
    let mut message = Vec::new();
    from.take(length.into()).read_to_end(&mut message)?;
    let message = M::decode(&*message).map_err(|cause| invalid(&cause.to_string()))?;
    Ok(Some(message))
}

/// Writes a message.
pub fn write(to: &mut impl Write, message: &impl Message) -> io::Result<()> {
    let message = message.encode_to_vec();
    let length = u32::try_from(message.len()).map_err(io::Error::other)?;
    to.write_all(&length.to_be_bytes())?;
    to.write_all(&message)?;
    to.flush()
}

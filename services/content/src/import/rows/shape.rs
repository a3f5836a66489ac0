//! What a file that starts with an object is: one film a line, or an array within an object.

/// How the films lie in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Elements of one array.
    Array,
    /// One object after the other.
    Lines,
    /// Elements of an array that is a member of the one object.
    Member {
        /// The member's name.
        name: String,
        /// The bytes before the bracket.
        before: usize,
    },
}

/// Judges the start of a file, from its first brace. `whole` says that nothing follows it.
pub(super) fn of_object(start: &[u8], whole: bool) -> Shape {
    let mut scan = Scan { start, at: 1 };
    let mut found: Option<(String, usize)> = None;
    let mut titled = false;
    while let Some((name, value)) = scan.member() {
        titled |= name.eq_ignore_ascii_case("title");
        if found.is_none() && scan.is_array_of_objects(value) {
            found = Some((name, value));
        }
        scan.at = value;
        if !scan.skip_value() {
            break;
        }
    }
    let closed = scan.peek() == Some(b'}');
    if closed {
        scan.at += 1;
        // Another object behind it: these are rows.
        titled |= scan.peek() == Some(b'{') || (scan.peek().is_none() && !whole);
    }
    match found {
        Some((name, before)) if !titled => Shape::Member { name, before },
        _ => Shape::Lines,
    }
}

/// A walk over the members of an object, which need not be JSON in all its parts.
struct Scan<'a> {
    start: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&mut self) -> Option<u8> {
        while self.start.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        self.start.get(self.at).copied()
    }

    /// Reads the next name and its colon; returns where the value begins.
    fn member(&mut self) -> Option<(String, usize)> {
        if self.peek()? == b',' {
            self.at += 1;
        }
        if self.peek()? != b'"' {
            return None;
        }
        let begin = self.at;
        self.skip_string();
        let name = self.start.get(begin..self.at)?;
        let name = serde_json::from_slice(name).unwrap_or_default();
        if self.peek()? != b':' {
            return None;
        }
        self.at += 1;
        self.peek()?;
        Some((name, self.at))
    }

    fn is_array_of_objects(&self, at: usize) -> bool {
        let mut inner = Scan {
            start: self.start,
            at: at + 1,
        };
        self.start.get(at) == Some(&b'[') && matches!(inner.peek(), Some(b'{' | b']'))
    }

    /// Steps over a value, and says whether it ends within the start.
    fn skip_value(&mut self) -> bool {
        let mut depth = 0_usize;
        while let Some(byte) = self.start.get(self.at) {
            match byte {
                b'"' => {
                    self.skip_string();
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b',' | b'}' | b']' if depth == 0 => return true,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
        }
        false
    }

    /// Steps over a string, from its first quotation mark.
    fn skip_string(&mut self) {
        self.at += 1;
        while let Some(byte) = self.start.get(self.at) {
            self.at += if *byte == b'\\' { 2 } else { 1 };
            if *byte == b'"' {
                return;
            }
        }
    }
}

//! Path templates: the grammar of `google.api.http`.

use std::fmt;

use crate::percent;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Segment {
    /// This text, percent-decoded.
    Literal(String),
    /// `*`: one segment that is not empty.
    Any,
    /// `**`: all segments that are left, also none.
    Rest,
}

/// A part of a path that fills a request field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// The field, as names from the request message down: `["movie", "id"]`.
    pub field_path: Vec<String>,
    /// The index of its first segment.
    pub first: usize,
    /// The index after its last segment in the template.
    pub end: usize,
}

/// A parsed template such as `/users/{user_id}/files/{name=**}:download`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// The steps, those inside variables too.
    pub segments: Vec<Segment>,
    /// The variables in the order of the path.
    pub variables: Vec<Variable>,
    /// What follows the colon at the end.
    pub verb: Option<String>,
}

/// Why a template cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem} at character {at} of `{template}`")]
pub struct TemplateError {
    template: String,
    at: usize,
    problem: &'static str,
}

impl Template {
    /// Reads a template.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut parser = Parser {
            text,
            at: 0,
            template: Self {
                segments: Vec::new(),
                variables: Vec::new(),
                verb: None,
            },
        };
        parser.whole().map_err(|problem| TemplateError {
            template: text.to_owned(),
            at: parser.at,
            problem,
        })?;
        Ok(parser.template)
    }

    /// Says whether a variable may span several segments, so that it keeps `%2F`.
    pub fn is_multi(&self, variable: &Variable) -> bool {
        self.segments[variable.first..variable.end] != [Segment::Any]
    }

    /// Returns the template without its last segment where that is exactly the variable
    /// `name`: the collection of an item.
    pub fn collection_of(&self, name: &str) -> Option<Self> {
        let last = self.variables.last()?;
        let is_last = last.first + 1 == self.segments.len()
            && self.segments[last.first] == Segment::Any
            && last.field_path == [name]
            && self.verb.is_none();
        is_last.then(|| {
            let mut collection = self.clone();
            collection.segments.pop();
            collection.variables.pop();
            collection
        })
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.segments.is_empty() {
            f.write_str("/")?;
        }
        let mut index = 0;
        while index < self.segments.len() {
            f.write_str("/")?;
            let variable = self.variables.iter().find(|v| v.first == index);
            let Some(variable) = variable else {
                write!(f, "{}", self.segments[index])?;
                index += 1;
                continue;
            };
            write!(f, "{{{}", variable.field_path.join("."))?;
            if self.is_multi(variable) {
                let steps: Vec<_> = self.segments[variable.first..variable.end]
                    .iter()
                    .map(ToString::to_string)
                    .collect();
                write!(f, "={}", steps.join("/"))?;
            }
            f.write_str("}")?;
            index = variable.end;
        }
        match &self.verb {
            Some(verb) => write!(f, ":{verb}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Literal(text) => text,
            Self::Any => "*",
            Self::Rest => "**",
        })
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    template: Template,
}

impl Parser<'_> {
    fn whole(&mut self) -> Result<(), &'static str> {
        self.expect('/', "expected `/`")?;
        if self.at < self.text.len() {
            self.segments(false)?;
        }
        if self.eat(':') {
            self.template.verb = Some(self.literal()?);
        }
        if self.at < self.text.len() {
            return Err("unexpected character");
        }
        let rest = self
            .template
            .segments
            .iter()
            .position(|s| *s == Segment::Rest);
        match rest {
            Some(index) if index + 1 < self.template.segments.len() => {
                Err("`**` is not the last segment before")
            }
            _ => Ok(()),
        }
    }

    fn segments(&mut self, inside_variable: bool) -> Result<(), &'static str> {
        loop {
            self.segment(inside_variable)?;
            if !self.eat('/') {
                return Ok(());
            }
        }
    }

    fn segment(&mut self, inside_variable: bool) -> Result<(), &'static str> {
        if self.eat('*') {
            let segment = if self.eat('*') {
                Segment::Rest
            } else {
                Segment::Any
            };
            self.template.segments.push(segment);
        } else if self.eat('{') {
            if inside_variable {
                return Err("a variable inside a variable");
            }
            self.variable()?;
        } else {
            let literal = self.literal()?;
            self.template.segments.push(Segment::Literal(literal));
        }
        Ok(())
    }

    fn variable(&mut self) -> Result<(), &'static str> {
        let first = self.template.segments.len();
        let mut field_path = vec![self.name()?];
        while self.eat('.') {
            field_path.push(self.name()?);
        }
        if self.eat('=') {
            self.segments(true)?;
        } else {
            self.template.segments.push(Segment::Any);
        }
        self.expect('}', "expected `}`")?;
        let shorter = |a: &[String], b: &[String]| b.starts_with(a);
        let known = &self.template.variables;
        if known
            .iter()
            .any(|v| shorter(&v.field_path, &field_path) || shorter(&field_path, &v.field_path))
        {
            return Err("a variable that is bound already ends before");
        }
        self.template.variables.push(Variable {
            field_path,
            first,
            end: self.template.segments.len(),
        });
        Ok(())
    }

    fn name(&mut self) -> Result<String, &'static str> {
        let name = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_');
        match name.chars().next() {
            Some(first) if !first.is_ascii_digit() => Ok(name),
            _ => Err("expected the name of a field before"),
        }
    }

    fn literal(&mut self) -> Result<String, &'static str> {
        let raw = self.take_while(|c| c.is_ascii_graphic() && !"/{}*:=?#".contains(c));
        if raw.is_empty() {
            return Err("expected text, `*`, `**` or a variable");
        }
        percent::decode(&raw).map(std::borrow::Cow::into_owned)
    }

    fn take_while(&mut self, accept: impl Fn(char) -> bool) -> String {
        let rest = &self.text[self.at..];
        let end = rest.find(|c| !accept(c)).unwrap_or(rest.len());
        self.at += end;
        rest[..end].to_owned()
    }

    fn eat(&mut self, expected: char) -> bool {
        let found = self.text[self.at..].starts_with(expected);
        if found {
            self.at += expected.len_utf8();
        }
        found
    }

    fn expect(&mut self, expected: char, problem: &'static str) -> Result<(), &'static str> {
        if self.eat(expected) {
            Ok(())
        } else {
            Err(problem)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_of_the_grammar_are_read() {
        let cases: &[(&str, usize, &[&str], Option<&str>)] = &[
            ("/", 0, &[], None),
            ("/v1/messages", 2, &[], None),
            ("/v1/{message_id}", 2, &["message_id"], None),
            ("/v1/{a.b.c}/x", 3, &["a.b.c"], None),
            ("/v1/{name=messages/*}", 3, &["name"], None),
            (
                "/v1/{name=messages/*}/parts/{part}",
                5,
                &["name", "part"],
                None,
            ),
            ("/v1/{name=**}:download", 2, &["name"], Some("download")),
            ("/v1/*/x:import", 3, &[], Some("import")),
            ("/**", 1, &[], None),
            ("/.well-known/jwks.json", 2, &[], None),
            ("/a%20b", 1, &[], None),
        ];
        for (text, segments, variables, verb) in cases {
            let template = Template::parse(text).unwrap();
            assert_eq!(template.segments.len(), *segments, "{text}");
            let names: Vec<_> = template
                .variables
                .iter()
                .map(|v| v.field_path.join("."))
                .collect();
            assert_eq!(names, *variables, "{text}");
            assert_eq!(template.verb.as_deref(), *verb, "{text}");
        }
        let decoded = Template::parse("/a%20b").unwrap();
        assert_eq!(decoded.segments, [Segment::Literal("a b".into())]);
    }

    #[test]
    fn what_the_grammar_does_not_know_is_refused() {
        for bad in [
            "",
            "v1",
            "//",
            "/a//b",
            "/a/",
            "/{",
            "/{}",
            "/{a",
            "/{a=}",
            "/{a.}",
            "/{.a}",
            "/{1a}",
            "/{a={b}}",
            "/{a=b/{c}}",
            "/**/a",
            "/{a=**}/b",
            "/a:",
            "/a:b:c",
            "/a:b/c",
            "/***",
            "/{a}/{a}",
            "/{a}/{a.b}",
            "/{a.b}/{a}",
            "/a}b",
            "/a?b",
            "/a#b",
            "/a b",
            "/é",
            "/%zz",
            "/a*",
            "/*a",
            "/x{a}",
            "/{a}x",
        ] {
            assert!(Template::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_template_prints_as_it_was_read() {
        for text in ["/", "/a/{b}/*/{c.d=e/*}/**:f", "/{x=**}"] {
            assert_eq!(Template::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn the_collection_is_the_path_before_the_item() {
        let item = Template::parse("/users/{user_id}/things/{id}").unwrap();
        let collection = item.collection_of("id").unwrap();
        assert_eq!(collection.to_string(), "/users/{user_id}/things");
        assert_eq!(item.collection_of("user_id"), None);
        let verb = Template::parse("/things/{id}:play").unwrap();
        assert_eq!(verb.collection_of("id"), None);
    }
}

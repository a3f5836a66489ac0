//! Renders `impl Paged` for every request that asks for a part of a list.

use std::fmt::Write as _;

use prost_reflect::{DescriptorPool, Kind, MessageDescriptor};

/// The fields that such a request has.
const FIELDS: [(&str, Kind); 4] = [
    ("page_size", Kind::Int32),
    ("page_token", Kind::String),
    ("limit", Kind::Int32),
    ("offset", Kind::Int32),
];

/// Renders the file. Fails where a request has a size or a token, but not all four fields.
pub(crate) fn render(pool: &DescriptorPool) -> Result<String, String> {
    let mut out = String::from("// @generated from the requests of proto/ that ask for pages.\n");
    let mut requests: Vec<_> = pool
        .all_messages()
        .filter(|message| message.package_name().starts_with("streamverse."))
        .filter(|message| message.get_field_by_name("page_token").is_some())
        .collect();
    requests.sort_by(|a, b| a.full_name().cmp(b.full_name()));
    for request in requests {
        if let Some((name, _)) = FIELDS.iter().find(|field| !has(&request, field)) {
            return Err(format!(
                "{} lacks {name}: lists take all four",
                request.full_name()
            ));
        }
        let path = request.full_name().replace('.', "::");
        // Writing to a string does not fail.
        let _ = writeln!(
            out,
            "\nimpl sv_kernel::Paged for crate::pb::{path} {{\n    \
                 fn page(&self) -> sv_kernel::PageAsk<'_> {{\n        \
                     sv_kernel::PageAsk {{ size: self.page_size, token: &self.page_token, \
                     limit: self.limit, offset: self.offset }}\n    }}\n\n    \
                 fn without_page(&self) -> Self {{\n        \
                     Self {{ page_size: 0, page_token: String::new(), limit: 0, offset: 0, \
                     ..self.clone() }}\n    }}\n}}"
        );
    }
    Ok(out)
}

fn has(request: &MessageDescriptor, (name, kind): &(&str, Kind)) -> bool {
    request
        .get_field_by_name(name)
        .is_some_and(|field| field.kind() == *kind && !field.is_list())
}

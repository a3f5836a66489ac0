//! Tickets in the addresses of streams, for those who can send no header (C19).

use std::borrow::Cow;

use http::{HeaderMap, HeaderValue, header};
use sv_kernel::{Error, Result};
use sv_proto::{auth::RedeemTicketRequest, common::CommonReason};

use crate::{edge::Core, request_info::RequestInfo};

/// Where a ticket stands in the query.
const NAME: &str = "ticket";

/// Takes the ticket out of a query; none where there is none, or where another one follows.
pub(crate) fn split(query: &str) -> (Option<&str>, Cow<'_, str>) {
    let of = |part: &&str| part.split_once('=').is_some_and(|(name, _)| name == NAME);
    let mut tickets = query.split('&').filter(of);
    let ticket = tickets.next().and_then(|part| part.split_once('='));
    match ticket {
        Some((_, ticket)) if tickets.next().is_none() => {
            let rest: Vec<_> = query.split('&').filter(|part| !of(part)).collect();
            (Some(ticket), rest.join("&").into())
        }
        _ => (None, query.into()),
    }
}

impl Core {
    /// Returns the headers of a request that shows a ticket, with the access token that it stands for. Wrong
    /// ones count as bad tokens do.
    pub(crate) async fn redeem(
        &self,
        info: &RequestInfo,
        headers: &HeaderMap,
        ticket: &str,
        path: &str,
    ) -> Result<HeaderMap> {
        if !self.rates.may_verify(info.client) {
            return Err(self.rates.too_many_bad_tokens(info.client));
        }
        let mut request = tonic::Request::new(RedeemTicketRequest {
            ticket: ticket.to_owned(),
            path: path.to_owned(),
        });
        // Nothing that the client says of itself goes with it but by which request it came.
        if let Ok(id) = info.request_id.parse() {
            request.metadata_mut().insert(sv_rpc::names::REQUEST_ID, id);
        }
        let answer = self.tickets.clone().redeem_ticket(request).await;
        let token = match answer.map_err(sv_rpc::error) {
            Ok(answer) => answer.into_inner().access_token,
            Err(refusal) if refusal.info().http < 500 => {
                let beyond = self.rates.bad_token(info.client);
                return Err(beyond.unwrap_or(refusal));
            }
            Err(failure) => return Err(failure),
        };
        with_token(headers, &token)
    }
}

/// Returns headers as if they had come with a token.
pub(crate) fn with_token(headers: &HeaderMap, token: &str) -> Result<HeaderMap> {
    let mut value = HeaderValue::try_from(format!("Bearer {token}"))
        .map_err(|cause| Error::from(CommonReason::TokenInvalid).because(cause))?;
    value.set_sensitive(true);
    let mut headers = headers.clone();
    headers.insert(header::AUTHORIZATION, value);
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_taken_out_of_the_query() {
        for (query, ticket, rest) in [
            ("ticket=abc", Some("abc"), ""),
            ("after=3&ticket=abc", Some("abc"), "after=3"),
            (
                "ticket=abc&after=3&pageSize=1",
                Some("abc"),
                "after=3&pageSize=1",
            ),
            ("after=3", None, "after=3"),
            ("", None, ""),
            ("ticket=a&ticket=b", None, "ticket=a&ticket=b"),
            ("tickets=a", None, "tickets=a"),
        ] {
            assert_eq!(split(query), (ticket, rest.into()), "{query}");
        }
    }
}

// @generated from the reason options of proto/.

impl sv_kernel::Reasoned for crate::pb::streamverse::admin::v1::AdminReason {
    fn info(&self) -> &'static sv_kernel::ReasonInfo {
        match self {
            Self::Unspecified => &sv_kernel::ReasonInfo { name: "INTERNAL", domain: "common.streamverse", code: sv_kernel::Code::Internal, http: 500, message: "Something went wrong on our side." },
            Self::AuditRecordNotFound => &sv_kernel::ReasonInfo { name: "AUDIT_RECORD_NOT_FOUND", domain: "admin.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no such audit record." },
            Self::JobNotFound => &sv_kernel::ReasonInfo { name: "JOB_NOT_FOUND", domain: "admin.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no such job." },
            Self::JobRunning => &sv_kernel::ReasonInfo { name: "JOB_RUNNING", domain: "admin.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "The job {job} runs right now. Wait for its end." },
            Self::WorkNotFound => &sv_kernel::ReasonInfo { name: "WORK_NOT_FOUND", domain: "admin.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no such piece of work. It may be done." },
            Self::WorkRunning => &sv_kernel::ReasonInfo { name: "WORK_RUNNING", domain: "admin.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "The piece of work {work} is being done right now. Wait for its end." },
            Self::DeadLetterNotFound => &sv_kernel::ReasonInfo { name: "DEAD_LETTER_NOT_FOUND", domain: "admin.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no such dead letter. It may have been replayed or dropped." },
            Self::TestClockOff => &sv_kernel::ReasonInfo { name: "TEST_CLOCK_OFF", domain: "admin.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "There are test clocks in the development profile only (server.profile)." },
            Self::TestClockBackwards => &sv_kernel::ReasonInfo { name: "TEST_CLOCK_BACKWARDS", domain: "admin.streamverse", code: sv_kernel::Code::InvalidArgument, http: 422, message: "A test clock only goes forward: it shows {now}. Give a later toTime, or bySeconds above 0." },
            Self::TestClockTooFar => &sv_kernel::ReasonInfo { name: "TEST_CLOCK_TOO_FAR", domain: "admin.streamverse", code: sv_kernel::Code::InvalidArgument, http: 422, message: "A test clock goes forward by at most {days} days at once, and ten years in all. Go there in parts." },
        }
    }
}

impl sv_kernel::Reasoned for crate::pb::streamverse::auth::v1::AuthReason {
    fn info(&self) -> &'static sv_kernel::ReasonInfo {
        match self {
            Self::Unspecified => &sv_kernel::ReasonInfo { name: "INTERNAL", domain: "common.streamverse", code: sv_kernel::Code::Internal, http: 500, message: "Something went wrong on our side." },
            Self::EmailTaken => &sv_kernel::ReasonInfo { name: "EMAIL_TAKEN", domain: "auth.streamverse", code: sv_kernel::Code::AlreadyExists, http: 409, message: "This address has an account. Sign in, or use another address." },
            Self::CredentialsWrong => &sv_kernel::ReasonInfo { name: "CREDENTIALS_WRONG", domain: "auth.streamverse", code: sv_kernel::Code::Unauthenticated, http: 401, message: "The address or the password is wrong." },
            Self::PasswordTooShort => &sv_kernel::ReasonInfo { name: "PASSWORD_TOO_SHORT", domain: "auth.streamverse", code: sv_kernel::Code::InvalidArgument, http: 400, message: "A password has at least {min} characters." },
            Self::PasswordTooLong => &sv_kernel::ReasonInfo { name: "PASSWORD_TOO_LONG", domain: "auth.streamverse", code: sv_kernel::Code::InvalidArgument, http: 400, message: "A password has at most {max} characters." },
            Self::RefreshTokenInvalid => &sv_kernel::ReasonInfo { name: "REFRESH_TOKEN_INVALID", domain: "auth.streamverse", code: sv_kernel::Code::Unauthenticated, http: 401, message: "The refresh token is not valid. Sign in again." },
            Self::RefreshTokenExpired => &sv_kernel::ReasonInfo { name: "REFRESH_TOKEN_EXPIRED", domain: "auth.streamverse", code: sv_kernel::Code::Unauthenticated, http: 401, message: "The refresh token has expired. Sign in again." },
            Self::RefreshTokenReused => &sv_kernel::ReasonInfo { name: "REFRESH_TOKEN_REUSED", domain: "auth.streamverse", code: sv_kernel::Code::Unauthenticated, http: 401, message: "The refresh token was used before, so its session was ended. Sign in again." },
            Self::PasswordTooCommon => &sv_kernel::ReasonInfo { name: "PASSWORD_TOO_COMMON", domain: "auth.streamverse", code: sv_kernel::Code::InvalidArgument, http: 400, message: "This password is among the first that anybody tries. Choose one that others do not use and that does not hold your address, your name or ours." },
            Self::PasswordBlank => &sv_kernel::ReasonInfo { name: "PASSWORD_BLANK", domain: "auth.streamverse", code: sv_kernel::Code::InvalidArgument, http: 400, message: "A password is more than space. Choose one that can be seen." },
            Self::AccountExists => &sv_kernel::ReasonInfo { name: "ACCOUNT_EXISTS", domain: "auth.streamverse", code: sv_kernel::Code::AlreadyExists, http: 409, message: "The address belongs to an account that was registered on {created} as {name} ({id}), and this is not its password. Set a new one, or make sure whose account it is." },
            Self::AccountNotFound => &sv_kernel::ReasonInfo { name: "ACCOUNT_NOT_FOUND", domain: "auth.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "The address has no account." },
            Self::AccountBlocked => &sv_kernel::ReasonInfo { name: "ACCOUNT_BLOCKED", domain: "auth.streamverse", code: sv_kernel::Code::PermissionDenied, http: 403, message: "This account is blocked. Ask those who run the service." },
            Self::TicketInvalid => &sv_kernel::ReasonInfo { name: "TICKET_INVALID", domain: "auth.streamverse", code: sv_kernel::Code::Unauthenticated, http: 401, message: "The ticket is not valid: it opens one stream, within 30 seconds, at the path that it was made for. Ask for another." },
            Self::SessionNotFound => &sv_kernel::ReasonInfo { name: "SESSION_NOT_FOUND", domain: "auth.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "You are not signed in there, or not any more." },
            Self::ResetLinkInvalid => &sv_kernel::ReasonInfo { name: "RESET_LINK_INVALID", domain: "auth.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 410, message: "This link does not work any more: it works once, within an hour. Ask for another." },
            Self::MailOff => &sv_kernel::ReasonInfo { name: "MAIL_OFF", domain: "auth.streamverse", code: sv_kernel::Code::Unimplemented, http: 501, message: "This installation sends no mail. Ask those who run the service for a new password." },
        }
    }
}

impl sv_kernel::Reasoned for crate::pb::streamverse::common::v1::CommonReason {
    fn info(&self) -> &'static sv_kernel::ReasonInfo {
        match self {
            Self::Unspecified => &sv_kernel::ReasonInfo { name: "INTERNAL", domain: "common.streamverse", code: sv_kernel::Code::Internal, http: 500, message: "Something went wrong on our side." },
            Self::JsonInvalid => &sv_kernel::ReasonInfo { name: "JSON_INVALID", domain: "common.streamverse", code: sv_kernel::Code::InvalidArgument, http: 400, message: "The body is not the JSON that this call takes: {problem}." },
            Self::QueryInvalid => &sv_kernel::ReasonInfo { name: "QUERY_INVALID", domain: "common.streamverse", code: sv_kernel::Code::InvalidArgument, http: 400, message: "The query is not what this call takes: {problem}." },
            Self::PathInvalid => &sv_kernel::ReasonInfo { name: "PATH_INVALID", domain: "common.streamverse", code: sv_kernel::Code::InvalidArgument, http: 400, message: "The path is not what this call takes: {problem}." },
            Self::ValidationFailed => &sv_kernel::ReasonInfo { name: "VALIDATION_FAILED", domain: "common.streamverse", code: sv_kernel::Code::InvalidArgument, http: 400, message: "Some fields break their rules; details lists them." },
            Self::HeaderInvalid => &sv_kernel::ReasonInfo { name: "HEADER_INVALID", domain: "common.streamverse", code: sv_kernel::Code::InvalidArgument, http: 400, message: "The header {header} is not usable: {problem}." },
            Self::IdRequired => &sv_kernel::ReasonInfo { name: "ID_REQUIRED", domain: "common.streamverse", code: sv_kernel::Code::InvalidArgument, http: 400, message: "Say which item is meant: put its id into the path, the query or the body." },
            Self::PageInvalid => &sv_kernel::ReasonInfo { name: "PAGE_INVALID", domain: "common.streamverse", code: sv_kernel::Code::InvalidArgument, http: 400, message: "The page cannot be read: {problem}." },
            Self::RouteNotFound => &sv_kernel::ReasonInfo { name: "ROUTE_NOT_FOUND", domain: "common.streamverse", code: sv_kernel::Code::Unimplemented, http: 404, message: "Nothing is served at this path." },
            Self::MethodNotAllowed => &sv_kernel::ReasonInfo { name: "METHOD_NOT_ALLOWED", domain: "common.streamverse", code: sv_kernel::Code::Unimplemented, http: 405, message: "This path takes {allow}." },
            Self::NotAcceptable => &sv_kernel::ReasonInfo { name: "NOT_ACCEPTABLE", domain: "common.streamverse", code: sv_kernel::Code::InvalidArgument, http: 406, message: "This call answers with {offered}." },
            Self::TooLarge => &sv_kernel::ReasonInfo { name: "TOO_LARGE", domain: "common.streamverse", code: sv_kernel::Code::ResourceExhausted, http: 413, message: "The request is larger than the {limit} bytes that this call takes." },
            Self::UriTooLong => &sv_kernel::ReasonInfo { name: "URI_TOO_LONG", domain: "common.streamverse", code: sv_kernel::Code::InvalidArgument, http: 414, message: "The address is longer than {limit} bytes." },
            Self::UnsupportedMediaType => &sv_kernel::ReasonInfo { name: "UNSUPPORTED_MEDIA_TYPE", domain: "common.streamverse", code: sv_kernel::Code::InvalidArgument, http: 415, message: "Send application/json." },
            Self::Unauthenticated => &sv_kernel::ReasonInfo { name: "UNAUTHENTICATED", domain: "common.streamverse", code: sv_kernel::Code::Unauthenticated, http: 401, message: "Sign in and send the access token as a bearer token." },
            Self::TokenInvalid => &sv_kernel::ReasonInfo { name: "TOKEN_INVALID", domain: "common.streamverse", code: sv_kernel::Code::Unauthenticated, http: 401, message: "The token is not valid. Sign in again." },
            Self::TokenExpired => &sv_kernel::ReasonInfo { name: "TOKEN_EXPIRED", domain: "common.streamverse", code: sv_kernel::Code::Unauthenticated, http: 401, message: "The token has expired. Refresh it." },
            Self::TokenRevoked => &sv_kernel::ReasonInfo { name: "TOKEN_REVOKED", domain: "common.streamverse", code: sv_kernel::Code::Unauthenticated, http: 401, message: "This session was ended. Sign in again." },
            Self::PermissionDenied => &sv_kernel::ReasonInfo { name: "PERMISSION_DENIED", domain: "common.streamverse", code: sv_kernel::Code::PermissionDenied, http: 403, message: "Your account may not do this." },
            Self::RateLimited => &sv_kernel::ReasonInfo { name: "RATE_LIMITED", domain: "common.streamverse", code: sv_kernel::Code::ResourceExhausted, http: 429, message: "Too many calls. Try again in {seconds} s." },
            Self::VersionMismatch => &sv_kernel::ReasonInfo { name: "VERSION_MISMATCH", domain: "common.streamverse", code: sv_kernel::Code::Aborted, http: 412, message: "It was changed meanwhile. Read it again and repeat your change." },
            Self::IdempotencyKeyReused => &sv_kernel::ReasonInfo { name: "IDEMPOTENCY_KEY_REUSED", domain: "common.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 422, message: "This Idempotency-Key was used with another request. Use a new one." },
            Self::IdempotencyInProgress => &sv_kernel::ReasonInfo { name: "IDEMPOTENCY_IN_PROGRESS", domain: "common.streamverse", code: sv_kernel::Code::Aborted, http: 409, message: "The first call with this Idempotency-Key still runs, or was cut off. Try again; Retry-After says when the key is free at the latest." },
            Self::Cancelled => &sv_kernel::ReasonInfo { name: "CANCELLED", domain: "common.streamverse", code: sv_kernel::Code::Cancelled, http: 499, message: "The call was cancelled." },
            Self::DeadlineExceeded => &sv_kernel::ReasonInfo { name: "DEADLINE_EXCEEDED", domain: "common.streamverse", code: sv_kernel::Code::DeadlineExceeded, http: 504, message: "The call took too long. Try again." },
            Self::Unavailable => &sv_kernel::ReasonInfo { name: "UNAVAILABLE", domain: "common.streamverse", code: sv_kernel::Code::Unavailable, http: 503, message: "This part of the service is not available right now. Try again shortly." },
            Self::Overloaded => &sv_kernel::ReasonInfo { name: "OVERLOADED", domain: "common.streamverse", code: sv_kernel::Code::ResourceExhausted, http: 503, message: "Too much work at once. Try again shortly." },
            Self::Internal => &sv_kernel::ReasonInfo { name: "INTERNAL", domain: "common.streamverse", code: sv_kernel::Code::Internal, http: 500, message: "Something went wrong on our side. The request id names it in our logs." },
            Self::Unimplemented => &sv_kernel::ReasonInfo { name: "UNIMPLEMENTED", domain: "common.streamverse", code: sv_kernel::Code::Unimplemented, http: 501, message: "This call is not served here." },
            Self::HttpInvalid => &sv_kernel::ReasonInfo { name: "HTTP_INVALID", domain: "common.streamverse", code: sv_kernel::Code::InvalidArgument, http: 400, message: "The HTTP request is not well formed: {problem}." },
            Self::HeadersTooLarge => &sv_kernel::ReasonInfo { name: "HEADERS_TOO_LARGE", domain: "common.streamverse", code: sv_kernel::Code::ResourceExhausted, http: 431, message: "A request has at most {fields} header fields, and {bytes} bytes of them." },
            Self::EncodingUnsupported => &sv_kernel::ReasonInfo { name: "ENCODING_UNSUPPORTED", domain: "common.streamverse", code: sv_kernel::Code::InvalidArgument, http: 415, message: "Send the body as it is, without Content-Encoding." },
            Self::ServedOverHttp => &sv_kernel::ReasonInfo { name: "SERVED_OVER_HTTP", domain: "common.streamverse", code: sv_kernel::Code::Unimplemented, http: 501, message: "These bytes are served over HTTP, at the path that this RPC declares. Playback answers with whole addresses." },
            Self::StorageFull => &sv_kernel::ReasonInfo { name: "STORAGE_FULL", domain: "common.streamverse", code: sv_kernel::Code::ResourceExhausted, http: 503, message: "Nothing can be stored right now, because the disk is full; nothing was changed. Try again once its operator has made room." },
            Self::Contended => &sv_kernel::ReasonInfo { name: "CONTENDED", domain: "common.streamverse", code: sv_kernel::Code::Aborted, http: 409, message: "Others were changing the same at the same moment, so nothing was changed. Try again." },
            Self::ServicesOnly => &sv_kernel::ReasonInfo { name: "SERVICES_ONLY", domain: "common.streamverse", code: sv_kernel::Code::Unauthenticated, http: 401, message: "This port is for the services of the installation. Call the public port." },
            Self::StorageLost => &sv_kernel::ReasonInfo { name: "STORAGE_LOST", domain: "common.streamverse", code: sv_kernel::Code::DataLoss, http: 503, message: "Nothing can be stored right now, because its place on the disk was lost; nothing was changed. Try again once its operator has restored it." },
            Self::StreamEnded => &sv_kernel::ReasonInfo { name: "STREAM_ENDED", domain: "common.streamverse", code: sv_kernel::Code::Unavailable, http: 503, message: "The stream ends here. Open it again, behind the last message that you have." },
            Self::TooManyStreams => &sv_kernel::ReasonInfo { name: "TOO_MANY_STREAMS", domain: "common.streamverse", code: sv_kernel::Code::ResourceExhausted, http: 429, message: "You have {limit} streams open, which is the most. Close one first." },
            Self::FilesExhausted => &sv_kernel::ReasonInfo { name: "FILES_EXHAUSTED", domain: "common.streamverse", code: sv_kernel::Code::ResourceExhausted, http: 503, message: "This server may not open one more file, so nothing was changed. Try again once its operator has raised the limit of open files, or others have gone." },
            Self::ServiceUnknown => &sv_kernel::ReasonInfo { name: "SERVICE_UNKNOWN", domain: "common.streamverse", code: sv_kernel::Code::Unavailable, http: 503, message: "The services of the installation do not know each other at the moment. Try again." },
        }
    }
}

impl sv_kernel::Reasoned for crate::pb::streamverse::content::v1::ContentReason {
    fn info(&self) -> &'static sv_kernel::ReasonInfo {
        match self {
            Self::Unspecified => &sv_kernel::ReasonInfo { name: "INTERNAL", domain: "common.streamverse", code: sv_kernel::Code::Internal, http: 500, message: "Something went wrong on our side." },
            Self::MovieNotFound => &sv_kernel::ReasonInfo { name: "MOVIE_NOT_FOUND", domain: "content.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no such film." },
            Self::ContentNotFound => &sv_kernel::ReasonInfo { name: "CONTENT_NOT_FOUND", domain: "content.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no such title." },
            Self::OrderUnknown => &sv_kernel::ReasonInfo { name: "ORDER_UNKNOWN", domain: "content.streamverse", code: sv_kernel::Code::InvalidArgument, http: 400, message: "The list cannot be ordered by {order}. It can by {offered}." },
            Self::SeriesNotFound => &sv_kernel::ReasonInfo { name: "SERIES_NOT_FOUND", domain: "content.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no such series." },
            Self::EpisodeNotFound => &sv_kernel::ReasonInfo { name: "EPISODE_NOT_FOUND", domain: "content.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no such episode." },
            Self::SeasonNotFound => &sv_kernel::ReasonInfo { name: "SEASON_NOT_FOUND", domain: "content.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "The series has no season {season}. Add it to the series first." },
            Self::EpisodeNumberTaken => &sv_kernel::ReasonInfo { name: "EPISODE_NUMBER_TAKEN", domain: "content.streamverse", code: sv_kernel::Code::AlreadyExists, http: 409, message: "Season {season} has an episode {episode} already. Give this one another number." },
            Self::SeriesNotEmpty => &sv_kernel::ReasonInfo { name: "SERIES_NOT_EMPTY", domain: "content.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "The series has {episodes} episodes. Delete them first, or archive the series." },
            Self::SeasonNotEmpty => &sv_kernel::ReasonInfo { name: "SEASON_NOT_EMPTY", domain: "content.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "Season {season} has {episodes} episodes. Delete them or move them to another season first." },
            Self::SeasonRepeated => &sv_kernel::ReasonInfo { name: "SEASON_REPEATED", domain: "content.streamverse", code: sv_kernel::Code::InvalidArgument, http: 422, message: "There are two seasons {season}. Give each season a number of its own." },
            Self::VideoNotFound => &sv_kernel::ReasonInfo { name: "VIDEO_NOT_FOUND", domain: "content.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no such video." },
            Self::PlaylistNotFound => &sv_kernel::ReasonInfo { name: "PLAYLIST_NOT_FOUND", domain: "content.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no such playlist." },
            Self::PersonNotFound => &sv_kernel::ReasonInfo { name: "PERSON_NOT_FOUND", domain: "content.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no such person." },
            Self::PersonCredited => &sv_kernel::ReasonInfo { name: "PERSON_CREDITED", domain: "content.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "{titles} titles credit this person. Take the person from their credits first." },
            Self::WindowInvalid => &sv_kernel::ReasonInfo { name: "WINDOW_INVALID", domain: "content.streamverse", code: sv_kernel::Code::InvalidArgument, http: 422, message: "A window of availability ends after it begins. Leave out the end of one that has none." },
            Self::CollectionNotFound => &sv_kernel::ReasonInfo { name: "COLLECTION_NOT_FOUND", domain: "content.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no such collection." },
            Self::CollectionMixed => &sv_kernel::ReasonInfo { name: "COLLECTION_MIXED", domain: "content.streamverse", code: sv_kernel::Code::InvalidArgument, http: 422, message: "A collection has either a list of titles or a rule. Leave one of them out." },
            Self::CollectionLimit => &sv_kernel::ReasonInfo { name: "COLLECTION_LIMIT", domain: "content.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "There are at most {limit} collections. Delete one first." },
            Self::MarkerInvalid => &sv_kernel::ReasonInfo { name: "MARKER_INVALID", domain: "content.streamverse", code: sv_kernel::Code::InvalidArgument, http: 422, message: "A marker ends after it begins. Leave out the end of one that goes on to the end of the title." },
            Self::ExternalIdTaken => &sv_kernel::ReasonInfo { name: "EXTERNAL_ID_TAKEN", domain: "content.streamverse", code: sv_kernel::Code::AlreadyExists, http: 409, message: "{source}:{value} names another title. Take it from that one first, or leave it out." },
            Self::PositionUnknown => &sv_kernel::ReasonInfo { name: "POSITION_UNKNOWN", domain: "content.streamverse", code: sv_kernel::Code::OutOfRange, http: 410, message: "The changes behind this position are not remembered: they are for three days. Open the stream without a position, read the catalogue, and go on from there." },
        }
    }
}

impl sv_kernel::Reasoned for crate::pb::streamverse::livetv::v1::LiveTvReason {
    fn info(&self) -> &'static sv_kernel::ReasonInfo {
        match self {
            Self::Unspecified => &sv_kernel::ReasonInfo { name: "INTERNAL", domain: "common.streamverse", code: sv_kernel::Code::Internal, http: 500, message: "Something went wrong on our side." },
            Self::ChannelNotFound => &sv_kernel::ReasonInfo { name: "CHANNEL_NOT_FOUND", domain: "livetv.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no such channel." },
            Self::OrderUnknown => &sv_kernel::ReasonInfo { name: "ORDER_UNKNOWN", domain: "livetv.streamverse", code: sv_kernel::Code::InvalidArgument, http: 400, message: "The list cannot be ordered by {order}. It can by {offered}." },
            Self::GuideIdTaken => &sv_kernel::ReasonInfo { name: "GUIDE_ID_TAKEN", domain: "livetv.streamverse", code: sv_kernel::Code::AlreadyExists, http: 409, message: "Another channel is called {guide} in guides. Choose another guideId." },
            Self::WindowInvalid => &sv_kernel::ReasonInfo { name: "WINDOW_INVALID", domain: "livetv.streamverse", code: sv_kernel::Code::InvalidArgument, http: 422, message: "The guide is read for a span of time that ends after it begins and is at most {days} days long." },
            Self::WindowTooFull => &sv_kernel::ReasonInfo { name: "WINDOW_TOO_FULL", domain: "livetv.streamverse", code: sv_kernel::Code::InvalidArgument, http: 422, message: "There is more in this span of time than one answer holds. Ask for a shorter one." },
            Self::GuideInvalid => &sv_kernel::ReasonInfo { name: "GUIDE_INVALID", domain: "livetv.streamverse", code: sv_kernel::Code::InvalidArgument, http: 422, message: "The guide cannot be read: {problem}." },
            Self::GuideBusy => &sv_kernel::ReasonInfo { name: "GUIDE_BUSY", domain: "livetv.streamverse", code: sv_kernel::Code::Aborted, http: 409, message: "Other guides are being uploaded. Try again shortly." },
            Self::GuideUnfinished => &sv_kernel::ReasonInfo { name: "GUIDE_UNFINISHED", domain: "livetv.streamverse", code: sv_kernel::Code::Aborted, http: 503, message: "Only a part of the guide was taken: {created} new, {updated} changed and {deleted} deleted programmes of {channels} channels. Upload it again: what was taken is not written twice." },
        }
    }
}

impl sv_kernel::Reasoned for crate::pb::streamverse::payments::v1::PaymentReason {
    fn info(&self) -> &'static sv_kernel::ReasonInfo {
        match self {
            Self::Unspecified => &sv_kernel::ReasonInfo { name: "INTERNAL", domain: "common.streamverse", code: sv_kernel::Code::Internal, http: 500, message: "Something went wrong on our side." },
            Self::PaymentNotFound => &sv_kernel::ReasonInfo { name: "PAYMENT_NOT_FOUND", domain: "payments.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no such payment." },
            Self::PaymentsOff => &sv_kernel::ReasonInfo { name: "PAYMENTS_OFF", domain: "payments.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "Nobody takes payments here at present." },
            Self::PaymentMismatch => &sv_kernel::ReasonInfo { name: "PAYMENT_MISMATCH", domain: "payments.streamverse", code: sv_kernel::Code::AlreadyExists, http: 409, message: "Another payment has this id." },
            Self::NotCharged => &sv_kernel::ReasonInfo { name: "NOT_CHARGED", domain: "payments.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "Nothing was taken, so there is nothing to give back." },
            Self::SignatureInvalid => &sv_kernel::ReasonInfo { name: "SIGNATURE_INVALID", domain: "payments.streamverse", code: sv_kernel::Code::InvalidArgument, http: 400, message: "The event is not signed by the provider, or was signed too long ago." },
        }
    }
}

impl sv_kernel::Reasoned for crate::pb::streamverse::rights::v1::RightsReason {
    fn info(&self) -> &'static sv_kernel::ReasonInfo {
        match self {
            Self::Unspecified => &sv_kernel::ReasonInfo { name: "INTERNAL", domain: "common.streamverse", code: sv_kernel::Code::Internal, http: 500, message: "Something went wrong on our side." },
            Self::PlanNotFound => &sv_kernel::ReasonInfo { name: "PLAN_NOT_FOUND", domain: "rights.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no plan {plan}. GET /subscriptions lists them." },
            Self::AlreadySubscribed => &sv_kernel::ReasonInfo { name: "ALREADY_SUBSCRIBED", domain: "rights.streamverse", code: sv_kernel::Code::AlreadyExists, http: 409, message: "You are subscribed to {plan} already. Change its plan, or cancel it first." },
            Self::PaymentDeclined => &sv_kernel::ReasonInfo { name: "PAYMENT_DECLINED", domain: "rights.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 402, message: "The payment was declined. Use another means of payment." },
            Self::SubscriptionNotFound => &sv_kernel::ReasonInfo { name: "SUBSCRIPTION_NOT_FOUND", domain: "rights.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "You have no such running subscription." },
            Self::SubscriptionAmbiguous => &sv_kernel::ReasonInfo { name: "SUBSCRIPTION_AMBIGUOUS", domain: "rights.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "Several subscriptions run ({ids}). Say which one by its id." },
            Self::PaymentMethodUnknown => &sv_kernel::ReasonInfo { name: "PAYMENT_METHOD_UNKNOWN", domain: "rights.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 422, message: "There is no such means of payment. Send one that your payment form returned." },
            Self::RequestCancelled => &sv_kernel::ReasonInfo { name: "REQUEST_CANCELLED", domain: "rights.streamverse", code: sv_kernel::Code::Aborted, http: 409, message: "You cancelled this subscription before it was paid. Nothing stays charged; subscribe again if you want it." },
            Self::PaymentsOff => &sv_kernel::ReasonInfo { name: "PAYMENTS_OFF", domain: "rights.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "Nothing is sold here at present." },
            Self::PlanCodeTaken => &sv_kernel::ReasonInfo { name: "PLAN_CODE_TAKEN", domain: "rights.streamverse", code: sv_kernel::Code::AlreadyExists, http: 409, message: "Another plan has the code {code}. Choose another." },
            Self::PlanInUse => &sv_kernel::ReasonInfo { name: "PLAN_IN_USE", domain: "rights.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "Accounts have this plan, so its price stays. Retire it and make a new one." },
            Self::PlanLimit => &sv_kernel::ReasonInfo { name: "PLAN_LIMIT", domain: "rights.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "At most {limit} plans are on sale at once. Retire one first." },
            Self::RuleNotFound => &sv_kernel::ReasonInfo { name: "RULE_NOT_FOUND", domain: "rights.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no such rule." },
            Self::RuleExists => &sv_kernel::ReasonInfo { name: "RULE_EXISTS", domain: "rights.streamverse", code: sv_kernel::Code::AlreadyExists, http: 409, message: "The rule {rule} is about the same titles. Change that one." },
            Self::ContentNotFound => &sv_kernel::ReasonInfo { name: "CONTENT_NOT_FOUND", domain: "rights.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no such title." },
            Self::NotForSale => &sv_kernel::ReasonInfo { name: "NOT_FOR_SALE", domain: "rights.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "This title cannot be bought. details lists what opens it." },
            Self::NotForRent => &sv_kernel::ReasonInfo { name: "NOT_FOR_RENT", domain: "rights.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "This title cannot be rented. details lists what opens it." },
            Self::DurationNotOffered => &sv_kernel::ReasonInfo { name: "DURATION_NOT_OFFERED", domain: "rights.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 422, message: "This title is not rented for {hours} hours. details lists the rentals that are offered." },
            Self::AlreadyOwned => &sv_kernel::ReasonInfo { name: "ALREADY_OWNED", domain: "rights.streamverse", code: sv_kernel::Code::AlreadyExists, http: 409, message: "You own this title already." },
            Self::AlreadyRented => &sv_kernel::ReasonInfo { name: "ALREADY_RENTED", domain: "rights.streamverse", code: sv_kernel::Code::AlreadyExists, http: 409, message: "You have rented this title until {until}." },
            Self::OrderNotFound => &sv_kernel::ReasonInfo { name: "ORDER_NOT_FOUND", domain: "rights.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no such purchase or rental." },
            Self::NotRefundable => &sv_kernel::ReasonInfo { name: "NOT_REFUNDABLE", domain: "rights.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "It is not paid, so there is nothing to give back." },
            Self::TermsInvalid => &sv_kernel::ReasonInfo { name: "TERMS_INVALID", domain: "rights.streamverse", code: sv_kernel::Code::InvalidArgument, http: 422, message: "These terms cannot be kept. Correct the fields that details names." },
            Self::GiftNotFound => &sv_kernel::ReasonInfo { name: "GIFT_NOT_FOUND", domain: "rights.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no such code, or it cannot be redeemed any more." },
            Self::GiftUsedUp => &sv_kernel::ReasonInfo { name: "GIFT_USED_UP", domain: "rights.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "This code has been redeemed as often as it can be." },
            Self::GiftRedeemed => &sv_kernel::ReasonInfo { name: "GIFT_REDEEMED", domain: "rights.streamverse", code: sv_kernel::Code::AlreadyExists, http: 409, message: "Your account has redeemed this code already." },
            Self::CouponNotFound => &sv_kernel::ReasonInfo { name: "COUPON_NOT_FOUND", domain: "rights.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no such coupon." },
            Self::CouponEnded => &sv_kernel::ReasonInfo { name: "COUPON_ENDED", domain: "rights.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "This coupon cannot be used any more." },
            Self::CouponUsedUp => &sv_kernel::ReasonInfo { name: "COUPON_USED_UP", domain: "rights.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "This coupon has been used as often as it can be." },
            Self::CouponRedeemed => &sv_kernel::ReasonInfo { name: "COUPON_REDEEMED", domain: "rights.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "Your account has used this coupon as often as it may." },
            Self::CouponNotForPlan => &sv_kernel::ReasonInfo { name: "COUPON_NOT_FOR_PLAN", domain: "rights.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "This coupon is not for the plan {plan}." },
            Self::CouponTooLate => &sv_kernel::ReasonInfo { name: "COUPON_TOO_LATE", domain: "rights.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "A coupon counts when a subscription begins; yours goes on as it is." },
            Self::CouponCodeTaken => &sv_kernel::ReasonInfo { name: "COUPON_CODE_TAKEN", domain: "rights.streamverse", code: sv_kernel::Code::AlreadyExists, http: 409, message: "Another coupon has the code {code}. Choose another." },
            Self::CouponInUse => &sv_kernel::ReasonInfo { name: "COUPON_IN_USE", domain: "rights.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "This coupon was used, so its code and what it gives stay. Pause it and make a new one." },
            Self::SubscriptionNotPaid => &sv_kernel::ReasonInfo { name: "SUBSCRIPTION_NOT_PAID", domain: "rights.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "This subscription is not paid yet. Subscribe to the plan that you want instead." },
            Self::SubscriptionCancelled => &sv_kernel::ReasonInfo { name: "SUBSCRIPTION_CANCELLED", domain: "rights.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "This subscription was cancelled. Subscribe to its plan again to go on with it, or to another plan beside it." },
            Self::CurrencyDiffers => &sv_kernel::ReasonInfo { name: "CURRENCY_DIFFERS", domain: "rights.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "This plan is paid in another currency, so the change can only be made at the end of what is paid." },
            Self::InvoiceNotFound => &sv_kernel::ReasonInfo { name: "INVOICE_NOT_FOUND", domain: "rights.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no such invoice." },
            Self::SubscriptionPastDue => &sv_kernel::ReasonInfo { name: "SUBSCRIPTION_PAST_DUE", domain: "rights.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "A renewal of this subscription is not paid. Set another means of payment first." },
        }
    }
}

impl sv_kernel::Reasoned for crate::pb::streamverse::search::v1::SearchReason {
    fn info(&self) -> &'static sv_kernel::ReasonInfo {
        match self {
            Self::Unspecified => &sv_kernel::ReasonInfo { name: "INTERNAL", domain: "common.streamverse", code: sv_kernel::Code::Internal, http: 500, message: "Something went wrong on our side." },
            Self::WindowTooLarge => &sv_kernel::ReasonInfo { name: "WINDOW_TOO_LARGE", domain: "search.streamverse", code: sv_kernel::Code::InvalidArgument, http: 400, message: "limit and offset together are at most {max}." },
            Self::RebuildRunning => &sv_kernel::ReasonInfo { name: "REBUILD_RUNNING", domain: "search.streamverse", code: sv_kernel::Code::Aborted, http: 409, message: "The index is being rebuilt already." },
            Self::IndexUnavailable => &sv_kernel::ReasonInfo { name: "INDEX_UNAVAILABLE", domain: "search.streamverse", code: sv_kernel::Code::Unavailable, http: 503, message: "Search is not available right now. Try again shortly." },
            Self::SynonymNotFound => &sv_kernel::ReasonInfo { name: "SYNONYM_NOT_FOUND", domain: "search.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There are no such synonyms." },
            Self::PinNotFound => &sv_kernel::ReasonInfo { name: "PIN_NOT_FOUND", domain: "search.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no such pin." },
            Self::PinExists => &sv_kernel::ReasonInfo { name: "PIN_EXISTS", domain: "search.streamverse", code: sv_kernel::Code::AlreadyExists, http: 409, message: "The pin {pin} is about the same text. Change that one." },
            Self::TuningLimit => &sv_kernel::ReasonInfo { name: "TUNING_LIMIT", domain: "search.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "There are at most {limit} of these. Delete one first." },
            Self::TuningInvalid => &sv_kernel::ReasonInfo { name: "TUNING_INVALID", domain: "search.streamverse", code: sv_kernel::Code::InvalidArgument, http: 422, message: "This cannot be searched by. Correct the fields that details names." },
        }
    }
}

impl sv_kernel::Reasoned for crate::pb::streamverse::streaming::v1::StreamingReason {
    fn info(&self) -> &'static sv_kernel::ReasonInfo {
        match self {
            Self::Unspecified => &sv_kernel::ReasonInfo { name: "INTERNAL", domain: "common.streamverse", code: sv_kernel::Code::Internal, http: 500, message: "Something went wrong on our side." },
            Self::AccessDenied => &sv_kernel::ReasonInfo { name: "ACCESS_DENIED", domain: "streaming.streamverse", code: sv_kernel::Code::PermissionDenied, http: 403, message: "This title is not open to you: {basis}." },
            Self::ContentNotFound => &sv_kernel::ReasonInfo { name: "CONTENT_NOT_FOUND", domain: "streaming.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no such title." },
            Self::MediaNotReady => &sv_kernel::ReasonInfo { name: "MEDIA_NOT_READY", domain: "streaming.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "This title cannot be played yet. Try again later." },
            Self::MediaInvalid => &sv_kernel::ReasonInfo { name: "MEDIA_INVALID", domain: "streaming.streamverse", code: sv_kernel::Code::InvalidArgument, http: 422, message: "The media cannot be published: {problem}." },
            Self::PlayTokenInvalid => &sv_kernel::ReasonInfo { name: "PLAY_TOKEN_INVALID", domain: "streaming.streamverse", code: sv_kernel::Code::PermissionDenied, http: 403, message: "This address is not valid. Start playback again." },
            Self::PlayTokenExpired => &sv_kernel::ReasonInfo { name: "PLAY_TOKEN_EXPIRED", domain: "streaming.streamverse", code: sv_kernel::Code::PermissionDenied, http: 403, message: "This address has expired. Start playback again." },
            Self::MediaNotFound => &sv_kernel::ReasonInfo { name: "MEDIA_NOT_FOUND", domain: "streaming.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "This title has no such file." },
            Self::RangeNotSatisfiable => &sv_kernel::ReasonInfo { name: "RANGE_NOT_SATISFIABLE", domain: "streaming.streamverse", code: sv_kernel::Code::OutOfRange, http: 416, message: "The range lies outside the {size} bytes of the file." },
            Self::PrefetchRefused => &sv_kernel::ReasonInfo { name: "PREFETCH_REFUSED", domain: "streaming.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "Playback starts when a viewer asks for it, not ahead of time." },
            Self::StreamLimit => &sv_kernel::ReasonInfo { name: "STREAM_LIMIT", domain: "streaming.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "Your account plays as much at once as it may: {limit}. Stop one of the streams that details list, or wait until one ends." },
            Self::PlaySessionNotFound => &sv_kernel::ReasonInfo { name: "PLAY_SESSION_NOT_FOUND", domain: "streaming.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no such playback session. Start playback again." },
            Self::NotWatched => &sv_kernel::ReasonInfo { name: "NOT_WATCHED", domain: "streaming.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "The profile has not played this title." },
            Self::ChannelNotFound => &sv_kernel::ReasonInfo { name: "CHANNEL_NOT_FOUND", domain: "streaming.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no such channel." },
            Self::ChannelOffAir => &sv_kernel::ReasonInfo { name: "CHANNEL_OFF_AIR", domain: "streaming.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "This channel is not on the air at present. Try again later." },
            Self::ChannelNotReady => &sv_kernel::ReasonInfo { name: "CHANNEL_NOT_READY", domain: "streaming.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "This channel has no stream that can be played yet. Try again later." },
            Self::QualityNotIncluded => &sv_kernel::ReasonInfo { name: "QUALITY_NOT_INCLUDED", domain: "streaming.streamverse", code: sv_kernel::Code::PermissionDenied, http: 403, message: "Your plan does not give this quality. Play what the master playlist lists." },
            Self::CaptionsInvalid => &sv_kernel::ReasonInfo { name: "CAPTIONS_INVALID", domain: "streaming.streamverse", code: sv_kernel::Code::InvalidArgument, http: 422, message: "The captions cannot be read: {problem}." },
            Self::CaptionsNotFound => &sv_kernel::ReasonInfo { name: "CAPTIONS_NOT_FOUND", domain: "streaming.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "The title has no captions of this language and kind." },
            Self::CaptionsLimit => &sv_kernel::ReasonInfo { name: "CAPTIONS_LIMIT", domain: "streaming.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "A title has at most {limit} captions. Delete some first." },
            Self::ArtworkInvalid => &sv_kernel::ReasonInfo { name: "ARTWORK_INVALID", domain: "streaming.streamverse", code: sv_kernel::Code::InvalidArgument, http: 422, message: "The picture cannot be used: {problem}." },
            Self::ArtworkNotFound => &sv_kernel::ReasonInfo { name: "ARTWORK_NOT_FOUND", domain: "streaming.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "The title has no such picture." },
            Self::ArtworkLimit => &sv_kernel::ReasonInfo { name: "ARTWORK_LIMIT", domain: "streaming.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "A title has at most {limit} pictures. Delete some first." },
            Self::UploadNotFound => &sv_kernel::ReasonInfo { name: "UPLOAD_NOT_FOUND", domain: "streaming.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no such upload. Begin a new one." },
            Self::UploadEnded => &sv_kernel::ReasonInfo { name: "UPLOAD_ENDED", domain: "streaming.streamverse", code: sv_kernel::Code::NotFound, http: 410, message: "This upload has ended, and its bytes are gone. Begin a new one." },
            Self::UploadInvalid => &sv_kernel::ReasonInfo { name: "UPLOAD_INVALID", domain: "streaming.streamverse", code: sv_kernel::Code::InvalidArgument, http: 400, message: "This is no request of an upload: {problem}." },
            Self::UploadOffsetConflict => &sv_kernel::ReasonInfo { name: "UPLOAD_OFFSET_CONFLICT", domain: "streaming.streamverse", code: sv_kernel::Code::Aborted, http: 409, message: "The upload goes on at byte {offset}. Ask with HEAD and send on from there." },
            Self::UploadChecksumMismatch => &sv_kernel::ReasonInfo { name: "UPLOAD_CHECKSUM_MISMATCH", domain: "streaming.streamverse", code: sv_kernel::Code::DataLoss, http: 460, message: "The bytes that arrived are not those of the checksum, and were not kept. Send them again." },
            Self::UploadTooLarge => &sv_kernel::ReasonInfo { name: "UPLOAD_TOO_LARGE", domain: "streaming.streamverse", code: sv_kernel::Code::OutOfRange, http: 413, message: "A file has at most {limit} bytes here." },
            Self::UploadLimit => &sv_kernel::ReasonInfo { name: "UPLOAD_LIMIT", domain: "streaming.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "At most {limit} may be uploaded and not yet packaged at once. Wait until one is packaged, or cancel one." },
            Self::UploadVersionUnsupported => &sv_kernel::ReasonInfo { name: "UPLOAD_VERSION_UNSUPPORTED", domain: "streaming.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 412, message: "Uploads speak tus 1.0.0. Send the header Tus-Resumable: 1.0.0." },
            Self::UploadStorageFull => &sv_kernel::ReasonInfo { name: "UPLOAD_STORAGE_FULL", domain: "streaming.streamverse", code: sv_kernel::Code::ResourceExhausted, http: 507, message: "There is no room left for this file. What has arrived is kept; go on once the operator has made room." },
            Self::ImportToolsMissing => &sv_kernel::ReasonInfo { name: "IMPORT_TOOLS_MISSING", domain: "streaming.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 422, message: "Files cannot be packaged here, because {tool} is not installed. Ask the operator to install ffmpeg." },
            Self::ImportNotFound => &sv_kernel::ReasonInfo { name: "IMPORT_NOT_FOUND", domain: "streaming.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "The title has no such import." },
            Self::ImportNotRetryable => &sv_kernel::ReasonInfo { name: "IMPORT_NOT_RETRYABLE", domain: "streaming.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "Only an import that has failed and whose file is still here can be tried again. Upload the file anew." },
        }
    }
}

impl sv_kernel::Reasoned for crate::pb::streamverse::users::v1::UserReason {
    fn info(&self) -> &'static sv_kernel::ReasonInfo {
        match self {
            Self::Unspecified => &sv_kernel::ReasonInfo { name: "INTERNAL", domain: "common.streamverse", code: sv_kernel::Code::Internal, http: 500, message: "Something went wrong on our side." },
            Self::UserNotFound => &sv_kernel::ReasonInfo { name: "USER_NOT_FOUND", domain: "users.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no such account." },
            Self::ProfileNotFound => &sv_kernel::ReasonInfo { name: "PROFILE_NOT_FOUND", domain: "users.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "Your account has no such profile." },
            Self::ProfileNameTaken => &sv_kernel::ReasonInfo { name: "PROFILE_NAME_TAKEN", domain: "users.streamverse", code: sv_kernel::Code::AlreadyExists, http: 409, message: "Your account has a profile named {name}. Choose another name." },
            Self::ProfileLimit => &sv_kernel::ReasonInfo { name: "PROFILE_LIMIT", domain: "users.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "An account has at most {limit} profiles. Delete one first." },
            Self::ProfileLast => &sv_kernel::ReasonInfo { name: "PROFILE_LAST", domain: "users.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "An account keeps at least one profile." },
            Self::UsernameTaken => &sv_kernel::ReasonInfo { name: "USERNAME_TAKEN", domain: "users.streamverse", code: sv_kernel::Code::AlreadyExists, http: 409, message: "The username {username} is taken. Choose another." },
            Self::ProfileProofRequired => &sv_kernel::ReasonInfo { name: "PROFILE_PROOF_REQUIRED", domain: "users.streamverse", code: sv_kernel::Code::PermissionDenied, http: 403, message: "This needs the profile's PIN or the account's password." },
            Self::PinWrong => &sv_kernel::ReasonInfo { name: "PIN_WRONG", domain: "users.streamverse", code: sv_kernel::Code::PermissionDenied, http: 403, message: "The PIN is wrong." },
            Self::PinLocked => &sv_kernel::ReasonInfo { name: "PIN_LOCKED", domain: "users.streamverse", code: sv_kernel::Code::ResourceExhausted, http: 429, message: "Too many wrong PINs. Wait a quarter of an hour, or use the account's password." },
            Self::ProfileLocked => &sv_kernel::ReasonInfo { name: "PROFILE_LOCKED", domain: "users.streamverse", code: sv_kernel::Code::PermissionDenied, http: 403, message: "This cannot be done from within a profile for children. Select the profile of a grown-up first, with PIN or password." },
            Self::ProfileKidsDefault => &sv_kernel::ReasonInfo { name: "PROFILE_KIDS_DEFAULT", domain: "users.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "The default profile is not for children. Make another profile the default first." },
            Self::ProfileBound => &sv_kernel::ReasonInfo { name: "PROFILE_BOUND", domain: "users.streamverse", code: sv_kernel::Code::PermissionDenied, http: 403, message: "This session is bound to another profile. Select that profile first." },
            Self::ContentNotFound => &sv_kernel::ReasonInfo { name: "CONTENT_NOT_FOUND", domain: "users.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "There is no such title." },
            Self::WatchlistFull => &sv_kernel::ReasonInfo { name: "WATCHLIST_FULL", domain: "users.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "A watchlist has at most {limit} titles. Take one off first." },
            Self::RatingNotFound => &sv_kernel::ReasonInfo { name: "RATING_NOT_FOUND", domain: "users.streamverse", code: sv_kernel::Code::NotFound, http: 404, message: "This profile has not rated the title." },
            Self::RatingLimit => &sv_kernel::ReasonInfo { name: "RATING_LIMIT", domain: "users.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "A profile has at most {limit} ratings. Take one back first." },
            Self::OwnAccount => &sv_kernel::ReasonInfo { name: "OWN_ACCOUNT", domain: "users.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 409, message: "Your own account is not yours to block, to delete or to make a viewer's. Ask another administrator." },
            Self::EmailFixed => &sv_kernel::ReasonInfo { name: "EMAIL_FIXED", domain: "users.streamverse", code: sv_kernel::Code::FailedPrecondition, http: 422, message: "The address of an account does not change here. Leave `email` out." },
        }
    }
}

// Generated from proto/ by scripts/gen-clients.

/** The reasons of refusals. */
export type Reason =
  /** The profile may not watch the title; details tell why (`basis`), and what would open it (`offers`). */
  | "ACCESS_DENIED"
  /** Those who run the installation have blocked the account. */
  | "ACCOUNT_BLOCKED"
  /** Somebody has registered the address, with a password of their own. */
  | "ACCOUNT_EXISTS"
  /** The address has no account to keep. */
  | "ACCOUNT_NOT_FOUND"
  /** The account owns the title, or its series. */
  | "ALREADY_OWNED"
  /** A rental of the title, or of its series, runs. */
  | "ALREADY_RENTED"
  /** The account has a running subscription to another plan. */
  | "ALREADY_SUBSCRIBED"
  /** A file is no picture that can be shown. */
  | "ARTWORK_INVALID"
  /** The title has all the pictures that it may have. */
  | "ARTWORK_LIMIT"
  /** The title has no such picture. */
  | "ARTWORK_NOT_FOUND"
  /** There is no such record. */
  | "AUDIT_RECORD_NOT_FOUND"
  /** The caller went away. */
  | "CANCELLED"
  /** A file is none of captions. */
  | "CAPTIONS_INVALID"
  /** The title has all the captions that it may have. */
  | "CAPTIONS_LIMIT"
  /** The title has no captions of this language and kind. */
  | "CAPTIONS_NOT_FOUND"
  /** There is no such channel, or it is not published. */
  | "CHANNEL_NOT_FOUND"
  /** The channel names no stream that could be played. */
  | "CHANNEL_NOT_READY"
  /** The channel is not on the air. */
  | "CHANNEL_OFF_AIR"
  /** There are as many collections as may be. */
  | "COLLECTION_LIMIT"
  /** A collection has a list of titles and a rule. */
  | "COLLECTION_MIXED"
  /** There is no such collection, or it is not published or not open, or nothing in it is for the caller. */
  | "COLLECTION_NOT_FOUND"
  /** Others changed the same at the same moment; nothing was changed. */
  | "CONTENDED"
  /** There is no such title, or the profile does not see it. */
  | "CONTENT_NOT_FOUND"
  /** Another coupon has this code. */
  | "COUPON_CODE_TAKEN"
  /** The coupon's time is over, or it was paused. */
  | "COUPON_ENDED"
  /** What a coupon gives does not change once it was used. */
  | "COUPON_IN_USE"
  /** The coupon is for other plans, or takes off a sum in another currency. */
  | "COUPON_NOT_FOR_PLAN"
  /** There is no such coupon, or its time has not begun. */
  | "COUPON_NOT_FOUND"
  /** The account has used the coupon as often as it may. */
  | "COUPON_REDEEMED"
  /** The account has the subscription already, without the coupon. */
  | "COUPON_TOO_LATE"
  /** The coupon was used as often as it may be. */
  | "COUPON_USED_UP"
  /** Address or password is wrong. */
  | "CREDENTIALS_WRONG"
  /** Sums of two currencies cannot be set off. */
  | "CURRENCY_DIFFERS"
  /** The call took too long. */
  | "DEADLINE_EXCEEDED"
  /** There is no such dead letter, or not any more. */
  | "DEAD_LETTER_NOT_FOUND"
  /** There is no such delivery of this webhook. */
  | "DELIVERY_NOT_FOUND"
  /** The title is not rented for so long; details list what is offered. */
  | "DURATION_NOT_OFFERED"
  /** A change names another address than the account's. */
  | "EMAIL_FIXED"
  /** The address has an account. */
  | "EMAIL_TAKEN"
  /** The body is packed, which no call takes. */
  | "ENCODING_UNSUPPORTED"
  /** There is no such episode, or it or its series is not published. */
  | "EPISODE_NOT_FOUND"
  /** Another episode of the series has the season and the number. */
  | "EPISODE_NUMBER_TAKEN"
  /** Another title has this name elsewhere. */
  | "EXTERNAL_ID_TAKEN"
  /** The process may not open one more file or connection. */
  | "FILES_EXHAUSTED"
  /** There is no such gift code, or it was revoked or has ended. */
  | "GIFT_NOT_FOUND"
  /** The account has redeemed the code. */
  | "GIFT_REDEEMED"
  /** As many accounts have redeemed the code as may. */
  | "GIFT_USED_UP"
  /** Other uploads take all the time that the call has. */
  | "GUIDE_BUSY"
  /** Another channel has this name in guides. */
  | "GUIDE_ID_TAKEN"
  /** The uploaded file is no guide. */
  | "GUIDE_INVALID"
  /** Something kept the rest of a guide from being written. Nothing repeats the call by itself: a repetition would count what was taken as unchanged. */
  | "GUIDE_UNFINISHED"
  /** The header fields are too many or too long. */
  | "HEADERS_TOO_LARGE"
  /** A header cannot be read. */
  | "HEADER_INVALID"
  /** The HTTP message itself is not well formed. */
  | "HTTP_INVALID"
  /** The first call with this key still runs, or its process ended before it answered. The key is free again when the call is answered, and at the latest after the time that Retry-After says. */
  | "IDEMPOTENCY_IN_PROGRESS"
  /** The key was used with another request. */
  | "IDEMPOTENCY_KEY_REUSED"
  /** The item's id is missing (C3). */
  | "ID_REQUIRED"
  /** The title has no such import. */
  | "IMPORT_NOT_FOUND"
  /** Only an import that has failed and whose file is still there is tried again. */
  | "IMPORT_NOT_RETRYABLE"
  /** Nothing can package files here. */
  | "IMPORT_TOOLS_MISSING"
  /** Neither the index nor its fallback can be reached. */
  | "INDEX_UNAVAILABLE"
  /** A fault of ours. */
  | "INTERNAL"
  /** There is no such invoice. */
  | "INVOICE_NOT_FOUND"
  /** There is no such job. */
  | "JOB_NOT_FOUND"
  /** The job runs. */
  | "JOB_RUNNING"
  /** The request's JSON cannot be read. */
  | "JSON_INVALID"
  /** There is no server that mails could be sent by. */
  | "MAIL_OFF"
  /** A marker ends before it begins, or as it begins. */
  | "MARKER_INVALID"
  /** The media is not complete or not consistent. */
  | "MEDIA_INVALID"
  /** There is no such quality, segment or file. */
  | "MEDIA_NOT_FOUND"
  /** The title has no playable media yet. */
  | "MEDIA_NOT_READY"
  /** The path is served with other methods; the header Allow lists them. */
  | "METHOD_NOT_ALLOWED"
  /** There is no such film, or it is not published. */
  | "MOVIE_NOT_FOUND"
  /** None of the offered representations is acceptable. */
  | "NOT_ACCEPTABLE"
  /** Nothing was taken that could be given back. */
  | "NOT_CHARGED"
  /** The title cannot be rented; details list what is offered. */
  | "NOT_FOR_RENT"
  /** The title cannot be bought; details list what is offered. */
  | "NOT_FOR_SALE"
  /** The purchase or rental was never paid. */
  | "NOT_REFUNDABLE"
  /** The profile has nothing of this title to go on with. */
  | "NOT_WATCHED"
  /** There is no such purchase or rental. */
  | "ORDER_NOT_FOUND"
  /** No longer given: such an order breaks its field's rule (VALIDATION_FAILED). */
  | "ORDER_UNKNOWN"
  /** The process has more work than it takes on. */
  | "OVERLOADED"
  /** Who runs the installation would shut himself out. */
  | "OWN_ACCOUNT"
  /** The page token belongs to another list. */
  | "PAGE_INVALID"
  /** The password is nothing but space. */
  | "PASSWORD_BLANK"
  /** The password is one of the first that anybody tries. */
  | "PASSWORD_TOO_COMMON"
  /** The password is longer than any that somebody types. */
  | "PASSWORD_TOO_LONG"
  /** The password is too short. */
  | "PASSWORD_TOO_SHORT"
  /** A path variable cannot be read. */
  | "PATH_INVALID"
  /** Nobody takes payments here, or not the provider that took this one. */
  | "PAYMENTS_OFF"
  /** The payment was declined. */
  | "PAYMENT_DECLINED"
  /** The provider does not know the means of payment. */
  | "PAYMENT_METHOD_UNKNOWN"
  /** Another payment has the id. */
  | "PAYMENT_MISMATCH"
  /** There is no such payment. */
  | "PAYMENT_NOT_FOUND"
  /** The caller's roles do not allow the call. */
  | "PERMISSION_DENIED"
  /** A person whom titles credit is not deleted: they would name somebody who is not there. */
  | "PERSON_CREDITED"
  /** There is no such person, or no title that the caller sees credits the person. */
  | "PERSON_NOT_FOUND"
  /** Another pin is about the same. */
  | "PIN_EXISTS"
  /** Too many wrong PINs. */
  | "PIN_LOCKED"
  /** There is no such pin. */
  | "PIN_NOT_FOUND"
  /** The PIN is another one. */
  | "PIN_WRONG"
  /** Another plan has this code. */
  | "PLAN_CODE_TAKEN"
  /** What accounts pay for a plan that they have does not change. */
  | "PLAN_IN_USE"
  /** Too many plans are on sale. */
  | "PLAN_LIMIT"
  /** There is no such plan on sale. */
  | "PLAN_NOT_FOUND"
  /** There is no such playlist, or it is not published, or nothing in it is for the caller. */
  | "PLAYLIST_NOT_FOUND"
  /** There is no such playback session in this account. */
  | "PLAY_SESSION_NOT_FOUND"
  /** The address has ended. */
  | "PLAY_TOKEN_EXPIRED"
  /** The address has no valid token, or its token belongs to another title. */
  | "PLAY_TOKEN_INVALID"
  /** What changed behind a position is not remembered any more, or nobody was ever told the position. */
  | "POSITION_UNKNOWN"
  /** A browser asks ahead of its user. */
  | "PREFETCH_REFUSED"
  /** The session is bound to another profile. */
  | "PROFILE_BOUND"
  /** The default profile cannot be for children. */
  | "PROFILE_KIDS_DEFAULT"
  /** The last profile cannot be deleted. */
  | "PROFILE_LAST"
  /** The account has all the profiles that it may have. */
  | "PROFILE_LIMIT"
  /** A session in a profile for children does not do what is for grown-ups: pay, change profiles. */
  | "PROFILE_LOCKED"
  /** Another profile of the account has this name. */
  | "PROFILE_NAME_TAKEN"
  /** There is no such profile in this account. */
  | "PROFILE_NOT_FOUND"
  /** The step needs a proof that it is the account's owner who takes it. */
  | "PROFILE_PROOF_REQUIRED"
  /** The viewer's plan does not give this quality. */
  | "QUALITY_NOT_INCLUDED"
  /** The query string cannot be read. */
  | "QUERY_INVALID"
  /** The range lies outside the file. */
  | "RANGE_NOT_SATISFIABLE"
  /** Too many calls. */
  | "RATE_LIMITED"
  /** The profile has all the ratings that it may have. */
  | "RATING_LIMIT"
  /** The profile has not rated the title. */
  | "RATING_NOT_FOUND"
  /** A rebuild runs already. */
  | "REBUILD_RUNNING"
  /** The refresh token's time is over. */
  | "REFRESH_TOKEN_EXPIRED"
  /** The refresh token is not ours. */
  | "REFRESH_TOKEN_INVALID"
  /** The refresh token was used before; its session is ended. */
  | "REFRESH_TOKEN_REUSED"
  /** The request was cancelled while its payment was under way. */
  | "REQUEST_CANCELLED"
  /** A link that sets a password was used before, or is too old. */
  | "RESET_LINK_INVALID"
  /** Nobody serves this path (C43). */
  | "ROUTE_NOT_FOUND"
  /** Another rule is about the same titles. */
  | "RULE_EXISTS"
  /** There is no such rule. */
  | "RULE_NOT_FOUND"
  /** A season that has episodes is not taken from its series. */
  | "SEASON_NOT_EMPTY"
  /** An episode names a season that its series does not have. */
  | "SEASON_NOT_FOUND"
  /** A series has two seasons of one number. */
  | "SEASON_REPEATED"
  /** A series that has episodes is not deleted: they would be gone with it. */
  | "SERIES_NOT_EMPTY"
  /** There is no such series, or it is not published. */
  | "SERIES_NOT_FOUND"
  /** The RPC hands out bytes, which gRPC does not carry. */
  | "SERVED_OVER_HTTP"
  /** A service's own port was called by who is no service. */
  | "SERVICES_ONLY"
  /** A service does not know the key of the service that calls it, e.g. because its publication was deleted. It is published anew at once; the person for whom the call was made is not in doubt. */
  | "SERVICE_UNKNOWN"
  /** The account has no such session, or it has ended. */
  | "SESSION_NOT_FOUND"
  /** The provider has not signed this event, or too long ago. */
  | "SIGNATURE_INVALID"
  /** There is no room left to store anything; reading goes on. */
  | "STORAGE_FULL"
  /** The place where things are stored was lost under the running process; nothing is stored there any more. */
  | "STORAGE_LOST"
  /** A stream came to its end before what it tells of did: `why` is `draining` (the process is about to go), `idle` (nothing happened for long) or `age` (it lasted long enough). */
  | "STREAM_ENDED"
  /** All streams of the account are taken; details list them. */
  | "STREAM_LIMIT"
  /** Several subscriptions run. */
  | "SUBSCRIPTION_AMBIGUOUS"
  /** The subscription was cancelled and runs out. */
  | "SUBSCRIPTION_CANCELLED"
  /** There is no such running subscription. */
  | "SUBSCRIPTION_NOT_FOUND"
  /** The first payment of the subscription is not confirmed yet. */
  | "SUBSCRIPTION_NOT_PAID"
  /** A renewal of the subscription was not paid. */
  | "SUBSCRIPTION_PAST_DUE"
  /** There are no such synonyms. */
  | "SYNONYM_NOT_FOUND"
  /** A plan or a rule names what there is not, or says nothing or two things at once; details name the field. */
  | "TERMS_INVALID"
  /** The time is over. */
  | "TEST_CLOCK_BACKWARDS"
  /** Test clocks are for the development profile. */
  | "TEST_CLOCK_OFF"
  /** The clock would be put on by too much. */
  | "TEST_CLOCK_TOO_FAR"
  /** A ticket was used before, is too old, or was made for another path. */
  | "TICKET_INVALID"
  /** The token's time is over. */
  | "TOKEN_EXPIRED"
  /** The token was not issued by us, or was changed. */
  | "TOKEN_INVALID"
  /** The session behind the token was ended. */
  | "TOKEN_REVOKED"
  /** The request is too large. */
  | "TOO_LARGE"
  /** A caller has more streams open than one may have. */
  | "TOO_MANY_STREAMS"
  /** Synonyms or a pin have no words, repeat themselves, or end before they begin; details name the field. */
  | "TUNING_INVALID"
  /** A tenant has as many synonyms, or pins, as it can. */
  | "TUNING_LIMIT"
  /** There is no token. */
  | "UNAUTHENTICATED"
  /** A part of the system cannot be reached. */
  | "UNAVAILABLE"
  /** The RPC does not exist here. */
  | "UNIMPLEMENTED"
  /** The body is of a type that the call does not take. */
  | "UNSUPPORTED_MEDIA_TYPE"
  /** The bytes are not those of their checksum; none of them was kept. */
  | "UPLOAD_CHECKSUM_MISMATCH"
  /** The upload was cancelled, or nothing came for too long. */
  | "UPLOAD_ENDED"
  /** A header or the length of an upload is not what it should be. */
  | "UPLOAD_INVALID"
  /** The tenant has as many bytes or files on their way as it may have. */
  | "UPLOAD_LIMIT"
  /** There is no such upload of the caller's. */
  | "UPLOAD_NOT_FOUND"
  /** Bytes do not begin where those that are here end. */
  | "UPLOAD_OFFSET_CONFLICT"
  /** The disk has no room for what arrives; what was acknowledged stays. */
  | "UPLOAD_STORAGE_FULL"
  /** The file is larger than files may be here. */
  | "UPLOAD_TOO_LARGE"
  /** The version of the protocol is not spoken here. */
  | "UPLOAD_VERSION_UNSUPPORTED"
  /** The address is too long. */
  | "URI_TOO_LONG"
  /** Someone else has this name. */
  | "USERNAME_TAKEN"
  /** There is no such account. */
  | "USER_NOT_FOUND"
  /** Fields break their rules; `details` lists them. */
  | "VALIDATION_FAILED"
  /** The stored version is another one than If-Match names. */
  | "VERSION_MISMATCH"
  /** There is no such video, or it is not published, or it is another creator's. */
  | "VIDEO_NOT_FOUND"
  /** The watchlist has all the titles that it may have. */
  | "WATCHLIST_FULL"
  /** Nothing is sent to a webhook that is disabled. */
  | "WEBHOOK_DISABLED"
  /** There are as many as there may be. */
  | "WEBHOOK_LIMIT"
  /** There is no such webhook. */
  | "WEBHOOK_NOT_FOUND"
  /** As many secrets sign as may together. */
  | "WEBHOOK_SECRET_LIMIT"
  /** A window ends before it begins, or as it begins: it would never be open. */
  | "WINDOW_INVALID"
  /** The part of the guide is too large for one answer. */
  | "WINDOW_TOO_FULL"
  /** The window is too large. */
  | "WINDOW_TOO_LARGE"
  /** There is no such piece of work, or not any more. */
  | "WORK_NOT_FOUND"
  /** The piece of work is being done. */
  | "WORK_RUNNING";

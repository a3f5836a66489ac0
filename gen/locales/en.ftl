# Generated from the reasons of proto/ by `make gen`.

## admin

admin-AUDIT_RECORD_NOT_FOUND = There is no such audit record.
admin-JOB_NOT_FOUND = There is no such job.
admin-JOB_RUNNING = The job { $job } runs right now. Wait for its end.
admin-WORK_NOT_FOUND = There is no such piece of work. It may be done.
admin-WORK_RUNNING = The piece of work { $work } is being done right now. Wait for its end.
admin-DEAD_LETTER_NOT_FOUND = There is no such dead letter. It may have been replayed or dropped.
admin-TEST_CLOCK_OFF = There are test clocks in the development profile only (server.profile).
admin-TEST_CLOCK_BACKWARDS = A test clock only goes forward: it shows { $now }. Give a later toTime, or bySeconds above 0.
admin-TEST_CLOCK_TOO_FAR = A test clock goes forward by at most { $days } days at once, and ten years in all. Go there in parts.

## auth

auth-EMAIL_TAKEN = This address has an account. Sign in, or use another address.
auth-CREDENTIALS_WRONG = The address or the password is wrong.
auth-PASSWORD_TOO_SHORT = A password has at least { $min } characters.
auth-PASSWORD_TOO_LONG = A password has at most { $max } characters.
auth-REFRESH_TOKEN_INVALID = The refresh token is not valid. Sign in again.
auth-REFRESH_TOKEN_EXPIRED = The refresh token has expired. Sign in again.
auth-REFRESH_TOKEN_REUSED = The refresh token was used before, so its session was ended. Sign in again.
auth-PASSWORD_TOO_COMMON = This password is among the first that anybody tries. Choose one that others do not use and that does not hold your address, your name or ours.
auth-PASSWORD_BLANK = A password is more than space. Choose one that can be seen.
auth-ACCOUNT_EXISTS = The address belongs to an account that was registered on { $created } as { $name } ({ $id }), and this is not its password. Set a new one, or make sure whose account it is.
auth-ACCOUNT_NOT_FOUND = The address has no account.
auth-ACCOUNT_BLOCKED = This account is blocked. Ask those who run the service.
auth-TICKET_INVALID = The ticket is not valid: it opens one stream, within 30 seconds, at the path that it was made for. Ask for another.
auth-SESSION_NOT_FOUND = You are not signed in there, or not any more.
auth-RESET_LINK_INVALID = This link does not work any more: it works once, within an hour. Ask for another.
auth-MAIL_OFF = This installation sends no mail. Ask those who run the service for a new password.

## common

common-JSON_INVALID = The body is not the JSON that this call takes: { $problem }.
common-QUERY_INVALID = The query is not what this call takes: { $problem }.
common-PATH_INVALID = The path is not what this call takes: { $problem }.
common-VALIDATION_FAILED = Some fields break their rules; details lists them.
common-HEADER_INVALID = The header { $header } is not usable: { $problem }.
common-ID_REQUIRED = Say which item is meant: put its id into the path, the query or the body.
common-PAGE_INVALID = The page cannot be read: { $problem }.
common-ROUTE_NOT_FOUND = Nothing is served at this path.
common-METHOD_NOT_ALLOWED = This path takes { $allow }.
common-NOT_ACCEPTABLE = This call answers with { $offered }.
common-TOO_LARGE = The request is larger than the { $limit } bytes that this call takes.
common-URI_TOO_LONG = The address is longer than { $limit } bytes.
common-UNSUPPORTED_MEDIA_TYPE = Send application/json.
common-UNAUTHENTICATED = Sign in and send the access token as a bearer token.
common-TOKEN_INVALID = The token is not valid. Sign in again.
common-TOKEN_EXPIRED = The token has expired. Refresh it.
common-TOKEN_REVOKED = This session was ended. Sign in again.
common-PERMISSION_DENIED = Your account may not do this.
common-RATE_LIMITED = Too many calls. Try again in { $seconds } s.
common-VERSION_MISMATCH = It was changed meanwhile. Read it again and repeat your change.
common-IDEMPOTENCY_KEY_REUSED = This Idempotency-Key was used with another request. Use a new one.
common-IDEMPOTENCY_IN_PROGRESS = The first call with this Idempotency-Key still runs, or was cut off. Try again; Retry-After says when the key is free at the latest.
common-CANCELLED = The call was cancelled.
common-DEADLINE_EXCEEDED = The call took too long. Try again.
common-UNAVAILABLE = This part of the service is not available right now. Try again shortly.
common-OVERLOADED = Too much work at once. Try again shortly.
common-INTERNAL = Something went wrong on our side. The request id names it in our logs.
common-UNIMPLEMENTED = This call is not served here.
common-HTTP_INVALID = The HTTP request is not well formed: { $problem }.
common-HEADERS_TOO_LARGE = A request has at most { $fields } header fields, and { $bytes } bytes of them.
common-ENCODING_UNSUPPORTED = Send the body as it is, without Content-Encoding.
common-SERVED_OVER_HTTP = These bytes are served over HTTP, at the path that this RPC declares. Playback answers with whole addresses.
common-STORAGE_FULL = Nothing can be stored right now, because the disk is full; nothing was changed. Try again once its operator has made room.
common-CONTENDED = Others were changing the same at the same moment, so nothing was changed. Try again.
common-SERVICES_ONLY = This port is for the services of the installation. Call the public port.
common-STORAGE_LOST = Nothing can be stored right now, because its place on the disk was lost; nothing was changed. Try again once its operator has restored it.
common-STREAM_ENDED = The stream ends here. Open it again, behind the last message that you have.
common-TOO_MANY_STREAMS = You have { $limit } streams open, which is the most. Close one first.
common-FILES_EXHAUSTED = This server may not open one more file, so nothing was changed. Try again once its operator has raised the limit of open files, or others have gone.
common-SERVICE_UNKNOWN = The services of the installation do not know each other at the moment. Try again.

## content

content-MOVIE_NOT_FOUND = There is no such film.
content-CONTENT_NOT_FOUND = There is no such title.
content-ORDER_UNKNOWN = The list cannot be ordered by { $order }. It can by { $offered }.
content-SERIES_NOT_FOUND = There is no such series.
content-EPISODE_NOT_FOUND = There is no such episode.
content-SEASON_NOT_FOUND = The series has no season { $season }. Add it to the series first.
content-EPISODE_NUMBER_TAKEN = Season { $season } has an episode { $episode } already. Give this one another number.
content-SERIES_NOT_EMPTY = The series has { $episodes } episodes. Delete them first, or archive the series.
content-SEASON_NOT_EMPTY = Season { $season } has { $episodes } episodes. Delete them or move them to another season first.
content-SEASON_REPEATED = There are two seasons { $season }. Give each season a number of its own.
content-VIDEO_NOT_FOUND = There is no such video.
content-PLAYLIST_NOT_FOUND = There is no such playlist.
content-PERSON_NOT_FOUND = There is no such person.
content-PERSON_CREDITED = { $titles } titles credit this person. Take the person from their credits first.
content-WINDOW_INVALID = A window of availability ends after it begins. Leave out the end of one that has none.
content-COLLECTION_NOT_FOUND = There is no such collection.
content-COLLECTION_MIXED = A collection has either a list of titles or a rule. Leave one of them out.
content-COLLECTION_LIMIT = There are at most { $limit } collections. Delete one first.
content-MARKER_INVALID = A marker ends after it begins. Leave out the end of one that goes on to the end of the title.
content-EXTERNAL_ID_TAKEN = { $source }:{ $value } names another title. Take it from that one first, or leave it out.
content-POSITION_UNKNOWN = The changes behind this position are not remembered: they are for three days. Open the stream without a position, read the catalogue, and go on from there.

## livetv

livetv-CHANNEL_NOT_FOUND = There is no such channel.
livetv-ORDER_UNKNOWN = The list cannot be ordered by { $order }. It can by { $offered }.
livetv-GUIDE_ID_TAKEN = Another channel is called { $guide } in guides. Choose another guideId.
livetv-WINDOW_INVALID = The guide is read for a span of time that ends after it begins and is at most { $days } days long.
livetv-WINDOW_TOO_FULL = There is more in this span of time than one answer holds. Ask for a shorter one.
livetv-GUIDE_INVALID = The guide cannot be read: { $problem }.
livetv-GUIDE_BUSY = Other guides are being uploaded. Try again shortly.
livetv-GUIDE_UNFINISHED = Only a part of the guide was taken: { $created } new, { $updated } changed and { $deleted } deleted programmes of { $channels } channels. Upload it again: what was taken is not written twice.

## payments

payments-PAYMENT_NOT_FOUND = There is no such payment.
payments-PAYMENTS_OFF = Nobody takes payments here at present.
payments-PAYMENT_MISMATCH = Another payment has this id.
payments-NOT_CHARGED = Nothing was taken, so there is nothing to give back.
payments-SIGNATURE_INVALID = The event is not signed by the provider, or was signed too long ago.

## rights

rights-PLAN_NOT_FOUND = There is no plan { $plan }. GET /subscriptions lists them.
rights-ALREADY_SUBSCRIBED = You are subscribed to { $plan } already. Change its plan, or cancel it first.
rights-PAYMENT_DECLINED = The payment was declined. Use another means of payment.
rights-SUBSCRIPTION_NOT_FOUND = You have no such running subscription.
rights-SUBSCRIPTION_AMBIGUOUS = Several subscriptions run; details lists them. Say which one by its id.
rights-PAYMENT_METHOD_UNKNOWN = There is no such means of payment. Send one that your payment form returned.
rights-REQUEST_CANCELLED = You cancelled this subscription before it was paid. Nothing stays charged; subscribe again if you want it.
rights-PAYMENTS_OFF = Nothing is sold here at present.
rights-PLAN_CODE_TAKEN = Another plan has the code { $code }. Choose another.
rights-PLAN_IN_USE = Accounts have this plan, so its price stays. Retire it and make a new one.
rights-PLAN_LIMIT = At most { $limit } plans are on sale at once. Retire one first.
rights-RULE_NOT_FOUND = There is no such rule.
rights-RULE_EXISTS = The rule { $rule } is about the same titles. Change that one.
rights-CONTENT_NOT_FOUND = There is no such title.
rights-NOT_FOR_SALE = This title cannot be bought. details lists what opens it.
rights-NOT_FOR_RENT = This title cannot be rented. details lists what opens it.
rights-DURATION_NOT_OFFERED = This title is not rented for { $hours } hours. details lists the rentals that are offered.
rights-ALREADY_OWNED = You own this title already.
rights-ALREADY_RENTED = You have rented this title until { $until }.
rights-ORDER_NOT_FOUND = There is no such purchase or rental.
rights-NOT_REFUNDABLE = It is not paid, so there is nothing to give back.
rights-TERMS_INVALID = These terms cannot be kept. Correct the fields that details names.
rights-GIFT_NOT_FOUND = There is no such code, or it cannot be redeemed any more.
rights-GIFT_USED_UP = This code has been redeemed as often as it can be.
rights-GIFT_REDEEMED = Your account has redeemed this code already.
rights-COUPON_NOT_FOUND = There is no such coupon.
rights-COUPON_ENDED = This coupon cannot be used any more.
rights-COUPON_USED_UP = This coupon has been used as often as it can be.
rights-COUPON_REDEEMED = Your account has used this coupon as often as it may.
rights-COUPON_NOT_FOR_PLAN = This coupon is not for the plan { $plan }.
rights-COUPON_TOO_LATE = A coupon counts when a subscription begins; yours goes on as it is.
rights-COUPON_CODE_TAKEN = Another coupon has the code { $code }. Choose another.
rights-COUPON_IN_USE = This coupon was used, so its code and what it gives stay. Pause it and make a new one.
rights-SUBSCRIPTION_NOT_PAID = This subscription is not paid yet. Subscribe to the plan that you want instead.
rights-SUBSCRIPTION_CANCELLED = This subscription was cancelled. Subscribe to its plan again to go on with it, or to another plan beside it.
rights-CURRENCY_DIFFERS = This plan is paid in another currency, so the change can only be made at the end of what is paid.
rights-INVOICE_NOT_FOUND = There is no such invoice.
rights-SUBSCRIPTION_PAST_DUE = A renewal of this subscription is not paid. Set another means of payment first.

## search

search-WINDOW_TOO_LARGE = limit and offset together are at most { $max }.
search-REBUILD_RUNNING = The index is being rebuilt already.
search-INDEX_UNAVAILABLE = Search is not available right now. Try again shortly.
search-SYNONYM_NOT_FOUND = There are no such synonyms.
search-PIN_NOT_FOUND = There is no such pin.
search-PIN_EXISTS = The pin { $pin } is about the same text. Change that one.
search-TUNING_LIMIT = There are at most { $limit } of these. Delete one first.
search-TUNING_INVALID = This cannot be searched by. Correct the fields that details names.

## streaming

streaming-ACCESS_DENIED = This title is not open to you. Details tell why, and what would open it.
streaming-CONTENT_NOT_FOUND = There is no such title.
streaming-MEDIA_NOT_READY = This title cannot be played yet. Try again later.
streaming-MEDIA_INVALID = The media cannot be published: { $problem }.
streaming-PLAY_TOKEN_INVALID = This address is not valid. Start playback again.
streaming-PLAY_TOKEN_EXPIRED = This address has expired. Start playback again.
streaming-MEDIA_NOT_FOUND = This title has no such file.
streaming-RANGE_NOT_SATISFIABLE = The range lies outside the { $size } bytes of the file.
streaming-PREFETCH_REFUSED = Playback starts when a viewer asks for it, not ahead of time.
streaming-STREAM_LIMIT = Your account plays as much at once as it may: { $limit }. Stop one of the streams that details list, or wait until one ends.
streaming-PLAY_SESSION_NOT_FOUND = There is no such playback session. Start playback again.
streaming-NOT_WATCHED = The profile has not played this title.
streaming-CHANNEL_NOT_FOUND = There is no such channel.
streaming-CHANNEL_OFF_AIR = This channel is not on the air at present. Try again later.
streaming-CHANNEL_NOT_READY = This channel has no stream that can be played yet. Try again later.
streaming-QUALITY_NOT_INCLUDED = Your plan does not give this quality. Play what the master playlist lists.
streaming-CAPTIONS_INVALID = The captions cannot be read: { $problem }.
streaming-CAPTIONS_NOT_FOUND = The title has no captions of this language and kind.
streaming-CAPTIONS_LIMIT = A title has at most { $limit } captions. Delete some first.
streaming-ARTWORK_INVALID = The picture cannot be used: { $problem }.
streaming-ARTWORK_NOT_FOUND = The title has no such picture.
streaming-ARTWORK_LIMIT = A title has at most { $limit } pictures. Delete some first.
streaming-UPLOAD_NOT_FOUND = There is no such upload. Begin a new one.
streaming-UPLOAD_ENDED = This upload has ended, and its bytes are gone. Begin a new one.
streaming-UPLOAD_INVALID = This is no request of an upload: { $problem }.
streaming-UPLOAD_OFFSET_CONFLICT = The upload goes on at byte { $offset }. Ask with HEAD and send on from there.
streaming-UPLOAD_CHECKSUM_MISMATCH = The bytes that arrived are not those of the checksum, and were not kept. Send them again.
streaming-UPLOAD_TOO_LARGE = A file has at most { $limit } bytes here.
streaming-UPLOAD_LIMIT = At most { $limit } may be uploaded and not yet packaged at once. Wait until one is packaged, or cancel one.
streaming-UPLOAD_VERSION_UNSUPPORTED = Uploads speak tus 1.0.0. Send the header Tus-Resumable: 1.0.0.
streaming-UPLOAD_STORAGE_FULL = There is no room left for this file. What has arrived is kept; go on once the operator has made room.
streaming-IMPORT_TOOLS_MISSING = Files cannot be packaged here, because { $tool } is not installed. Ask the operator to install ffmpeg.
streaming-IMPORT_NOT_FOUND = The title has no such import.
streaming-IMPORT_NOT_RETRYABLE = Only an import that has failed and whose file is still here can be tried again. Upload the file anew.

## users

users-USER_NOT_FOUND = There is no such account.
users-PROFILE_NOT_FOUND = Your account has no such profile.
users-PROFILE_NAME_TAKEN = Your account has a profile named { $name }. Choose another name.
users-PROFILE_LIMIT = An account has at most { $limit } profiles. Delete one first.
users-PROFILE_LAST = An account keeps at least one profile.
users-USERNAME_TAKEN = The username { $username } is taken. Choose another.
users-PROFILE_PROOF_REQUIRED = This needs the profile's PIN or the account's password.
users-PIN_WRONG = The PIN is wrong.
users-PIN_LOCKED = Too many wrong PINs. Wait a quarter of an hour, or use the account's password.
users-PROFILE_LOCKED = This cannot be done from within a profile for children. Select the profile of a grown-up first, with PIN or password.
users-PROFILE_KIDS_DEFAULT = The default profile is not for children. Make another profile the default first.
users-PROFILE_BOUND = This session is bound to another profile. Select that profile first.
users-CONTENT_NOT_FOUND = There is no such title.
users-WATCHLIST_FULL = A watchlist has at most { $limit } titles. Take one off first.
users-RATING_NOT_FOUND = This profile has not rated the title.
users-RATING_LIMIT = A profile has at most { $limit } ratings. Take one back first.
users-OWN_ACCOUNT = Your own account is not yours to block, to delete or to make a viewer's. Ask another administrator.
users-EMAIL_FIXED = The address of an account does not change here. Leave `email` out.

## webhooks

webhooks-WEBHOOK_NOT_FOUND = There is no such webhook.
webhooks-WEBHOOK_LIMIT = There are at most { $limit } webhooks. Delete one first.
webhooks-WEBHOOK_DISABLED = This webhook is disabled. Enable it first.
webhooks-DELIVERY_NOT_FOUND = There is no such delivery.
webhooks-WEBHOOK_SECRET_LIMIT = At most { $limit } secrets sign together. Rotate again after { $until }, or with retirePrevious, which ends all before.

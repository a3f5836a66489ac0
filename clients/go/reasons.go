// Code generated from proto/ by scripts/gen-clients. DO NOT EDIT.

package streamverse

// The reasons of refusals.
const (
	// The profile may not watch the title; details tell why (`basis`), and what would open it (`offers`).
	ReasonAccessDenied Reason = "ACCESS_DENIED"
	// Those who run the installation have blocked the account.
	ReasonAccountBlocked Reason = "ACCOUNT_BLOCKED"
	// Somebody has registered the address, with a password of their own.
	ReasonAccountExists Reason = "ACCOUNT_EXISTS"
	// The address has no account to keep.
	ReasonAccountNotFound Reason = "ACCOUNT_NOT_FOUND"
	// The account owns the title, or its series.
	ReasonAlreadyOwned Reason = "ALREADY_OWNED"
	// A rental of the title, or of its series, runs.
	ReasonAlreadyRented Reason = "ALREADY_RENTED"
	// The account has a running subscription to another plan.
	ReasonAlreadySubscribed Reason = "ALREADY_SUBSCRIBED"
	// A file is no picture that can be shown.
	ReasonArtworkInvalid Reason = "ARTWORK_INVALID"
	// The title has all the pictures that it may have.
	ReasonArtworkLimit Reason = "ARTWORK_LIMIT"
	// The title has no such picture.
	ReasonArtworkNotFound Reason = "ARTWORK_NOT_FOUND"
	// There is no such record.
	ReasonAuditRecordNotFound Reason = "AUDIT_RECORD_NOT_FOUND"
	// The caller went away.
	ReasonCancelled Reason = "CANCELLED"
	// A file is none of captions.
	ReasonCaptionsInvalid Reason = "CAPTIONS_INVALID"
	// The title has all the captions that it may have.
	ReasonCaptionsLimit Reason = "CAPTIONS_LIMIT"
	// The title has no captions of this language and kind.
	ReasonCaptionsNotFound Reason = "CAPTIONS_NOT_FOUND"
	// There is no such channel, or it is not published.
	ReasonChannelNotFound Reason = "CHANNEL_NOT_FOUND"
	// The channel names no stream that could be played.
	ReasonChannelNotReady Reason = "CHANNEL_NOT_READY"
	// The channel is not on the air.
	ReasonChannelOffAir Reason = "CHANNEL_OFF_AIR"
	// There are as many collections as may be.
	ReasonCollectionLimit Reason = "COLLECTION_LIMIT"
	// A collection has a list of titles and a rule.
	ReasonCollectionMixed Reason = "COLLECTION_MIXED"
	// There is no such collection, or it is not published or not open, or nothing in it is for the caller.
	ReasonCollectionNotFound Reason = "COLLECTION_NOT_FOUND"
	// Others changed the same at the same moment; nothing was changed.
	ReasonContended Reason = "CONTENDED"
	// There is no such title, or the profile does not see it.
	ReasonContentNotFound Reason = "CONTENT_NOT_FOUND"
	// Another coupon has this code.
	ReasonCouponCodeTaken Reason = "COUPON_CODE_TAKEN"
	// The coupon's time is over, or it was paused.
	ReasonCouponEnded Reason = "COUPON_ENDED"
	// What a coupon gives does not change once it was used.
	ReasonCouponInUse Reason = "COUPON_IN_USE"
	// The coupon is for other plans, or takes off a sum in another currency.
	ReasonCouponNotForPlan Reason = "COUPON_NOT_FOR_PLAN"
	// There is no such coupon, or its time has not begun.
	ReasonCouponNotFound Reason = "COUPON_NOT_FOUND"
	// The account has used the coupon as often as it may.
	ReasonCouponRedeemed Reason = "COUPON_REDEEMED"
	// The account has the subscription already, without the coupon.
	ReasonCouponTooLate Reason = "COUPON_TOO_LATE"
	// The coupon was used as often as it may be.
	ReasonCouponUsedUp Reason = "COUPON_USED_UP"
	// Address or password is wrong.
	ReasonCredentialsWrong Reason = "CREDENTIALS_WRONG"
	// Sums of two currencies cannot be set off.
	ReasonCurrencyDiffers Reason = "CURRENCY_DIFFERS"
	// The call took too long.
	ReasonDeadlineExceeded Reason = "DEADLINE_EXCEEDED"
	// There is no such dead letter, or not any more.
	ReasonDeadLetterNotFound Reason = "DEAD_LETTER_NOT_FOUND"
	// There is no such delivery of this webhook.
	ReasonDeliveryNotFound Reason = "DELIVERY_NOT_FOUND"
	// The title is not rented for so long; details list what is offered.
	ReasonDurationNotOffered Reason = "DURATION_NOT_OFFERED"
	// A change names another address than the account's.
	ReasonEmailFixed Reason = "EMAIL_FIXED"
	// The address has an account.
	ReasonEmailTaken Reason = "EMAIL_TAKEN"
	// The body is packed, which no call takes.
	ReasonEncodingUnsupported Reason = "ENCODING_UNSUPPORTED"
	// There is no such episode, or it or its series is not published.
	ReasonEpisodeNotFound Reason = "EPISODE_NOT_FOUND"
	// Another episode of the series has the season and the number.
	ReasonEpisodeNumberTaken Reason = "EPISODE_NUMBER_TAKEN"
	// Another title has this name elsewhere.
	ReasonExternalIdTaken Reason = "EXTERNAL_ID_TAKEN"
	// The process may not open one more file or connection.
	ReasonFilesExhausted Reason = "FILES_EXHAUSTED"
	// There is no such gift code, or it was revoked or has ended.
	ReasonGiftNotFound Reason = "GIFT_NOT_FOUND"
	// The account has redeemed the code.
	ReasonGiftRedeemed Reason = "GIFT_REDEEMED"
	// As many accounts have redeemed the code as may.
	ReasonGiftUsedUp Reason = "GIFT_USED_UP"
	// Other uploads take all the time that the call has.
	ReasonGuideBusy Reason = "GUIDE_BUSY"
	// Another channel has this name in guides.
	ReasonGuideIdTaken Reason = "GUIDE_ID_TAKEN"
	// The uploaded file is no guide.
	ReasonGuideInvalid Reason = "GUIDE_INVALID"
	// Something kept the rest of a guide from being written. Nothing repeats the call by itself: a repetition would count what was taken as unchanged.
	ReasonGuideUnfinished Reason = "GUIDE_UNFINISHED"
	// The header fields are too many or too long.
	ReasonHeadersTooLarge Reason = "HEADERS_TOO_LARGE"
	// A header cannot be read.
	ReasonHeaderInvalid Reason = "HEADER_INVALID"
	// The HTTP message itself is not well formed.
	ReasonHttpInvalid Reason = "HTTP_INVALID"
	// The first call with this key still runs, or its process ended before it answered. The key is free again when the call is answered, and at the latest after the time that Retry-After says.
	ReasonIdempotencyInProgress Reason = "IDEMPOTENCY_IN_PROGRESS"
	// The key was used with another request.
	ReasonIdempotencyKeyReused Reason = "IDEMPOTENCY_KEY_REUSED"
	// The item's id is missing (C3).
	ReasonIdRequired Reason = "ID_REQUIRED"
	// The title has no such import.
	ReasonImportNotFound Reason = "IMPORT_NOT_FOUND"
	// Only an import that has failed and whose file is still there is tried again.
	ReasonImportNotRetryable Reason = "IMPORT_NOT_RETRYABLE"
	// Nothing can package files here.
	ReasonImportToolsMissing Reason = "IMPORT_TOOLS_MISSING"
	// Neither the index nor its fallback can be reached.
	ReasonIndexUnavailable Reason = "INDEX_UNAVAILABLE"
	// A fault of ours.
	ReasonInternal Reason = "INTERNAL"
	// There is no such invoice.
	ReasonInvoiceNotFound Reason = "INVOICE_NOT_FOUND"
	// There is no such job.
	ReasonJobNotFound Reason = "JOB_NOT_FOUND"
	// The job runs.
	ReasonJobRunning Reason = "JOB_RUNNING"
	// The request's JSON cannot be read.
	ReasonJsonInvalid Reason = "JSON_INVALID"
	// There is no server that mails could be sent by.
	ReasonMailOff Reason = "MAIL_OFF"
	// A marker ends before it begins, or as it begins.
	ReasonMarkerInvalid Reason = "MARKER_INVALID"
	// The media is not complete or not consistent.
	ReasonMediaInvalid Reason = "MEDIA_INVALID"
	// There is no such quality, segment or file.
	ReasonMediaNotFound Reason = "MEDIA_NOT_FOUND"
	// The title has no playable media yet.
	ReasonMediaNotReady Reason = "MEDIA_NOT_READY"
	// The path is served with other methods; the header Allow lists them.
	ReasonMethodNotAllowed Reason = "METHOD_NOT_ALLOWED"
	// There is no such film, or it is not published.
	ReasonMovieNotFound Reason = "MOVIE_NOT_FOUND"
	// None of the offered representations is acceptable.
	ReasonNotAcceptable Reason = "NOT_ACCEPTABLE"
	// Nothing was taken that could be given back.
	ReasonNotCharged Reason = "NOT_CHARGED"
	// The title cannot be rented; details list what is offered.
	ReasonNotForRent Reason = "NOT_FOR_RENT"
	// The title cannot be bought; details list what is offered.
	ReasonNotForSale Reason = "NOT_FOR_SALE"
	// The purchase or rental was never paid.
	ReasonNotRefundable Reason = "NOT_REFUNDABLE"
	// The profile has nothing of this title to go on with.
	ReasonNotWatched Reason = "NOT_WATCHED"
	// There is no such purchase or rental.
	ReasonOrderNotFound Reason = "ORDER_NOT_FOUND"
	// No longer given: such an order breaks its field's rule (VALIDATION_FAILED).
	ReasonOrderUnknown Reason = "ORDER_UNKNOWN"
	// The process has more work than it takes on.
	ReasonOverloaded Reason = "OVERLOADED"
	// Who runs the installation would shut himself out.
	ReasonOwnAccount Reason = "OWN_ACCOUNT"
	// The page token belongs to another list.
	ReasonPageInvalid Reason = "PAGE_INVALID"
	// The password is nothing but space.
	ReasonPasswordBlank Reason = "PASSWORD_BLANK"
	// The password is one of the first that anybody tries.
	ReasonPasswordTooCommon Reason = "PASSWORD_TOO_COMMON"
	// The password is longer than any that somebody types.
	ReasonPasswordTooLong Reason = "PASSWORD_TOO_LONG"
	// The password is too short.
	ReasonPasswordTooShort Reason = "PASSWORD_TOO_SHORT"
	// A path variable cannot be read.
	ReasonPathInvalid Reason = "PATH_INVALID"
	// Nobody takes payments here, or not the provider that took this one.
	ReasonPaymentsOff Reason = "PAYMENTS_OFF"
	// The payment was declined.
	ReasonPaymentDeclined Reason = "PAYMENT_DECLINED"
	// The provider does not know the means of payment.
	ReasonPaymentMethodUnknown Reason = "PAYMENT_METHOD_UNKNOWN"
	// Another payment has the id.
	ReasonPaymentMismatch Reason = "PAYMENT_MISMATCH"
	// There is no such payment.
	ReasonPaymentNotFound Reason = "PAYMENT_NOT_FOUND"
	// The caller's roles do not allow the call.
	ReasonPermissionDenied Reason = "PERMISSION_DENIED"
	// A person whom titles credit is not deleted: they would name somebody who is not there.
	ReasonPersonCredited Reason = "PERSON_CREDITED"
	// There is no such person, or no title that the caller sees credits the person.
	ReasonPersonNotFound Reason = "PERSON_NOT_FOUND"
	// Another pin is about the same.
	ReasonPinExists Reason = "PIN_EXISTS"
	// Too many wrong PINs.
	ReasonPinLocked Reason = "PIN_LOCKED"
	// There is no such pin.
	ReasonPinNotFound Reason = "PIN_NOT_FOUND"
	// The PIN is another one.
	ReasonPinWrong Reason = "PIN_WRONG"
	// Another plan has this code.
	ReasonPlanCodeTaken Reason = "PLAN_CODE_TAKEN"
	// What accounts pay for a plan that they have does not change.
	ReasonPlanInUse Reason = "PLAN_IN_USE"
	// Too many plans are on sale.
	ReasonPlanLimit Reason = "PLAN_LIMIT"
	// There is no such plan on sale.
	ReasonPlanNotFound Reason = "PLAN_NOT_FOUND"
	// There is no such playlist, or it is not published, or nothing in it is for the caller.
	ReasonPlaylistNotFound Reason = "PLAYLIST_NOT_FOUND"
	// There is no such playback session in this account.
	ReasonPlaySessionNotFound Reason = "PLAY_SESSION_NOT_FOUND"
	// The address has ended.
	ReasonPlayTokenExpired Reason = "PLAY_TOKEN_EXPIRED"
	// The address has no valid token, or its token belongs to another title.
	ReasonPlayTokenInvalid Reason = "PLAY_TOKEN_INVALID"
	// What changed behind a position is not remembered any more, or nobody was ever told the position.
	ReasonPositionUnknown Reason = "POSITION_UNKNOWN"
	// A browser asks ahead of its user.
	ReasonPrefetchRefused Reason = "PREFETCH_REFUSED"
	// The session is bound to another profile.
	ReasonProfileBound Reason = "PROFILE_BOUND"
	// The default profile cannot be for children.
	ReasonProfileKidsDefault Reason = "PROFILE_KIDS_DEFAULT"
	// The last profile cannot be deleted.
	ReasonProfileLast Reason = "PROFILE_LAST"
	// The account has all the profiles that it may have.
	ReasonProfileLimit Reason = "PROFILE_LIMIT"
	// A session in a profile for children does not do what is for grown-ups: pay, change profiles.
	ReasonProfileLocked Reason = "PROFILE_LOCKED"
	// Another profile of the account has this name.
	ReasonProfileNameTaken Reason = "PROFILE_NAME_TAKEN"
	// There is no such profile in this account.
	ReasonProfileNotFound Reason = "PROFILE_NOT_FOUND"
	// The step needs a proof that it is the account's owner who takes it.
	ReasonProfileProofRequired Reason = "PROFILE_PROOF_REQUIRED"
	// The viewer's plan does not give this quality.
	ReasonQualityNotIncluded Reason = "QUALITY_NOT_INCLUDED"
	// The query string cannot be read.
	ReasonQueryInvalid Reason = "QUERY_INVALID"
	// The range lies outside the file.
	ReasonRangeNotSatisfiable Reason = "RANGE_NOT_SATISFIABLE"
	// Too many calls.
	ReasonRateLimited Reason = "RATE_LIMITED"
	// The profile has all the ratings that it may have.
	ReasonRatingLimit Reason = "RATING_LIMIT"
	// The profile has not rated the title.
	ReasonRatingNotFound Reason = "RATING_NOT_FOUND"
	// A rebuild runs already.
	ReasonRebuildRunning Reason = "REBUILD_RUNNING"
	// The refresh token's time is over.
	ReasonRefreshTokenExpired Reason = "REFRESH_TOKEN_EXPIRED"
	// The refresh token is not ours.
	ReasonRefreshTokenInvalid Reason = "REFRESH_TOKEN_INVALID"
	// The refresh token was used before; its session is ended.
	ReasonRefreshTokenReused Reason = "REFRESH_TOKEN_REUSED"
	// The request was cancelled while its payment was under way.
	ReasonRequestCancelled Reason = "REQUEST_CANCELLED"
	// A link that sets a password was used before, or is too old.
	ReasonResetLinkInvalid Reason = "RESET_LINK_INVALID"
	// Nobody serves this path (C43).
	ReasonRouteNotFound Reason = "ROUTE_NOT_FOUND"
	// Another rule is about the same titles.
	ReasonRuleExists Reason = "RULE_EXISTS"
	// There is no such rule.
	ReasonRuleNotFound Reason = "RULE_NOT_FOUND"
	// A season that has episodes is not taken from its series.
	ReasonSeasonNotEmpty Reason = "SEASON_NOT_EMPTY"
	// An episode names a season that its series does not have.
	ReasonSeasonNotFound Reason = "SEASON_NOT_FOUND"
	// A series has two seasons of one number.
	ReasonSeasonRepeated Reason = "SEASON_REPEATED"
	// A series that has episodes is not deleted: they would be gone with it.
	ReasonSeriesNotEmpty Reason = "SERIES_NOT_EMPTY"
	// There is no such series, or it is not published.
	ReasonSeriesNotFound Reason = "SERIES_NOT_FOUND"
	// The RPC hands out bytes, which gRPC does not carry.
	ReasonServedOverHttp Reason = "SERVED_OVER_HTTP"
	// A service's own port was called by who is no service.
	ReasonServicesOnly Reason = "SERVICES_ONLY"
	// A service does not know the key of the service that calls it, e.g. because its publication was deleted. It is published anew at once; the person for whom the call was made is not in doubt.
	ReasonServiceUnknown Reason = "SERVICE_UNKNOWN"
	// The account has no such session, or it has ended.
	ReasonSessionNotFound Reason = "SESSION_NOT_FOUND"
	// The provider has not signed this event, or too long ago.
	ReasonSignatureInvalid Reason = "SIGNATURE_INVALID"
	// There is no room left to store anything; reading goes on.
	ReasonStorageFull Reason = "STORAGE_FULL"
	// The place where things are stored was lost under the running process; nothing is stored there any more.
	ReasonStorageLost Reason = "STORAGE_LOST"
	// A stream came to its end before what it tells of did: `why` is `draining` (the process is about to go), `idle` (nothing happened for long) or `age` (it lasted long enough).
	ReasonStreamEnded Reason = "STREAM_ENDED"
	// All streams of the account are taken; details list them.
	ReasonStreamLimit Reason = "STREAM_LIMIT"
	// Several subscriptions run.
	ReasonSubscriptionAmbiguous Reason = "SUBSCRIPTION_AMBIGUOUS"
	// The subscription was cancelled and runs out.
	ReasonSubscriptionCancelled Reason = "SUBSCRIPTION_CANCELLED"
	// There is no such running subscription.
	ReasonSubscriptionNotFound Reason = "SUBSCRIPTION_NOT_FOUND"
	// The first payment of the subscription is not confirmed yet.
	ReasonSubscriptionNotPaid Reason = "SUBSCRIPTION_NOT_PAID"
	// A renewal of the subscription was not paid.
	ReasonSubscriptionPastDue Reason = "SUBSCRIPTION_PAST_DUE"
	// There are no such synonyms.
	ReasonSynonymNotFound Reason = "SYNONYM_NOT_FOUND"
	// A plan or a rule names what there is not, or says nothing or two things at once; details name the field.
	ReasonTermsInvalid Reason = "TERMS_INVALID"
	// The time is over.
	ReasonTestClockBackwards Reason = "TEST_CLOCK_BACKWARDS"
	// Test clocks are for the development profile.
	ReasonTestClockOff Reason = "TEST_CLOCK_OFF"
	// The clock would be put on by too much.
	ReasonTestClockTooFar Reason = "TEST_CLOCK_TOO_FAR"
	// A ticket was used before, is too old, or was made for another path.
	ReasonTicketInvalid Reason = "TICKET_INVALID"
	// The token's time is over.
	ReasonTokenExpired Reason = "TOKEN_EXPIRED"
	// The token was not issued by us, or was changed.
	ReasonTokenInvalid Reason = "TOKEN_INVALID"
	// The session behind the token was ended.
	ReasonTokenRevoked Reason = "TOKEN_REVOKED"
	// The request is too large.
	ReasonTooLarge Reason = "TOO_LARGE"
	// A caller has more streams open than one may have.
	ReasonTooManyStreams Reason = "TOO_MANY_STREAMS"
	// Synonyms or a pin have no words, repeat themselves, or end before they begin; details name the field.
	ReasonTuningInvalid Reason = "TUNING_INVALID"
	// A tenant has as many synonyms, or pins, as it can.
	ReasonTuningLimit Reason = "TUNING_LIMIT"
	// There is no token.
	ReasonUnauthenticated Reason = "UNAUTHENTICATED"
	// A part of the system cannot be reached.
	ReasonUnavailable Reason = "UNAVAILABLE"
	// The RPC does not exist here.
	ReasonUnimplemented Reason = "UNIMPLEMENTED"
	// The body is of a type that the call does not take.
	ReasonUnsupportedMediaType Reason = "UNSUPPORTED_MEDIA_TYPE"
	// The bytes are not those of their checksum; none of them was kept.
	ReasonUploadChecksumMismatch Reason = "UPLOAD_CHECKSUM_MISMATCH"
	// The upload was cancelled, or nothing came for too long.
	ReasonUploadEnded Reason = "UPLOAD_ENDED"
	// A header or the length of an upload is not what it should be.
	ReasonUploadInvalid Reason = "UPLOAD_INVALID"
	// The tenant has as many bytes or files on their way as it may have.
	ReasonUploadLimit Reason = "UPLOAD_LIMIT"
	// There is no such upload of the caller's.
	ReasonUploadNotFound Reason = "UPLOAD_NOT_FOUND"
	// Bytes do not begin where those that are here end.
	ReasonUploadOffsetConflict Reason = "UPLOAD_OFFSET_CONFLICT"
	// The disk has no room for what arrives; what was acknowledged stays.
	ReasonUploadStorageFull Reason = "UPLOAD_STORAGE_FULL"
	// The file is larger than files may be here.
	ReasonUploadTooLarge Reason = "UPLOAD_TOO_LARGE"
	// The version of the protocol is not spoken here.
	ReasonUploadVersionUnsupported Reason = "UPLOAD_VERSION_UNSUPPORTED"
	// The address is too long.
	ReasonUriTooLong Reason = "URI_TOO_LONG"
	// Someone else has this name.
	ReasonUsernameTaken Reason = "USERNAME_TAKEN"
	// There is no such account.
	ReasonUserNotFound Reason = "USER_NOT_FOUND"
	// Fields break their rules; `details` lists them.
	ReasonValidationFailed Reason = "VALIDATION_FAILED"
	// The stored version is another one than If-Match names.
	ReasonVersionMismatch Reason = "VERSION_MISMATCH"
	// There is no such video, or it is not published, or it is another creator's.
	ReasonVideoNotFound Reason = "VIDEO_NOT_FOUND"
	// The watchlist has all the titles that it may have.
	ReasonWatchlistFull Reason = "WATCHLIST_FULL"
	// Nothing is sent to a webhook that is disabled.
	ReasonWebhookDisabled Reason = "WEBHOOK_DISABLED"
	// There are as many as there may be.
	ReasonWebhookLimit Reason = "WEBHOOK_LIMIT"
	// There is no such webhook.
	ReasonWebhookNotFound Reason = "WEBHOOK_NOT_FOUND"
	// As many secrets sign as may together.
	ReasonWebhookSecretLimit Reason = "WEBHOOK_SECRET_LIMIT"
	// A window ends before it begins, or as it begins: it would never be open.
	ReasonWindowInvalid Reason = "WINDOW_INVALID"
	// The part of the guide is too large for one answer.
	ReasonWindowTooFull Reason = "WINDOW_TOO_FULL"
	// The window is too large.
	ReasonWindowTooLarge Reason = "WINDOW_TOO_LARGE"
	// There is no such piece of work, or not any more.
	ReasonWorkNotFound Reason = "WORK_NOT_FOUND"
	// The piece of work is being done.
	ReasonWorkRunning Reason = "WORK_RUNNING"
)

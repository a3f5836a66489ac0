// Code generated from proto/ by scripts/gen-clients. DO NOT EDIT.

package streamverse

import (
	"google.golang.org/grpc"

	adminv1 "streamverse.example/client/api/admin/v1"
	authv1 "streamverse.example/client/api/auth/v1"
	contentv1 "streamverse.example/client/api/content/v1"
	livetvv1 "streamverse.example/client/api/livetv/v1"
	paymentsv1 "streamverse.example/client/api/payments/v1"
	rightsv1 "streamverse.example/client/api/rights/v1"
	searchv1 "streamverse.example/client/api/search/v1"
	streamingv1 "streamverse.example/client/api/streaming/v1"
	usersv1 "streamverse.example/client/api/users/v1"
	webhooksv1 "streamverse.example/client/api/webhooks/v1"
)

// Services are the services of the public port.
type Services struct {
	// ArtworkAdmin: The pictures of titles as editors see to them.
	ArtworkAdmin streamingv1.ArtworkAdminServiceClient
	// Audit: Tells administrators who did what.
	Audit adminv1.AuditServiceClient
	// Auth: Signs people in and vouches for them.
	Auth authv1.AuthServiceClient
	// Billing: Invoices of the account, and the way from one plan to another.
	Billing rightsv1.BillingServiceClient
	// Browse: Where viewers begin.
	Browse contentv1.BrowseServiceClient
	// CaptionAdmin: The captions of titles as editors see to them.
	CaptionAdmin streamingv1.CaptionAdminServiceClient
	// Collection: Groups of titles under a name, as viewers see them.
	Collection contentv1.CollectionServiceClient
	// CollectionAdmin: What editors do with collections.
	CollectionAdmin contentv1.CollectionAdminServiceClient
	// Content: What viewers see of the catalogue.
	Content contentv1.ContentServiceClient
	// ContentAdmin: What editors do with the catalogue.
	ContentAdmin contentv1.ContentAdminServiceClient
	// Coupon: Codes that make plans cheaper.
	Coupon rightsv1.CouponServiceClient
	// CouponAdmin: What editors do with coupons.
	CouponAdmin rightsv1.CouponAdminServiceClient
	// DeadLetter: Shows administrators the records of their tenant that wait for somebody.
	DeadLetter adminv1.DeadLetterServiceClient
	// Gift: Codes that give a plan for some months without a payment.
	Gift rightsv1.GiftServiceClient
	// GiftAdmin: What editors do with codes.
	GiftAdmin rightsv1.GiftAdminServiceClient
	// Guide: The guide as viewers see it.
	Guide livetvv1.GuideServiceClient
	// GuideAdmin: The guide as editors fill it.
	GuideAdmin livetvv1.GuideAdminServiceClient
	// ImportAdmin: Brings files of titles in.
	ImportAdmin streamingv1.ImportAdminServiceClient
	// JobAdmin: Shows administrators what all services do beside their calls.
	JobAdmin adminv1.JobAdminServiceClient
	// Library: What a profile keeps for itself.
	Library usersv1.LibraryServiceClient
	// LiveTv: What viewers see of live television.
	LiveTv livetvv1.LiveTvServiceClient
	// LiveTvAdmin: What editors do with channels.
	LiveTvAdmin livetvv1.LiveTvAdminServiceClient
	// MediaAdmin: Keeps the playable media of titles.
	MediaAdmin streamingv1.MediaAdminServiceClient
	// Order: Sells single titles, and tells an account what it has.
	Order rightsv1.OrderServiceClient
	// OrderAdmin: What support does with orders.
	OrderAdmin rightsv1.OrderAdminServiceClient
	// PaymentAdmin: What those who help customers and keep the books see of payments.
	PaymentAdmin paymentsv1.PaymentAdminServiceClient
	// Person: Who made titles and plays in them, as viewers see it.
	Person contentv1.PersonServiceClient
	// PersonAdmin: What editors do with people.
	PersonAdmin contentv1.PersonAdminServiceClient
	// PlaySession: Running playback.
	PlaySession streamingv1.PlaySessionServiceClient
	// Playback: Starts playback.
	Playback streamingv1.PlaybackServiceClient
	// Playlist: Lists of titles that editors put together, as viewers see them.
	Playlist contentv1.PlaylistServiceClient
	// PlaylistAdmin: What editors do with playlists.
	PlaylistAdmin contentv1.PlaylistAdminServiceClient
	// Popularity: How much titles are watched.
	Popularity contentv1.PopularityServiceClient
	// Rights: Sells and decides access.
	Rights rightsv1.RightsServiceClient
	// RightsAdmin: What editors do with plans and rules.
	RightsAdmin rightsv1.RightsAdminServiceClient
	// Search: Finds titles, channels and programmes while the viewer types.
	Search searchv1.SearchServiceClient
	// SearchAdmin: Keeps the index.
	SearchAdmin searchv1.SearchAdminServiceClient
	// SearchTuning: What editors do about what viewers find.
	SearchTuning searchv1.SearchTuningServiceClient
	// Support: What support sees and does about what an account has bought.
	Support rightsv1.SupportServiceClient
	// TestClock: Puts the clock of the caller's tenant on, in the development profile only, so that what takes months is seen in seconds.
	TestClock adminv1.TestClockServiceClient
	// User: Accounts and the profiles of a household.
	User usersv1.UserServiceClient
	// UserAdmin: What those who run the installation do with accounts.
	UserAdmin usersv1.UserAdminServiceClient
	// Video: The catalogue as players of videos see it.
	Video contentv1.VideoServiceClient
	// VideoAdmin: What editors do with videos, and creators with their own.
	VideoAdmin contentv1.VideoAdminServiceClient
	// WatchHistory: What a profile has watched, and where it goes on.
	WatchHistory streamingv1.WatchHistoryServiceClient
	// WebhookAdmin: Tells programs of others what happens here, by requests that are signed as Standard Webhooks says.
	WebhookAdmin webhooksv1.WebhookAdminServiceClient
}

func newServices(conn grpc.ClientConnInterface) Services {
	return Services{
		ArtworkAdmin:    streamingv1.NewArtworkAdminServiceClient(conn),
		Audit:           adminv1.NewAuditServiceClient(conn),
		Auth:            authv1.NewAuthServiceClient(conn),
		Billing:         rightsv1.NewBillingServiceClient(conn),
		Browse:          contentv1.NewBrowseServiceClient(conn),
		CaptionAdmin:    streamingv1.NewCaptionAdminServiceClient(conn),
		Collection:      contentv1.NewCollectionServiceClient(conn),
		CollectionAdmin: contentv1.NewCollectionAdminServiceClient(conn),
		Content:         contentv1.NewContentServiceClient(conn),
		ContentAdmin:    contentv1.NewContentAdminServiceClient(conn),
		Coupon:          rightsv1.NewCouponServiceClient(conn),
		CouponAdmin:     rightsv1.NewCouponAdminServiceClient(conn),
		DeadLetter:      adminv1.NewDeadLetterServiceClient(conn),
		Gift:            rightsv1.NewGiftServiceClient(conn),
		GiftAdmin:       rightsv1.NewGiftAdminServiceClient(conn),
		Guide:           livetvv1.NewGuideServiceClient(conn),
		GuideAdmin:      livetvv1.NewGuideAdminServiceClient(conn),
		ImportAdmin:     streamingv1.NewImportAdminServiceClient(conn),
		JobAdmin:        adminv1.NewJobAdminServiceClient(conn),
		Library:         usersv1.NewLibraryServiceClient(conn),
		LiveTv:          livetvv1.NewLiveTvServiceClient(conn),
		LiveTvAdmin:     livetvv1.NewLiveTvAdminServiceClient(conn),
		MediaAdmin:      streamingv1.NewMediaAdminServiceClient(conn),
		Order:           rightsv1.NewOrderServiceClient(conn),
		OrderAdmin:      rightsv1.NewOrderAdminServiceClient(conn),
		PaymentAdmin:    paymentsv1.NewPaymentAdminServiceClient(conn),
		Person:          contentv1.NewPersonServiceClient(conn),
		PersonAdmin:     contentv1.NewPersonAdminServiceClient(conn),
		PlaySession:     streamingv1.NewPlaySessionServiceClient(conn),
		Playback:        streamingv1.NewPlaybackServiceClient(conn),
		Playlist:        contentv1.NewPlaylistServiceClient(conn),
		PlaylistAdmin:   contentv1.NewPlaylistAdminServiceClient(conn),
		Popularity:      contentv1.NewPopularityServiceClient(conn),
		Rights:          rightsv1.NewRightsServiceClient(conn),
		RightsAdmin:     rightsv1.NewRightsAdminServiceClient(conn),
		Search:          searchv1.NewSearchServiceClient(conn),
		SearchAdmin:     searchv1.NewSearchAdminServiceClient(conn),
		SearchTuning:    searchv1.NewSearchTuningServiceClient(conn),
		Support:         rightsv1.NewSupportServiceClient(conn),
		TestClock:       adminv1.NewTestClockServiceClient(conn),
		User:            usersv1.NewUserServiceClient(conn),
		UserAdmin:       usersv1.NewUserAdminServiceClient(conn),
		Video:           contentv1.NewVideoServiceClient(conn),
		VideoAdmin:      contentv1.NewVideoAdminServiceClient(conn),
		WatchHistory:    streamingv1.NewWatchHistoryServiceClient(conn),
		WebhookAdmin:    webhooksv1.NewWebhookAdminServiceClient(conn),
	}
}

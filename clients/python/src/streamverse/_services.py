"""Generated from proto/ by scripts/gen-clients."""

from functools import cached_property

import grpc

from streamverse.admin.v1 import admin_pb2_grpc as _admin_admin
from streamverse.admin.v1 import dead_letters_pb2_grpc as _admin_dead_letters
from streamverse.admin.v1 import jobs_pb2_grpc as _admin_jobs
from streamverse.admin.v1 import test_clock_pb2_grpc as _admin_test_clock
from streamverse.auth.v1 import auth_pb2_grpc as _auth_auth
from streamverse.content.v1 import browse_pb2_grpc as _content_browse
from streamverse.content.v1 import catalogue_pb2_grpc as _content_catalogue
from streamverse.content.v1 import collections_pb2_grpc as _content_collections
from streamverse.content.v1 import people_pb2_grpc as _content_people
from streamverse.content.v1 import playlists_pb2_grpc as _content_playlists
from streamverse.content.v1 import popularity_pb2_grpc as _content_popularity
from streamverse.content.v1 import videos_pb2_grpc as _content_videos
from streamverse.livetv.v1 import guide_pb2_grpc as _livetv_guide
from streamverse.livetv.v1 import livetv_pb2_grpc as _livetv_livetv
from streamverse.payments.v1 import admin_pb2_grpc as _payments_admin
from streamverse.rights.v1 import admin_pb2_grpc as _rights_admin
from streamverse.rights.v1 import billing_pb2_grpc as _rights_billing
from streamverse.rights.v1 import coupons_pb2_grpc as _rights_coupons
from streamverse.rights.v1 import gifts_pb2_grpc as _rights_gifts
from streamverse.rights.v1 import orders_pb2_grpc as _rights_orders
from streamverse.rights.v1 import rights_pb2_grpc as _rights_rights
from streamverse.rights.v1 import support_pb2_grpc as _rights_support
from streamverse.search.v1 import search_pb2_grpc as _search_search
from streamverse.search.v1 import tuning_pb2_grpc as _search_tuning
from streamverse.streaming.v1 import artwork_pb2_grpc as _streaming_artwork
from streamverse.streaming.v1 import captions_pb2_grpc as _streaming_captions
from streamverse.streaming.v1 import history_pb2_grpc as _streaming_history
from streamverse.streaming.v1 import imports_pb2_grpc as _streaming_imports
from streamverse.streaming.v1 import playback_pb2_grpc as _streaming_playback
from streamverse.streaming.v1 import sessions_pb2_grpc as _streaming_sessions
from streamverse.users.v1 import accounts_pb2_grpc as _users_accounts
from streamverse.users.v1 import library_pb2_grpc as _users_library
from streamverse.users.v1 import users_pb2_grpc as _users_users
from streamverse.webhooks.v1 import webhooks_pb2_grpc as _webhooks_webhooks


class Services:
    """The services of the public port."""

    _caller: grpc.Channel

    @cached_property
    def artwork_admin(self) -> _streaming_artwork.ArtworkAdminServiceStub:
        """The pictures of titles as editors see to them."""
        return _streaming_artwork.ArtworkAdminServiceStub(self._caller)

    @cached_property
    def audit(self) -> _admin_admin.AuditServiceStub:
        """Tells administrators who did what."""
        return _admin_admin.AuditServiceStub(self._caller)

    @cached_property
    def auth(self) -> _auth_auth.AuthServiceStub:
        """Signs people in and vouches for them."""
        return _auth_auth.AuthServiceStub(self._caller)

    @cached_property
    def billing(self) -> _rights_billing.BillingServiceStub:
        """Invoices of the account, and the way from one plan to another."""
        return _rights_billing.BillingServiceStub(self._caller)

    @cached_property
    def browse(self) -> _content_browse.BrowseServiceStub:
        """Where viewers begin."""
        return _content_browse.BrowseServiceStub(self._caller)

    @cached_property
    def caption_admin(self) -> _streaming_captions.CaptionAdminServiceStub:
        """The captions of titles as editors see to them."""
        return _streaming_captions.CaptionAdminServiceStub(self._caller)

    @cached_property
    def collection(self) -> _content_collections.CollectionServiceStub:
        """Groups of titles under a name, as viewers see them."""
        return _content_collections.CollectionServiceStub(self._caller)

    @cached_property
    def collection_admin(self) -> _content_collections.CollectionAdminServiceStub:
        """What editors do with collections."""
        return _content_collections.CollectionAdminServiceStub(self._caller)

    @cached_property
    def content(self) -> _content_catalogue.ContentServiceStub:
        """What viewers see of the catalogue."""
        return _content_catalogue.ContentServiceStub(self._caller)

    @cached_property
    def content_admin(self) -> _content_catalogue.ContentAdminServiceStub:
        """What editors do with the catalogue."""
        return _content_catalogue.ContentAdminServiceStub(self._caller)

    @cached_property
    def coupon(self) -> _rights_coupons.CouponServiceStub:
        """Codes that make plans cheaper."""
        return _rights_coupons.CouponServiceStub(self._caller)

    @cached_property
    def coupon_admin(self) -> _rights_coupons.CouponAdminServiceStub:
        """What editors do with coupons."""
        return _rights_coupons.CouponAdminServiceStub(self._caller)

    @cached_property
    def dead_letter(self) -> _admin_dead_letters.DeadLetterServiceStub:
        """Shows administrators the records of their tenant that wait for somebody."""
        return _admin_dead_letters.DeadLetterServiceStub(self._caller)

    @cached_property
    def gift(self) -> _rights_gifts.GiftServiceStub:
        """Codes that give a plan for some months without a payment."""
        return _rights_gifts.GiftServiceStub(self._caller)

    @cached_property
    def gift_admin(self) -> _rights_gifts.GiftAdminServiceStub:
        """What editors do with codes."""
        return _rights_gifts.GiftAdminServiceStub(self._caller)

    @cached_property
    def guide(self) -> _livetv_guide.GuideServiceStub:
        """The guide as viewers see it."""
        return _livetv_guide.GuideServiceStub(self._caller)

    @cached_property
    def guide_admin(self) -> _livetv_guide.GuideAdminServiceStub:
        """The guide as editors fill it."""
        return _livetv_guide.GuideAdminServiceStub(self._caller)

    @cached_property
    def import_admin(self) -> _streaming_imports.ImportAdminServiceStub:
        """Brings files of titles in."""
        return _streaming_imports.ImportAdminServiceStub(self._caller)

    @cached_property
    def job_admin(self) -> _admin_jobs.JobAdminServiceStub:
        """Shows administrators what all services do beside their calls."""
        return _admin_jobs.JobAdminServiceStub(self._caller)

    @cached_property
    def library(self) -> _users_library.LibraryServiceStub:
        """What a profile keeps for itself."""
        return _users_library.LibraryServiceStub(self._caller)

    @cached_property
    def live_tv(self) -> _livetv_livetv.LiveTvServiceStub:
        """What viewers see of live television."""
        return _livetv_livetv.LiveTvServiceStub(self._caller)

    @cached_property
    def live_tv_admin(self) -> _livetv_livetv.LiveTvAdminServiceStub:
        """What editors do with channels."""
        return _livetv_livetv.LiveTvAdminServiceStub(self._caller)

    @cached_property
    def media_admin(self) -> _streaming_playback.MediaAdminServiceStub:
        """Keeps the playable media of titles."""
        return _streaming_playback.MediaAdminServiceStub(self._caller)

    @cached_property
    def order(self) -> _rights_orders.OrderServiceStub:
        """Sells single titles, and tells an account what it has."""
        return _rights_orders.OrderServiceStub(self._caller)

    @cached_property
    def order_admin(self) -> _rights_orders.OrderAdminServiceStub:
        """What support does with orders."""
        return _rights_orders.OrderAdminServiceStub(self._caller)

    @cached_property
    def payment_admin(self) -> _payments_admin.PaymentAdminServiceStub:
        """What those who help customers and keep the books see of payments."""
        return _payments_admin.PaymentAdminServiceStub(self._caller)

    @cached_property
    def person(self) -> _content_people.PersonServiceStub:
        """Who made titles and plays in them, as viewers see it."""
        return _content_people.PersonServiceStub(self._caller)

    @cached_property
    def person_admin(self) -> _content_people.PersonAdminServiceStub:
        """What editors do with people."""
        return _content_people.PersonAdminServiceStub(self._caller)

    @cached_property
    def play_session(self) -> _streaming_sessions.PlaySessionServiceStub:
        """Running playback."""
        return _streaming_sessions.PlaySessionServiceStub(self._caller)

    @cached_property
    def playback(self) -> _streaming_playback.PlaybackServiceStub:
        """Starts playback."""
        return _streaming_playback.PlaybackServiceStub(self._caller)

    @cached_property
    def playlist(self) -> _content_playlists.PlaylistServiceStub:
        """Lists of titles that editors put together, as viewers see them."""
        return _content_playlists.PlaylistServiceStub(self._caller)

    @cached_property
    def playlist_admin(self) -> _content_playlists.PlaylistAdminServiceStub:
        """What editors do with playlists."""
        return _content_playlists.PlaylistAdminServiceStub(self._caller)

    @cached_property
    def popularity(self) -> _content_popularity.PopularityServiceStub:
        """How much titles are watched."""
        return _content_popularity.PopularityServiceStub(self._caller)

    @cached_property
    def rights(self) -> _rights_rights.RightsServiceStub:
        """Sells and decides access."""
        return _rights_rights.RightsServiceStub(self._caller)

    @cached_property
    def rights_admin(self) -> _rights_admin.RightsAdminServiceStub:
        """What editors do with plans and rules."""
        return _rights_admin.RightsAdminServiceStub(self._caller)

    @cached_property
    def search(self) -> _search_search.SearchServiceStub:
        """Finds titles, channels and programmes while the viewer types."""
        return _search_search.SearchServiceStub(self._caller)

    @cached_property
    def search_admin(self) -> _search_search.SearchAdminServiceStub:
        """Keeps the index."""
        return _search_search.SearchAdminServiceStub(self._caller)

    @cached_property
    def search_tuning(self) -> _search_tuning.SearchTuningServiceStub:
        """What editors do about what viewers find."""
        return _search_tuning.SearchTuningServiceStub(self._caller)

    @cached_property
    def support(self) -> _rights_support.SupportServiceStub:
        """What support sees and does about what an account has bought."""
        return _rights_support.SupportServiceStub(self._caller)

    @cached_property
    def test_clock(self) -> _admin_test_clock.TestClockServiceStub:
        """Puts the clock of the caller's tenant on, in the development profile only, so that what takes months is seen in seconds."""
        return _admin_test_clock.TestClockServiceStub(self._caller)

    @cached_property
    def user(self) -> _users_users.UserServiceStub:
        """Accounts and the profiles of a household."""
        return _users_users.UserServiceStub(self._caller)

    @cached_property
    def user_admin(self) -> _users_accounts.UserAdminServiceStub:
        """What those who run the installation do with accounts."""
        return _users_accounts.UserAdminServiceStub(self._caller)

    @cached_property
    def video(self) -> _content_videos.VideoServiceStub:
        """The catalogue as players of videos see it."""
        return _content_videos.VideoServiceStub(self._caller)

    @cached_property
    def video_admin(self) -> _content_videos.VideoAdminServiceStub:
        """What editors do with videos, and creators with their own."""
        return _content_videos.VideoAdminServiceStub(self._caller)

    @cached_property
    def watch_history(self) -> _streaming_history.WatchHistoryServiceStub:
        """What a profile has watched, and where it goes on."""
        return _streaming_history.WatchHistoryServiceStub(self._caller)

    @cached_property
    def webhook_admin(self) -> _webhooks_webhooks.WebhookAdminServiceStub:
        """Tells programs of others what happens here, by requests that are signed as Standard Webhooks says."""
        return _webhooks_webhooks.WebhookAdminServiceStub(self._caller)


class AsyncServices:
    """The services of the public port."""

    _caller: grpc.aio.Channel

    @cached_property
    def artwork_admin(self) -> "_streaming_artwork.ArtworkAdminServiceAsyncStub":
        """The pictures of titles as editors see to them."""
        return _streaming_artwork.ArtworkAdminServiceStub(self._caller)

    @cached_property
    def audit(self) -> "_admin_admin.AuditServiceAsyncStub":
        """Tells administrators who did what."""
        return _admin_admin.AuditServiceStub(self._caller)

    @cached_property
    def auth(self) -> "_auth_auth.AuthServiceAsyncStub":
        """Signs people in and vouches for them."""
        return _auth_auth.AuthServiceStub(self._caller)

    @cached_property
    def billing(self) -> "_rights_billing.BillingServiceAsyncStub":
        """Invoices of the account, and the way from one plan to another."""
        return _rights_billing.BillingServiceStub(self._caller)

    @cached_property
    def browse(self) -> "_content_browse.BrowseServiceAsyncStub":
        """Where viewers begin."""
        return _content_browse.BrowseServiceStub(self._caller)

    @cached_property
    def caption_admin(self) -> "_streaming_captions.CaptionAdminServiceAsyncStub":
        """The captions of titles as editors see to them."""
        return _streaming_captions.CaptionAdminServiceStub(self._caller)

    @cached_property
    def collection(self) -> "_content_collections.CollectionServiceAsyncStub":
        """Groups of titles under a name, as viewers see them."""
        return _content_collections.CollectionServiceStub(self._caller)

    @cached_property
    def collection_admin(self) -> "_content_collections.CollectionAdminServiceAsyncStub":
        """What editors do with collections."""
        return _content_collections.CollectionAdminServiceStub(self._caller)

    @cached_property
    def content(self) -> "_content_catalogue.ContentServiceAsyncStub":
        """What viewers see of the catalogue."""
        return _content_catalogue.ContentServiceStub(self._caller)

    @cached_property
    def content_admin(self) -> "_content_catalogue.ContentAdminServiceAsyncStub":
        """What editors do with the catalogue."""
        return _content_catalogue.ContentAdminServiceStub(self._caller)

    @cached_property
    def coupon(self) -> "_rights_coupons.CouponServiceAsyncStub":
        """Codes that make plans cheaper."""
        return _rights_coupons.CouponServiceStub(self._caller)

    @cached_property
    def coupon_admin(self) -> "_rights_coupons.CouponAdminServiceAsyncStub":
        """What editors do with coupons."""
        return _rights_coupons.CouponAdminServiceStub(self._caller)

    @cached_property
    def dead_letter(self) -> "_admin_dead_letters.DeadLetterServiceAsyncStub":
        """Shows administrators the records of their tenant that wait for somebody."""
        return _admin_dead_letters.DeadLetterServiceStub(self._caller)

    @cached_property
    def gift(self) -> "_rights_gifts.GiftServiceAsyncStub":
        """Codes that give a plan for some months without a payment."""
        return _rights_gifts.GiftServiceStub(self._caller)

    @cached_property
    def gift_admin(self) -> "_rights_gifts.GiftAdminServiceAsyncStub":
        """What editors do with codes."""
        return _rights_gifts.GiftAdminServiceStub(self._caller)

    @cached_property
    def guide(self) -> "_livetv_guide.GuideServiceAsyncStub":
        """The guide as viewers see it."""
        return _livetv_guide.GuideServiceStub(self._caller)

    @cached_property
    def guide_admin(self) -> "_livetv_guide.GuideAdminServiceAsyncStub":
        """The guide as editors fill it."""
        return _livetv_guide.GuideAdminServiceStub(self._caller)

    @cached_property
    def import_admin(self) -> "_streaming_imports.ImportAdminServiceAsyncStub":
        """Brings files of titles in."""
        return _streaming_imports.ImportAdminServiceStub(self._caller)

    @cached_property
    def job_admin(self) -> "_admin_jobs.JobAdminServiceAsyncStub":
        """Shows administrators what all services do beside their calls."""
        return _admin_jobs.JobAdminServiceStub(self._caller)

    @cached_property
    def library(self) -> "_users_library.LibraryServiceAsyncStub":
        """What a profile keeps for itself."""
        return _users_library.LibraryServiceStub(self._caller)

    @cached_property
    def live_tv(self) -> "_livetv_livetv.LiveTvServiceAsyncStub":
        """What viewers see of live television."""
        return _livetv_livetv.LiveTvServiceStub(self._caller)

    @cached_property
    def live_tv_admin(self) -> "_livetv_livetv.LiveTvAdminServiceAsyncStub":
        """What editors do with channels."""
        return _livetv_livetv.LiveTvAdminServiceStub(self._caller)

    @cached_property
    def media_admin(self) -> "_streaming_playback.MediaAdminServiceAsyncStub":
        """Keeps the playable media of titles."""
        return _streaming_playback.MediaAdminServiceStub(self._caller)

    @cached_property
    def order(self) -> "_rights_orders.OrderServiceAsyncStub":
        """Sells single titles, and tells an account what it has."""
        return _rights_orders.OrderServiceStub(self._caller)

    @cached_property
    def order_admin(self) -> "_rights_orders.OrderAdminServiceAsyncStub":
        """What support does with orders."""
        return _rights_orders.OrderAdminServiceStub(self._caller)

    @cached_property
    def payment_admin(self) -> "_payments_admin.PaymentAdminServiceAsyncStub":
        """What those who help customers and keep the books see of payments."""
        return _payments_admin.PaymentAdminServiceStub(self._caller)

    @cached_property
    def person(self) -> "_content_people.PersonServiceAsyncStub":
        """Who made titles and plays in them, as viewers see it."""
        return _content_people.PersonServiceStub(self._caller)

    @cached_property
    def person_admin(self) -> "_content_people.PersonAdminServiceAsyncStub":
        """What editors do with people."""
        return _content_people.PersonAdminServiceStub(self._caller)

    @cached_property
    def play_session(self) -> "_streaming_sessions.PlaySessionServiceAsyncStub":
        """Running playback."""
        return _streaming_sessions.PlaySessionServiceStub(self._caller)

    @cached_property
    def playback(self) -> "_streaming_playback.PlaybackServiceAsyncStub":
        """Starts playback."""
        return _streaming_playback.PlaybackServiceStub(self._caller)

    @cached_property
    def playlist(self) -> "_content_playlists.PlaylistServiceAsyncStub":
        """Lists of titles that editors put together, as viewers see them."""
        return _content_playlists.PlaylistServiceStub(self._caller)

    @cached_property
    def playlist_admin(self) -> "_content_playlists.PlaylistAdminServiceAsyncStub":
        """What editors do with playlists."""
        return _content_playlists.PlaylistAdminServiceStub(self._caller)

    @cached_property
    def popularity(self) -> "_content_popularity.PopularityServiceAsyncStub":
        """How much titles are watched."""
        return _content_popularity.PopularityServiceStub(self._caller)

    @cached_property
    def rights(self) -> "_rights_rights.RightsServiceAsyncStub":
        """Sells and decides access."""
        return _rights_rights.RightsServiceStub(self._caller)

    @cached_property
    def rights_admin(self) -> "_rights_admin.RightsAdminServiceAsyncStub":
        """What editors do with plans and rules."""
        return _rights_admin.RightsAdminServiceStub(self._caller)

    @cached_property
    def search(self) -> "_search_search.SearchServiceAsyncStub":
        """Finds titles, channels and programmes while the viewer types."""
        return _search_search.SearchServiceStub(self._caller)

    @cached_property
    def search_admin(self) -> "_search_search.SearchAdminServiceAsyncStub":
        """Keeps the index."""
        return _search_search.SearchAdminServiceStub(self._caller)

    @cached_property
    def search_tuning(self) -> "_search_tuning.SearchTuningServiceAsyncStub":
        """What editors do about what viewers find."""
        return _search_tuning.SearchTuningServiceStub(self._caller)

    @cached_property
    def support(self) -> "_rights_support.SupportServiceAsyncStub":
        """What support sees and does about what an account has bought."""
        return _rights_support.SupportServiceStub(self._caller)

    @cached_property
    def test_clock(self) -> "_admin_test_clock.TestClockServiceAsyncStub":
        """Puts the clock of the caller's tenant on, in the development profile only, so that what takes months is seen in seconds."""
        return _admin_test_clock.TestClockServiceStub(self._caller)

    @cached_property
    def user(self) -> "_users_users.UserServiceAsyncStub":
        """Accounts and the profiles of a household."""
        return _users_users.UserServiceStub(self._caller)

    @cached_property
    def user_admin(self) -> "_users_accounts.UserAdminServiceAsyncStub":
        """What those who run the installation do with accounts."""
        return _users_accounts.UserAdminServiceStub(self._caller)

    @cached_property
    def video(self) -> "_content_videos.VideoServiceAsyncStub":
        """The catalogue as players of videos see it."""
        return _content_videos.VideoServiceStub(self._caller)

    @cached_property
    def video_admin(self) -> "_content_videos.VideoAdminServiceAsyncStub":
        """What editors do with videos, and creators with their own."""
        return _content_videos.VideoAdminServiceStub(self._caller)

    @cached_property
    def watch_history(self) -> "_streaming_history.WatchHistoryServiceAsyncStub":
        """What a profile has watched, and where it goes on."""
        return _streaming_history.WatchHistoryServiceStub(self._caller)

    @cached_property
    def webhook_admin(self) -> "_webhooks_webhooks.WebhookAdminServiceAsyncStub":
        """Tells programs of others what happens here, by requests that are signed as Standard Webhooks says."""
        return _webhooks_webhooks.WebhookAdminServiceStub(self._caller)

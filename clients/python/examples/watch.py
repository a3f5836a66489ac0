"""Signs up, finds a film, subscribes, and plays ten seconds of it; the second run goes on where the first one stopped.

    python examples/watch.py http://localhost:3000
"""

import sys
import time
from itertools import islice

from streamverse import Client, StreamVerseError, reasons
from streamverse.content.v1.browse_pb2 import ListTitlesRequest
from streamverse.rights.v1.rights_pb2 import Offers, SubscribeRequest
from streamverse.search.v1.search_pb2 import SearchGlobalRequest

EMAIL, PASSWORD = "python-example@example.org", "a long enough password"


def main(url: str, seconds: float = 10) -> None:
    with Client(url, device_id="Python example") as client:
        try:
            client.register(EMAIL, PASSWORD, "Ana")
        except StreamVerseError as error:
            if error.reason != reasons.EMAIL_TAKEN:
                raise
            client.sign_in(EMAIL, PASSWORD)

        dramas = client.pages(client.browse.ListTitles, ListTitlesRequest(genre=["Drama"]))
        print("dramas:", ", ".join(title.title for title in islice(dramas, 3)))

        hit = client.search.SearchGlobal(SearchGlobalRequest(q="endles coast", limit=1)).items[0]
        print("found:", hit.title)
        try:
            playback = client.play(hit.id)
        except StreamVerseError as error:
            offers = error.detail(Offers)
            if offers is None:
                raise
            plan = offers.offers[0].plan.code
            print("it opens with the plan", plan)
            client.rights.Subscribe(SubscribeRequest(plan_id=plan))
            playback = client.play(hit.id)

        with playback:
            print("plays from", playback.resume_position, "s:", playback.playback_url)
            began = time.monotonic()
            while playback.stop_reason is None and time.monotonic() - began < seconds:
                playback.position = playback.resume_position + time.monotonic() - began
                time.sleep(0.1)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:3000", *map(float, sys.argv[2:]))

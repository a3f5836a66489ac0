// Signs up, finds a film, subscribes, and plays ten seconds of it; the second run goes on where the first one stopped.
//
//	go run ./examples/watch http://localhost:3000
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	streamverse "streamverse.example/client"
	authv1 "streamverse.example/client/api/auth/v1"
	contentv1 "streamverse.example/client/api/content/v1"
	rightsv1 "streamverse.example/client/api/rights/v1"
	searchv1 "streamverse.example/client/api/search/v1"
)

const email, password = "go-example@example.org", "a long enough password"

func main() {
	url, watched := "http://localhost:3000", 10*time.Second
	if len(os.Args) > 1 {
		url = os.Args[1]
	}
	if len(os.Args) > 2 {
		watched, _ = time.ParseDuration(os.Args[2])
	}
	if err := watch(context.Background(), url, watched); err != nil {
		log.Fatal(err)
	}
}

func watch(ctx context.Context, url string, watched time.Duration) error {
	client, err := streamverse.New(url, streamverse.WithDevice("Go example"))
	if err != nil {
		return err
	}
	defer client.Close()
	_, err = client.Register(ctx, &authv1.RegisterRequest{Email: email, Password: password, Name: "Ana"})
	if errors.Is(err, streamverse.ReasonEmailTaken) {
		_, err = client.SignIn(ctx, email, password)
	}
	if err != nil {
		return err
	}

	shown := 0
	dramas := &contentv1.ListTitlesRequest{Genre: []string{"Drama"}}
	for title, err := range streamverse.Pages(ctx, client.Browse.ListTitles, dramas) {
		if err != nil {
			return err
		}
		fmt.Println("drama:", title.Title)
		if shown++; shown == 3 {
			break
		}
	}

	found, err := client.Search.SearchGlobal(ctx, &searchv1.SearchGlobalRequest{Q: "endles coast", Limit: 1})
	if err != nil {
		return err
	}
	film := found.Items[0]
	fmt.Println("found:", film.Title)

	playback, err := client.Play(ctx, film.Id)
	if offers, ok := streamverse.Detail[*rightsv1.Offers](err); ok {
		plan := offers.Offers[0].Plan.Code
		fmt.Println("it opens with the plan", plan)
		if _, err = client.Rights.Subscribe(ctx, &rightsv1.SubscribeRequest{PlanId: plan}); err != nil {
			return err
		}
		playback, err = client.Play(ctx, film.Id)
	}
	if err != nil {
		return err
	}
	fmt.Println("plays from", playback.ResumePositionSeconds, "s:", playback.URL)
	select {
	case <-playback.Stopped():
		fmt.Println("stopped:", playback.StopReason())
	case <-time.After(watched):
		playback.SetPosition(playback.ResumePositionSeconds + watched.Seconds())
	}
	return playback.Close(ctx)
}

package streamverse

import (
	"context"
	"iter"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Pages goes through a list, page by page as it is read:
//
//	for title, err := range streamverse.Pages(ctx, client.Browse.ListTitles, &contentv1.ListTitlesRequest{}) {
//
// The request's PageSize says how many items a page has. An error is the last that comes.
func Pages[Request proto.Message, Page interface {
	GetItems() []Item
	GetNextPageToken() string
}, Item any](
	ctx context.Context,
	call func(context.Context, Request, ...grpc.CallOption) (Page, error),
	request Request,
) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		ask := proto.Clone(request)
		fields := ask.ProtoReflect().Descriptor().Fields()
		for {
			page, err := call(ctx, ask.(Request))
			if err != nil {
				var none Item
				yield(none, err)
				return
			}
			for _, item := range page.GetItems() {
				if !yield(item, nil) {
					return
				}
			}
			next := page.GetNextPageToken()
			if next == "" {
				return
			}
			ask.ProtoReflect().Set(fields.ByName("page_token"), protoreflect.ValueOfString(next))
			if offset := fields.ByName("offset"); offset != nil {
				ask.ProtoReflect().Clear(offset)
			}
		}
	}
}

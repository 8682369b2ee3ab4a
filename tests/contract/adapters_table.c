#include "tests/contract/adapters.h"

/* clang-format off */
const struct adapter_row adapter_rows[] = {
	{.title = "mastodon tag", .adapter = "mastodon", .path = "",
	    .query = "#acmefail", .folder = "mastodon",
	    .routes = "contract.routes", .rewrite = "localhost:8585",
	    .data = "/api/v1/timelines/*",
	    .page = "gts-tag-timeline.body.json", .empty = "[]",
	    .n_posts = 3, .n_first = -1},
	{.title = "bluesky mentions", .adapter = "bluesky", .path = "",
	    .query = "mentions", .token = "acmecare.test:s3cr3t-m4rk3r",
	    .folder = "bluesky", .routes = "contract.routes",
	    .data = "/xrpc/app.bsky.notification.*",
	    .page = "local-listNotifications-page2.body.json",
	    .empty = "{\"notifications\":[]}", .n_posts = 3, .n_first = 0},
	{.title = "feed", .adapter = "feed", .path = "/rss", .query = "",
	    .folder = "feed", .routes = "contract.routes",
	    .data = "/rss", .empty = "<rss version='2.0'><channel/></rss>",
	    .n_posts = 2, .n_first = -1},
};
/* clang-format on */
const size_t n_adapter_rows = sizeof(adapter_rows) / sizeof(adapter_rows[0]);

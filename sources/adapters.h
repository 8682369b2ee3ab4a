#ifndef SRC_ADAPTERS_H
#define SRC_ADAPTERS_H

#include "sources/source.h"

/* Each adapter's operations; registry.c lists them. */
extern const struct src_ops src_mastodon;
extern const struct src_ops src_bluesky;
extern const struct src_ops src_feed;
extern const struct src_ops src_discourse;
extern const struct src_ops src_github;
extern const struct src_ops src_gitlab;
extern const struct src_ops src_hackernews;
extern const struct src_ops src_json;
extern const struct src_ops src_reddit;
extern const struct src_ops src_appstore;
extern const struct src_ops src_stackexchange;
extern const struct src_ops src_x;
extern const struct src_ops src_youtube;
extern const struct src_ops src_cfpb;

#endif

#include "sources/bluesky_post.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/when.h"
#include "sources/answer.h"

#define FACETS_MAX 64 /* links of a post that are looked at */
#define LABELS_MAX 8
#define LINK_MAX 2048 /* bytes */

#define FACET_LINK "app.bsky.richtext.facet#link"
#define POSTS "app.bsky.feed.post"

/* --- ids and times ----------------------------------------------------- */

/* Bytes of the first part if they are all good, and end where they should. */
static size_t
part(const char *s, const char *others, char end)
{
	size_t n = 0;

	while ((s[n] >= 'a' && s[n] <= 'z') || (s[n] >= 'A' && s[n] <= 'Z') ||
	    (s[n] >= '0' && s[n] <= '9') ||
	    (s[n] != '\0' && strchr(others, s[n]) != NULL))
		n++;
	return s[n] == end ? n : 0;
}

/* Splits the address of a post; both parts point into it. */
static bool
split_uri(const char *uri, const char **did, size_t *n_did, const char **rkey)
{
	static const char collection[] = "/" POSTS "/";

	if (uri == NULL || strlen(uri) > CQ_ID_MAX ||
	    strncmp(uri, "at://did:", 9) != 0)
		return false;
	*did = uri + 5;
	*n_did = part(*did, ":._%-", '/');
	if (*n_did <= 4 ||
	    strncmp(*did + *n_did, collection, sizeof(collection) - 1) != 0)
		return false;
	*rkey = *did + *n_did + sizeof(collection) - 1;
	return part(*rkey, "._:~-", '\0') > 0;
}

bool
bluesky_is_post(const char *uri)
{
	const char *did, *rkey;
	size_t n;

	return split_uri(uri, &did, &n, &rkey);
}

/* "at://..." of a post, or NULL: lists and feeds can be quoted as well. */
static const char *
post_uri(const cJSON *object)
{
	const char *uri = json_str(object, "uri");

	return bluesky_is_post(uri) ? uri : NULL;
}

int64_t
bluesky_indexed_at(const cJSON *view, int64_t now)
{
	const char *s = json_str(view, "indexedAt");
	int64_t at;

	if (s == NULL || !cq_time_parse(s, &at))
		return CQ_NO_TIME;
	return at > now ? now : at;
}

/*
 * createdAt is what the author claims, and may be 1970 or 2099; so a post
 * is as old as the network has known it.  The claim only counts where
 * nothing else is known, and where it can be true.
 */
static int64_t
created_at(const cJSON *view, const cJSON *record, int64_t now)
{
	int64_t at = bluesky_indexed_at(view, now);
	const char *claim = json_str(record, "createdAt");

	if (at == CQ_NO_TIME && claim != NULL && cq_time_parse(claim, &at) &&
	    at > now)
		at = CQ_NO_TIME;
	return at;
}

/* --- links in the text ------------------------------------------------- */

struct link {
	size_t start, end; /* bytes, half-open */
	const char *uri;
};

/* Is this where a character begins, or the end of the text? */
static bool
is_edge(const char *text, size_t n, int64_t at)
{
	return at >= 0 && at <= (int64_t)n && (text[at] & 0xc0) != 0x80;
}

static bool
is_web_link(const char *uri)
{
	size_t n;

	if (uri == NULL || (n = strlen(uri)) > LINK_MAX ||
	    (strncasecmp(uri, "https://", 8) != 0 &&
		strncasecmp(uri, "http://", 7) != 0))
		return false;
	while (n > 0)
		if ((unsigned char)uri[--n] <= 0x20 || uri[n] == 0x7f)
			return false;
	return true;
}

static const char *
facet_uri(const cJSON *facet)
{
	const cJSON *feature;

	cJSON_ArrayForEach(feature, json_member(facet, "features"))
	{
		const char *type = json_str(feature, "$type");

		if (type != NULL && strcmp(type, FACET_LINK) == 0)
			return json_str(feature, "uri");
	}
	return NULL;
}

/* False if the facet is no link, or its bytes are no part of the text. */
static bool
read_link(const cJSON *facet, const char *text, size_t n, struct link *out)
{
	const cJSON *index = json_member(facet, "index");
	int64_t start, end;

	if (!json_int(json_member(index, "byteStart"), &start) ||
	    !json_int(json_member(index, "byteEnd"), &end) || start >= end ||
	    !is_edge(text, n, start) || !is_edge(text, n, end))
		return false;
	*out = (struct link){(size_t)start, (size_t)end, facet_uri(facet)};
	return is_web_link(out->uri);
}

/* The links in the order of the text; of two that overlap, the first. */
static size_t
read_links(const cJSON *record, const char *text, size_t n,
    struct link links[FACETS_MAX])
{
	const cJSON *facets = json_member(record, "facets"), *facet;
	size_t n_links = 0, i;

	if (!cJSON_IsArray(facets))
		return 0;
	cJSON_ArrayForEach(facet, facets)
	{
		struct link link;
		bool free_place = true;

		if (n_links == FACETS_MAX || !read_link(facet, text, n, &link))
			continue;
		for (i = 0; i < n_links; i++)
			if (link.start < links[i].end &&
			    links[i].start < link.end)
				free_place = false;
		if (!free_place)
			continue;
		for (i = n_links++; i > 0 && links[i - 1].start > link.start;
		     i--)
			links[i] = links[i - 1];
		links[i] = link;
	}
	return n_links;
}

static const char *
without_scheme(const char *s)
{
	if (strncasecmp(s, "https://", 8) == 0)
		return s + 8;
	return strncasecmp(s, "http://", 7) == 0 ? s + 7 : s;
}

/*
 * Do the words stand for the address, whole or cut off?  Apps write
 * "shop.example/help/re..." for a long one.
 */
static bool
is_short_form(const char *words, const char *uri)
{
	const char *shown = without_scheme(words);
	const char *whole = without_scheme(uri);
	size_t n = strlen(shown), n_whole = strlen(whole);

	if (n > 3 &&
	    (strcmp(shown + n - 3, "...") == 0 ||
		strcmp(shown + n - 3, "\xe2\x80\xa6") == 0))
		return strncasecmp(shown, whole, n - 3) == 0;
	if (n_whole == n + 1 && whole[n] == '/')
		n_whole--;
	return n_whole == n && strncasecmp(shown, whole, n) == 0;
}

static void
add_link(struct cq_buf *out, const char *text, const struct link *link)
{
	char *words = cq_strndup(text + link->start, link->end - link->start);

	if (is_short_form(words, link->uri))
		cq_buf_str(out, link->uri);
	else
		cq_buf_fmt(out, "%s (%s)", words, link->uri);
	free(words);
}

static void
add_words(struct cq_buf *out, const cJSON *record)
{
	const char *text = json_str(record, "text");
	struct link links[FACETS_MAX];
	size_t n, n_links, i, at = 0;

	if (text == NULL)
		return;
	n = strlen(text);
	n_links = read_links(record, text, n, links);
	for (i = 0; i < n_links; i++) {
		cq_buf_add(out, text + at, links[i].start - at);
		add_link(out, text, &links[i]);
		at = links[i].end;
	}
	cq_buf_add(out, text + at, n - at);
}

/* --- what comes with it ------------------------------------------------ */

/* The embed itself, or the part with the pictures beside a quote. */
static const cJSON *
media_of(const cJSON *record)
{
	const cJSON *embed = json_member(record, "embed");
	const cJSON *media = json_member(embed, "media");

	return media == NULL ? embed : media;
}

static const char *
quoted(const cJSON *record)
{
	const cJSON *inner =
	    json_member(json_member(record, "embed"), "record");
	const char *uri = post_uri(inner);

	return uri != NULL ? uri : post_uri(json_member(inner, "record"));
}

/* A link may stand in a card only. */
static void
add_card(struct cq_buf *out, const cJSON *record)
{
	const cJSON *card = json_member(media_of(record), "external");
	const char *uri = json_str(card, "uri");

	if (!is_web_link(uri) || (out->n > 0 && strstr(out->s, uri) != NULL))
		return;
	if (out->n > 0)
		cq_buf_char(out, '\n');
	cq_buf_str(out, uri);
}

static void
add_medium(struct cq_buf *out, const char *kind, const cJSON *medium)
{
	const char *words = json_str(medium, "alt");

	if (out->n > 0)
		cq_buf_char(out, '\n');
	cq_buf_fmt(out, "[%s%s%s]", kind,
	    words == NULL || *words == '\0' ? "" : ": ",
	    words == NULL ? "" : words);
}

/* Pictures speak through their descriptions when there are no words. */
static void
add_media(struct cq_buf *out, const cJSON *record)
{
	const cJSON *media = media_of(record), *one;
	const cJSON *images = json_member(media, "images");

	if (cJSON_IsArray(images)) {
		cJSON_ArrayForEach(one, images)
		{
			add_medium(out, "image", one);
		}
	}
	if (cJSON_IsObject(json_member(media, "video")))
		add_medium(out, "video", media);
}

/*
 * Labels that apps hide a post behind until a click; others ("spam",
 * "rude") come and go and would look like edits.
 */
static bool
covers(const char *label)
{
	static const char *const words[] = {"!hide", "!warn", "porn", "sexual",
	    "nudity", "graphic-media", "gore"};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(label, words[i]) == 0)
			return true;
	return false;
}

/* Is it said of this one?  A label that is taken back comes as well. */
static bool
has_label(const cJSON *labels, const char *value, const char *src)
{
	const cJSON *one;
	bool has = false;

	if (!cJSON_IsArray(labels))
		return false;
	cJSON_ArrayForEach(one, labels)
	{
		const char *val = json_str(one, "val");
		const char *from = json_str(one, "src");

		if (val == NULL || strcmp(val, value) != 0 ||
		    (src != NULL && (from == NULL || strcmp(from, src) != 0)))
			continue;
		has = !cJSON_IsTrue(json_member(one, "neg"));
	}
	return has;
}

static void
add_labels(struct cq_buf *out, const cJSON *view)
{
	const cJSON *labels = json_member(view, "labels"), *one;
	const char *said[LABELS_MAX];
	size_t n = 0, i;

	if (!cJSON_IsArray(labels))
		return;
	cJSON_ArrayForEach(one, labels)
	{
		const char *val = json_str(one, "val");

		if (val == NULL || n == LABELS_MAX || !covers(val))
			continue;
		for (i = 0; i < n && strcmp(said[i], val) != 0; i++)
			;
		if (i < n)
			continue;
		said[n++] = val;
		if (has_label(labels, val, NULL))
			cq_buf_fmt(out, "[label: %s] ",
			    *val == '!' ? val + 1 : val);
	}
}

static char *
post_text(const cJSON *view, const cJSON *record)
{
	struct cq_buf words = {0}, text = {0};

	add_words(&words, record);
	if (words.n == 0)
		add_media(&words, record);
	add_card(&words, record);
	add_labels(&text, view);
	cq_buf_add(&text, words.s == NULL ? "" : words.s, words.n);
	cq_buf_free(&words);
	return src_text(&text);
}

/* --- the whole --------------------------------------------------------- */

static void
add_author(struct cq_post *post, const cJSON *author)
{
	const cJSON *labels = json_member(author, "labels");
	const char *handle = json_str(author, "handle");

	post->author_name = src_within(json_str(author, "displayName"), 1000);
	/* what Bluesky shows when a handle no longer leads to its owner */
	if (handle != NULL && strcmp(handle, "handle.invalid") != 0)
		post->handle = src_within(handle, CQ_ID_MAX);
	post->bot = has_label(labels, "bot", post->author);
	if (has_label(labels, "!no-unauthenticated", post->author))
		post->visibility = CQ_UNLISTED;
}

bool
bluesky_emit(const char *source, const cJSON *view, int64_t now,
    src_emit_fn emit, void *arg)
{
	const cJSON *record = json_member(view, "record");
	const cJSON *reply = json_member(record, "reply");
	struct cq_post post = {
	    .source = source, .network = "bluesky", .author_followers = -1};
	const char *did, *rkey, *root;
	char *author, *url, *text;
	size_t n_did;

	post.id = json_str(view, "uri");
	if (!cJSON_IsObject(record) || !split_uri(post.id, &did, &n_did, &rkey))
		return false;
	author = cq_strndup(did, n_did);
	url = cq_format("https://bsky.app/profile/%s/post/%s", author, rkey);
	text = post_text(view, record);
	post.uri = post.id;
	post.author = author;
	post.url = url;
	post.text = text;
	post.lang = src_within(cJSON_GetStringValue(cJSON_GetArrayItem(
				   json_member(record, "langs"), 0)),
	    35);
	post.in_reply_to = post_uri(json_member(reply, "parent"));
	root = post_uri(json_member(reply, "root"));
	post.conversation = root == NULL ? post.id : root;
	post.quote_of = quoted(record);
	post.created_at = created_at(view, record, now);
	add_author(&post, json_member(view, "author"));
	emit(arg, &post);
	free(text);
	free(url);
	free(author);
	return true;
}

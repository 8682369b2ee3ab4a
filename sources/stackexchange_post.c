#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/post.h"
#include "sources/answer.h"
#include "sources/html.h"
#include "sources/stackexchange.h"
#include "sources/url.h"

static char *
plain(const char *html, const char *base)
{
	return html == NULL ? NULL : html_text(html, strlen(html), base);
}

/* Who has no number left the site; the name stays. */
static void
take_author(const cJSON *item, struct cq_post *post, char id[24], char *name)
{
	struct json none = {0};
	const cJSON *owner = json_member(item, "owner");

	post->author = json_id(&none, owner, "user_id", id);
	post->author_name = src_within(name, CQ_ID_MAX);
	post->handle = post->author_name;
}

int64_t
stack_time(const cJSON *item)
{
	int64_t at;

	return json_int(json_member(item, "creation_date"), &at) && at >= 0 &&
		at <= STACK_TIME_MAX
	    ? at
	    : CQ_NO_TIME;
}

bool
stack_is_id(const char *s)
{
	return *s != '\0' && strlen(s) <= 18 &&
	    s[strspn(s, "0123456789")] == '\0';
}

const char *
stack_id(const cJSON *item, char buf[24])
{
	struct json none = {0};
	const char *id = json_id(&none, item, "question_id", buf);

	return id != NULL && stack_is_id(id) ? id : NULL;
}

static char *
link_of(const cJSON *item, const struct cq_source *s, const char *id)
{
	const char *link = src_within(json_str(item, "link"), 2048);
	char *path, *url;

	if (link != NULL &&
	    (strncmp(link, "https://", 8) == 0 ||
		strncmp(link, "http://", 7) == 0))
		return cq_strdup(link);
	path = cq_format("/questions/%s", id);
	url = url_at(s->address, path);
	free(path);
	return url;
}

void
stack_emit(const struct cq_source *s, const cJSON *item, src_emit_fn emit,
    void *arg)
{
	char buf[24], user[24];
	const char *id = stack_id(item, buf);
	char *url, *title, *body, *name, *text, *host;
	struct cq_post post = {.source = s->name,
	    .id = id,
	    .conversation = id,
	    .author_followers = -1,
	    .created_at = stack_time(item)};

	if (id == NULL)
		return;
	host = url_host(s->address);
	url = link_of(item, s, id);
	title = plain(json_str(item, "title"), NULL);
	body = plain(json_str(item, "body"), url);
	name =
	    plain(json_str(json_member(item, "owner"), "display_name"), NULL);
	text = src_titled(title, body);
	post.text = text;
	post.network = host;
	post.url = post.uri = url;
	take_author(item, &post, user, name);
	if (*text != '\0')
		emit(arg, &post);
	free(host);
	free(url);
	free(title);
	free(body);
	free(name);
	free(text);
}

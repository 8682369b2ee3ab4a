#include "core/post.h"

#include <stdbool.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/text.h"

#define LAST_AT INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

enum { MAY_BE_ABSENT, MAY_BE_EMPTY, MUST_SAY_SOMETHING };

/* clang-format off */
#define FIELD(name, max, need) \
	{ #name, offsetof(struct cq_post, name), max, need }

static const struct field {
	const char *name;
	size_t offset; /* of the const char * in struct cq_post */
	size_t max;    /* bytes */
	int need;
} fields[] = {
	FIELD(source,      CQ_SOURCE_MAX, MUST_SAY_SOMETHING),
	FIELD(id,          CQ_ID_MAX,     MUST_SAY_SOMETHING),
	/* a post of nothing but a picture has an empty text */
	FIELD(text,        CQ_TEXT_MAX,   MAY_BE_EMPTY),
	FIELD(network,     CQ_SOURCE_MAX, MAY_BE_ABSENT),
	FIELD(author,      CQ_ID_MAX,     MAY_BE_ABSENT),
	FIELD(handle,      CQ_ID_MAX,     MAY_BE_ABSENT),
	FIELD(author_name, CQ_TEXT_MAX,   MAY_BE_ABSENT),
	FIELD(url,         CQ_TEXT_MAX,   MAY_BE_ABSENT),
	FIELD(uri,         CQ_TEXT_MAX,   MAY_BE_ABSENT),
	FIELD(lang,        CQ_ID_MAX,     MAY_BE_ABSENT),
	FIELD(in_reply_to, CQ_ID_MAX,     MAY_BE_ABSENT),
	FIELD(repost_of,   CQ_ID_MAX,     MAY_BE_ABSENT),
	FIELD(quote_of,    CQ_ID_MAX,     MAY_BE_ABSENT),
	FIELD(conversation, CQ_ID_MAX,    MAY_BE_ABSENT),
	FIELD(brand,       CQ_ID_MAX,     MAY_BE_ABSENT),
	FIELD(extra,       CQ_TEXT_MAX,   MAY_BE_ABSENT),
}; /* clang-format on */
#define N_FIELDS (sizeof(fields) / sizeof(fields[0]))

/* A string that is added to the post and not here does not compile. */
_Static_assert(N_FIELDS ==
	offsetof(struct cq_post, author_followers) / sizeof(char *),
    "fields[] has every string of struct cq_post");

static const char *const visibilities[] = {
    [CQ_PUBLIC] = "public",
    [CQ_UNLISTED] = "unlisted",
    [CQ_PRIVATE] = "private",
    [CQ_DIRECT] = "direct",
};

const char *
cq_visibility_name(enum cq_visibility visibility)
{
	return visibilities[visibility];
}

bool
cq_visibility_parse(const char *s, enum cq_visibility *visibility)
{
	for (int i = CQ_PUBLIC; i <= CQ_DIRECT; i++) {
		if (strcmp(s, visibilities[i]) != 0)
			continue;
		*visibility = (enum cq_visibility)i;
		return true;
	}
	return false;
}

static const char *
get(const struct cq_post *post, size_t i)
{
	const char *s;

	memcpy(&s, (const char *)post + fields[i].offset, sizeof(s));
	return s;
}

static void
set(struct cq_post *post, size_t i, const char *s)
{
	memcpy((char *)post + fields[i].offset, &s, sizeof(s));
}

static enum cq_status
check_field(const struct field *field, const char *s, struct cq_err *err)
{
	size_t n;

	if (s == NULL)
		return field->need == MAY_BE_ABSENT
		    ? CQ_OK
		    : cq_fail(err, CQ_INPUT, "%s is missing", field->name);
	if (*s == '\0' && field->need == MUST_SAY_SOMETHING)
		return cq_fail(err, CQ_INPUT, "%s is empty", field->name);
	n = strnlen(s, field->max + 1);
	if (n > field->max)
		return cq_fail(err, CQ_INPUT, "%s is longer than %zu bytes",
		    field->name, field->max);
	if (!cq_utf8_valid(s, n))
		return cq_fail(err, CQ_INPUT, "%s is not valid UTF-8",
		    field->name);
	return CQ_OK;
}

/*
 * Whole names, in any case, without brackets and "@" around them.  To add
 * one: it must be what programs write, and nobody's name.
 */
static const char *const anybody[] = {"0", "-1", "?", "-", "n/a", "none",
    "null", "nil", "undefined", "unknown", "unknown user", "nobody", "deleted",
    "deleted user", "deleted account", "removed", "user", "user deleted",
    "customer", "guest", "guest user", "anonymous", "anonymous user", "anon",
    "noreply", "no-reply", "a google user", "google user", "amazon customer",
    "kindle customer",
    /* German, French, Spanish, Portuguese, Dutch, Italian */
    "anonym", "anonymer nutzer", "anonymer benutzer", "gast", "unbekannt",
    "gelöscht", "gelöschter nutzer", "kunde", "amazon kunde",
    "ein google-nutzer", "anonyme", "utilisateur anonyme", "invité", "inconnu",
    "supprimé", "un utilisateur google", "client d'amazon", "anónimo",
    "anonimo", "usuario anónimo", "invitado", "desconocido", "eliminado",
    "un usuario de google", "cliente de amazon", "anônimo", "convidado",
    "desconhecido", "excluído", "um usuário do google", "cliente amazon",
    "anoniem", "onbekend", "verwijderd", "een google-gebruiker", "ospite",
    "sconosciuto", "utente anonimo", "un utente google",
    /* Russian, Arabic, Japanese, Chinese */
    "аноним", "Аноним", "гость", "Гость", "مجهول", "زائر", "匿名", "名無し",
    "名無しさん", "ゲスト", "匿名用户", "游客"};

bool
cq_author_is_anybody(const char *author)
{
	size_t n;

	if (author == NULL)
		return true;
	author += strspn(author, "@[(<* ");
	n = strlen(author);
	while (n > 0 && strchr("])>* ", author[n - 1]) != NULL)
		n--;
	for (size_t i = 0; i < sizeof(anybody) / sizeof(anybody[0]); i++)
		if (strlen(anybody[i]) == n &&
		    strncasecmp(author, anybody[i], n) == 0)
			return true;
	return n == 0;
}

enum cq_status
cq_post_check(const struct cq_post *post, struct cq_err *err)
{
	enum cq_status rc;
	size_t i;

	for (i = 0; i < N_FIELDS; i++) {
		if (post->gone && get(post, i) == NULL &&
		    fields[i].need == MAY_BE_EMPTY)
			continue;
		rc = check_field(&fields[i], get(post, i), err);
		if (rc != CQ_OK)
			return rc;
	}
	if (post->rating < 0 || post->rating > 5)
		return cq_fail(err, CQ_INPUT, "rating is %d, not 0 to 5",
		    post->rating);
	if (post->author_followers < -1)
		return cq_fail(err, CQ_INPUT, "author_followers is below 0");
	if (post->author_followers > CQ_FOLLOWERS_MAX)
		return cq_fail(err, CQ_INPUT,
		    "author_followers is above %" PRId64, CQ_FOLLOWERS_MAX);
	if (post->created_at != CQ_NO_TIME &&
	    (post->created_at < 0 || post->created_at > LAST_AT))
		return cq_fail(err, CQ_INPUT,
		    "created_at is outside the years 1970 to 9999");
	return CQ_OK;
}

void
cq_post_list_add(struct cq_post_list *list, const struct cq_post *post)
{
	struct cq_post *copy;
	const char *s;
	size_t i;

	if (list->n == list->cap) {
		list->cap = list->cap == 0 ? 64 : list->cap * 2;
		list->at = cq_grow(list->at, list->cap, sizeof(*list->at));
	}
	copy = &list->at[list->n++];
	*copy = *post;
	for (i = 0; i < N_FIELDS; i++) {
		s = get(post, i);
		set(copy, i, cq_strdup(s));
		list->bytes += s == NULL ? 0 : strlen(s) + 1;
	}
}

void
cq_post_list_clear(struct cq_post_list *list)
{
	size_t i, k;

	for (i = 0; i < list->n; i++)
		for (k = 0; k < N_FIELDS; k++)
			free((char *)get(&list->at[i], k));
	list->n = 0;
	list->bytes = 0;
}

void
cq_post_list_free(struct cq_post_list *list)
{
	cq_post_list_clear(list);
	free(list->at);
	*list = (struct cq_post_list){0};
}

#include "core/query.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/case.h"
#include "core/text.h"
#include "core/when.h"

#define MAX_TERMS 50 /* more is no question of a person */

enum operand { ALONE, NAME, NUMBER, LENGTH, STATE, INCIDENT };

/* Clang-format off. */
static const struct word {
	const char *name;
	enum cq_term_kind kind;
	enum operand operand;
	const char *example;
} words[] = {
    {"mine", CQ_TERM_MINE, ALONE, NULL},
    {"unclaimed", CQ_TERM_UNCLAIMED, ALONE, NULL},
    {"overdue", CQ_TERM_OVERDUE, ALONE, NULL},
    {"owner", CQ_TERM_OWNER, ALONE, NULL},
    {"held", CQ_TERM_HELD, ALONE, NULL},
    {"owner", CQ_TERM_OWNER, NAME, "owner:ann"},
    {"held", CQ_TERM_HELD, NAME, "held:ann"},
    {"incident", CQ_TERM_INCIDENT, ALONE, NULL},
    {"incident", CQ_TERM_INCIDENT, INCIDENT, "incident:I-17"},
    {"tag", CQ_TERM_TAG, NAME, "tag:billing"},
    {"source", CQ_TERM_SOURCE, NAME, "source:reviews"},
    {"author", CQ_TERM_AUTHOR, NAME, "author:jo.example"},
    {"lang", CQ_TERM_LANG, NAME, "lang:de"},
    {"brand", CQ_TERM_BRAND, NAME, "brand:acme"},
    {"state", CQ_TERM_STATE, STATE, "state:open"},
    {"due", CQ_TERM_DUE, LENGTH, "due<15m"},
    {"age", CQ_TERM_AGE, LENGTH, "age>2h"},
    {"reach", CQ_TERM_REACH, NUMBER, "reach>1k"},
    {"posts", CQ_TERM_POSTS, NUMBER, "posts>3"},
    {"pri", CQ_TERM_PRIORITY, NUMBER, "pri>50"},
    {"rating", CQ_TERM_RATING, NUMBER, "rating<3"},
}; /* clang-format on */

struct parser {
	const char *at; /* what is still to be read */
	struct cq_query *query;
	bool closed, all, closed_too; /* words about the scope; implied */
	struct cq_err *err;
};

/* One term as it was typed. */
struct token {
	char *s;      /* without "!" and quotes; owned */
	bool negated; /* an odd number of "!" stood before it */
	bool quoted;  /* began with a quote: nothing but words */
};

/* Reads up to the next space that is not quoted. */
static enum cq_status
read_token(struct parser *p, struct token *t)
{
	struct cq_buf b = {0};
	bool inside = false;

	*t = (struct token){0};
	for (; *p->at == '!'; p->at++)
		t->negated = !t->negated;
	t->quoted = *p->at == '"';
	for (; *p->at != '\0'; p->at++) {
		if (*p->at == '"')
			inside = !inside;
		else if (!inside && isspace((unsigned char)*p->at))
			break;
		else
			cq_buf_char(&b, *p->at);
	}
	t->s = cq_buf_take(&b);
	if (inside)
		return cq_fail(p->err, CQ_INPUT,
		    "the quote before %s is not closed", t->s);
	if (t->s[0] == '\0')
		return cq_fail(p->err, CQ_INPUT, "%s",
		    t->quoted ? "nothing stands between the quotes"
			      : "a term must follow \"!\"");
	return CQ_OK;
}

static struct cq_term *
add_term(struct parser *p, enum cq_term_kind kind, const struct token *t)
{
	struct cq_query *q = p->query;

	q->at = cq_grow(q->at, q->n + 1, sizeof(*q->at));
	q->at[q->n] = (struct cq_term){.kind = kind, .negated = t->negated};
	return &q->at[q->n++];
}

/* Reads "12", "12k" or "12M", and "-12". */
static bool
parse_number(const char *s, int64_t *n)
{
	long long value;
	char *end;
	int64_t each = 1;

	if (!isdigit((unsigned char)s[*s == '-']))
		return false;
	errno = 0;
	value = strtoll(s, &end, 10);
	if (*end == 'k' || *end == 'K')
		each = 1000;
	else if (*end == 'm' || *end == 'M')
		each = 1000000;
	if (errno != 0 || end[each > 1] != '\0' || value > INT64_MAX / each ||
	    value < -(INT64_MAX / each))
		return false;
	*n = value * each;
	return true;
}

/* A length of time; "-5m" is five minutes past. */
static bool
parse_length(const char *s, int64_t *n)
{
	if (!cq_duration_parse(*s == '-' ? s + 1 : s, n))
		return false;
	if (*s == '-')
		*n = -*n;
	return true;
}

static enum cq_status
add_state(struct parser *p, const struct token *t, const char *name)
{
	enum cq_state state;

	if (!cq_state_parse(name, &state))
		return cq_fail(p->err, CQ_INPUT,
		    "\"%s\" is no state: new, open, pending, snoozed, "
		    "resolved, dismissed",
		    name);
	add_term(p, CQ_TERM_STATE, t)->n = state;
	if (!t->negated && !cq_state_in_queue(state))
		p->closed_too = true;
	return CQ_OK;
}

static enum cq_status
add_name(struct parser *p, const struct token *t, const struct word *word,
    char op, const char *value)
{
	if (op != ':' || *value == '\0')
		return cq_fail(p->err, CQ_INPUT, "%s needs a name such as %s",
		    word->name, word->example);
	add_term(p, word->kind, t)->text = cq_strdup(value);
	return CQ_OK;
}

static enum cq_status
add_compared(struct parser *p, const struct token *t, const struct word *word,
    char op, const char *value)
{
	bool length = word->operand == LENGTH;
	struct cq_term *term;
	int64_t n;

	if (op == ':' ||
	    !(length ? parse_length(value, &n) : parse_number(value, &n)))
		return cq_fail(p->err, CQ_INPUT, "%s needs a %s such as %s",
		    word->name, length ? "length of time" : "number",
		    word->example);
	term = add_term(p, word->kind, t);
	term->less = op == '<';
	term->n = n;
	return CQ_OK;
}

static const struct word *
find_word(const char *s, size_t n, bool alone)
{
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if ((words[i].operand == ALONE) == alone &&
		    strlen(words[i].name) == n &&
		    strncmp(words[i].name, s, n) == 0)
			return &words[i];
	}
	return NULL;
}

static enum cq_status
add_incident(struct parser *p, const struct token *t, const struct word *word,
    char op, const char *value)
{
	int64_t id;

	if (op != ':' || !cq_incident_parse(value, &id))
		return cq_fail(p->err, CQ_INPUT, "%s needs a number such as %s",
		    word->name, word->example);
	add_term(p, word->kind, t)->n = id;
	return CQ_OK;
}

/* A term with ":", "<" or ">" behind n letters. */
static enum cq_status
add_pair(struct parser *p, const struct token *t, size_t n)
{
	const struct word *word = find_word(t->s, n, false);
	const char *value = t->s + n + 1;

	/* not a search for these letters: it would hide a slip of the hand */
	if (word == NULL)
		return cq_fail(p->err, CQ_INPUT,
		    "%.*s is not known before \"%c\"; in quotes it is "
		    "looked for in the text",
		    (int)n, t->s, t->s[n]);
	if (word->operand == NAME)
		return add_name(p, t, word, t->s[n], value);
	if (word->operand == INCIDENT)
		return add_incident(p, t, word, t->s[n], value);
	if (word->operand == STATE && t->s[n] == ':')
		return add_state(p, t, value);
	if (word->operand == STATE)
		return cq_fail(p->err, CQ_INPUT,
		    "state needs a name such as %s", word->example);
	return add_compared(p, t, word, t->s[n], value);
}

/* "closed" and "all" say where to look; they are no terms. */
static enum cq_status
add_scope(struct parser *p, const struct token *t)
{
	if (t->negated)
		return cq_fail(p->err, CQ_INPUT, "\"!\" cannot stand before %s",
		    t->s);
	if (strcmp(t->s, "all") == 0)
		p->all = true;
	else
		p->closed = true;
	return CQ_OK;
}

static enum cq_status
add_case(struct parser *p, const struct token *t)
{
	int64_t n;

	if (strspn(t->s + 1, "0123456789") != strlen(t->s + 1) ||
	    !parse_number(t->s + 1, &n))
		return cq_fail(p->err, CQ_INPUT, "%s is no case number", t->s);
	add_term(p, CQ_TERM_CASE, t)->n = n;
	if (!t->negated)
		p->closed_too = true;
	return CQ_OK;
}

static enum cq_status
add_token(struct parser *p, const struct token *t)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t n = strspn(t->s, letters);
	const struct word *word = find_word(t->s, strlen(t->s), true);
	enum cq_state state;

	if (p->query->n == MAX_TERMS)
		return cq_fail(p->err, CQ_INPUT, "more than %d terms",
		    MAX_TERMS);
	if (t->quoted)
		word = NULL;
	else if (strcmp(t->s, "all") == 0 || strcmp(t->s, "closed") == 0)
		return add_scope(p, t);
	else if (t->s[0] == '#' && isdigit((unsigned char)t->s[1]))
		return add_case(p, t);
	else if (n > 0 && t->s[n] != '\0' && strchr(":<>", t->s[n]) != NULL)
		return add_pair(p, t, n);
	else if (cq_state_parse(t->s, &state))
		return add_state(p, t, t->s);
	if (word != NULL)
		add_term(p, word->kind, t);
	else
		add_term(p, CQ_TERM_WORD, t)->text = cq_strdup(t->s);
	return CQ_OK;
}

enum cq_status
cq_query_parse(const char *s, struct cq_query **out, struct cq_err *err)
{
	struct parser p = {.at = s, .err = err};
	enum cq_status rc = CQ_OK;
	struct token token;

	*out = NULL;
	if (!cq_utf8_valid(s, strlen(s)))
		return cq_fail(err, CQ_INPUT, "the query is not valid UTF-8");
	p.query = cq_alloc(sizeof(*p.query));
	for (;;) {
		while (isspace((unsigned char)*p.at))
			p.at++;
		if (*p.at == '\0' || rc != CQ_OK)
			break;
		rc = read_token(&p, &token);
		if (rc == CQ_OK)
			rc = add_token(&p, &token);
		free(token.s);
	}
	if (rc != CQ_OK) {
		cq_query_free(p.query);
		return rc;
	}
	if (p.closed)
		p.query->scope = CQ_SCOPE_CLOSED;
	else if (p.all || p.closed_too)
		p.query->scope = CQ_SCOPE_ALL;
	*out = p.query;
	return CQ_OK;
}

void
cq_query_free(struct cq_query *query)
{
	size_t i;

	if (query == NULL)
		return;
	for (i = 0; i < query->n; i++)
		free(query->at[i].text);
	free(query->at);
	free(query);
}

#include "sources/url.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libxml/uri.h>

#include "core/alloc.h"
#include "core/buf.h"

#define URL_MAX 2048
#define RANDOM_MIN 16 /* bytes of a secret in a path */
#define NAME_CHARS                                             \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"0123456789_.-"

static bool
has_scheme(const char *url, const char *scheme)
{
	size_t n = strlen(scheme);

	return strncasecmp(url, scheme, n) == 0 &&
	    strncmp(url + n, "://", 3) == 0;
}

static bool
has_bad_byte(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s <= 0x20 || *s == 0x7f)
			return true;
	return false;
}

bool
url_host_is_local(const char *host)
{
	unsigned char addr[16];
	char bare[64];
	size_t n = strlen(host);

	if (strcasecmp(host, "localhost") == 0)
		return true;
	if (inet_pton(AF_INET, host, addr) == 1)
		return addr[0] == 127;
	if (n > 2 && n < sizeof(bare) && *host == '[' && host[n - 1] == ']') {
		memcpy(bare, host + 1, n - 2);
		bare[n - 2] = '\0';
		host = bare;
	}
	if (inet_pton(AF_INET6, host, addr) != 1)
		return false;
	return memcmp(addr, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16) == 0;
}

/* As it does where it was copied with the sentence that it stood in. */
static bool
ends_a_sentence(const char *host)
{
	return strchr(".,;!", host[strlen(host) - 1]) != NULL;
}

enum cq_status
url_check(const char *url, bool insecure, struct cq_err *err)
{
	enum cq_status rc = CQ_OK;
	xmlURIPtr uri;

	if (url == NULL || *url == '\0')
		return cq_fail(err, CQ_INPUT, "an address is needed");
	if (strlen(url) > URL_MAX || has_bad_byte(url))
		return cq_fail(err, CQ_INPUT,
		    "this address is too long or holds spaces");
	if (!has_scheme(url, "https") && !has_scheme(url, "http"))
		return cq_fail(err, CQ_INPUT,
		    "%s is no address: it must begin with https://", url);
	uri = xmlParseURI(url);
	if (uri == NULL || uri->server == NULL || *uri->server == '\0')
		rc = cq_fail(err, CQ_INPUT, "%s is no address of a web site",
		    url);
	else if (uri->user != NULL)
		rc = cq_fail(err, CQ_INPUT,
		    "an address with a name or password in it is not "
		    "accepted: use a token file");
	else if (ends_a_sentence(uri->server))
		rc = cq_fail(err, CQ_INPUT,
		    "the host %.100s ends in '%c': leave that out", uri->server,
		    uri->server[strlen(uri->server) - 1]);
	else if (has_scheme(url, "http") && !insecure &&
	    !url_host_is_local(uri->server))
		rc = cq_fail(err, CQ_INPUT,
		    "plain http is not allowed for %s: use https://, or "
		    "--insecure if it has none",
		    uri->server);
	xmlFreeURI(uri);
	return rc;
}

bool
url_is_site(const char *url)
{
	const char *host = strstr(url, "://");
	size_t n;

	if (host == NULL)
		return false;
	host += 3;
	n = strcspn(host, "/?#");
	return strcmp(host + n, "") == 0 || strcmp(host + n, "/") == 0;
}

bool
url_is_in(const char *url, const char *domain)
{
	char *host = url_host(url);
	size_t n = host == NULL ? 0 : strlen(host), m = strlen(domain);
	bool is = n >= m && strcasecmp(host + n - m, domain) == 0 &&
	    (n == m || host[n - m - 1] == '.');

	free(host);
	return is;
}

static int
port_of(const xmlURI *uri)
{
	if (uri->port > 0)
		return uri->port;
	return strcasecmp(uri->scheme, "https") == 0 ? 443 : 80;
}

bool
url_same_origin(const char *a, const char *b)
{
	xmlURIPtr x = xmlParseURI(a), y = xmlParseURI(b);
	bool same = x != NULL && y != NULL && x->scheme != NULL &&
	    y->scheme != NULL && x->server != NULL && y->server != NULL &&
	    strcasecmp(x->scheme, y->scheme) == 0 &&
	    strcasecmp(x->server, y->server) == 0 && port_of(x) == port_of(y);

	xmlFreeURI(x);
	xmlFreeURI(y);
	return same;
}

char *
url_host(const char *url)
{
	xmlURIPtr uri = url == NULL ? NULL : xmlParseURI(url);
	char *host = uri == NULL ? NULL : cq_strdup(uri->server);

	xmlFreeURI(uri);
	return host;
}

char *
url_escape(const char *part)
{
	static const char hex[] = "0123456789ABCDEF";
	struct cq_buf b = {0};

	for (; *part != '\0'; part++) {
		unsigned char c = (unsigned char)*part;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || strchr("-._~", c) != NULL) {
			cq_buf_char(&b, (char)c);
		} else {
			cq_buf_char(&b, '%');
			cq_buf_char(&b, hex[c >> 4]);
			cq_buf_char(&b, hex[c & 15]);
		}
	}
	return cq_buf_take(&b);
}

char *
url_query(const char *url, const char *name)
{
	size_t n = strlen(name);
	const char *p = strchr(url, '?');

	while (p != NULL) {
		p++;
		if (strncmp(p, name, n) == 0 && p[n] == '=') {
			size_t len = strcspn(p + n + 1, "&#");
			char *raw, *plain, *copy;

			if (len == 0)
				return NULL;
			raw = cq_strndup(p + n + 1, len);
			plain = xmlURIUnescapeString(raw, 0, NULL);
			copy = cq_strdup(plain);
			xmlFree(plain);
			free(raw);
			return copy;
		}
		p = strchr(p, '&');
	}
	return NULL;
}

static bool
ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcasecmp(s + n - m, end) == 0;
}

static bool
is_secret_name(const char *name)
{
	static const char *const parts[] = {
	    "token", "secret", "passw", "signature", "credential"};
	static const char *const whole[] = {"sig", "pwd", "auth"};
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strcasestr(name, parts[i]) != NULL)
			return true;
	for (i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
		if (strcasecmp(name, whole[i]) == 0)
			return true;
	return ends_in(name, "key"); /* and no keyword */
}

char *
url_secret_name(const char *url)
{
	const char *p = strchr(url, '?');
	char *name;
	size_t n;

	for (; p != NULL && *p != '\0' && *p != '#'; p += strcspn(p, "&;#")) {
		p++;
		n = strspn(p, NAME_CHARS);
		if (n == 0 || n > 40 || p[n] != '=' || p[n + 1] == '\0' ||
		    strchr("&;#", p[n + 1]) != NULL)
			continue;
		name = cq_strndup(p, n);
		if (is_secret_name(name))
			return name;
		free(name);
	}
	return NULL;
}

/*
 * What nobody could guess: letters and digits in turn, unlike words, numbers
 * and "%20".
 */
static bool
is_random(const char *s, size_t n)
{
	size_t n_mixed = 0, n_turns = 0, i = 0;

	while (i < n) {
		size_t from = i, turns = 0;

		for (; i < n && isalnum((unsigned char)s[i]); i++)
			turns += i > from &&
			    !isdigit((unsigned char)s[i]) !=
				!isdigit((unsigned char)s[i - 1]);
		n_mixed += turns > 0 ? i - from : 0;
		n_turns += turns;
		if (i < n)
			i += s[i] == '%' ? 3 : 1;
	}
	return n_mixed >= RANDOM_MIN && n_turns >= 4;
}

char *
url_secret_part(const char *url)
{
	const char *p = strstr(url, "://");
	size_t n, n_shown;

	for (p = p == NULL ? url : p + 3; *p != '\0'; p += n) {
		p += strcspn(p, "/?#");
		if (*p != '/')
			break;
		n = strcspn(++p, "/?#");
		n_shown = strspn(p, NAME_CHARS);
		if (is_random(p, n))
			return cq_format("%.*s...",
			    n_shown < 4 ? (int)n_shown : 4, p);
	}
	return NULL;
}

char *
url_join(const char *base, const char *ref)
{
	char *copy = NULL;
	xmlChar *whole;

	if (ref == NULL || *ref == '\0' || has_bad_byte(ref) ||
	    strlen(ref) > URL_MAX)
		return NULL;
	if (has_scheme(ref, "https") || has_scheme(ref, "http"))
		return cq_strdup(ref);
	if (base == NULL)
		return NULL;
	whole = xmlBuildURI((const xmlChar *)ref, (const xmlChar *)base);
	if (whole != NULL &&
	    (has_scheme((const char *)whole, "https") ||
		has_scheme((const char *)whole, "http")))
		copy = cq_strdup((const char *)whole);
	xmlFree(whole);
	return copy;
}

/* --- making one -------------------------------------------------------- */

char *
url_at(const char *base, const char *path)
{
	size_t n = strlen(base);

	while (n > 0 && base[n - 1] == '/')
		n--;
	return cq_format("%.*s%s", (int)n, base, path);
}

void
url_add(struct cq_buf *url, const char *name, const char *value)
{
	bool first = url->n == 0 || memchr(url->s, '?', url->n) == NULL;
	char *left, *right;

	if (value == NULL)
		return;
	left = url_escape(name);
	right = url_escape(value);
	cq_buf_fmt(url, "%c%s=%s", first ? '?' : '&', left, right);
	free(left);
	free(right);
}

void
url_add_int(struct cq_buf *url, const char *name, int64_t value)
{
	char number[24];

	snprintf(number, sizeof(number), "%lld", (long long)value);
	url_add(url, name, number);
}

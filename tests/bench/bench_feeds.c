#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include <cjson/cJSON.h>

#include "core/alloc.h"
#include "core/post.h"
#include "sources/adapters.h"
#include "sources/source.h"

/*
 * What becomes of every feed in a folder and the folders in it: how many
 * files gave how many posts, and why each that gave none gave none.
 *
 *	bench_feeds [-v] [DIR]
 *
 * -v tells each post.  A file is served with the headers of the .meta.json
 * beside it, or with the one that its first comment names ("Header: ...").
 */

struct served {
	char *body;
	size_t n;
	cJSON *meta; /* or NULL */
	char type[160];
};

struct sums {
	size_t n_files, n_some, n_posts;
	bool verbose;
};

static char *
slurp(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	char *s = NULL;
	struct stat st;

	*n = 0;
	if (f == NULL || fstat(fileno(f), &st) != 0) {
		perror(path);
		exit(1);
	}
	s = cq_alloc((size_t)st.st_size + 1);
	*n = fread(s, 1, (size_t)st.st_size, f);
	fclose(f);
	return s;
}

static const char *
header(const struct src_answer *answer, const char *name)
{
	const struct served *file = answer->arg;
	const cJSON *pair, *response;

	if (file->type[0] != '\0')
		return strcasecmp(name, "Content-Type") == 0 ? file->type
							     : NULL;
	response = cJSON_GetObjectItem(file->meta, "response");
	cJSON_ArrayForEach(pair, cJSON_GetObjectItem(response, "headers"))
	{
		const char *key = cJSON_GetStringValue(pair->child);

		if (key != NULL && strcasecmp(key, name) == 0)
			return cJSON_GetStringValue(pair->child->next);
	}
	return NULL;
}

/* "Header: Content-type: text/xml; charset=..." in the first comment */
static void
find_type(struct served *file)
{
	static const char mark[] = "Content-type:";
	const char *s = strcasestr(file->body, "Header:");
	size_t n;

	if (s == NULL || s - file->body > 1000)
		return;
	s += 7;
	s += strspn(s, " ");
	if (strncasecmp(s, mark, strlen(mark)) != 0)
		return;
	s += strlen(mark);
	s += strspn(s, " ");
	n = strcspn(s, "\r\n");
	if (n < sizeof(file->type))
		memcpy(file->type, s, n);
}

static void
load(const char *path, struct served *file)
{
	char *meta = cq_strdup(path), *at = strstr(meta, ".body.");
	size_t n;

	*file = (struct served){0};
	file->body = slurp(path, &file->n);
	if (at != NULL) {
		char *name =
		    cq_format("%.*s.meta.json", (int)(at - meta), meta);
		char *text = slurp(name, &n);

		file->meta = cJSON_Parse(text);
		free(text);
		free(name);
	} else {
		find_type(file);
	}
	free(meta);
}

struct told {
	size_t n;
	bool verbose;
};

static void
on_post(void *arg, const struct cq_post *post)
{
	struct told *told = arg;
	struct cq_err err = {0};

	told->n++;
	if (cq_post_check(post, &err) != CQ_OK)
		printf("    BAD %s: %s\n", post->id, err.msg);
	if (!told->verbose)
		return;
	printf("    id %s\n    at %lld by %s (%s) lang %s\n    url %s\n"
	       "    %.300s\n",
	    post->id, (long long)post->created_at,
	    post->author == NULL ? "-" : post->author,
	    post->author_name == NULL ? "-" : post->author_name,
	    post->lang == NULL ? "-" : post->lang,
	    post->url == NULL ? "-" : post->url, post->text);
}

static void
read_one(const char *path, const char *name, struct sums *sums)
{
	struct cq_source source = {.name = "feed",
	    .adapter = "feed",
	    .address = "https://feed.example/dir/feed.xml"};
	struct src_visit visit = {.source = &source,
	    .cursor = "",
	    .since_at = CQ_NO_TIME,
	    .session = ""};
	struct told told = {.verbose = sums->verbose};
	struct src_next next = {0};
	struct cq_err err = {0};
	struct served file;
	struct src_answer answer;

	load(path, &file);
	answer = (struct src_answer){.http = 200,
	    .body = file.body,
	    .n = file.n,
	    .url = source.address,
	    .header = header,
	    .arg = &file};
	src_feed.read(&visit, &answer, on_post, &told, &next, &err);
	sums->n_files++;
	sums->n_some += told.n > 0;
	sums->n_posts += told.n;
	if (told.n == 0)
		printf("  %s: %s\n", name,
		    err.status == CQ_OK ? "a feed without items" : err.msg);
	else if (sums->verbose)
		printf("  %s: %zu\n", name, told.n);
	src_next_free(&next);
	cJSON_Delete(file.meta);
	free(file.body);
}

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static void
read_folder(const char *dir, bool verbose)
{
	struct sums sums = {.verbose = verbose};
	struct dirent **names;
	int i, n = scandir(dir, &names, NULL, alphasort);

	if (n < 0) {
		perror(dir);
		exit(1);
	}
	for (i = 0; i < n; i++) {
		const char *name = names[i]->d_name;
		char *path = cq_format("%s/%s", dir, name);

		if (*name == '.')
			;
		else if (is_folder(path))
			read_folder(path, verbose);
		else if (strstr(name, ".md") == NULL &&
		    strstr(name, ".meta.json") == NULL)
			read_one(path, name, &sums);
		free(path);
		free(names[i]);
	}
	free(names);
	if (sums.n_files > 0)
		printf("%s: %zu files, %zu gave %zu posts, %zu gave none\n",
		    dir, sums.n_files, sums.n_some, sums.n_posts,
		    sums.n_files - sums.n_some);
}

int
main(int argc, char **argv)
{
	bool verbose = argc > 1 && strcmp(argv[1], "-v") == 0;

	read_folder(argc > (verbose ? 2 : 1) ? argv[argc - 1]
					     : "tests/fixtures/feed",
	    verbose);
	return 0;
}

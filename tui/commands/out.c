#include "tui/commands/out.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tui/cells.h"
#include "tui/rows.h"

static int out_errno; /* of the first failed write; 0 if none */

static void
note_failure(int failed)
{
	if (failed && out_errno == 0)
		out_errno = errno != 0 ? errno : EIO;
}

void
out_str(const char *s)
{
	if (out_errno == 0)
		note_failure(fputs(s, stdout) == EOF);
}

void
out_fmt(const char *fmt, ...)
{
	va_list ap;

	if (out_errno != 0)
		return;
	va_start(ap, fmt);
	note_failure(vprintf(fmt, ap) < 0);
	va_end(ap);
}

void
out_raw(const char *raw)
{
	struct shown_text shown = show_str(raw, SHOW_LINE);

	out_str(shown.s);
	shown_free(&shown);
}

void
out_who(const char *raw)
{
	struct cq_buf who = {0};

	say_who((struct raw_text){(char *)raw}, &who);
	out_str(who.s);
	cq_buf_free(&who);
}

bool
out_failed(void)
{
	return out_errno != 0;
}

int
out_end(int status)
{
	if (out_errno == 0)
		note_failure(fflush(stdout) == EOF || ferror(stdout));
	if (out_errno == 0 || out_errno == EPIPE)
		return status;
	cli_broken("writing the output: %s", strerror(out_errno));
	return status == EXIT_DONE ? EXIT_FAILED : status;
}

int
out_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	int n = 0;

	if (isatty(STDOUT_FILENO) &&
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		n = size.ws_col;
	else if (columns != NULL)
		n = atoi(columns);
	return n >= 40 && n <= 1000 ? n : 80;
}

void
out_wrap(const char *shown, const char *indent, int width, struct cq_buf *out)
{
	struct cells_line *lines;
	size_t n = cells_wrap(shown, width - (int)strlen(indent), &lines);

	for (size_t i = 0; i < n; i++) {
		size_t len = lines[i].n;

		while (len > 0 && shown[lines[i].at + len - 1] == ' ')
			len--;
		if (len > 0) {
			cq_buf_str(out, indent);
			cq_buf_add(out, shown + lines[i].at, len);
		}
		cq_buf_char(out, '\n');
	}
	free(lines);
}

void
out_line(const char *lead, const char *indent, const char *shown)
{
	struct cq_buf b = {0};

	out_str(lead);
	if (isatty(STDOUT_FILENO)) {
		out_wrap(shown, indent, out_width(), &b);
		out_str(b.s + strlen(indent));
	} else {
		out_fmt("%s\n", shown);
	}
	cq_buf_free(&b);
}

void
out_cell(struct cq_buf *row, const char *shown, int width, bool right)
{
	cells_fit(shown, width, right, row);
	cq_buf_char(row, ' ');
}

void
out_cell_raw(struct cq_buf *row, const char *raw, int width)
{
	struct shown_text shown = show_str(raw, SHOW_LINE);

	out_cell(row, shown.s, width, false);
	shown_free(&shown);
}

void
out_word(struct cq_buf *row, const char *raw)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789@%+,./:_-";
	struct shown_text shown = show_str(raw, SHOW_LINE);
	const char *s = shown.s;

	if (*s != '\0' && s[strspn(s, plain)] == '\0') {
		cq_buf_str(row, s);
	} else {
		cq_buf_char(row, '\'');
		for (; *s != '\0'; s++)
			if (*s == '\'') /* ends, one alone, begins again */
				cq_buf_str(row, "'\\''");
			else
				cq_buf_char(row, *s);
		cq_buf_char(row, '\'');
	}
	shown_free(&shown);
}

void
out_row(struct cq_buf *row)
{
	while (row->n > 0 && row->s[row->n - 1] == ' ')
		row->s[--row->n] = '\0';
	cq_buf_char(row, '\n');
	out_str(row->s);
	cq_buf_clear(row);
}

const char *
out_time(int64_t at, char out[CQ_TIME_SIZE])
{
	if (at == CQ_NO_TIME)
		strcpy(out, "-");
	else
		cq_time_local(at, "%Y-%m-%d %H:%M", out);
	return out;
}

static void
add_shown(cJSON *o, const char *name, const char *raw, enum show_how how)
{
	struct shown_text shown;

	if (raw == NULL) {
		cJSON_AddNullToObject(o, name);
		return;
	}
	shown = show_str(raw, how);
	cJSON_AddStringToObject(o, name, shown.s);
	shown_free(&shown);
}

void
json_text(cJSON *o, const char *name, const char *raw)
{
	add_shown(o, name, raw, SHOW_TEXT);
}

void
json_line(cJSON *o, const char *name, const char *raw)
{
	add_shown(o, name, raw, SHOW_LINE);
}

void
json_number(cJSON *o, const char *name, int64_t n)
{
	char digits[24];

	/* a double, which is cJSON's number, is not exact above 2^53 */
	snprintf(digits, sizeof(digits), "%" PRId64, n);
	cJSON_AddRawToObject(o, name, digits);
}

void
json_time(cJSON *o, const char *name, int64_t at)
{
	char s[CQ_TIME_SIZE];

	if (at == CQ_NO_TIME) {
		cJSON_AddNullToObject(o, name);
		return;
	}
	cq_time_rfc3339(at, s);
	cJSON_AddStringToObject(o, name, s);
}

void
json_words(cJSON *o, const char *name, const char *words)
{
	cJSON *list = cJSON_AddArrayToObject(o, name);
	const char *s = words;
	char word[64];

	while (s != NULL && *s != '\0') {
		size_t n = strcspn(s, " ");

		snprintf(word, sizeof(word), "%.*s", (int)n, s);
		if (n > 0)
			cJSON_AddItemToArray(list, cJSON_CreateString(word));
		s += n + (s[n] == ' ');
	}
}

void
out_json(cJSON *o)
{
	char *s = cJSON_PrintUnformatted(o);

	out_str(s);
	out_str("\n");
	cJSON_free(s);
	cJSON_Delete(o);
}

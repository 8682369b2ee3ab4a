#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/text.h"

static const enum show_how both[] = {SHOW_LINE, SHOW_TEXT};

static int
is_bidi_control(int cp)
{
	return cp == 0x061c || cp == 0x200e || cp == 0x200f ||
	    (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

/* What must not be in shown text, whatever went in. */
static int
is_harmful(int cp, enum show_how how)
{
	if (cp == '\n' || cp == '\t')
		return how == SHOW_LINE;
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || is_bidi_control(cp) ||
	    cp == 0xad || cp == 0x200b || cp == 0x2028 || cp == 0x2029 ||
	    cp == 0x2060 || cp == 0xfeff || (cp >= 0xe0000 && cp < 0xe1000) ||
	    (cp & 0xfffe) == 0xfffe;
}

static void
assert_harmless(const char *s, enum show_how how)
{
	size_t n = strlen(s), i = 0;
	int cp;

	while (i < n) {
		i += cq_utf8_next(s + i, n - i, &cp);
		if (is_harmful(cp, how))
			fail_msg("U+%04X got through in \"%s\"", cp, s);
	}
}

/* Shows s in both ways: harmless, and the same when shown again. */
static void
assert_tamed(const char *s)
{
	struct shown_text once, twice;
	size_t i;

	for (i = 0; i < 2; i++) {
		once = show_str(s, both[i]);
		assert_true(cq_utf8_valid(once.s, strlen(once.s)));
		assert_harmless(once.s, both[i]);
		twice = show_str(once.s, both[i]);
		assert_string_equal(twice.s, once.s);
		shown_free(&once);
		shown_free(&twice);
	}
}

static void
assert_shown(const char *raw, enum show_how how, const char *expected)
{
	struct shown_text shown = show_str(raw, how);

	assert_string_equal(shown.s, expected);
	shown_free(&shown);
}

static const char *const payloads[] = {
    /* CSI */
    "\x1b[2J",
    "\x1b[31mred\x1b[0m",
    "\x1b[?1049h",
    "\x1b[6n",
    "\x1b[c",
    "\x1b[>c",
    "\x1b[21t",
    "\x1b[?25l",
    "\x1b[1;1Hpwned",
    "\x1b[999B",
    "\x1b[4h",
    "\x1b[?1000h",
    "\x1b[?2004h",
    "\x1b[!p",
    "\x1b[20l",
    /* OSC: title, link, colours, clipboard, font, notification */
    "\x1b]0;title\x07",
    "\x1b]2;title\x1b\\",
    "\x1b]8;;http://evil.example\x1b\\bank\x1b]8;;\x1b\\",
    "\x1b]8;id=1;file:///etc/passwd\x07x\x1b]8;;\x07",
    "\x1b]52;c;cm0gLXJmIH4=\x07",
    "\x1b]52;p;?\x1b\\",
    "\x1b]4;1;?\x07",
    "\x1b]10;?\x07",
    "\x1b]11;?\x1b\\",
    "\x1b]50;?\x07",
    "\x1b]777;notify;a;b\x07",
    "\x1b]1337;File=inline=1:AAAA\x07",
    "\x1b]133;A\x07",
    "\x1b]7;file://host/\x07",
    /* DCS, APC, PM, SOS, single shifts, resets */
    "\x1bP$q\"p\x1b\\",
    "\x1bP+q544e\x1b\\",
    "\x1bPq#0;2;0;0;0~\x1b\\",
    "\x1b_Gf=24;AAAA\x1b\\",
    "\x1b^private\x1b\\",
    "\x1bXstring\x1b\\",
    "\x1b"
    "c",
    "\x1b(0lqk",
    "\x1b)0\x0e",
    "\x1bN",
    "\x1bO",
    "\x1b#8",
    "\x1bZ",
    "\x1b=",
    "\x1b",
    "\x1b\x1b\x1b",
    "\x1b\n[2J",
    /* the same without ESC: C1 as UTF-8, and as bare bytes */
    "\xc2\x9b"
    "2J",
    "\xc2\x9d"
    "52;c;QQ==\xc2\x9c",
    "\xc2\x90q\xc2\x9c",
    "\xc2\x9f\xc2\x9e\xc2\x98",
    "\xc2\x85next",
    "\xc2\x80\xc2\x99",
    "\x9b"
    "2J",
    "\x9d"
    "0;t\x9c",
    "\x90\x9f",
    /* other controls */
    "\x07\x07\x07",
    "a\bb\bc",
    "over\rwritten",
    "\r\n\r\n",
    "\x0b\x0c",
    "\x0e\x0f",
    "\x11\x13",
    "\x7f\x7f",
    "\x01\x02\x03",
    "\x1a\x04",
    "a\tb",
    /* bidi: Trojan Source */
    "user\xe2\x80\xaegpj.exe",
    "\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xac\xe2\x80\xad",
    "\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9",
    "\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c",
    "/*\xe2\x80\xae } \xe2\x81\xa6if (admin)\xe2\x81\xa9 \xe2\x81\xa6 begin */",
    /* not to be seen */
    "pay\xe2\x80\x8bpal",
    "a\xe2\x81\xa0\xe2\x81\xa1\xe2\x81\xa4z",
    "\xef\xbb\xbfmark",
    "so\xc2\xad"
    "ft",
    "x\xf3\xa0\x81\x81\xf3\xa0\x80\xa0\xf3\xa0\x81\xbf",
    "x\xf3\xa0\x84\x80",
    "a\xcd\x8f"
    "b",
    "\xe3\x85\xa4\xe1\x85\x9f\xe1\x85\xa0\xef\xbe\xa0",
    "a\xe2\x80\x8d"
    "b\xe2\x80\x8c",
    "a\xef\xb8\x8f\xef\xb8\x8e",
    "\xe2\x81\xaa\xe2\x81\xaf",
    "\xef\xbf\xb9\xef\xbf\xba\xef\xbf\xbb",
    /* line ends of Unicode */
    "one\xe2\x80\xa8two\xe2\x80\xa9three",
    /* marks without a base, and too many */
    "\xcc\x81start",
    "a\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85\xcc\x86",
    "\x1b\xcc\xb8",
    "\n\xcc\x81",
    "\t\xcc\x81",
    "\xe2\x83\x9d\xe2\x83\xa3",
    "\xe1\x85\xa1\xe1\x86\xa8\xe1\x86\xa8\xe1\x86\xa8",
    /* no UTF-8: cut, overlong, surrogates, beyond the end */
    "\xff\xfe\x9b",
    "\xc0\x80",
    "\xc0\xaf",
    "\xc1\xbf",
    "\xe0\x80\x9b",
    "\xf0\x80\x80\x9b",
    "\xed\xa0\x80",
    "\xed\xb0\x80\xed\xa0\x80",
    "\xf4\x90\x80\x80",
    "\xf5\x80\x80\x80",
    "\xf8\x88\x80\x80\x80",
    "\xfc\x84\x80\x80\x80\x80",
    "cut\xe2\x82",
    "cut\xf0\x9f\x98",
    "\xe2\x28\xa1",
    "\x80",
    "\xc2",
    "\xc2\x1b[2J",
    "\xe2\x80\x1b]0;x\x07",
    "\xf0\x9f\x1b"
    "c",
    /* no characters */
    "\xef\xbf\xbe\xef\xbf\xbf",
    "\xf0\x9f\xbf\xbe",
    "\xef\xb7\x90",
    "\xee\x80\x80",
    "\xf3\xb0\x80\x80",
    "\xf4\x8f\xbf\xbf",
    "\xcd\xb8",
    /* emoji that are none */
    "\xe2\x80\x8d\xf0\x9f\x91\xa9",
    "\xf0\x9f\x91\xa9\xe2\x80\x8d",
    "\xf0\x9f\x91\xa9\xe2\x80\x8d\xe2\x80\x8d\xe2\x80\x8d\xf0\x9f\x91\xa9",
    "\xf0\x9f\x91\xa9\xef\xb8\x8f\xef\xb8\x8f\xef\xb8\x8f",
    "\xf0\x9f\x91\xa9\xe2\x80\x8d\xef\xb8\x8f\xf0\x9f\x91\xa9",
};

static void
test_no_payload_gets_through_and_showing_twice_changes_nothing(void **state)
{
	size_t i;

	(void)state;
	assert_true(sizeof(payloads) / sizeof(payloads[0]) >= 60);
	for (i = 0; i < sizeof(payloads) / sizeof(payloads[0]); i++)
		assert_tamed(payloads[i]);
}

static void
test_payload_between_words_leaves_the_words(void **state)
{
	struct shown_text shown;
	struct cq_buf b = {0};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(payloads) / sizeof(payloads[0]); i++) {
		cq_buf_clear(&b);
		cq_buf_fmt(&b, "before %s after", payloads[i]);
		assert_tamed(b.s);
		shown = show_str(b.s, SHOW_LINE);
		assert_memory_equal(shown.s, "before ", 7);
		assert_non_null(strstr(shown.s, " after"));
		shown_free(&shown);
	}
	cq_buf_free(&b);
}

static void
test_what_each_kind_of_sign_becomes(void **state)
{
	static const struct {
		const char *raw, *line, *text;
	} rows[] = {
	    {"", "", ""},
	    {"plain", "plain", "plain"},
	    {"a\nb\tc", "a b c", "a\nb\tc"},
	    {"a\r\nb", "a b", "a\nb"},
	    {"a\rb", "a<CR>b", "a<CR>b"},
	    {"\x1b[2J", "<ESC>[2J", "<ESC>[2J"},
	    {"\x01\x07\x08\x0b\x1f\x7f", "<SOH><BEL><BS><VT><US><DEL>",
		"<SOH><BEL><BS><VT><US><DEL>"},
	    {"\xc2\x9d"
	     "52;",
		"<9D>52;", "<9D>52;"},
	    {"\xc2\x80\xc2\x85\xc2\x9b", "<80><85><9B>", "<80><85><9B>"},
	    {"\x9b"
	     "2J",
		"\xef\xbf\xbd"
		"2J",
		"\xef\xbf\xbd"
		"2J"},
	    {"user\xe2\x80\xaegpj.exe", "user<RLO>gpj.exe", "user<RLO>gpj.exe"},
	    {"\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", "<LRM><RLM><ALM>",
		"<LRM><RLM><ALM>"},
	    {"\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xac\xe2\x80\xad",
		"<LRE><RLE><PDF><LRO>", "<LRE><RLE><PDF><LRO>"},
	    {"\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9",
		"<LRI><RLI><FSI><PDI>", "<LRI><RLI><FSI><PDI>"},
	    {"pay\xe2\x80\x8bpal\xef\xbb\xbf\xc2\xad", "paypal", "paypal"},
	    {"x\xf3\xa0\x81\x81", "x", "x"},
	    /* fillers that count as letters or marks, and are not seen */
	    {"a\xcd\x8f\xe3\x85\xa4\xe1\x85\x9f\xe1\x85\xa0\xef\xbe\xa0z", "az",
		"az"},
	    {"a\xef\xb8\x80\xf3\xa0\x84\x80\xe1\xa0\x8bz", "az", "az"},
	    {"1\xe2\x80\xa8"
	     "2\xe2\x80\xa9"
	     "3",
		"1 2 3", "1\n2\n3"},
	    {"\xee\x80\x80\xcd\xb8", "\xef\xbf\xbd\xef\xbf\xbd",
		"\xef\xbf\xbd\xef\xbf\xbd"},
	    /* a visible Arabic number sign is no control */
	    {"\xd8\x80"
	     "12",
		"\xd8\x80"
		"12",
		"\xd8\x80"
		"12"},
	    {"gr\xc3\xbc\xc3\x9f \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x98\x80",
		"gr\xc3\xbc\xc3\x9f \xe6\x97\xa5\xe6\x9c\xac "
		"\xf0\x9f\x98\x80",
		"gr\xc3\xbc\xc3\x9f \xe6\x97\xa5\xe6\x9c\xac "
		"\xf0\x9f\x98\x80"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_shown(rows[i].raw, SHOW_LINE, rows[i].line);
		assert_shown(rows[i].raw, SHOW_TEXT, rows[i].text);
	}
}

static void
test_null_is_shown_as_nothing(void **state)
{
	struct shown_text shown = show((struct raw_text){NULL}, SHOW_TEXT);
	struct raw_text raw = raw_copy(NULL);

	(void)state;
	assert_string_equal(shown.s, "");
	shown_free(&shown);
	assert_null(shown.s);
	assert_null(raw.s);
	raw_free(&raw);
	raw = raw_copy("\x1b");
	assert_string_equal(raw.s, "\x1b"); /* evidence stays as it came */
	raw_free(&raw);
	assert_null(raw.s);
}

#define ACUTE "\xcc\x81"

static void
test_marks_beyond_two_in_lists_and_four_in_texts_are_dropped(void **state)
{
	static const char zalgo[] =
	    "a" ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE "b" ACUTE ACUTE ACUTE;

	(void)state;
	assert_shown(zalgo, SHOW_LINE, "a" ACUTE ACUTE "b" ACUTE ACUTE);
	assert_shown(zalgo, SHOW_TEXT,
	    "a" ACUTE ACUTE ACUTE ACUTE "b" ACUTE ACUTE ACUTE);
	/* nothing invisible in between starts the count anew */
	assert_shown("a" ACUTE ACUTE "\xe2\x80\x8b" ACUTE, SHOW_LINE,
	    "a" ACUTE ACUTE);
}

static void
test_mark_without_a_base_gets_a_dotted_circle(void **state)
{
	(void)state;
	assert_shown(ACUTE "x", SHOW_LINE, "\xe2\x97\x8c" ACUTE "x");
	assert_shown("a\n" ACUTE, SHOW_LINE, "a \xe2\x97\x8c" ACUTE);
	assert_shown("a\n" ACUTE, SHOW_TEXT, "a\n\xe2\x97\x8c" ACUTE);
	/* it must not change the look of a sign: U+0338 strikes through */
	assert_shown("\x1b\xcc\xb8", SHOW_LINE, "<ESC>\xe2\x97\x8c\xcc\xb8");
	/* a Devanagari vowel sign is a mark too */
	assert_shown("\xe0\xa4\xbe", SHOW_LINE, "\xe2\x97\x8c\xe0\xa4\xbe");
}

static void
test_korean_parts_count_as_marks(void **state)
{
	/* U+1112 U+1161 U+11AB is one syllable; more parts are a flood */
	(void)state;
	assert_shown("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", SHOW_LINE,
	    "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab");
	assert_shown("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab\xe1\x86\xab",
	    SHOW_LINE, "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab");
}

#define ZWJ "\xe2\x80\x8d"
#define ZWNJ "\xe2\x80\x8c"
#define VS15 "\xef\xb8\x8e"
#define VS16 "\xef\xb8\x8f"
#define WOMAN "\xf0\x9f\x91\xa9"
#define ROCKET "\xf0\x9f\x9a\x80"
#define BROWN "\xf0\x9f\x8f\xbd"
#define HEART "\xe2\x9d\xa4"

static void
test_joiners_stay_only_between_letters_or_emoji(void **state)
{
	static const struct {
		const char *raw, *shown;
	} rows[] = {
	    {WOMAN ZWJ ROCKET, WOMAN ZWJ ROCKET},
	    {WOMAN BROWN ZWJ ROCKET, WOMAN BROWN ZWJ ROCKET},
	    {HEART VS16 ZWJ ROCKET, HEART VS16 ZWJ ROCKET},
	    {WOMAN ZWNJ ROCKET, WOMAN ROCKET},
	    {WOMAN ZWJ "x", WOMAN "x"},
	    {WOMAN ZWJ, WOMAN},
	    {ZWJ WOMAN, WOMAN},
	    {WOMAN ZWJ ZWJ ROCKET, WOMAN ZWJ ROCKET},
	    {WOMAN ZWJ VS16 ROCKET, WOMAN ZWJ ROCKET},
	    /* Persian: mi ZWNJ khaham */
	    {"\xd9\x85\xdb\x8c" ZWNJ "\xd8\xae",
		"\xd9\x85\xdb\x8c" ZWNJ "\xd8\xae"},
	    {"\xd9\x85\xdb\x8c" ZWNJ " \xd8\xae", "\xd9\x85\xdb\x8c \xd8\xae"},
	    /* Bengali: ra ZWJ virama ya; Sinhala: ka virama ZWJ ra */
	    {"\xe0\xa6\xb0" ZWJ "\xe0\xa7\x8d\xe0\xa6\xaf",
		"\xe0\xa6\xb0" ZWJ "\xe0\xa7\x8d\xe0\xa6\xaf"},
	    {"\xe0\xb6\x9a\xe0\xb7\x8a" ZWJ "\xe0\xb6\xbb",
		"\xe0\xb6\x9a\xe0\xb7\x8a" ZWJ "\xe0\xb6\xbb"},
	    /* they join nothing in Latin: two names would only look alike */
	    {"ann" ZWJ "a" ZWNJ "b", "annab"},
	    {"\xc3\xa9" ZWJ "\xc3\xa9", "\xc3\xa9\xc3\xa9"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_shown(rows[i].raw, SHOW_LINE, rows[i].shown);
}

static void
test_one_selector_stays_and_only_behind_an_emoji(void **state)
{
	(void)state;
	assert_shown(HEART VS16 VS16, SHOW_LINE, HEART VS16);
	assert_shown(HEART VS15 VS16, SHOW_LINE, HEART VS15);
	assert_shown("a" VS16 "1" VS16, SHOW_LINE, "a1");
	assert_shown(WOMAN BROWN VS16, SHOW_LINE, WOMAN BROWN);
	assert_shown(WOMAN ACUTE VS16, SHOW_LINE, WOMAN ACUTE);
}

static size_t
encode(int cp, char *out)
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

static void
test_no_code_point_at_all_does_harm(void **state)
{
	char s[16];
	size_t n;
	int cp;

	(void)state;
	for (cp = 1; cp < 0x110000; cp++) {
		s[0] = 'a';
		n = 1 + encode(cp, s + 1);
		s[n] = 'b';
		s[n + 1] = '\0';
		/* surrogates encode to what is no UTF-8: tamed as well */
		assert_tamed(s);
	}
}

static void
test_any_order_of_nasty_pieces_is_tamed(void **state)
{
	static const char *const pieces[] = {"a", " ", "\n", "\r", "\t", "\x1b",
	    ACUTE, "\xe1\x85\xa1", "\xe0\xa4\xbe", "\xe0\xa7\x8d",
	    "\xe0\xa6\xb0", ZWJ, ZWNJ, VS15, VS16, WOMAN, BROWN, HEART,
	    "\xe2\x80\x8b", "\xe2\x80\xae", "\xc2\x9d", "\xff", "\xe2\x80",
	    "\xef\xbf\xbd", "\xe2\x97\x8c", "\xe2\x83\x9d", "<", "\xd8\x80"};
	uint32_t random = 12345;
	struct cq_buf b = {0};
	int i, k;

	(void)state;
	for (i = 0; i < 20000; i++) {
		cq_buf_clear(&b);
		for (k = 0; k < 12; k++) {
			random = random * 1664525 + 1013904223;
			cq_buf_str(&b,
			    pieces[(random >> 16) %
				(sizeof(pieces) / sizeof(pieces[0]))]);
		}
		assert_tamed(b.s);
	}
	cq_buf_free(&b);
}

/* Repeats unit n times. */
static char *
flood(const char *unit, size_t n)
{
	struct cq_buf b = {0};

	cq_buf_str(&b, "a");
	while (n-- > 0)
		cq_buf_str(&b, unit);
	return cq_buf_take(&b);
}

static void
test_floods_take_linear_time(void **state)
{
	static const char *const units[] = {"e", ACUTE, "\xcc\xa7" ACUTE, ZWJ,
	    WOMAN ZWJ, "\x1b", "\xff", "\n", "\xe1\x85\xa1", "\xe2\x80\x8b"};
	struct shown_text shown;
	char *s;
	size_t i;

	(void)state;
	alarm(60); /* quadratic would take hours */
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		s = flood(units[i], (1 << 20) / strlen(units[i]));
		shown = show_str(s, SHOW_LINE);
		assert_harmless(shown.s, SHOW_LINE);
		shown_free(&shown);
		free(s);
	}
	alarm(0);
	s = flood(ACUTE, 10000);
	assert_shown(s, SHOW_LINE, "a" ACUTE ACUTE);
	free(s);
}

static void
test_utf8_is_valid_by_rfc_3629_only(void **state)
{
	static const struct {
		const char *s;
		size_t n;
		int valid;
	} rows[] = {
	    {"", 0, 1},
	    {"abc", 3, 1},
	    {"\x7f", 1, 1},
	    {"\xc2\x80", 2, 1},
	    {"\xdf\xbf", 2, 1},
	    {"\xe0\xa0\x80", 3, 1},
	    {"\xed\x9f\xbf", 3, 1},
	    {"\xee\x80\x80", 3, 1},
	    {"\xef\xbf\xbf", 3, 1},
	    {"\xf0\x90\x80\x80", 4, 1},
	    {"\xf4\x8f\xbf\xbf", 4, 1},
	    {"\x80", 1, 0},
	    {"\xbf", 1, 0},
	    {"\xc0\x80", 2, 0},
	    {"\xc1\xbf", 2, 0},
	    {"\xe0\x9f\xbf", 3, 0},
	    {"\xed\xa0\x80", 3, 0},
	    {"\xed\xbf\xbf", 3, 0},
	    {"\xf0\x8f\xbf\xbf", 4, 0},
	    {"\xf4\x90\x80\x80", 4, 0},
	    {"\xf5\x80\x80\x80", 4, 0},
	    {"\xfe", 1, 0},
	    {"\xff", 1, 0},
	    {"\xc3", 1, 0},
	    {"\xe2\x82", 2, 0},
	    {"\xf0\x9f\x98", 3, 0},
	    {"a\xe2\x82\xac", 3, 0}, /* n ends inside */
	    {"\xe2\x82\x41", 3, 0},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(cq_utf8_valid(rows[i].s, rows[i].n),
		    rows[i].valid);
}

static void
test_decoding_gives_back_every_code_point(void **state)
{
	char s[4];
	int cp, got;
	size_t n;

	(void)state;
	for (cp = 0; cp < 0x110000; cp++) {
		n = encode(cp, s);
		if (cp >= 0xd800 && cp <= 0xdfff) {
			assert_int_equal(cq_utf8_next(s, n, &got), 1);
			assert_int_equal(got, -1);
			continue;
		}
		assert_int_equal(cq_utf8_next(s, n, &got), n);
		assert_int_equal(got, cp);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_no_payload_gets_through_and_showing_twice_changes_nothing),
	    cmocka_unit_test(test_payload_between_words_leaves_the_words),
	    cmocka_unit_test(test_what_each_kind_of_sign_becomes),
	    cmocka_unit_test(test_null_is_shown_as_nothing),
	    cmocka_unit_test(
		test_marks_beyond_two_in_lists_and_four_in_texts_are_dropped),
	    cmocka_unit_test(test_mark_without_a_base_gets_a_dotted_circle),
	    cmocka_unit_test(test_korean_parts_count_as_marks),
	    cmocka_unit_test(test_joiners_stay_only_between_letters_or_emoji),
	    cmocka_unit_test(test_one_selector_stays_and_only_behind_an_emoji),
	    cmocka_unit_test(test_no_code_point_at_all_does_harm),
	    cmocka_unit_test(test_any_order_of_nasty_pieces_is_tamed),
	    cmocka_unit_test(test_floods_take_linear_time),
	    cmocka_unit_test(test_utf8_is_valid_by_rfc_3629_only),
	    cmocka_unit_test(test_decoding_gives_back_every_code_point),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

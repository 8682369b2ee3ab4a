#include "tests/two_texts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

const char *const text_words[N_TEXT_WORDS] = {"market", "shelter", "bridge",
    "window", "copper", "violin", "garden", "kettle", "pencil", "basket",
    "ladder", "orchard", "pillow", "lantern", "hammer", "walnut", "saddle",
    "rocket", "tunnel", "meadow", "cabinet", "whistle", "compass", "ember",
    "harbour", "chimney", "trolley", "pigeon", "mirror", "stapler", "trumpet",
    "lizard", "gravel", "anchor", "velvet", "cactus", "falcon", "puzzle",
    "ribbon", "sponge"};

int64_t
counted_word(void *arg, uint64_t key)
{
	const struct counted *c = arg;

	return c->hashed ? (int64_t)(key * 2654435761u >> 20 & 1023) : c->n;
}

const struct counted all_rare = {0, 1000, false};

struct cq_copy
compare_texts(const struct counted *counted, const char *a, const char *b,
    bool known, unsigned off)
{
	struct counted c = *counted;
	struct cq_word_counts counts = {counted_word, &c, c.n_posts};
	struct cq_normal x = cq_normalise(a), y = cq_normalise(b);
	struct cq_side sides[] = {{&x, "en"}, {&y, "en"}};
	struct cq_copy copy;

	cq_copy_compare(&sides[0], &sides[1], known, &counts, off, &copy);
	cq_normal_free(&x);
	cq_normal_free(&y);
	return copy;
}

void
add_words(struct cq_buf *b, size_t from, size_t to)
{
	cq_buf_str(b, b->n == 0 ? "" : " ");
	for (size_t i = from; i < to; i++)
		cq_buf_fmt(b, "%s%s", i == from ? "" : " ", text_words[i]);
}

static void
two_free(struct two *t)
{
	cq_buf_free(&t->a);
	cq_buf_free(&t->b);
}

void
expect_copy(struct two *t, unsigned off, const char *why)
{
	struct cq_copy copy =
	    compare_texts(&all_rare, t->a.s, t->b.s, false, off);

	if (!copy.copy || copy.guard != CQ_GUARD_NONE)
		fail_msg("%s: %s", cq_guard_name(copy.guard), copy.why);
	if (why != NULL)
		assert_string_equal(copy.why, why);
	two_free(t);
}

void
expect_guard(struct two *t, enum cq_guard guard, unsigned off, const char *why)
{
	struct cq_copy copy =
	    compare_texts(&all_rare, t->a.s, t->b.s, false, off);

	if (copy.copy || copy.guard != guard)
		fail_msg("%s: %s", cq_guard_name(copy.guard), copy.why);
	if (why != NULL)
		assert_string_equal(copy.why, why);
	copy =
	    compare_texts(&all_rare, t->a.s, t->b.s, false, off | 1u << guard);
	if (!copy.copy)
		fail_msg("%s too: %s", cq_guard_name(copy.guard), copy.why);
	two_free(t);
}

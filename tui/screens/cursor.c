#include "tui/screens/cursor.h"

void
cursor_go(struct cursor *c, size_t n, enum motion go)
{
	size_t page = c->rows < 2 ? 1 : c->rows - 1;
	const size_t by[] = {[GO_DOWN] = 1,
	    [GO_UP] = 1,
	    [GO_FIRST] = n,
	    [GO_LAST] = n,
	    [GO_HALF_DOWN] = (page + 1) / 2,
	    [GO_HALF_UP] = (page + 1) / 2,
	    [GO_PAGE_DOWN] = page,
	    [GO_PAGE_UP] = page};

	if (go == GO_DOWN || go == GO_LAST || go == GO_HALF_DOWN ||
	    go == GO_PAGE_DOWN)
		c->here += by[go];
	else
		c->here -= c->here < by[go] ? c->here : by[go];
	if (c->here >= n)
		c->here = n == 0 ? 0 : n - 1;
}

void
cursor_fit(struct cursor *c, size_t n, int rows)
{
	c->rows = rows < 1 ? 1 : (size_t)rows;
	if (c->here >= n)
		c->here = n == 0 ? 0 : n - 1;
	if (c->here < c->top)
		c->top = c->here;
	if (c->here >= c->top + c->rows)
		c->top = c->here - c->rows + 1;
	/* no empty lines at the end while there are rows above */
	if (n <= c->rows)
		c->top = 0;
	else if (c->top + c->rows > n)
		c->top = n - c->rows;
}

void
cursor_follow(struct cursor *c, size_t at)
{
	size_t line = c->here > c->top ? c->here - c->top : 0;

	c->here = at;
	c->top = at > line ? at - line : 0;
}

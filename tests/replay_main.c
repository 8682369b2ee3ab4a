/*
 * A server that answers as real services once did, for tests of the whole
 * program.
 *
 * usage: build/tests/replay DIR [--port N] [--log FILE] [--routes FILE]
 *            [--rewrite HOST]... [--gzip]
 *
 * Serves the recorded exchanges in DIR on 127.0.0.1 until it is ended, or the
 * shell that started it is.  An exchange is NAME.meta.json, which holds the request ("method", "url") and
 * the response ("status", "headers" as pairs, "body_file"), and the file of
 * the body.  Host names and the headers of a request are not compared;
 * Content-Encoding, Content-Length, Transfer-Encoding, Connection, Keep-Alive
 * and Date of the record are not sent.  Which exchange answers which request,
 * what a file of routes looks like (DIR/replay.routes is read as well) and
 * what the log says, is told in tests/replay.h.
 *
 * --port N        0, or not given: any that is free; it is printed as the
 *                 first line on standard output once requests are taken
 * --log FILE      each request, one a line; the file is emptied at the start
 * --routes FILE   more routes, which go before all others
 * --rewrite HOST  what names HOST in headers and bodies names this server
 * --gzip          bodies are compressed for who accepts that
 *
 * POST /__fault, with the lines of a fault (tests/replay.h) as its body,
 * makes something go wrong; 400 says that there is no such fault.  POST
 * /__heal ends all faults.  Neither is in the log.
 *
 * Marks of time in a fault count from $CASEQ_NOW at the start, or else from
 * the real time.
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include "core/when.h"
#include "tests/replay_parts.h"

static const struct option options[] = {
    {"port", required_argument, NULL, 'p'},
    {"log", required_argument, NULL, 'l'},
    {"routes", required_argument, NULL, 'r'},
    {"rewrite", required_argument, NULL, 'w'},
    {"gzip", no_argument, NULL, 'z'},
    {NULL, 0, NULL, 0},
};

struct wanted {
	const char *dir, *log, *routes;
	char *hosts[8];
	size_t n_hosts;
	unsigned port;
	bool gzip;
};

static void
usage(void)
{
	fputs("usage: replay DIR [--port N] [--log FILE] [--routes FILE] "
	      "[--rewrite HOST]... [--gzip]\n",
	    stderr);
	exit(2);
}

static unsigned
port_of(const char *text)
{
	char *end;
	unsigned long port = strtoul(text, &end, 10);

	if (*text == '\0' || *end != '\0' || port > 65535)
		usage();
	return (unsigned)port;
}

static void
read_options(int argc, char **argv, struct wanted *w)
{
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'p')
			w->port = port_of(optarg);
		else if (c == 'l')
			w->log = optarg;
		else if (c == 'r')
			w->routes = optarg;
		else if (c == 'z')
			w->gzip = true;
		else if (c == 'w' && w->n_hosts < 8)
			w->hosts[w->n_hosts++] = optarg;
		else
			usage();
	}
	if (optind + 1 != argc)
		usage();
	w->dir = argv[optind];
}

static struct replay *
serve(const struct wanted *w)
{
	const char *now = getenv("CASEQ_NOW");
	struct replay *r = replay_start_at(w->port);
	int64_t at;
	size_t i;

	if (now != NULL && cq_time_parse(now, &at))
		replay_clock(r, at);
	if (w->gzip)
		replay_gzip(r);
	if (w->log != NULL)
		replay_log(r, w->log);
	for (i = 0; i < w->n_hosts; i++)
		replay_rewrite(r, w->hosts[i]);
	replay_dir(r, w->dir);
	if (w->routes != NULL)
		replay_routes(r, w->dir, w->routes);
	return r;
}

int
main(int argc, char **argv)
{
	struct wanted w = {0};
	struct replay *r;
	sigset_t ends;
	int sig;

	read_options(argc, argv, &w);
	/* before there are threads, which would take them otherwise */
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	signal(SIGPIPE, SIG_IGN);
	/* a test that is killed has no time to end it */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	r = serve(&w);
	printf("%s\n", replay_base(r) + sizeof("http://127.0.0.1:") - 1);
	fflush(stdout);
	sigwait(&ends, &sig);
	replay_stop(r);
	return 0;
}

#include "tests/faults/chaos.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * usage: chaos [-s SECONDS] [-w WORKERS] [-i INGESTERS] [-r SEED] [-c]
 *
 * Starts the processes, kills random ones with SIGKILL and replaces them,
 * stops others for longer than a lease, and then checks everything.  With
 * -c it is a control, linked with a store that does not check fences: then
 * it fails unless the check finds that acts were accepted under old ones.
 */
struct process {
	pid_t pid;
	int n_lives;
};

struct parent {
	struct chaos *chaos;
	struct process *at;
	int n;
	uint64_t dice;
	int64_t resume_at; /* ms; 0 if nobody is stopped */
	int stopped;
};

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
nap_ms(int ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000L};

	nanosleep(&t, NULL);
}

static void
start(struct parent *p, int slot)
{
	pid_t pid;

	p->chaos->shared->busy[slot] = 0;
	pid = fork();
	if (pid < 0) {
		perror("fork");
		exit(1);
	}
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (slot < p->chaos->n_workers)
			chaos_work(p->chaos, slot, p->at[slot].n_lives);
		chaos_ingest(p->chaos, slot, p->at[slot].n_lives);
		_exit(0);
	}
	p->at[slot].pid = pid;
	p->at[slot].n_lives++;
	p->chaos->n_starts++;
}

/* Half of the time one in the middle of an act, if there is one. */
static int
choose(struct parent *p)
{
	const volatile char *busy = p->chaos->shared->busy;
	int slot = chaos_dice(&p->dice, p->n);

	if (chaos_dice(&p->dice, 2) == 0)
		return slot;
	for (int i = 0; i < 1000000 && !busy[slot]; i++)
		slot = chaos_dice(&p->dice, p->n);
	if (chaos_dice(&p->dice, 3) > 0)
		usleep((unsigned)chaos_dice(&p->dice, 400));
	return slot;
}

static void
end(struct parent *p, int slot)
{
	kill(p->at[slot].pid, SIGKILL);
	while (waitpid(p->at[slot].pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static void
resume_stopped(struct parent *p)
{
	if (p->resume_at == 0 || now_ms() < p->resume_at)
		return;
	kill(p->at[p->stopped].pid, SIGCONT);
	p->resume_at = 0;
}

static void
disturb(struct parent *p)
{
	int slot = choose(p);

	if (p->resume_at == 0 && chaos_dice(&p->dice, 10) == 0) {
		kill(p->at[slot].pid, SIGSTOP);
		p->stopped = slot;
		p->resume_at = now_ms() + 1000 * CHAOS_LEASE_S + 200;
		p->chaos->n_pauses++;
		return;
	}
	if (p->resume_at != 0 && slot == p->stopped)
		return;
	end(p, slot);
	p->chaos->n_kills++;
	start(p, slot);
}

static void
run(struct chaos *chaos)
{
	struct parent p = {.chaos = chaos, .dice = chaos->seed};
	int64_t until = now_ms() + 1000 * chaos->seconds;

	p.n = chaos->n_workers + chaos->n_ingesters;
	p.at = calloc((size_t)p.n, sizeof(*p.at));
	if (p.at == NULL)
		exit(1);
	for (int i = 0; i < p.n; i++)
		start(&p, i);
	while (now_ms() < until) {
		nap_ms(50 + chaos_dice(&p.dice, 200));
		resume_stopped(&p);
		disturb(&p);
	}
	for (int i = 0; i < p.n; i++)
		end(&p, i);
	free(p.at);
}

static enum cq_status
prepare(struct chaos *chaos, struct cq_err *err)
{
	struct cq_store *store = NULL;
	enum cq_status rc;

	rc = cq_store_create(chaos->queue, &chaos->env, "boss", "boss",
	    getuid(), err);
	if (rc == CQ_OK)
		rc = cq_store_open(chaos->queue, &chaos->env, &store, err);
	if (rc == CQ_OK)
		rc = chaos_first_posts(chaos, store, err);
	cq_store_close(store); /* before the first fork */
	return rc;
}

static void
remove_folder(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	char name[400];

	while (dir != NULL && (e = readdir(dir)) != NULL) {
		snprintf(name, sizeof(name), "%s/%s", path, e->d_name);
		unlink(name); /* fails for "." and ".." */
	}
	if (dir != NULL)
		closedir(dir);
	rmdir(path);
}

static void
options(int argc, char **argv, struct chaos *chaos, bool *control)
{
	int o;

	while ((o = getopt(argc, argv, "s:w:i:r:c")) != -1) {
		if (o == 's')
			chaos->seconds = atoi(optarg);
		else if (o == 'w')
			chaos->n_workers = atoi(optarg);
		else if (o == 'i')
			chaos->n_ingesters = atoi(optarg);
		else if (o == 'r')
			chaos->seed = strtoull(optarg, NULL, 10);
		else if (o == 'c')
			*control = true;
		else
			exit(2);
	}
}

static void
set_up(struct chaos *chaos)
{
	const char *tmp = getenv("TMPDIR");
	struct cq_err err = {0};

	snprintf(chaos->dir, sizeof(chaos->dir), "%s/caseq-chaos.XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	if (mkdtemp(chaos->dir) == NULL) {
		perror(chaos->dir);
		exit(1);
	}
	snprintf(chaos->queue, sizeof(chaos->queue), "%s/queue.db", chaos->dir);
	chaos->shared = mmap(NULL, sizeof(*chaos->shared),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (chaos->shared == MAP_FAILED || prepare(chaos, &err) != CQ_OK) {
		fprintf(stderr, "chaos: cannot make the queue: %s\n", err.msg);
		remove_folder(chaos->dir);
		exit(1);
	}
}

int
main(int argc, char **argv)
{
	struct chaos chaos = {.n_workers = 12,
	    .n_ingesters = 2,
	    .seconds = 45,
	    .seed = 1,
	    .env = cq_env_system()};
	bool control = false;
	int passed = 0, failed;

	options(argc, argv, &chaos, &control);
	set_up(&chaos);
	run(&chaos);
	failed = chaos_check(&chaos, control, &passed);
	if (control) {
		printf("%sok - without the fence the check finds old acts\n",
		    failed ? "" : "not ");
		printf("%d passed, %d failed\n", failed, !failed);
	} else {
		printf("%d passed, %d failed\n", passed, failed);
	}
	if (failed && !control)
		printf("# kept: %s (seed %llu)\n", chaos.dir,
		    (unsigned long long)chaos.seed);
	else
		remove_folder(chaos.dir);
	return control ? !failed : failed > 0;
}

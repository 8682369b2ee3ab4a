/*
 * A Bluesky network for itself: directory of accounts, a personal data
 * server, and the service that indexes and searches.  None of it was written
 * for caseq.  Needs DB_POSTGRES_URL, REDIS_HOST and DB_POSTGRES_SCHEMA.
 *
 * usage: node network.mjs PACKAGES DIR
 *
 * Writes the address of the data server to DIR/pds when all of it answers,
 * and a line "METHOD PATH STATUS WHO" to DIR/requests for each request that
 * comes in there.
 */
import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import net from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [packages, dir] = process.argv.slice(2);

/* The packages would listen on all interfaces. */
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
	if (typeof args[0] === 'object' && args[0] !== null && !args[0].path)
		args[0] = { ...args[0], host: '127.0.0.1' };
	else if (typeof args[0] === 'number' || /^\d+$/.test(args[0]))
		args.splice(1, typeof args[1] === 'string' ? 1 : 0,
			'127.0.0.1');
	return listen.apply(this, args);
};

let port = 0;
const emit = http.Server.prototype.emit;
http.Server.prototype.emit = function (event, req, res, ...rest) {
	if (event === 'request' && req.socket.localPort === port)
		res.on('finish', () => appendFileSync(join(dir, 'requests'),
			`${req.method} ${req.url} ${res.statusCode} ` +
			`${req.headers['user-agent'] ?? '-'}\n`));
	return emit.call(this, event, req, res, ...rest);
};

const find = createRequire(join(packages, 'x.js'));
const { TestNetwork } = await import(pathToFileURL(
	find.resolve('@atproto/dev-env')));

const network = await TestNetwork.create({ pds: { hostname: 'localhost' } });
port = network.pds.port;
const stop = async () => {
	await network.close();
	process.exit(0);
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
writeFileSync(join(dir, 'pds.new'), `http://127.0.0.1:${port}\n`);
renameSync(join(dir, 'pds.new'), join(dir, 'pds'));

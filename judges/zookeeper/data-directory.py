# Fills a server, or compares one with what another was filled with, by raw sockets.
#   data-directory.py PORT write BASE SEED   makes nodes of all kinds below BASE; prints the session and the whole tree as JSON
#   data-directory.py PORT check BASE        takes that on standard input, comes back with the session, and prints [[title, passed, detail], ...]
import json, os, random, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'probes'))
from zkraw import *

def authenticate(client):
    client.raw(-4, 100, I(0) + S('digest') + B(b'user:pw'))
    client.read()

def header(op): return I(op) + Z(0) + I(-1)
END = I(-1) + Z(1) + I(-1)

def dump(client):
    tree = {}
    def walk(path):
        reply = client.call(4, S(path) + Z(0))[3]
        data, stat = reply.buf(), reply.stat()
        reply = client.call(6, S(path))[3]
        acl = reply.vec(lambda: [reply.i(), reply.s_(), reply.s_()])
        tree[path] = [None if data is None else data.hex(), stat, acl]
        reply = client.call(8, S(path) + Z(0))[3]
        for name in sorted(reply.vec(reply.s_)):
            walk(('' if path == '/' else path) + '/' + name)
    walk('/')
    return tree

def write(base, seed):
    chance = random.Random(seed)
    client = Z_(timeout=40000)
    authenticate(client)
    assert client.call(1, S(base) + B(None) + OPEN + I(0))[2] == 0
    names = []
    for index in range(300):
        what = chance.random()
        if what < 0.4 or not names:
            data = bytes(chance.randrange(256) for _ in range(chance.randrange(60)))
            names.append(client.call(1, S(base + '/s-') + B(data) + OPEN + I(2))[3].s_())
        elif what < 0.6:
            data = bytes(chance.choice([0, 10, 5000]))
            client.call(5, S(chance.choice(names)) + B(data) + I(-1))
        elif what < 0.7:
            client.call(2, S(names.pop(chance.randrange(len(names)))) + I(-1))
        elif what < 0.75:
            client.call(2, S('/nope') + I(-1))
        elif what < 0.85:
            path = base + '/m%d' % index
            version = -1 if what < 0.8 else 77
            client.call(14, header(1) + S(path) + B(b'1') + OPEN + I(0) + header(15) + S(path + '/s') + B(b'1') + OPEN + I(2)
                + header(5) + S(path) + B(b'2') + I(0) + header(13) + S(base) + I(version) + END)
        elif what < 0.9:
            acl = V([ACL(31, 'world', 'anyone'), ACL(1, 'digest', 'u%d:x' % chance.randrange(4))])
            client.call(7, S(chance.choice(names)) + acl + I(-1))
        elif what < 0.95:
            client.call(1, S(base + '/e-') + B(b'e') + OPEN + I(3))
        else:
            client.call(19, S(base + '/c%d' % index) + B(b'') + OPEN + I(4))
            client.call(21, S(base + '/t%d' % index) + B(b'') + OPEN + I(5) + Q(10000000))
    client.call(1, S(base + '/e-') + B(b'e') + OPEN + I(3))
    assert client.call(1, S(base + '/sec') + B(b'') + V([ACL(31, 'auth', '')]) + I(0))[2] == 0
    other = Z_(timeout=4000)
    other.call(1, S(base + '/gone') + B(b'') + OPEN + I(1))
    other.raw(1, -11)
    other.read()
    print(json.dumps({'session': client.sid, 'password': client.pw.hex(), 'tree': dump(client)}))

def check(base):
    before = json.load(sys.stdin)
    results = []
    client = Z_(timeout=40000, sid=before['session'], pw=bytes.fromhex(before['password']))
    results.append(['the session goes on', client.sid == before['session'], client.timeout])
    authenticate(client)
    after = json.loads(json.dumps(dump(client)))
    paths = sorted(set(before['tree']) | set(after))
    differing = [[path, before['tree'].get(path), after.get(path)] for path in paths if before['tree'].get(path) != after.get(path)]
    results.append(['the tree is the same: %d nodes' % len(after), not differing, differing[:2]])
    reply = client.call(103, S(base))[3]
    results.append(['its ephemeral nodes are its own', len(reply.vec(reply.s_)) > 0, None])
    reply = client.call(1, S(base + '/s-') + B(b'') + OPEN + I(2))
    results.append(['writes go on', reply[2] == 0, reply[2]])
    client.raw(5, -11)
    client.read()
    client = Z_(timeout=40000)
    authenticate(client)
    left = [path for path in dump(client) if path.startswith(base + '/e-')]
    results.append(['its ephemeral nodes go when it is closed', not left, left[:2]])
    client.raw(1, -11)
    client.read()
    print(json.dumps(results))

if sys.argv[2] == 'write': write(sys.argv[3], sys.argv[4])
else: check(sys.argv[3])

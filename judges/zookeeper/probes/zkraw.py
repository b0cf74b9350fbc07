import socket, struct, sys, time
class R:
    def __init__(s,b): s.b=b; s.o=0
    def i(s): v=struct.unpack_from('>i',s.b,s.o)[0]; s.o+=4; return v
    def q(s): v=struct.unpack_from('>q',s.b,s.o)[0]; s.o+=8; return v
    def z(s): v=s.b[s.o]; s.o+=1; return v
    def buf(s):
        n=s.i()
        if n<0: return None
        v=s.b[s.o:s.o+n]; s.o+=n; return v
    def s_(s):
        v=s.buf(); return None if v is None else v.decode()
    def vec(s,f):
        n=s.i()
        return None if n<0 else [f() for _ in range(n)]
    def stat(s):
        k='czxid mzxid ctime mtime version cversion aversion ephemeralOwner dataLength numChildren pzxid'.split()
        f='qqqqiiiqiiq'
        return {a:(s.q() if t=='q' else s.i()) for a,t in zip(k,f)}
    def rest(s): return s.b[s.o:]
I=lambda v: struct.pack('>i',v)
Q=lambda v: struct.pack('>q',v)
Z=lambda v: bytes([1 if v else 0])
def B(b): return I(-1) if b is None else I(len(b))+b
def S(s): return I(-1) if s is None else B(s.encode())
def V(l): return I(-1) if l is None else I(len(l))+b''.join(l)
def ACL(perms,scheme,id): return I(perms)+S(scheme)+S(id)
OPEN=V([ACL(31,'world','anyone')])
class Closed(Exception): pass
class Z_:
    def __init__(s,port=0,timeout=10000,sid=0,pw=b'\0'*16,ro=False,zxid=0,roflag=True,connect=True,host='127.0.0.1'):
        s.k=socket.create_connection((host,port or int(sys.argv[1]))); s.k.settimeout(8); s.x=0
        if connect: s.connect(timeout,sid,pw,ro,zxid,roflag)
    def connect(s,timeout,sid,pw,ro,zxid,roflag):
        p=I(0)+Q(zxid)+I(timeout)+Q(sid)+B(pw)+(Z(ro) if roflag else b'')
        s.send(p); b=s.recv(); r=R(b)
        s.crlen=len(b); s.pv=r.i(); s.timeout=r.i(); s.sid=r.q(); s.pw=r.buf(); s.ro=r.z() if r.o<len(b) else None
    def send(s,p): s.k.sendall(I(len(p))+p)
    def rn(s,n):
        b=b''
        while len(b)<n:
            c=s.k.recv(n-len(b))
            if not c: raise Closed()
            b+=c
        return b
    def recv(s):
        n=struct.unpack('>i',s.rn(4))[0]; return s.rn(n)
    def raw(s,xid,op,body=b''):
        s.send(I(xid)+I(op)+body)
    def read(s):
        b=s.recv(); r=R(b); return r.i(),r.q(),r.i(),r
    def call(s,op,body=b''):
        s.x+=1; s.raw(s.x,op,body)
        return s.read()
    def close(s): s.k.close()

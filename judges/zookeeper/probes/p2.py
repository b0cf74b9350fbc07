from zkraw import *
import time, socket, hashlib, base64
P=int(sys.argv[1])
base='/w%d'%int(time.time())
z=Z_(P); w=Z_(P)
def ev(t):
    x,zx,e,r=t
    if x==-1: return ('EVENT',zx,e,r.i(),r.i(),r.s_(),r.rest().hex())
    return (x,hex(zx),e,r.rest().hex()[:40])
def drain(c,t=0.5):
    out=[]; c.k.settimeout(t)
    try:
        while True: out.append(ev(c.read()))
    except socket.timeout: pass
    except Closed: out.append('CLOSED')
    c.k.settimeout(8); return out
def mk(p,flags=0,data=b''): return z.call(1,S(p)+B(data)+OPEN+I(flags))[2]
mk(base)
# same connection: order of event vs reply
z.call(4,S(base)+Z(1)); z.raw(501,5,S(base)+B(b'x')+I(-1)); print('own setData w/ watch:',drain(z))
# exists watch on missing node + create ; data watch+exists watch both fire once
w.call(3,S(base+'/k')+Z(1)); mk(base+'/k'); print('exists watch create:',drain(w))
w.call(3,S(base+'/k')+Z(1)); w.call(4,S(base+'/k')+Z(1)); w.call(8,S(base+'/k')+Z(1)); w.call(8,S(base)+Z(1)); z.call(2,S(base+'/k')+I(-1)); print('data+exist+child watches then delete:',drain(w))
w.call(8,S(base)+Z(1)); mk(base+'/c1'); print('child watch on create:',drain(w)); mk(base+'/c2'); print('not rearmed:',drain(w,0.3))
w.call(4,S(base+'/missing')+Z(1)); mk(base+'/missing'); print('getData watch on missing (err -101) leaves watch?',drain(w,0.3))
# persistent
print('addWatch persistent',ev(w.call(106,S(base)+I(0)))); z.call(5,S(base)+B(b'1')+I(-1)); mk(base+'/c3'); mk(base+'/c3/d'); z.call(2,S(base+'/c3/d')+I(-1)); z.call(2,S(base+'/c3')+I(-1)); print('persistent events:',drain(w))
print('removeWatches any on persistent',ev(w.call(18,S(base)+I(3))))
print('addWatch recursive',ev(w.call(106,S(base)+I(1)))); z.call(5,S(base)+B(b'1')+I(-1)); mk(base+'/c3'); mk(base+'/c3/d'); z.call(5,S(base+'/c3/d')+B(b'1')+I(-1)); z.call(2,S(base+'/c3/d')+I(-1)); z.call(2,S(base+'/c3')+I(-1)); print('recursive events:',drain(w))
print('checkWatches types 1..5 (children,data,any,persistent,persistentRecursive):',[ev(w.call(17,S(base)+I(t)))[2] for t in (1,2,3,4,5)])
print('removeWatches persistentRecursive(5):',ev(w.call(18,S(base)+I(5)))[2])
print('addWatch bad mode 7',ev(w.call(106,S(base)+I(7))))
print('addWatch on missing node',ev(w.call(106,S(base+'/nope')+I(1))))
mk(base+'/nope'); mk(base+'/nope/a'); print('  events:',drain(w))
# recursive + one-shot child watch on same path
w2=Z_(P); print('recursive',ev(w2.call(106,S(base)+I(1)))[2]); w2.call(8,S(base)+Z(1)); mk(base+'/both'); print('recursive + oneshot child watch on parent:',drain(w2))
# setWatches
zx=w2.call(9,S('/'))[1]; 
y=Z_(P); mk(base+'/sw1'); mk(base+'/sw2'); rel=y.call(9,S('/'))[1]
z.call(5,S(base+'/sw1')+B(b'z')+I(-1)); z.call(2,S(base+'/sw2')+I(-1)); mk(base+'/sw3')
body=Q(rel)+V([S(base+'/sw1'),S(base+'/sw2')])+V([S(base+'/sw3'),S(base+'/sw2')])+V([S(base),S('/zookeeper'),S(base+'/sw2')])
y.raw(-8,101,body); print('setWatches:',drain(y))
body=Q(rel)+V([S(base+'/sw1')])+V([])+V([])+V([S(base+'/sw1')])+V([S(base)])
y.raw(-8,105,body); print('setWatches2:',drain(y)); z.call(5,S(base+'/sw1')+B(b'q')+I(-1)); print(' after set:',drain(y))
# auth
a=Z_(P); a.raw(-4,100,I(0)+S('digest')+B(b'user:pw')); print('auth digest:',ev(a.read()))
r=a.call(107)[3]; print('whoami',r.vec(lambda:(r.s_(),r.s_())))
dig='user:'+base64.b64encode(hashlib.sha1(b'user:pw').digest()).decode()
print('create with auth acl',ev(a.call(1,S(base+'/sec')+B(b'')+V([ACL(31,'auth','')])+I(0)))[2]); r=a.call(6,S(base+'/sec'))[3]; print(' acl stored',r.vec(lambda:(r.i(),r.s_(),r.s_())),'expected',dig)
print('other client getData:',ev(z.call(4,S(base+'/sec')+Z(0))),'exists',ev(z.call(3,S(base+'/sec')+Z(0)))[2],'getACL',ev(z.call(6,S(base+'/sec')))[2],'getChildren',ev(z.call(8,S(base+'/sec')+Z(0)))[2],'getChildren2',ev(z.call(12,S(base+'/sec')+Z(0)))[2],'set',ev(z.call(5,S(base+'/sec')+B(b'')+I(-1)))[2],'delete (perm is on parent)',ev(z.call(2,S(base+'/sec')+I(-1)))[2])
a.call(1,S(base+'/ro')+B(b'')+V([ACL(1,'world','anyone'),ACL(31,'digest',dig)])+I(0)); r=z.call(6,S(base+'/ro'))[3]; print('getACL with only READ masks digest:',r.vec(lambda:(r.i(),r.s_(),r.s_())))
b=Z_(P); b.raw(-4,100,I(0)+S('nosuch')+B(b'user:pw')); print('auth bad scheme:',drain(b))
b=Z_(P); b.raw(-4,100,I(0)+S('digest')+B(b'nocolon')); print('auth digest no colon:',drain(b))
b=Z_(P); b.raw(-4,100,I(0)+S('digest')+B(b'super:test')); print('auth super:',drain(b)); r=b.call(107)[3]; print('whoami super',r.vec(lambda:(r.s_(),r.s_()))); print('super reads sec',ev(b.call(4,S(base+'/sec')+Z(0)))[2])
b=Z_(P); b.raw(-4,100,I(0)+S('ip')+B(b'1.2.3.4')); print('auth ip:',drain(b))
b=Z_(P); b.raw(-4,100,I(0)+S('world')+B(b'')); print('auth world:',drain(b))
b=Z_(P); b.raw(12,100,I(0)+S('digest')+B(b'a:b')); print('auth w/ xid 12:',drain(b))
b=Z_(P); b.raw(5,102,B(b'')); print('sasl w/o jaas:',drain(b))
print('ACL ip ok',[ev(z.call(1,S(base+'/ip%d'%i)+B(b'')+V([ACL(31,'ip',v)])+I(0)))[2] for i,v in enumerate(('127.0.0.1','127.0.0.0/8','::1','bogus','10.0.0.0/33'))])
print('ACL digest validity',[ev(z.call(1,S(base+'/dg%d'%i)+B(b'')+V([ACL(31,'digest',v)])+I(0)))[2] for i,v in enumerate(('a:b','ab','a:b:c'))], 'sasl', ev(z.call(1,S(base+'/sa')+B(b'')+V([ACL(31,'sasl','bob')])+I(0)))[2],'x509',ev(z.call(1,S(base+'/x5')+B(b'')+V([ACL(31,'x509','CN=a')])+I(0)))[2],'perms 0',ev(z.call(1,S(base+'/p0')+B(b'')+V([ACL(0,'world','anyone')])+I(0)))[2],'world:foo',ev(z.call(1,S(base+'/wf')+B(b'')+V([ACL(31,'world','foo')])+I(0)))[2])
# sessions
s=Z_(P,timeout=4000); s.call(1,S(base+'/eph')+B(b'')+OPEN+I(1)); sid,pw=s.sid,s.pw; s.close(); t0=time.time()
s2=Z_(P,timeout=6000,sid=sid,pw=pw); print('reattach: timeout',s2.timeout,'sid same',s2.sid==sid,'pw same',s2.pw==pw)
s3=Z_(P,timeout=4000,sid=sid,pw=pw); print('second attach ok',s3.timeout); print('old connection:',drain(s2,1))
s3.close(); w.call(3,S(base+'/eph')+Z(1)); t0=time.time(); w.k.settimeout(12)
print('expiry after close:',ev(w.read()),'%.2fs (timeout 4000,tick 2000)'%(time.time()-t0)); w.k.settimeout(8)
s4=Z_(P,timeout=4000,sid=sid,pw=pw); print('reattach expired -> timeout',s4.timeout,'sid',s4.sid)
s5=Z_(P); s5.call(1,S(base+'/eph2')+B(b'')+OPEN+I(1)); w.call(3,S(base+'/eph2')+Z(1)); s5.raw(0,-11); print('closeSession reply',ev(s5.read()),drain(s5)); print('ephemeral removal event',drain(w))
# wrong password
s6=Z_(P); s7=Z_(P,sid=s6.sid,pw=b'y'*16); print('wrong pw -> timeout',s7.timeout,'orig conn',drain(s6,0.6))
# sizes
for n in (0xfffff-200,0xfffff-30,0xfffff+1,0xfffff+1025+1):
    c=Z_(P); 
    try:
        body=S(base)+B(b'x'*n)+I(-1); c.k.sendall(I(len(body)+8)+I(1)+I(5)+body); print('setData len',n,'packet',len(body)+8,ev(c.read())[:3])
    except (Closed,ConnectionError) as e: print('setData len',n,'packet',len(body)+8,'closed',type(e).__name__)
c=Z_(P); c.k.sendall(I(-5)); print('neg len:',drain(c,1))
c=Z_(P); c.k.sendall(I(0)); print('zero len:',drain(c,1))
c=Z_(P); c.send(b'\0\0'); print('short pkt:',drain(c,1))
c=Z_(P); c.raw(1,4,b''); print('getData with empty body:',drain(c,1))
c=Z_(P); c.raw(1,4,S(base)+Z(0)+b'extra'); print('trailing bytes:',drain(c,0.5))
# pipelining
c=Z_(P); out=b''
for i in range(1,9):
    b=I(i)+(I(5)+S(base)+B(b'%d'%i)+I(-1) if i%2 else I(4)+S(base)+Z(0)); out+=I(len(b))+b
c.k.sendall(out); res=[]
for i in range(8):
    x,zx,e,r=c.read(); res.append((x,r.buf() if x%2==0 else 'set'))
print('pipelined order',res)

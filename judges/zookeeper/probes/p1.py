from zkraw import *
import os
P=int(sys.argv[1])
def show(label,t):
    x,z,e,r=t; print(f'{label}: xid={x} zxid={z:#x} err={e} restlen={len(r.rest())} rest={r.rest()[:70].hex()}')
    return r
z=Z_(P); print('connect',z.crlen,z.pv,z.timeout,hex(z.sid&0xffffffffffffffff),len(z.pw),z.ro)
for t in (1,100000,4000): 
    y=Z_(P,timeout=t); print('negotiated',t,'->',y.timeout); y.raw(1,-11); print('close reply',y.read()[:3]); 
    try: y.recv()
    except Closed: print('then socket closed')
y=Z_(P,roflag=False); print('connect without ro flag: respLen',y.crlen,'ro',y.ro); y.close()
y=Z_(P,sid=0x1234,pw=b'x'*16); print('bad session: timeout',y.timeout,'sid',y.sid,'pw',y.pw.hex())
try: y.recv()
except Closed: print('closed after invalid session')
try:
    y=Z_(P,zxid=0x7fffffffffff); print('zxid ahead: got response?',y.timeout)
except Closed: print('zxid ahead: closed without response')
# pw empty
y=Z_(P,pw=b''); print('pw empty buffer: pw in response',len(y.pw),'timeout',y.timeout); y.close()
y=Z_(P,pw=None); print('pw null(-1): pw in response',len(y.pw)); y.close()
base='/p%d'%int(time.time())
show('create',z.call(1,S(base)+B(b'hi')+OPEN+I(0)))
r=show('create again (exists)',z.call(1,S(base)+B(b'hi')+OPEN+I(0)))
r=show('create2',z.call(15,S(base+'/a')+B(b'')+OPEN+I(0))); print(r.s_(),r.stat())
r=show('create2 data null',z.call(15,S(base+'/n')+B(None)+OPEN+I(0))); print(r.s_(),r.stat())
r=show('getData null',z.call(4,S(base+'/n')+Z(0))); print(r.buf(),r.stat())
r=show('create seq',z.call(1,S(base+'/s-')+B(b'')+OPEN+I(2))); print(r.s_())
r=show('create seq trailing slash',z.call(1,S(base+'/')+B(b'')+OPEN+I(2))); print(r.s_())
r=show('create eph-seq',z.call(15,S(base+'/e-')+B(b'')+OPEN+I(3))); print(r.s_(),r.stat()); 
r=show('child of ephemeral',z.call(1,S(base+'/e-0000000004/x')+B(b'')+OPEN+I(0)))
r=show('container via create(1) flag4',z.call(1,S(base+'/c0')+B(b'')+OPEN+I(4)))
r=show('container(19)',z.call(19,S(base+'/c')+B(b'')+OPEN+I(4))); print(r.s_(),r.stat())
r=show('container(19) flag 0',z.call(19,S(base+'/c2')+B(b'')+OPEN+I(0)));
r=show('ttl(21)',z.call(21,S(base+'/t')+B(b'')+OPEN+I(5)+Q(60000))); 
if len(r.rest()): print(r.s_(),r.stat())
r=show('ttl 0',z.call(21,S(base+'/t0')+B(b'')+OPEN+I(5)+Q(0)))
r=show('ttl seq',z.call(21,S(base+'/ts')+B(b'')+OPEN+I(6)+Q(60000))); print(r.s_(),hex(r.stat()['ephemeralOwner']&(2**64-1)))
r=show('create flag 9',z.call(1,S(base+'/f9')+B(b'')+OPEN+I(9)))
r=show('create bad acl empty',z.call(1,S(base+'/ba')+B(b'')+V([])+I(0)))
r=show('create bad acl null vec',z.call(1,S(base+'/ba')+B(b'')+V(None)+I(0)))
r=show('create bad scheme',z.call(1,S(base+'/ba')+B(b'')+V([ACL(31,'nosuch','x')])+I(0)))
r=show('create auth scheme no auth',z.call(1,S(base+'/ba')+B(b'')+V([ACL(31,'auth','')])+I(0)))
r=show('create noparent',z.call(1,S(base+'/zz/yy')+B(b'')+OPEN+I(0)))
for bad in ('', 'rel', '/a//b','/a/','/a/./b','/a/../b','/\x00','/\x01','/\ud7ff','/\uf8ff','/zookeeper/xx'):
    r=show('create path %r'%bad,z.call(1,S(bad)+B(b'')+OPEN+I(0)))
r=show('create path /',z.call(1,S('/')+B(b'')+OPEN+I(0)))
r=show('delete /',z.call(2,S('/')+I(-1)))
r=show('delete /zookeeper',z.call(2,S('/zookeeper')+I(-1)))
r=show('delete notempty',z.call(2,S(base)+I(-1)))
r=show('delete badversion',z.call(2,S(base+'/a')+I(7)))
r=show('delete nonode',z.call(2,S(base+'/q')+I(-1)))
r=show('setData',z.call(5,S(base)+B(b'new')+I(0))); print(r.stat())
r=show('setData badversion',z.call(5,S(base)+B(b'new')+I(0)))
r=show('setData /',z.call(5,S('/')+B(b'')+I(-1)))
r=show('exists no node',z.call(3,S(base+'/q')+Z(0)))
r=show('exists',z.call(3,S(base)+Z(0))); print(r.stat())
r=show('getACL',z.call(6,S(base))); print(r.vec(lambda:(r.i(),r.s_(),r.s_())),r.stat())
r=show('setACL',z.call(7,S(base)+OPEN+I(-1))); print(r.stat())
r=show('getChildren',z.call(8,S(base)+Z(0))); print(r.vec(r.s_))
r=show('getChildren2',z.call(12,S(base)+Z(0))); print(r.vec(r.s_),r.stat())
r=show('sync',z.call(9,S(base))); print(r.s_())
r=show('sync nonexist',z.call(9,S('/nope'))); print(r.s_())
z.raw(-2,11); show('ping xid -2',z.read())
z.raw(77,11); show('ping xid 77',z.read())
zz=Z_(P); r=show('check(13) alone',zz.call(13,S(base)+I(-1)));
try: zz.recv()
except Closed: print('closed after check alone')
r=show('getEphemerals',z.call(103,S(base))); print(r.vec(r.s_))
r=show('getAllChildrenNumber',z.call(104,S(base))); print(r.i())
r=show('whoAmI',z.call(107)); print(r.vec(lambda:(r.s_(),r.s_())))
zz=Z_(P); r=show('unknown op 55',zz.call(55));
try: zz.recv()
except Closed: print('closed after unknown op')
r=show('getData watch then',z.call(4,S(base)+Z(1)))
r=show('checkWatches data',z.call(17,S(base)+I(2)))
r=show('checkWatches child',z.call(17,S(base)+I(1)))
r=show('checkWatches any',z.call(17,S(base)+I(3)))
r=show('removeWatches child',z.call(18,S(base)+I(1)))
r=show('removeWatches data',z.call(18,S(base)+I(2)))
r=show('removeWatches bad type',z.call(18,S(base)+I(9)))
r=show('reconfig standalone',z.call(16,S(None)+S(None)+S(None)+Q(-1)))
r=show('deleteContainer from client(20)',z.call(20,S(base+'/c')))
# multi
def MH(t,d,e): return I(t)+Z(d)+I(e)
END=MH(-1,1,-1)
def mresp(r):
    out=[]
    while True:
        t,d,e=r.i(),r.z(),r.i()
        if d: out.append(('END',t,e)); return out
        if t==1: out.append((t,e,r.s_()))
        elif t==15: out.append((t,e,r.s_(),r.stat()['czxid']))
        elif t==5: out.append((t,e,r.stat()['mzxid']))
        elif t in(2,13): out.append((t,e))
        elif t==8: out.append((t,e,r.vec(r.s_)))
        elif t==4: out.append((t,e,r.buf(),r.stat()['version']))
        elif t==-1: out.append((t,e,r.i()))
        else: out.append(('??',t,e,r.rest().hex())); return out
m=MH(1,0,-1)+S(base+'/m')+B(b'1')+OPEN+I(0)+MH(15,0,-1)+S(base+'/m/s')+B(b'1')+OPEN+I(2)+MH(5,0,-1)+S(base+'/m')+B(b'2')+I(0)+MH(13,0,-1)+S(base)+I(-1)+MH(19,0,-1)+S(base+'/m/cont')+B(b'')+OPEN+I(4)+MH(21,0,-1)+S(base+'/m/ttl')+B(b'')+OPEN+I(5)+Q(5000)+MH(2,0,-1)+S(base+'/a')+I(-1)+END
r=show('multi ok',z.call(14,m)); print(mresp(r))
m=MH(1,0,-1)+S(base+'/m9')+B(b'1')+OPEN+I(0)+MH(13,0,-1)+S(base)+I(55)+MH(2,0,-1)+S(base+'/nope')+I(-1)+END
r=show('multi fail',z.call(14,m)); print(mresp(r))
r=show('multi empty',z.call(14,END)); print(mresp(r))
m=MH(8,0,-1)+S(base)+Z(0)+MH(4,0,-1)+S(base)+Z(0)+MH(4,0,-1)+S('/nope')+Z(0)+END
r=show('multiRead',z.call(22,m)); print(mresp(r))
m=MH(3,0,-1)+S(base)+Z(0)+END
r=show('multiRead w exists',z.call(22,m)); 
m=MH(8,0,-1)+S(base)+Z(0)+END
r=show('multi(14) with read op',z.call(14,m)); 

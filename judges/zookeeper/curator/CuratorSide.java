// Apache Curator 5.9.0's recipes, told by lines of standard input what to do. Each is answered by one line.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.barriers.DistributedBarrier;
import org.apache.curator.framework.recipes.barriers.DistributedDoubleBarrier;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.InterProcessReadWriteLock;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.x.discovery.ServiceDiscovery;
import org.apache.curator.x.discovery.ServiceDiscoveryBuilder;
import org.apache.curator.x.discovery.ServiceInstance;

public final class CuratorSide {
    private static final int WAIT_SECONDS = 20;

    public static void main(String[] args) throws Exception {
        CuratorFramework client = CuratorFrameworkFactory.newClient(args[0], 10000, 10000, new RetryOneTime(100));
        client.start();
        InterProcessMutex mutex = new InterProcessMutex(client, "/curator/lock");
        InterProcessReadWriteLock readWrite = new InterProcessReadWriteLock(client, "/curator/rw");
        LeaderLatch latch = new LeaderLatch(client, "/curator/election", "curator");
        DistributedDoubleBarrier doubleBarrier = new DistributedDoubleBarrier(client, "/curator/round", 2);
        ServiceDiscovery<Void> discovery = ServiceDiscoveryBuilder.builder(Void.class).client(client).basePath("/curator/services").build();
        discovery.start();
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
        System.out.println("ready");
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] words = line.split(" ");
            Object answer;
            switch (words[0]) {
                case "try-lock" -> answer = mutex.acquire(1, TimeUnit.SECONDS);
                case "lock" -> answer = mutex.acquire(WAIT_SECONDS, TimeUnit.SECONDS);
                case "unlock" -> {
                    mutex.release();
                    answer = true;
                }
                case "try-read" -> answer = readWrite.readLock().acquire(1, TimeUnit.SECONDS);
                case "unread" -> {
                    readWrite.readLock().release();
                    answer = true;
                }
                case "try-write" -> answer = readWrite.writeLock().acquire(1, TimeUnit.SECONDS);
                case "unwrite" -> {
                    readWrite.writeLock().release();
                    answer = true;
                }
                case "stand" -> {
                    latch.start();
                    answer = true;
                }
                case "leads" -> answer = latch.await(Long.parseLong(words[1]), TimeUnit.MILLISECONDS);
                case "leader" -> answer = latch.getLeader().getId();
                case "resign" -> {
                    latch.close();
                    answer = true;
                }
                case "raise" -> {
                    new DistributedBarrier(client, "/curator/barrier").setBarrier();
                    answer = true;
                }
                case "lower" -> {
                    new DistributedBarrier(client, "/curator/barrier").removeBarrier();
                    answer = true;
                }
                case "pass" -> answer = new DistributedBarrier(client, "/curator/barrier").waitOnBarrier(1, TimeUnit.SECONDS);
                case "enter" -> answer = doubleBarrier.enter(WAIT_SECONDS, TimeUnit.SECONDS);
                case "leave" -> answer = doubleBarrier.leave(WAIT_SECONDS, TimeUnit.SECONDS);
                case "register" -> {
                    discovery.registerService(ServiceInstance.<Void>builder().name("web").id("curator").address("10.0.0.9").port(90).build());
                    answer = true;
                }
                case "instances" -> {
                    List<ServiceInstance<Void>> found = List.copyOf(discovery.queryForInstances("web"));
                    answer = found.stream().map(one -> one.getId() + "@" + one.getAddress() + ":" + one.getPort()).sorted().collect(Collectors.joining(" "));
                }
                default -> throw new IllegalArgumentException(line);
            }
            System.out.println(answer);
        }
        discovery.close();
        client.close();
        System.exit(0);
    }
}

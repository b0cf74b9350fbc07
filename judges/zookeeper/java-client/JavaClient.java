// Apache ZooKeeper 3.9.5's own client, with SASL and with TLS. Every line that it prints is "STEP: what came of it".
import java.io.FileWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.data.Stat;

public class JavaClient {
    interface Step {
        Object run() throws Exception;
    }

    static void step(String name, Step body) {
        String outcome;
        try {
            outcome = String.valueOf(body.run());
        } catch (KeeperException error) {
            outcome = error.code().name();
        } catch (Exception error) {
            outcome = error.toString();
        }
        System.out.println(name + ": " + outcome);
    }

    static ZooKeeper connect(String address, ZKClientConfig config, KeeperState awaited) throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        ZooKeeper client = new ZooKeeper(address, 10000, event -> {
            if (event.getState() == awaited) reached.countDown();
        }, config);
        if (!reached.await(20, TimeUnit.SECONDS)) throw new IllegalStateException("not " + awaited + " but " + client.getState());
        return client;
    }

    static String identities(ZooKeeper client) throws Exception {
        return client.whoAmI().stream().filter(who -> !who.getAuthScheme().equals("ip")).map(who -> who.getAuthScheme() + ":" + who.getUser()).collect(Collectors.joining(" "));
    }

    static ZKClientConfig loginAs(String user, String password, Path folder) throws Exception {
        Path file = folder.resolve(user + password + ".conf");
        try (FileWriter writer = new FileWriter(file.toFile())) {
            writer.write("Client { org.apache.zookeeper.server.auth.DigestLoginModule required username=\"" + user + "\" password=\"" + password + "\"; };");
        }
        System.setProperty("java.security.auth.login.config", file.toString());
        javax.security.auth.login.Configuration.setConfiguration(null);
        return new ZKClientConfig();
    }

    public static void main(String[] args) throws Exception {
        String plain = args[0];
        String secure = args[1];
        String certificates = args[2];
        // In FIPS mode, which is on unless told otherwise, neither side of Apache's does DIGEST-MD5.
        System.setProperty("zookeeper.fips-mode", "false");
        Path folder = Files.createTempDirectory("java-client");

        ZooKeeper bob = connect(plain, loginAs("bob", "builder", folder), KeeperState.SaslAuthenticated);
        List<ACL> onlyBob = java.util.Collections.singletonList(new ACL(ZooDefs.Perms.ALL, new Id("sasl", "bob")));
        step("sasl identities", () -> identities(bob));
        step("sasl create", () -> bob.create("/bob", "1".getBytes(), onlyBob, CreateMode.PERSISTENT));
        step("sasl creator", () -> bob.create("/bob/all", null, ZooDefs.Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT_SEQUENTIAL));
        step("sasl acl", () -> bob.getACL("/bob/all0000000000", new Stat()).toString().trim());
        step("sasl read", () -> new String(bob.getData("/bob", false, null)));
        CountDownLatch told = new CountDownLatch(2);
        bob.addWatch("/bob", event -> told.countDown(), AddWatchMode.PERSISTENT_RECURSIVE);
        bob.setData("/bob", "2".getBytes(), -1);
        bob.create("/bob/ttl", null, onlyBob, CreateMode.PERSISTENT_WITH_TTL, new Stat(), 60000);
        step("watch", () -> told.await(10, TimeUnit.SECONDS));

        ZKClientConfig tls = new ZKClientConfig();
        tls.setProperty("zookeeper.sasl.client", "false");
        tls.setProperty("zookeeper.client.secure", "true");
        tls.setProperty("zookeeper.clientCnxnSocket", "org.apache.zookeeper.ClientCnxnSocketNetty");
        tls.setProperty("zookeeper.ssl.keyStore.location", certificates + "/client.pem");
        tls.setProperty("zookeeper.ssl.trustStore.location", certificates + "/ca.pem");
        ZooKeeper carol = connect(secure, tls, KeeperState.SyncConnected);
        step("tls identities", () -> identities(carol));
        step("tls refused", () -> carol.getData("/bob", false, null));
        step("tls create", () -> carol.create("/carol", new byte[200000], ZooDefs.Ids.CREATOR_ALL_ACL, CreateMode.EPHEMERAL));
        step("tls acl", () -> carol.getACL("/carol", new Stat()).toString().trim());
        step("tls read", () -> carol.getData("/carol", false, null).length);
        step("others", () -> bob.getData("/carol", false, null));
        carol.close();
        step("ephemeral", () -> bob.exists("/carol", false));
        bob.close();
        System.exit(0);
    }
}

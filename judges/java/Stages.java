// Takes a broker through the stages of judges/fixtures/znodes-kafka-3.9.json.gz: java Stages BOOTSTRAP SASL_BOOTSTRAP STAGE
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateDelegationTokenOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

public final class Stages {
    private static String bootstrap;
    private static Admin admin;

    private static void config(ConfigResource.Type type, String name, String key, String value) throws Exception {
        var operation = new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(new ConfigResource(type, name), List.of(operation))).all().get();
    }

    private static void quota(Map<String, String> entity, String key, double value) throws Exception {
        var operation = new ClientQuotaAlteration.Op(key, value);
        admin.alterClientQuotas(List.of(new ClientQuotaAlteration(new ClientQuotaEntity(entity), List.of(operation)))).all().get();
    }

    private static void configs() throws Exception {
        config(ConfigResource.Type.TOPIC, "t1", "max.message.bytes", "65536");
        config(ConfigResource.Type.BROKER, "", "log.cleaner.threads", "1");
        config(ConfigResource.Type.BROKER, "1", "background.threads", "9");
        quota(Map.of("user", "alice", "client-id", "c1"), "producer_byte_rate", 1024);
        Map<String, String> everyone = new java.util.HashMap<>();
        everyone.put("user", null);
        everyone.put("client-id", null);
        quota(everyone, "consumer_byte_rate", 2048);
        quota(Map.of("client-id", "c 1"), "request_percentage", 50);
        quota(Map.of("ip", "127.0.0.1"), "connection_creation_rate", 500);
        scramUser();
    }

    private static void scramUser() throws Exception {
        var scram = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096);
        admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion("admin", scram, "admin-secret"))).all().get();
    }

    private static AclBinding acl(ResourceType type, String name, PatternType pattern, String user, String host,
                                  AclOperation operation, AclPermissionType permission) {
        return new AclBinding(new ResourcePattern(type, name, pattern), new AccessControlEntry(user, host, operation, permission));
    }

    private static void acls() throws Exception {
        for (var resource : List.of(Map.entry(ResourceType.TOPIC, "t1"), Map.entry(ResourceType.GROUP, "g1"))) {
            admin.createAcls(List.of(
                acl(resource.getKey(), resource.getValue(), PatternType.LITERAL, "User:alice", "*", AclOperation.READ, AclPermissionType.ALLOW),
                acl(resource.getKey(), resource.getValue(), PatternType.LITERAL, "User:alice", "*", AclOperation.DESCRIBE, AclPermissionType.ALLOW)
            )).all().get();
        }
        admin.createAcls(List.of(acl(ResourceType.CLUSTER, "kafka-cluster", PatternType.LITERAL, "User:*", "*",
            AclOperation.CLUSTER_ACTION, AclPermissionType.ALLOW))).all().get();
        admin.createAcls(List.of(acl(ResourceType.TOPIC, "pre", PatternType.PREFIXED, "User:bob", "10.0.0.1",
            AclOperation.WRITE, AclPermissionType.DENY))).all().get();
    }

    private static void transaction() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrap);
        properties.put("transactional.id", "stage");
        try (var producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            for (int index = 0; index < 10; index++) producer.send(new ProducerRecord<>("t1", index % 2, "k", "committed-" + index));
            producer.commitTransaction();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("t1", 0, "k", "aborted"));
            producer.flush();
            producer.abortTransaction();
        }
    }

    /** Reads what is committed, as group g1, and prints how many records there were. */
    private static void consume() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrap);
        properties.put("group.id", "g1");
        properties.put("auto.offset.reset", "earliest");
        properties.put("isolation.level", "read_committed");
        properties.put("enable.auto.commit", "false");
        int count = 0;
        try (var consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("t1"));
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            int idle = 0;
            while (System.nanoTime() < deadline && idle < 3) {
                var records = consumer.poll(Duration.ofMillis(500));
                for (var record : records) if (record.value().equals("aborted")) throw new IllegalStateException("an aborted record was read");
                count += records.count();
                idle = count > 0 && records.isEmpty() ? idle + 1 : 0;
            }
            consumer.commitSync();
        }
        System.out.println("read " + count);
    }

    private static void token(String saslBootstrap) throws Exception {
        var login = "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"admin\" password=\"admin-secret\";";
        try (Admin sasl = Admin.create(Map.of("bootstrap.servers", saslBootstrap, "security.protocol", "SASL_PLAINTEXT",
            "sasl.mechanism", "SCRAM-SHA-256", "sasl.jaas.config", login))) {
            var options = new CreateDelegationTokenOptions().renewers(List.of(new KafkaPrincipal("User", "alice")));
            sasl.createDelegationToken(options).delegationToken().get();
        }
    }

    public static void main(String[] args) throws Exception {
        bootstrap = args[0];
        admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
        try {
            switch (args[2]) {
                case "topic" -> admin.createTopics(List.of(
                    new NewTopic("t1", 2, (short) 1).configs(Map.of("retention.ms", "3600000")))).all().get();
                case "configs" -> configs();
                case "configs-of-users" -> scramUser();
                case "partitions" -> admin.createPartitions(Map.of("t1", NewPartitions.increaseTo(3, List.of(List.of(1))))).all().get();
                case "replicated" -> admin.createTopics(List.of(
                    new NewTopic("t3", Map.of(0, List.of(2, 3, 1), 1, List.of(3, 1, 2), 2, List.of(1, 2, 3)))
                        .configs(Map.of("min.insync.replicas", "2")))).all().get();
                case "elect" -> admin.electLeaders(ElectionType.PREFERRED, null).all().get();
                case "delete" -> admin.deleteTopics(List.of("t3")).all().get();
                case "acls" -> acls();
                case "transaction" -> transaction();
                case "consume" -> consume();
                case "token" -> token(args[1]);
                default -> throw new IllegalArgumentException(args[2]);
            }
        } catch (ExecutionException error) {
            throw new IllegalStateException(error.getCause());
        } finally {
            admin.close();
        }
    }
}

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.GroupSubscription;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/** Prints what Java's assignors answer to random groups, one JSON object a line. Argument: how many groups. */
public final class AssignorAnswers {
    public static void main(String[] args) {
        int groups = Integer.parseInt(args[0]);
        for (int seed = 0; seed < groups; seed++) new AssignorAnswers(seed).print();
    }

    private final Random random;
    private final Map<String, List<PartitionInfo>> topics = new TreeMap<>();
    private final Map<String, Member> members = new TreeMap<>();
    private final boolean racks;

    private static final class Member {
        List<String> topics = new ArrayList<>();
        String instance;
        String rack;
        List<TopicPartition> owned = new ArrayList<>();
        int generation = -1;
    }

    private AssignorAnswers(int seed) {
        random = new Random(seed);
        racks = random.nextInt(3) == 0;
        int topicCount = 1 + random.nextInt(5);
        for (int t = 0; t < topicCount; t++) {
            int count = random.nextInt(4) == 0 ? 6 : 1 + random.nextInt(12);
            topics.put("topic" + t, partitions("topic" + t, count));
        }
        int memberCount = 1 + random.nextInt(8);
        boolean equal = random.nextBoolean();
        for (int m = 0; m < memberCount; m++) {
            Member member = new Member();
            for (String topic : topics.keySet()) if (equal || random.nextInt(3) > 0) member.topics.add(topic);
            if (member.topics.isEmpty()) member.topics.add("topic0");
            if (random.nextInt(3) == 0) member.instance = "static" + (9 - m);
            if (racks && random.nextInt(5) > 0) member.rack = "rack" + random.nextInt(3);
            members.put("member" + m, member);
        }
        remember();
    }

    private List<PartitionInfo> partitions(String topic, int count) {
        int brokers = 1 + random.nextInt(3);
        List<PartitionInfo> partitions = new ArrayList<>();
        for (int p = 0; p < count; p++) {
            Node[] replicas = new Node[brokers];
            for (int r = 0; r < brokers; r++) {
                int broker = (p + r) % 3;
                replicas[r] = new Node(broker, "host" + broker, 9092, racks ? "rack" + broker : null);
            }
            partitions.add(new PartitionInfo(topic, p, replicas[0], replicas, replicas));
        }
        return partitions;
    }

    /** What members owned before: of some partitions somebody, now and then two, one of an older generation. */
    private void remember() {
        if (random.nextInt(3) == 0) return;
        List<Member> all = new ArrayList<>(members.values());
        int few = 1 + random.nextInt(all.size());
        for (List<PartitionInfo> partitions : topics.values()) {
            for (PartitionInfo info : partitions) {
                if (random.nextInt(8) == 0) continue;
                Member owner = all.get(random.nextInt(few));
                owner.owned.add(new TopicPartition(info.topic(), info.partition()));
            }
        }
        for (Member member : all) member.generation = member.owned.isEmpty() && random.nextBoolean() ? -1 : 7;
        if (random.nextInt(6) == 0 && all.size() > 1) {
            Member stale = all.get(all.size() - 1);
            stale.generation = 5;
            stale.owned = new ArrayList<>(all.get(0).owned);
        }
    }

    private void print() {
        StringBuilder line = new StringBuilder("{\"topics\":{");
        line.append(topics.entrySet().stream().map(entry -> quoted(entry.getKey()) + ":" + entry.getValue().stream()
            .map(info -> "[" + racksOf(info).stream().sorted().map(AssignorAnswers::quoted).collect(Collectors.joining(",")) + "]")
            .collect(Collectors.joining(",", "[", "]"))).collect(Collectors.joining(",")));
        line.append("},\"members\":{");
        line.append(members.entrySet().stream().map(entry -> quoted(entry.getKey()) + ":" + describe(entry.getValue()))
            .collect(Collectors.joining(",")));
        line.append("},\"answers\":{");
        line.append("\"range\":" + answer(new RangeAssignor(), false));
        line.append(",\"roundrobin\":" + answer(new RoundRobinAssignor(), false));
        line.append(",\"sticky\":" + answer(new StickyAssignor(), false));
        line.append(",\"cooperative-sticky\":" + answer(new CooperativeStickyAssignor(), true));
        System.out.println(line.append("}}"));
    }

    private static Set<String> racksOf(PartitionInfo info) {
        Set<String> racks = new HashSet<>();
        for (Node node : info.replicas()) if (node.rack() != null) racks.add(node.rack());
        return racks;
    }

    private String describe(Member member) {
        Subscription sticky = subscription(member, new StickyAssignor(), false);
        Subscription cooperative = subscription(member, new CooperativeStickyAssignor(), true);
        return "{\"topics\":[" + member.topics.stream().map(AssignorAnswers::quoted).collect(Collectors.joining(",")) + "]"
            + (member.instance == null ? "" : ",\"groupInstanceId\":" + quoted(member.instance))
            + (member.rack == null ? "" : ",\"rackId\":" + quoted(member.rack))
            + ",\"owned\":" + list(member.owned) + ",\"generationId\":" + member.generation
            + ",\"sticky\":" + quoted(hex(ConsumerProtocol.serializeSubscription(sticky)))
            + ",\"cooperative-sticky\":" + quoted(hex(ConsumerProtocol.serializeSubscription(cooperative)))
            + ",\"assignment\":" + quoted(hex(ConsumerProtocol.serializeAssignment(new Assignment(member.owned)))) + "}";
    }

    private Subscription subscription(Member member, ConsumerPartitionAssignor assignor, boolean tellsOwned) {
        if (member.generation >= 0) {
            assignor.onAssignment(new Assignment(member.owned), new ConsumerGroupMetadata("group", member.generation, "member", Optional.empty()));
        }
        ByteBuffer userData = assignor.subscriptionUserData(new HashSet<>(member.topics));
        List<TopicPartition> owned = tellsOwned ? member.owned : List.of();
        Subscription subscription = new Subscription(member.topics, userData, owned, member.generation, Optional.ofNullable(member.rack));
        subscription.setGroupInstanceId(Optional.ofNullable(member.instance));
        return subscription;
    }

    private String answer(ConsumerPartitionAssignor assignor, boolean tellsOwned) {
        List<PartitionInfo> infos = topics.values().stream().flatMap(List::stream).collect(Collectors.toList());
        Set<Node> nodes = new HashSet<>();
        for (PartitionInfo info : infos) nodes.addAll(List.of(info.replicas()));
        Cluster cluster = new Cluster("cluster", nodes, infos, Set.of(), Set.of());
        Map<String, Subscription> subscriptions = new HashMap<>();
        members.forEach((id, member) -> {
            ConsumerPartitionAssignor own = assignor instanceof StickyAssignor ? new StickyAssignor()
                : assignor instanceof CooperativeStickyAssignor ? new CooperativeStickyAssignor() : assignor;
            subscriptions.put(id, subscription(member, own, tellsOwned));
        });
        Map<String, Assignment> assignments = assignor.assign(cluster, new GroupSubscription(subscriptions)).groupAssignment();
        return new TreeMap<>(assignments).entrySet().stream()
            .map(entry -> quoted(entry.getKey()) + ":" + list(entry.getValue().partitions()))
            .collect(Collectors.joining(",", "{", "}"));
    }

    private static String list(List<TopicPartition> partitions) {
        return partitions.stream().map(partition -> quoted(partition.topic() + "-" + partition.partition()))
            .collect(Collectors.joining(",", "[", "]"));
    }

    private static String hex(ByteBuffer buffer) {
        StringBuilder text = new StringBuilder();
        for (ByteBuffer view = buffer.duplicate(); view.hasRemaining();) text.append(String.format("%02x", view.get()));
        return text.toString();
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }
}

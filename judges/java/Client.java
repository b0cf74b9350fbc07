// Apache Kafka's Java client. See ../clients/README.md for the commands. Compiled against each version of the client.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.AppInfoParser;

public final class Client {
    private static String bootstrap;
    private static Admin admin;
    private static Background background;
    private static final Map<String, Member> members = new ConcurrentHashMap<>();

    /** A flat JSON object, as all commands are. */
    private record Request(Map<String, String> fields) {
        private static final Pattern field =
            Pattern.compile("\"(\\w+)\":(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([-\\w.]+))");

        static Request parse(String line) {
            Map<String, String> fields = new HashMap<>();
            Matcher matcher = field.matcher(line);
            while (matcher.find()) fields.put(matcher.group(1), matcher.group(2) != null ? matcher.group(2) : matcher.group(3));
            return new Request(fields);
        }

        String text(String name) {
            return fields.get(name);
        }

        int number(String name) {
            return Integer.parseInt(fields.get(name));
        }

        Long timestampMs() {
            String text = fields.get("timestampMs");
            return text == null ? null : Long.valueOf(text);
        }

        ProducerRecord<String, String> record(int index) {
            String name = text("prefix") + "-" + index + "|";
            int size = number("valueBytes");
            String value = name.repeat(size / name.length() + 1).substring(0, size);
            Long timestamp = timestampMs() == null ? null : Long.valueOf(timestampMs() + index);
            var record = new ProducerRecord<>(text("topic"), null, timestamp, text("prefix") + "-" + index, value);
            record.headers().add("n", Integer.toString(index).getBytes(StandardCharsets.UTF_8));
            record.headers().add("language", "ünï".getBytes(StandardCharsets.UTF_8));
            return record;
        }
    }

    private static String quoted(String text) {
        StringBuilder result = new StringBuilder("\"");
        for (char c : String.valueOf(text).toCharArray()) {
            if (c == '"' || c == '\\') result.append('\\').append(c);
            else if (c < ' ') result.append(String.format("\\u%04x", (int) c));
            else result.append(c);
        }
        return result.append('"').toString();
    }

    private static String array(Collection<String> items) {
        return "[" + String.join(",", items) + "]";
    }

    private static KafkaProducer<String, String> newProducer(String codec, boolean idempotent) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrap);
        properties.put("acks", "all");
        properties.put("compression.type", codec);
        properties.put("enable.idempotence", Boolean.toString(idempotent));
        properties.put("linger.ms", "5");
        properties.put("max.request.size", "1048576");
        properties.put("delivery.timeout.ms", "120000");
        properties.put("reconnect.backoff.max.ms", "500");
        return new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
    }

    private static KafkaConsumer<String, String> newConsumer(String group) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrap);
        if (group != null) properties.put("group.id", group);
        properties.put("enable.auto.commit", "false");
        properties.put("auto.offset.reset", "earliest");
        boolean brokerAssigns = "consumer".equals(System.getenv("GROUP_PROTOCOL"));
        if (brokerAssigns) properties.put("group.protocol", "consumer");
        if (!brokerAssigns) properties.put("session.timeout.ms", "10000");
        if (!brokerAssigns) properties.put("heartbeat.interval.ms", "1000");
        properties.put("fetch.max.wait.ms", "100");
        properties.put("reconnect.backoff.max.ms", "500");
        configure(properties, System.getenv("CONSUMER_CONFIG"));
        return new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer());
    }

    /** `key=value;key=value`; with the consumer protocol the brokers say how often to send heartbeats. */
    private static void configure(Properties properties, String more) {
        if (more == null) return;
        for (String entry : more.split(";")) properties.put(entry.split("=")[0], entry.split("=")[1]);
        if (!"consumer".equals(properties.get("group.protocol"))) return;
        properties.remove("session.timeout.ms");
        properties.remove("heartbeat.interval.ms");
    }

    private static String produce(Request request) throws Exception {
        List<Future<RecordMetadata>> futures = new ArrayList<>();
        try (var producer = newProducer(request.text("codec"), Boolean.parseBoolean(request.text("idempotent")))) {
            for (int index = 0; index < request.number("count"); index++) futures.add(producer.send(request.record(index)));
            producer.flush();
        }
        List<String> results = new ArrayList<>();
        for (var future : futures) {
            RecordMetadata metadata = future.get();
            results.add("{\"partition\":" + metadata.partition() + ",\"offset\":" + metadata.offset() + "}");
        }
        return array(results);
    }

    private static String seen(ConsumerRecord<String, String> record) throws Exception {
        byte[] value = record.value().getBytes(StandardCharsets.UTF_8);
        StringBuilder hash = new StringBuilder();
        for (byte b : MessageDigest.getInstance("SHA-256").digest(value)) hash.append(String.format("%02x", b));
        List<String> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(quoted(header.key()) + ":" + quoted(new String(header.value(), StandardCharsets.UTF_8)));
        }
        return "{\"partition\":" + record.partition() + ",\"offset\":" + record.offset() + ",\"key\":" + quoted(record.key())
            + ",\"sizeBytes\":" + value.length + ",\"sha256\":\"" + hash + "\",\"headers\":{" + String.join(",", headers)
            + "},\"timestampMs\":" + record.timestamp() + "}";
    }

    private static String consume(Request request) throws Exception {
        try (var consumer = newConsumer(null)) {
            List<TopicPartition> partitions = consumer.partitionsFor(request.text("topic")).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition())).collect(Collectors.toList());
            Map<TopicPartition, Long> starts = new HashMap<>(consumer.beginningOffsets(partitions));
            if (request.timestampMs() != null) {
                Map<TopicPartition, Long> asked = new HashMap<>();
                for (var partition : partitions) asked.put(partition, request.timestampMs());
                Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(asked);
                starts.clear();
                found.forEach((partition, at) -> {
                    if (at != null) starts.put(partition, at.offset());
                });
            }
            Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(starts.keySet()));
            ends.entrySet().removeIf(end -> starts.get(end.getKey()) >= end.getValue());
            consumer.assign(ends.keySet());
            for (var partition : ends.keySet()) consumer.seek(partition, starts.get(partition));
            List<String> records = new ArrayList<>();
            long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
            while (!ends.isEmpty()) {
                if (System.nanoTime() > deadline) throw new IllegalStateException(records.size() + " records, not reached: " + ends);
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    records.add(seen(record));
                    var partition = new TopicPartition(record.topic(), record.partition());
                    if (record.offset() + 1 >= ends.getOrDefault(partition, 0L)) ends.remove(partition);
                }
            }
            return array(records);
        }
    }

    private static final class Background {
        private final List<Integer> acknowledged = new ArrayList<>();
        private final List<Integer> failed = new ArrayList<>();
        private volatile boolean running = true;
        private final Thread thread;

        Background(Request request) {
            thread = new Thread(() -> run(request));
            thread.start();
        }

        private void run(Request request) {
            try (var producer = newProducer("none", true)) {
                long start = System.nanoTime();
                for (int index = 0; running; index++) {
                    long wait = start + index * 1_000_000_000L / request.number("perSecond") - System.nanoTime();
                    if (wait > 0) Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
                    int number = index;
                    producer.send(request.record(index), (metadata, error) -> {
                        synchronized (this) {
                            (error == null ? acknowledged : failed).add(number);
                            if (error != null) System.err.println(error);
                        }
                    });
                }
                producer.flush();
            } catch (InterruptedException error) {
                throw new IllegalStateException(error);
            }
        }

        String stop() throws InterruptedException {
            running = false;
            thread.join();
            return "{\"acknowledged\":" + acknowledged + ",\"failed\":" + failed + "}";
        }
    }

    private static final class Member implements ConsumerRebalanceListener {
        private final List<String> received = new ArrayList<>();
        private final KafkaConsumer<String, String> consumer;
        private final Thread thread;
        private volatile int assigned;
        private volatile boolean running = true;
        private final CompletableFuture<Void> done = new CompletableFuture<>();

        Member(Request request) {
            consumer = newConsumer(request.text("group"));
            thread = new Thread(() -> run(request.text("topic")));
            thread.start();
        }

        private void run(String topic) {
            try (consumer) {
                consumer.subscribe(List.of(topic), this);
                while (running) {
                    for (var record : consumer.poll(Duration.ofMillis(100))) {
                        synchronized (this) {
                            received.add("[" + record.partition() + "," + record.offset() + "," + quoted(record.key()) + "]");
                        }
                    }
                }
                consumer.commitSync();
                done.complete(null);
            } catch (Exception error) {
                done.completeExceptionally(error);
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            if (running) consumer.commitSync();
            assigned = consumer.assignment().size() - partitions.size();
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            assigned = consumer.assignment().size();
        }

        synchronized String state() {
            return "{\"assigned\":" + assigned + ",\"received\":" + received.size() + "}";
        }

        String stop() throws Exception {
            running = false;
            thread.join();
            done.get();
            return array(received);
        }
    }

    private static String run(Request request) throws Exception {
        switch (request.text("op")) {
            case "connect":
                bootstrap = request.text("bootstrap");
                admin = Admin.create(Map.of("bootstrap.servers", bootstrap, "reconnect.backoff.max.ms", "500"));
                return quoted("Java client " + AppInfoParser.getVersion());
            case "createTopic":
                admin.createTopics(List.of(new NewTopic(request.text("topic"), request.number("partitions"), (short) 1))).all().get();
                return "null";
            case "deleteTopic":
                admin.deleteTopics(List.of(request.text("topic"))).all().get();
                return "null";
            case "topics":
                return array(admin.listTopics().names().get().stream().map(Client::quoted).collect(Collectors.toList()));
            case "produce":
                return produce(request);
            case "consume":
            case "consumeFromTime":
                return consume(request);
            case "producerStart":
                background = new Background(request);
                return "null";
            case "producerStop":
                return background.stop();
            case "memberStart":
                members.put(request.text("name"), new Member(request));
                return "null";
            case "memberState":
                return members.get(request.text("name")).state();
            case "memberStop":
                return members.remove(request.text("name")).stop();
            default:
                throw new IllegalArgumentException("unknown op");
        }
    }

    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            Request request = Request.parse(line);
            new Thread(() -> {
                String answer;
                try {
                    answer = "\"result\":" + run(request);
                } catch (Exception error) {
                    answer = "\"error\":" + quoted(error.toString());
                }
                synchronized (out) {
                    out.println("{\"id\":" + request.text("id") + "," + answer + "}");
                }
            }).start();
        }
        System.exit(0);
    }
}

// What a broker of Apache Kafka does with the metrics that clients push (KIP-714): each number as a line of a file, read by OpenTelemetry's own classes.
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;
import org.apache.kafka.server.telemetry.ClientTelemetry;
import org.apache.kafka.server.telemetry.ClientTelemetryPayload;
import org.apache.kafka.server.telemetry.ClientTelemetryReceiver;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.Metric;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.MetricsData;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.NumberDataPoint;

public final class TelemetryReceiver implements MetricsReporter, ClientTelemetry {
    private static Path file;

    @Override
    public void configure(Map<String, ?> configs) {
        file = Path.of(String.valueOf(configs.get("judge.telemetry.file")));
    }

    @Override
    public ClientTelemetryReceiver clientReceiver() {
        return (context, payload) -> write(context.clientId(), payload);
    }

    private static synchronized void write(String clientId, ClientTelemetryPayload payload) {
        try {
            StringBuilder lines = new StringBuilder();
            String head = payload.clientInstanceId() + " " + clientId + " " + payload.isTerminating() + " ";
            MetricsData data = MetricsData.parseFrom(payload.data());
            data.getResourceMetricsList().forEach(resource -> resource.getScopeMetricsList().forEach(scope -> {
                for (Metric metric : scope.getMetricsList()) {
                    boolean isSum = metric.hasSum();
                    List<NumberDataPoint> points =
                        isSum ? metric.getSum().getDataPointsList() : metric.getGauge().getDataPointsList();
                    for (NumberDataPoint point : points) {
                        lines.append(head).append(isSum ? "sum " : "gauge ").append(metric.getName());
                        point.getAttributesList().forEach(attribute -> lines.append(' ')
                            .append(attribute.getKey()).append('=').append(attribute.getValue().getStringValue()));
                        lines.append(' ').append(point.getAsDouble()).append('\n');
                    }
                }
            }));
            Files.writeString(file, lines, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (Exception error) {
            throw new IllegalStateException(error);
        }
    }

    @Override
    public void init(List<KafkaMetric> metrics) {}

    @Override
    public void metricChange(KafkaMetric metric) {}

    @Override
    public void metricRemoval(KafkaMetric metric) {}

    @Override
    public void close() {}
}

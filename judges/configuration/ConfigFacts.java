import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import kafka.server.DynamicBrokerConfig$;
import kafka.server.KafkaConfig$;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.storage.internals.log.LogConfig;

/** Prints what Kafka's own definitions say of every key: a line of JSON each, brokers' keys and then topics'. */
public class ConfigFacts {
    public static void main(String[] args) {
        print("broker", KafkaConfig$.MODULE$.configDef(), DynamicBrokerConfig$.MODULE$.dynamicConfigUpdateModes());
        print("topic", LogConfig.configDefCopy(), null);
    }

    private static void print(String of, ConfigDef definition, Map<String, String> modes) {
        List<String> names = new ArrayList<>(definition.configKeys().keySet());
        Collections.sort(names);
        for (String name : names) {
            ConfigDef.ConfigKey key = definition.configKeys().get(name);
            boolean hasDefault = key.hasDefault() && key.defaultValue != null;
            StringBuilder line = new StringBuilder("{\"of\":" + quoted(of) + ",\"name\":" + quoted(name));
            line.append(",\"type\":").append(quoted(key.type.toString().toLowerCase()));
            line.append(",\"default\":");
            line.append(hasDefault ? quoted(ConfigDef.convertToString(key.defaultValue, key.type)) : "null");
            line.append(",\"importance\":").append(quoted(key.importance.toString().toLowerCase()));
            line.append(",\"valid\":").append(key.validator == null ? "null" : quoted(key.validator.toString()));
            if (modes != null) line.append(",\"mode\":").append(quoted(modes.getOrDefault(name, "read-only")));
            if (key.internalConfig) line.append(",\"internal\":true");
            System.out.println(line.append("}"));
        }
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.HexFormat;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;

/** Reads keys, one in hexadecimal per line, and prints the partition that the default partitioner gives each of them. Argument: how many partitions. */
public final class KeyPartitions {
  public static void main(String[] args) throws Exception {
    int partitions = Integer.parseInt(args[0]);
    StringBuilder out = new StringBuilder();
    try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        out.append(BuiltInPartitioner.partitionForKey(HexFormat.of().parseHex(line.trim()), partitions)).append('\n');
      }
    }
    System.out.print(out);
  }
}

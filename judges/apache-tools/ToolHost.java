import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.utils.Exit;

/**
 * Runs Kafka's command line tools one after the other in one JVM, as their scripts would each in its own. A line of input is a
 * command: number, seconds that it may take, standard input, class, arguments, tab-separated, all but the numbers in base64. A line of output answers
 * it: number, exit code (or "timeout"), standard output, standard error.
 */
public final class ToolHost {
  /** What a tool's call of exit becomes. */
  private static final class ToolExit extends Error {
    ToolExit() {
      super("exit", null, false, false);
    }
  }

  /** Tools and Scala's Console keep the stream that they first saw: it stays the same, and its target changes. */
  private static final class Redirected extends OutputStream {
    volatile ByteArrayOutputStream target;

    @Override public void write(int value) {
      ByteArrayOutputStream now = target;
      if (now != null) now.write(value);
    }

    @Override public void write(byte[] bytes, int from, int length) {
      ByteArrayOutputStream now = target;
      if (now != null) now.write(bytes, from, length);
    }
  }

  private static final class RedirectedInput extends InputStream {
    volatile InputStream source = InputStream.nullInputStream();

    @Override public int read() throws java.io.IOException {
      return source.read();
    }

    @Override public int read(byte[] bytes, int from, int length) throws java.io.IOException {
      return source.read(bytes, from, length);
    }

    @Override public int available() throws java.io.IOException {
      return source.available();
    }
  }

  private static final Redirected OUT = new Redirected();
  private static final Redirected ERR = new Redirected();
  /** What the tool wants done when its process ends. */
  private static final List<Runnable> HOOKS = new CopyOnWriteArrayList<>();
  private static volatile Integer exitCode;

  private ToolHost() {}

  public static void main(String[] args) throws Exception {
    PrintStream answers = new PrintStream(new FileOutputStream(FileDescriptor.out), true);
    BufferedReader commands = new BufferedReader(new InputStreamReader(new FileInputStream(FileDescriptor.in)));
    RedirectedInput input = new RedirectedInput();
    System.setIn(input);
    System.setOut(new PrintStream(OUT, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(ERR, true, StandardCharsets.UTF_8));
    Exit.setExitProcedure((code, message) -> leave(code));
    Exit.setHaltProcedure((code, message) -> leave(code));
    Exit.setShutdownHookAdder((name, runnable) -> HOOKS.add(runnable));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      String[] fields = line.split("\t", -1);
      input.source = new ByteArrayInputStream(Base64.getDecoder().decode(fields[2]));
      List<String> words = new ArrayList<>();
      for (int index = 3; index < fields.length; index++) words.add(decoded(fields[index]));
      answers.println(fields[0] + "\t" + run(words, Integer.parseInt(fields[1])));
    }
    Runtime.getRuntime().halt(0);
  }

  private static String run(List<String> words, int seconds) throws InterruptedException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    OUT.target = out;
    ERR.target = err;
    exitCode = null;
    HOOKS.clear();
    Thread tool = new Thread(() -> call(words), "tool");
    tool.setDaemon(true);
    tool.start();
    tool.join(seconds * 1000L);
    boolean isLate = tool.isAlive();
    OUT.target = out;
    ERR.target = err;
    Thread hooks = new Thread(ToolHost::runHooks, "hooks");
    hooks.setDaemon(true);
    hooks.start();
    hooks.join(10_000);
    if (tool.isAlive()) tool.interrupt();
    OUT.target = null;
    ERR.target = null;
    String code = isLate ? "timeout" : String.valueOf(exitCode == null ? 0 : exitCode);
    return code + "\t" + encoded(out) + "\t" + encoded(err);
  }

  private static void call(List<String> words) {
    try {
      String[] args = words.subList(1, words.size()).toArray(new String[0]);
      Class.forName(words.get(0)).getMethod("main", String[].class).invoke(null, (Object) args);
    } catch (InvocationTargetException thrown) {
      if (!(thrown.getCause() instanceof ToolExit)) failed(thrown.getCause());
    } catch (Throwable thrown) {
      failed(thrown);
    }
  }

  private static void runHooks() {
    List<Runnable> all = new ArrayList<>(HOOKS);
    all.addAll(takeJvmHooks());
    for (Runnable hook : all) {
      try {
        hook.run();
      } catch (Throwable thrown) {
        System.err.println(thrown);
      }
    }
  }

  /** Those that tools gave to the JVM itself. They do not start as threads: they are run here, once. */
  private static List<Runnable> takeJvmHooks() {
    try {
      Field field = Class.forName("java.lang.ApplicationShutdownHooks").getDeclaredField("hooks");
      field.setAccessible(true);
      Map<?, ?> hooks = (Map<?, ?>) field.get(null);
      List<Runnable> taken = new ArrayList<>();
      for (Object hook : hooks.keySet()) taken.add((Runnable) hook);
      hooks.clear();
      return taken;
    } catch (ReflectiveOperationException unknownJvm) {
      throw new IllegalStateException(unknownJvm);
    }
  }

  private static void failed(Throwable thrown) {
    if (exitCode != null) return;
    System.err.println("Exception in thread \"main\" " + thrown);
    exitCode = 1;
  }

  /** The first call counts; nothing that is said afterwards would have been. */
  private static synchronized void leave(int code) {
    if (exitCode == null) {
      exitCode = code;
      System.out.flush();
      OUT.target = null;
      ERR.target = null;
    }
    throw new ToolExit();
  }

  private static String decoded(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }

  private static String encoded(ByteArrayOutputStream bytes) {
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }
}

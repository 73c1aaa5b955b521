import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import software.amazon.dynamodb.services.local.main.ServerRunner;
import software.amazon.dynamodb.services.local.server.DynamoDBProxyServer;

/** Starts DynamoDB Local on the loopback interface alone; its own command listens on all of them and has no setting. */
class DynamoDbLocal {
  public static void main(String[] parameters) throws Exception {
    DynamoDBProxyServer store = ServerRunner.createServerFromCommandLineArgs(parameters);
    var field = DynamoDBProxyServer.class.getDeclaredField("server");
    field.setAccessible(true);
    for (Connector connector : ((Server) field.get(store)).getConnectors()) {
      ((ServerConnector) connector).setHost("127.0.0.1");
    }
    store.start();
    store.join();
  }
}

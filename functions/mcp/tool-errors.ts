import type { CallToolResult, McpServer } from '@modelcontextprotocol/server';
import { Problem } from '../middleware/http.ts';
import { Busy } from '../write-failures.ts';
import { refusal } from './tool-result.ts';

/**
 * Registers tools whose failures are answered in words of ours. The protocol's library would pass the words of any error
 * on to the agent, and those of a store reveal internals.
 *
 * @param failed called with each unexpected error
 */
export function toolRegistry(
  server: McpServer,
  failed: (error: Error) => void,
): Pick<McpServer, 'registerTool'> {
  const register = server.registerTool.bind(server) as (
    name: string,
    config: object,
    use: (...given: unknown[]) => Promise<CallToolResult>,
  ) => ReturnType<McpServer['registerTool']>;
  const registerTool = (
    name: string,
    config: object,
    use: (...given: unknown[]) => CallToolResult | Promise<CallToolResult>,
  ) =>
    register(name, config, async (...given) => {
      try {
        return await use(...given);
      } catch (error) {
        return failureOf(error, failed);
      }
    });
  return { registerTool: registerTool as unknown as McpServer['registerTool'] };
}

function failureOf(error: unknown, failed: (error: Error) => void): CallToolResult {
  if (error instanceof Problem) return refusal(error.code, error.message);
  if (error instanceof Busy) return refusal('busy', `${error.message}; try again in a moment`);
  failed(error as Error);
  return refusal('internal_error', 'something went wrong on our side; try again later');
}

import * as z from 'zod';

const instant = z.string().meta({ format: 'date-time' });

/** POST /v1/connections/{connectionId}/authorization */
export const AuthorizationPage = z
  .object({
    url: z
      .string()
      .meta({ description: 'The page of the shop on which access is given; open it in a browser.' }),
    expiresAt: instant.meta({ description: 'Until when it can be answered.' }),
  })
  .meta({ id: 'AuthorizationPage' });
export type AuthorizationPage = z.infer<typeof AuthorizationPage>;

/** How the access of a connection stands. */
export const AuthorizationStatusResponse = z
  .object({
    grantedAt: instant.optional().meta({ description: 'When access was given or its token refreshed.' }),
    requestedBy: z.string(),
    expiresAt: instant.optional().meta({ description: 'When the token ends; it is refreshed before.' }),
    missingScopes: z.array(z.string()).meta({ description: 'Rights that were asked for and not given.' }),
    failure: z.string().optional().meta({ description: 'Why there is no access, or will be none.' }),
  })
  .meta({ id: 'ConnectionAuthorization' });
export type AuthorizationStatusResponse = z.infer<typeof AuthorizationStatusResponse>;

/** That a shop takes no requests of the loop any more. */
export const AccessResponse = z
  .object({
    state: z.enum(['REVOKED']),
    since: instant.meta({ description: 'When the shop first refused.' }),
    reason: z.string(),
    askedAt: instant.meta({
      description: 'When it refused last. It is asked again an hour later, and once the connection is saved.',
    }),
  })
  .meta({
    id: 'ConnectionAccess',
    description:
      'The shop takes no requests: the app was uninstalled there, or its token ended. What the shop has to hear is kept, and sent once it takes requests again. Absent while access is given, as far as is known.',
  });
export type AccessResponse = z.infer<typeof AccessResponse>;

/** GET /oauth/callback: what the page of a shop sends the browser back with. */
export const CallbackQuery = z.looseObject({
  state: z.string().optional().meta({ description: 'As the page was given it; used once.' }),
  code: z.string().optional().meta({ description: 'What is exchanged for an access token.' }),
  error: z.string().optional().meta({ description: 'Why access was not given.' }),
});

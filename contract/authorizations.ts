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

/** GET /oauth/callback: what the page of a shop sends the browser back with. */
export const CallbackQuery = z.looseObject({
  state: z.string().optional().meta({ description: 'As the page was given it; used once.' }),
  code: z.string().optional().meta({ description: 'What is exchanged for an access token.' }),
  error: z.string().optional().meta({ description: 'Why access was not given.' }),
});

import { SCOPES, type Scope } from './routes.ts';

/**
 * What a person may do, by role. The loop's own user pool has a group of each name; with another issuer a setting says
 * which of its groups stands for which role.
 */
export const ROLES = {
  viewer: ['orders/read', 'inventory/read'],
  desk: ['orders/read', 'orders/write', 'inventory/read', 'customers/read'],
  warehouse: ['orders/read', 'orders/write', 'inventory/read', 'inventory/write'],
  finance: ['orders/read', 'finance/read', 'customers/read'],
  admin: SCOPES,
} as const satisfies Readonly<Record<string, readonly Scope[]>>;

export type Role = keyof typeof ROLES;

export const ROLE_NAMES = Object.keys(ROLES) as readonly Role[];

/** The claim in which Cognito writes the groups of a person. */
export const COGNITO_GROUPS = 'cognito:groups';

/**
 * @param groups groups of a person
 * @param roleGroups which group stands for which role, `role=group`, with commas in between.
 *   @default the group that is named like the role
 */
export function rolesOfGroups(groups: readonly string[], roleGroups?: string): readonly Role[] {
  const pairs =
    roleGroups === undefined
      ? ROLE_NAMES.map((role) => [role, role] as const)
      : roleGroups.split(',').map((pair) => {
          const [role = '', ...group] = pair.split('=');
          return [role.trim(), group.join('=').trim()] as const;
        });
  return ROLE_NAMES.filter((role) => pairs.some(([of, group]) => of === role && groups.includes(group)));
}

import {
  type GraphQLSchema,
  getDirectiveValues,
  getNamedType,
  isObjectType,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

export interface AccessDenied {
  readonly message: string;
  readonly path: readonly string[];
  readonly extensions: { readonly code: 'ACCESS_DENIED'; readonly requiredAccess: string };
}

/**
 * What of a query a token may not see, in Shopify's words: the directive `access` of a field, and of the type that it
 * gives, each names scopes of which the token has to have one.
 *
 * @param source a query that is valid by the schema
 * @param granted the token's scopes
 */
export function accessDenied(
  schema: GraphQLSchema,
  source: string,
  granted: readonly string[],
): readonly AccessDenied[] {
  const directive = schema.getDirective('access');
  if (directive == null) throw new Error('the schema has no directive "access"');
  const denied: AccessDenied[] = [];
  const types = new TypeInfo(schema);
  const path: string[] = [];
  const fields = {
    enter({ name }: { readonly name: { readonly value: string } }) {
      path.push(name.value);
      const definition = types.getFieldDef();
      const type = definition == null ? undefined : getNamedType(definition.type);
      for (const node of [definition?.astNode, isObjectType(type) ? type.astNode : undefined]) {
        const { scopes = [] } = (node == null ? undefined : getDirectiveValues(directive, node)) ?? {};
        const wanted = scopes as readonly string[];
        if (wanted.length === 0 || wanted.some((scope) => granted.includes(scope))) continue;
        const requiredAccess = wanted.map((scope) => `\`${scope}\` access scope`).join(' or ');
        denied.push({
          message: `Access denied for ${name.value} field. Required access: ${requiredAccess}.`,
          path: [...path],
          extensions: { code: 'ACCESS_DENIED', requiredAccess },
        });
      }
    },
    leave() {
      path.pop();
    },
  };
  visit(parse(source), visitWithTypeInfo(types, { Field: fields }));
  return denied;
}

import { describe, expect, test } from 'vitest';
import { ROUTES } from '../../contract/routes.ts';
import { synthesize } from '../../testing/templates.ts';

describe('a release', () => {
  test('reaches every function behind the API all at once, unless set otherwise', async () => {
    const { service } = await synthesize({ hostConsole: false });
    expect(service.all('AWS::Lambda::Alias')).toEqual([]);
    expect(service.all('AWS::CodeDeploy::DeploymentGroup')).toEqual([]);
  });

  test('reaches a tenth of the requests first, and goes back when they fail', async () => {
    const { service } = await synthesize({ hostConsole: false, release: 'canary' });
    const called = new Set(ROUTES.map((route) => route.function));
    for (const { Properties } of service.all('AWS::ApiGatewayV2::Integration'))
      expect(service.behind(Properties.IntegrationUri).Type).toBe('AWS::Lambda::Alias');
    const groups = service.all('AWS::CodeDeploy::DeploymentGroup');
    expect(groups).toHaveLength(called.size);
    for (const { Properties } of groups) {
      expect(Properties.DeploymentConfigName).toBe('CodeDeployDefault.LambdaCanary10Percent5Minutes');
      expect(Properties.AutoRollbackConfiguration.Events).toContain('DEPLOYMENT_STOP_ON_ALARM');
      const [{ Name }] = Properties.AlarmConfiguration.Alarms;
      expect(service.behind(Name).Properties.MetricName).toBe('5xx');
    }
    // The API may call what is live, and nothing else.
    for (const { Properties } of service.all('AWS::Lambda::Permission')) {
      if (Properties.Principal !== 'apigateway.amazonaws.com') continue;
      expect(service.behind(Properties.FunctionName).Type).toBe('AWS::Lambda::Alias');
    }
  });

  test('in another way is refused', async () => {
    await expect(synthesize({ release: 'slowly' })).rejects.toThrow('release');
  });
});

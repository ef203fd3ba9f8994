using System.Globalization;
using Culvert.Stage.RunState;

namespace Culvert.Stage.Hops;

/// <summary>The running system as variables: absolute paths, URLs without a trailing slash, ids.</summary>
internal static class InstallationEnvironment
{
    public static IReadOnlyList<KeyValuePair<string, string>> Of(Installation installation)
    {
        var record = installation.Record;
        var variables = new List<KeyValuePair<string, string>>();
        Add("CULVERT_IDENTITY_URL", installation.Service.PublicUrl);
        Add("CULVERT_MACHINE_URL", installation.Service.MachineUrl);
        Add("CULVERT_PLATFORM_CA", installation.Service.PlatformCaFile);
        Add("CULVERT_ADMIN_KEY_FILE", installation.Service.AdminKeyFile);
        Add("CULVERT_ORGANIZATION_ID", record.OrganizationId);
        Add("CULVERT_WORKSPACE_ID", record.WorkspaceId);
        Add("CULVERT_IDP_ISSUER", installation.IdentityProvider.Issuer);
        Add("CULVERT_IDP_CA", installation.IdentityProvider.CaFile);
        // The operator's token satisfies both rules below: the agents' by its deployment claim, the admins' by subject.
        Add("CULVERT_IDP_TOKEN_COMMAND", installation.IdentityProvider.TokenCommand(IdentityProvider.OperatorClient));
        Add("CULVERT_AGENT_RULE_ID", record.AgentRuleId);
        Add("CULVERT_ADMIN_RULE_ID", record.AdminRuleId);
        Add("CULVERT_ADMIN_SERVICE_ACCOUNT_ID", record.AdminServiceAccountId);
        Add("CULVERT_TUNNEL_ID", record.Tunnel.Id);
        Add("CULVERT_TUNNEL_DOMAIN", record.Tunnel.Domain);
        Add("CULVERT_TRUST_BUNDLE", record.Tunnel.TrustBundle);
        Add("CULVERT_MCP_URL", installation.Endpoint.AbsoluteUri);
        // Takes the URL of a tunnel's MCP server and prints a token for it.
        Add("CULVERT_MCP_TOKEN_COMMAND", installation.IdentityProvider.TokenCommand(IdentityProvider.McpClient));
        if (record.Manual is { } manual)
        {
            Add("CULVERT_MANUAL_TUNNEL_ID", manual.Id);
            Add("CULVERT_MANUAL_MCP_URL", installation.ManualEndpoint.AbsoluteUri);
            Add("CULVERT_MANUAL_TRUST_BUNDLE", manual.TrustBundle);
        }

        Add("CULVERT_EDGE_INGRESS", installation.Ingress);
        Add("CULVERT_UPSTREAM_URL", installation.McpServer.Endpoint.AbsoluteUri);
        Add("CULVERT_SERVICE_HEALTH_URL", Base(installation.Service.Health));
        Add("CULVERT_EDGE_HEALTH_URL", Base(installation.Edge.Health));
        Add("CULVERT_AGENT_HEALTH_URL", Base(installation.Agent.Health));
        Add("CULVERT_LOG_DIR", installation.Run.Logs);
        Add("CULVERT_BIN", installation.Run.Binaries);
        Add("CULVERT_PIDS", string.Join(' ', installation.Processes.Select(p => Pid(p.Stamp))));
        return variables;

        void Add(string name, string value) => variables.Add(new(name, value));
    }

    public static Task WriteAsync(Installation installation, string file, CancellationToken cancellationToken) =>
        EnvironmentFile.WriteAsync(file, Of(installation), cancellationToken);

    private static string Base(HealthProbe health) => health.BaseAddress.GetLeftPart(UriPartial.Authority);

    private static string Pid(ProcessStamp stamp) =>
        string.Create(CultureInfo.InvariantCulture, $"{stamp.Name}={stamp.Pid}");
}

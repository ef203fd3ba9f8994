using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Policy;

namespace Culvert.Tunnel.Agent.Tests.Policy;

/// <summary>Reads a policy as it is written in the agent's file.</summary>
internal static class PolicyFile
{
    /// <summary>A route that takes tokens of <c>corp</c>, whose tokens have two claims to compare.</summary>
    public static OauthSettings Oauth { get; } =
        new()
        {
            Mode = OauthMode.Required,
            Issuers = ["corp"],
            Claims = new Dictionary<string, IReadOnlyList<string>> { ["corp"] = ["customer_id", "region"] },
        };

    /// <param name="policy">The section, in flow style.</param>
    /// <param name="oauth">Of the route; null = <see cref="Oauth"/>.</param>
    public static ConfigResult<PolicySettings> Read(string policy, OauthSettings? oauth = null)
    {
        var folder = Directory.CreateTempSubdirectory("culvert-policy-").FullName;
        var file = Path.Combine(folder, "agent.yaml");
        File.WriteAllText(file, $"config_version: 1\npolicy: {policy}\n");
        oauth ??= Oauth;
        try
        {
            return ConfigLoader.Load(
                ConfigLocation.Agent,
                file,
                root => PolicyReader.Read(root.Section("policy"), oauth),
                new Dictionary<string, string>()
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static PolicySettings Settings(string rules, string mode = "enforce")
    {
        var read = Read($"{{mode: {mode}, rules: [{rules}]}}");
        read.Errors.Select(e => e.ToString()).ShouldBeEmpty();
        return read.Settings!;
    }

    /// <summary>A rule for the tool "get" with these constraints.</summary>
    public static PolicySettings WithArguments(string constraints, string more = "") =>
        Settings($"{{name: a, effect: allow, tools: [get], arguments: [{constraints}]{more}}}");
}

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>The first <c>agent.yaml</c>: only what an agent in automatic mode needs.</summary>
internal sealed record InitialFile
{
    /// <summary>The state directory of the only agent on a machine.</summary>
    public const string DefaultState = "/var/lib/culvert/agent";

    /// <summary>The name of <see cref="Issuer"/>, for the routes that accept its tokens.</summary>
    public const string DefaultIssuer = "default";

    public static readonly string[] Loopback = ["127.0.0.0/8", "::1/128"];

    public required string StateDirectory { get; init; }

    public required string Url { get; init; }

    /// <summary>Empty for the system's roots.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>Empty for none; excludes <see cref="CaFile"/>.</summary>
    public string CaSha256 { get; init; } = "";

    public required string OrganizationId { get; init; }

    public required string RuleId { get; init; }

    /// <summary>Empty: the token of the platform that the agent runs on.</summary>
    public string TokenFile { get; init; } = "";

    public required string TunnelId { get; init; }

    /// <summary>The authorization server whose tokens the routes accept; empty for none.</summary>
    public required string Issuer { get; init; }

    public required IReadOnlyList<InitialRoute> Routes { get; init; }

    public string ToYaml() =>
        ToMap().Write("Created by `tunnel-agent init`. All keys and their defaults: tunnel-agent config show");

    public YamlMap ToMap()
    {
        var file = new YamlMap().Set("config_version", 1).Set("state_dir", StateDirectory);
        var identity = file.Section("identity")
            .Set("url", Url)
            .SetIfAny("ca_file", CaFile)
            .SetIfAny("ca_sha256", CaSha256)
            .Set("organization_id", OrganizationId)
            .Set("rule_id", RuleId);
        identity.Section("token", "read again at every use").SetIfAny("file", TokenFile);
        file.Section("tunnel").Set("id", TunnelId);
        file.Section("issuers", "authorization servers whose tokens routes accept")
            .Section(DefaultIssuer)
            .SetIfAny("issuer", Issuer);
        var routes = file.Section("routes", "a label under the tunnel's domain each");
        foreach (var route in Routes)
        {
            AddRoute(routes.Section(route.Name), route);
        }

        return file;
    }

    private static void AddRoute(YamlMap section, InitialRoute route)
    {
        var upstream = section.Section("upstream").Set("url", route.Origin);
        if (route.IsLoopback)
        {
            upstream.Set("allowed_ranges", Loopback, "loopback only if listed");
        }

        section.Section("oauth").Set("mode", "required").Set("path", route.Path).Set("issuers", [DefaultIssuer]);
    }
}

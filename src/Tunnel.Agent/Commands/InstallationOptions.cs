using System.CommandLine;
using Culvert.Tunnel.Agent.Configuration;

namespace Culvert.Tunnel.Agent.Commands;

/// <summary>The options for the first <c>agent.yaml</c>. Each omitted option becomes an example value to replace.</summary>
internal sealed class InstallationOptions(bool areRequired)
{
    private readonly Option<string?> url = Create("--url", "The public_url of the identity service.", areRequired);
    private readonly Option<string?> organization = Create("--organization", "The organization's id.", areRequired);
    private readonly Option<string?> rule = Create("--rule", "The rule that grants tunnel:agent.", areRequired);
    private readonly Option<string?> tunnel = Create("--tunnel", "The tunnel's id.", areRequired);
    private readonly Option<string?> issuer = Create(
        "--issuer",
        "The authorization server whose tokens the routes accept.",
        areRequired
    );

    private readonly Option<string?> caFile = Create("--ca-file", "PEM of the platform root.", false);
    private readonly Option<string?> caSha256 = Create("--ca-sha256", "Pin of the platform root.", false);

    private readonly Option<string?> tokenFile = Create(
        "--token-file",
        "The identity token's file (default: the token of the platform).",
        false
    );

    public void AddTo(Command command)
    {
        foreach (var option in new[] { url, organization, rule, tunnel, issuer, caFile, caSha256, tokenFile })
        {
            command.Options.Add(option);
        }
    }

    public InitialFile Read(ParseResult parsed, string stateDirectory, IReadOnlyList<InitialRoute> routes) =>
        new()
        {
            StateDirectory = stateDirectory,
            Url = parsed.GetValue(url) ?? "https://identity.example.com",
            CaFile = ToFullPath(parsed.GetValue(caFile)),
            CaSha256 = parsed.GetValue(caSha256) ?? "",
            OrganizationId = parsed.GetValue(organization) ?? "00000000-0000-0000-0000-000000000000",
            RuleId = parsed.GetValue(rule) ?? "fdrl_010000000000000000000000",
            TokenFile = ToFullPath(parsed.GetValue(tokenFile)),
            TunnelId = parsed.GetValue(tunnel) ?? "tnl_010000000000000000000000",
            Issuer = parsed.GetValue(issuer) ?? "https://login.example.com",
            Routes = routes,
        };

    /// <summary>The keys of the new file that have example values, each with the option that sets it.</summary>
    public IEnumerable<(string Key, string Option)> FindExamples(ParseResult parsed) =>
        new[]
        {
            ("identity.url", url),
            ("identity.organization_id", organization),
            ("identity.rule_id", rule),
            ("tunnel.id", tunnel),
            ("issuers.default.issuer", issuer),
        }
            .Where(o => parsed.GetValue(o.Item2) is null)
            .Select(o => (o.Item1, o.Item2.Name));

    // Relative to the working directory, not to the file's folder.
    private static string ToFullPath(string? written) => written is null ? "" : Path.GetFullPath(written);

    private static Option<string?> Create(string name, string description, bool isRequired) =>
        new(name) { Description = description, Required = isRequired };
}

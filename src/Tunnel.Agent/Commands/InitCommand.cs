using System.CommandLine;
using Culvert.Platform.Configuration;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Configuration;

namespace Culvert.Tunnel.Agent.Commands;

/// <summary>
/// <c>tunnel-agent init</c>: writes the first configuration, read as strictly as <c>run</c> will before it is put in its
/// place. It holds no secret, only where one is.
/// </summary>
internal static class InitCommand
{
    private static readonly Option<string> Url = Required("--url", "The public_url of the identity service.");
    private static readonly Option<string> Organization = Required("--organization", "The organization's id.");
    private static readonly Option<string> Rule = Required("--rule", "The rule that grants tunnel:agent.");
    private static readonly Option<string> Tunnel = Required("--tunnel", "The tunnel's id.");
    private static readonly Option<string> Issuer = Required(
        "--issuer",
        "The authorization server whose tokens the routes accept."
    );

    private static readonly Option<string[]> Routes = new("--route")
    {
        Description = "An MCP server, as NAME=URL; may be repeated.",
        HelpName = "NAME=URL",
        Required = true,
    };

    private static readonly Option<string?> CaFile = new("--ca-file") { Description = "PEM of the platform root." };

    private static readonly Option<string?> CaSha256 = new("--ca-sha256") { Description = "Pin of the platform root." };

    private static readonly Option<string?> TokenFile = new("--token-file")
    {
        Description = "The identity token's file (default: the token of the platform).",
    };

    private static readonly Option<bool> Force = new("--force") { Description = "Replace a file that exists." };

    public static Command Create()
    {
        var command = new Command("init", "Write a first configuration.")
        {
            Url,
            Organization,
            Rule,
            Tunnel,
            Issuer,
            Routes,
            CaFile,
            CaSha256,
            TokenFile,
            Force,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var routes = new List<InitialRoute>();
        foreach (var text in parsed.GetValue(Routes) ?? [])
        {
            if (!InitialRoute.TryParse(text, out var route))
            {
                error.WriteLine($"--route: '{ConfigText.Printable(text)}' is not NAME=URL with http or https.");
                return ExitCodes.Usage;
            }

            routes.Add(route);
        }

        var path = Path.GetFullPath(ConfigCommand.FindFile(parsed, ConfigLocation.Agent));
        if (File.Exists(path) && !parsed.GetValue(Force))
        {
            error.WriteLine($"{path} exists: read it, or replace it with --force.");
            return ExitCodes.Failed;
        }

        try
        {
            var errors = ConfigFiles.Put(path, CreateFile(parsed, routes).ToYaml());
            if (errors.Count > 0)
            {
                return ProgramHost.Report(errors, error);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"{path} cannot be written: {e.Message}");
            return ExitCodes.Failed;
        }

        var how = parsed.GetValue(ConfigCommand.ProfileOption) is { } profile
            ? $"--profile {profile}"
            : $"--config {path}";
        output.WriteLine($"wrote {path}");
        output.WriteLine($"next: tunnel-agent doctor {how}");
        output.WriteLine($"next: tunnel-agent run {how}");
        return ExitCodes.Done;
    }

    private static InitialFile CreateFile(ParseResult parsed, IReadOnlyList<InitialRoute> routes) =>
        new()
        {
            StateDirectory = parsed.GetValue(ConfigCommand.ProfileOption) is { } profile
                ? ConfigLocation.Agent.FindState(profile, ConfigLoader.ProcessEnvironment())
                : "/var/lib/culvert/agent",
            Url = parsed.GetRequiredValue(Url),
            CaFile = ToFullPath(parsed.GetValue(CaFile)),
            CaSha256 = parsed.GetValue(CaSha256) ?? "",
            OrganizationId = parsed.GetRequiredValue(Organization),
            RuleId = parsed.GetRequiredValue(Rule),
            TokenFile = ToFullPath(parsed.GetValue(TokenFile)),
            TunnelId = parsed.GetRequiredValue(Tunnel),
            Issuer = parsed.GetRequiredValue(Issuer),
            Routes = routes,
        };

    // As the operator sees it from here, not from the file's folder.
    private static string ToFullPath(string? written) => written is null ? "" : Path.GetFullPath(written);

    private static Option<string> Required(string name, string description) =>
        new(name) { Description = description, Required = true };
}

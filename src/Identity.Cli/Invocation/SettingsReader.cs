using System.CommandLine;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;

namespace Culvert.Identity.Cli.Invocation;

/// <summary>A flag overrides an environment variable, which overrides the profile; empty variables are ignored.</summary>
internal static class SettingsReader
{
    public static Settings Read(ParseResult parse, GlobalOptions global, CliHost host, CliProfile profile)
    {
        var url = Value(global.Url, SettingVariables.Url, profile.Url);
        if (url is null)
        {
            throw new CommandFailure(ExitCode.Usage, "the address of the identity service is not known")
            {
                Where = $"--url, {SettingVariables.Url} and the profile ({profile.Source}) do not set it",
                Next = $"export {SettingVariables.Url}=https://identity.example.com:8443",
            };
        }

        var caFile = Value(global.CaFile, SettingVariables.CaFile, null);
        var caSha256 = Value(global.CaSha256, SettingVariables.CaSha256, null);
        if (caFile is null && caSha256 is null)
        {
            (caFile, caSha256) = (profile.CaFile, profile.CaSha256);
        }

        if (parse.GetValue(global.CaFile) is null && parse.GetValue(global.CaSha256) is { Length: > 0 })
        {
            caFile = null; // the flag overrides the other setting's variable
        }
        else if (parse.GetValue(global.CaFile) is { Length: > 0 } && parse.GetValue(global.CaSha256) is null)
        {
            caSha256 = null;
        }

        if (caFile is not null && caSha256 is not null)
        {
            throw new CommandFailure(ExitCode.Usage, "a CA file and a pin of the platform root exclude each other")
            {
                Where = "--ca-file and --ca-sha256",
                Next = "use only one of the two",
            };
        }

        return new Settings
        {
            Url = ParseUrl(url),
            CaFile = caFile,
            CaSha256 = caSha256,
            AdminKeyFile = Value(global.AdminKeyFile, SettingVariables.AdminKeyFile, profile.AdminKeyFile),
            IsKeyNamed = Value(global.AdminKeyFile, SettingVariables.AdminKeyFile, null) is not null,
            Organization = Value(global.Organization, SettingVariables.Organization, profile.Organization),
            Workspace = Value(global.Workspace, SettingVariables.Workspace, profile.Workspace),
            Timeout = parse.GetValue(global.Timeout) ?? profile.Timeout ?? GlobalOptions.DefaultTimeout,
            IsDryRun = parse.GetValue(global.DryRun),
        };

        // During completion, the line may have the flag without its value.
        string? Value(Option<string?> option, string variable, string? otherwise) =>
            parse.GetResult(option) is { Tokens.Count: > 0 } && parse.GetValue(option) is { Length: > 0 } flag ? flag
            : host.Variable(variable) is { Length: > 0 } text ? text
            : otherwise;
    }

    /// <summary>Only https, because a header carries the key. A path prefix stays, for a service behind one.</summary>
    private static Uri ParseUrl(string text)
    {
        if (
            Uri.TryCreate(text, UriKind.Absolute, out var url)
            && url.Scheme == Uri.UriSchemeHttps
            && url.Query.Length == 0
            && url.Fragment.Length == 0
            && url.UserInfo.Length == 0
        )
        {
            return new Uri(url.AbsoluteUri.TrimEnd('/') + "/");
        }

        throw new CommandFailure(ExitCode.Usage, $"'{text}' is not an https URL")
        {
            Where = $"--url or {SettingVariables.Url}",
            Next = "write https://HOST:PORT, without user, query or fragment",
        };
    }
}

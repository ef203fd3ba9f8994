using Culvert.Machine.Client.Tokens;
using Culvert.Machine.Client.Tokens.Detection;
using Culvert.Platform.Configuration;
using Culvert.Platform.Launching;
using Culvert.Platform.Net;

namespace Culvert.Machine.Client.Access;

/// <summary>Reads the <c>identity</c> section and checks the rules between its keys.</summary>
public static class IdentitySection
{
    private const int Sha256HexLength = 64;
    private static readonly Uri Unset = new("https://unset.invalid");

    /// <summary>Reads the section. <paramref name="allowManual"/> is true for agents; an edge has no tunnel token.</summary>
    public static IdentityOptions Read(ConfigSection root, bool allowManual)
    {
        var section = root.Section("identity");
        var url = section.Url("url", required: true, "https");
        var mode = ReadMode(section, allowManual);
        var options = new IdentityOptions
        {
            Url = url ?? Unset,
            MachineUrl = section.Url("machine_url", required: false, "https"),
            CaFile = section.Path("ca_file"),
            CaSha256 = ReadPin(section),
            Mode = mode,
            OrganizationId = section.Uuid("organization_id", "Write the organization_id that `culvert whoami` shows."),
            RuleId = section.Id("rule_id", "fdrl", "Write the ID that `culvert rule list` shows."),
            ServiceAccountId = section.Id(
                "service_account_id",
                "svac",
                "Write the ID that `culvert service-account list` shows."
            ),
            WorkspaceId = section.Id(
                "workspace_id",
                "wrkspc",
                "Write the ID that `culvert workspace list` shows, or default.",
                word: "default"
            ),
            Token = ReadToken(section, mode, url),
            TokenCache = section.Path("token_cache"),
            TunnelToken = allowManual ? section.Secret("tunnel_token") : null,
            Network = NetworkSection.Read(root),
        };
        CheckTrust(section, options);
        CheckMode(section, options);
        return options;
    }

    private static IdentityMode ReadMode(ConfigSection section, bool allowManual)
    {
        string[] allowed = allowManual ? ["automatic", "manual"] : ["automatic"];
        return section.Choice("mode", "automatic", allowed) == "manual" ? IdentityMode.Manual : IdentityMode.Automatic;
    }

    private static string ReadPin(ConfigSection section)
    {
        var written = section.String("ca_sha256");
        var pin = written.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant();
        if (pin.Length > 0 && (pin.Length != Sha256HexLength || !pin.All(char.IsAsciiHexDigitLower)))
        {
            section.Error("ca_sha256", "This is not a SHA-256 fingerprint.", "Write 64 hexadecimal digits.");
        }

        return pin;
    }

    private static IdentityTokenOptions ReadToken(ConfigSection section, IdentityMode mode, Uri? url)
    {
        var token = section.Section("token");
        var options = new IdentityTokenOptions
        {
            File = token.Path("file"),
            Environment = token.String("environment"),
            Command = token.Strings("command"),
            InheritEnvironment = token.Strings("inherit_environment", [.. ChildCommand.UsualEnvironment]),
            CommandTimeout = token.Duration(
                "command_timeout",
                TimeSpan.FromSeconds(10),
                TimeSpan.FromSeconds(1),
                TimeSpan.FromMinutes(1)
            ),
            Detector = token.Choice("detector", PlatformDetectors.Auto, PlatformDetectors.Names),
            // The service's identifier is its URL as written, without a trailing slash.
            Audience = token.String("audience", url?.OriginalString.TrimEnd('/') ?? ""),
        };
        string[] chosen =
        [
            .. options.File.Length > 0 ? ["file"] : Array.Empty<string>(),
            .. options.Environment.Length > 0 ? ["environment"] : Array.Empty<string>(),
            .. options.Command.Count > 0 ? ["command"] : Array.Empty<string>(),
        ];
        if (chosen.Length > 1)
        {
            token.Error(
                chosen[^1],
                $"{string.Join(" and ", chosen)} exclude each other.",
                "Configure only one source of the token."
            );
        }

        if (mode == IdentityMode.Automatic && chosen.Length == 0 && options.Detector == PlatformDetectors.None)
        {
            token.Error(
                "detector",
                "Automatic mode needs an identity token, but no source is configured.",
                "Set one of identity.token.file, .environment or .command, or use a detector."
            );
        }
        else if (chosen.Length > 0 && options.Detector is not (PlatformDetectors.Auto or PlatformDetectors.None))
        {
            token.Error(
                "detector",
                $"{chosen[0]} and detector exclude each other.",
                "Configure only one source of the token."
            );
        }

        return options;
    }

    private static void CheckTrust(ConfigSection section, IdentityOptions options)
    {
        if (options.CaFile.Length > 0 && options.CaSha256.Length > 0)
        {
            section.Error("ca_sha256", "ca_file and ca_sha256 exclude each other.", "Configure only one of them.");
        }
        else if (options.CaFile.Length > 0 && !File.Exists(options.CaFile))
        {
            section.Error("ca_file", "The file does not exist.", "Name a PEM file with the platform root.");
        }
    }

    private static void CheckMode(ConfigSection section, IdentityOptions options)
    {
        if (options.Mode == IdentityMode.Manual)
        {
            if (options.TunnelToken is null && !section.Has("tunnel_token"))
            {
                section.Error("tunnel_token", "Manual mode needs the tunnel token.", "Write file:/path or env:NAME.");
            }

            return;
        }

        if (options.TunnelToken is not null)
        {
            section.Error(
                "tunnel_token",
                "Automatic mode does not use a tunnel token.",
                "Remove it, or set mode: manual."
            );
        }

        foreach (var (key, value) in new[] { ("organization_id", options.OrganizationId), ("rule_id", options.RuleId) })
        {
            if (value.Length == 0)
            {
                section.Error(key, "Automatic mode needs this key.", $"Add `{key}: …` under `identity`.");
            }
        }
    }
}

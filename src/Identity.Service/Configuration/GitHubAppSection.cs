using System.Text.RegularExpressions;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.GitHubApps;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Configuration;

/// <summary>Reads <c>github_apps</c>.</summary>
internal static partial class GitHubAppSection
{
    private const string Apps = "github_apps";
    private const string DefaultApiUrl = "https://api.github.com";
    private const int MaxApps = 64;

    // GitHub's limit of one token.
    private const int MaxRepositories = 500;
    private const int MaxPermissions = 64;

    public static IReadOnlyList<GitHubAppOptions> Read(ConfigSection root)
    {
        var written = root.Map(Apps);
        if (
            written.Count > 0
            && !root.IsDescribing
            && root.Section("keys").Section("pkcs11").Path("module").Length == 0
        )
        {
            root.Error(Apps, "No HSM is configured.", "Set keys.pkcs11, and import the App's key into the HSM.");
        }

        if (written.Count > MaxApps)
        {
            root.Error(Apps, "There are too many.", $"Name at most {MaxApps}.");
        }

        return [.. written.Select(entry => ReadApp(entry.Name, entry.Section))];
    }

    private static GitHubAppOptions ReadApp(string name, ConfigSection section)
    {
        var clientId = section.RequiredString("client_id");
        if (clientId.Length > 0 && !ClientId().IsMatch(clientId))
        {
            section.Error(
                "client_id",
                "This is not the client id of a GitHub App.",
                "Write it as the App's page at GitHub shows it, such as Iv23liEXAMPLE."
            );
        }

        var label = section.RequiredString("key_label");
        if (
            label.StartsWith(TokenKeyHsm.LabelPrefix, StringComparison.Ordinal)
            || label.StartsWith(AuthorityKeys.LabelPrefix, StringComparison.Ordinal)
        )
        {
            section.Error(
                "key_label",
                "Keys with such a label are the service's own.",
                "Import the App's key under another label."
            );
        }

        var installation = section.RequiredString("installation_id");
        if (installation.Length > 0 && !Number().IsMatch(installation))
        {
            section.Error(
                "installation_id",
                "This is not the id of an installation.",
                "Write the number at the end of the URL of the installation's settings."
            );
        }

        var repositories = section.Strings("repositories");
        if (repositories.Count > MaxRepositories || repositories.Any(one => !Repository().IsMatch(one)))
        {
            section.Error(
                "repositories",
                "One of them is not the name of a repository, or there are too many.",
                $"Write at most {MaxRepositories} names, without the owner."
            );
        }

        var tunnels = section.Strings("tunnels");
        if (!section.IsDescribing && (tunnels.Count == 0 || tunnels.Any(id => !TunnelId.TryParse(id, out _))))
        {
            section.Error(
                "tunnels",
                "These are not the ids of tunnels.",
                "Write the ids (tnl_…) of the tunnels whose agents get the tokens."
            );
        }

        return new GitHubAppOptions
        {
            Name = name,
            ClientId = clientId,
            KeyLabel = label,
            InstallationId = Number().IsMatch(installation) ? long.Parse(installation, null) : 0,
            Repositories = repositories,
            Permissions = ReadPermissions(section),
            Tunnels = tunnels,
            ApiUrl =
                section.Url("api_url", required: false, schemes: "https") ?? new Uri(DefaultApiUrl, UriKind.Absolute),
            CaFile = section.Path("ca_file"),
            Networks = section.Ranges("networks"),
        };
    }

    private static List<KeyValuePair<string, string>> ReadPermissions(ConfigSection section)
    {
        const string Key = "permissions";
        var permissions = section
            .Values(Key)
            .Select(entry => KeyValuePair.Create(entry.Key, entry.Value.IsReference ? "" : entry.Value.Read()))
            .ToList();
        if (
            permissions.Count > MaxPermissions
            || permissions.Exists(one =>
                !Permission().IsMatch(one.Key) || one.Value is not ("read" or "write" or "admin")
            )
        )
        {
            section.Error(
                Key,
                "One of them is not a permission of GitHub Apps with its level.",
                "Write names such as contents, each with read, write or admin."
            );
        }

        return permissions;
    }

    [GeneratedRegex("^[A-Za-z0-9.]{1,64}\\z")]
    private static partial Regex ClientId();

    [GeneratedRegex("^[1-9][0-9]{0,17}\\z")]
    private static partial Regex Number();

    [GeneratedRegex("^[A-Za-z0-9._-]{1,100}\\z")]
    private static partial Regex Repository();

    [GeneratedRegex("^[a-z][a-z_]{0,63}\\z")]
    private static partial Regex Permission();
}

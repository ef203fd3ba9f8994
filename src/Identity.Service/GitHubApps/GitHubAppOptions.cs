using Culvert.Platform.Addresses;

namespace Culvert.Identity.Service.GitHubApps;

/// <summary>What agents of some tunnels get of a GitHub App whose private key is in the HSM.</summary>
internal sealed record GitHubAppOptions
{
    /// <summary>The name that agents' configurations have.</summary>
    public required string Name { get; init; }

    /// <summary>Of the App, as its page at GitHub shows it.</summary>
    public required string ClientId { get; init; }

    /// <summary>The label of the App's RSA key in the HSM.</summary>
    public required string KeyLabel { get; init; }

    /// <summary>Where the App is installed.</summary>
    public required long InstallationId { get; init; }

    /// <summary>Names of repositories, without their owner; empty = all of the installation.</summary>
    public IReadOnlyList<string> Repositories { get; init; } = [];

    /// <summary>Each permission of the tokens and its level; empty = all that the installation has.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Permissions { get; init; } = [];

    /// <summary>The ids of the tunnels whose agents get tokens.</summary>
    public required IReadOnlyList<string> Tunnels { get; init; }

    /// <summary>The address of GitHub's REST API; https.</summary>
    public required Uri ApiUrl { get; init; }

    /// <summary>The only trusted roots for its server; empty = the system's.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>Private addresses that its name may resolve to (S27); empty = only public ones on port 443.</summary>
    public AddressRanges Networks { get; init; } = AddressRanges.Empty;
}

using Culvert.Jose.Algorithms;
using Culvert.Platform.Addresses;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>The options of console sign-in (S32).</summary>
internal sealed record SignInOptions
{
    public static readonly TimeSpan LongestSession = TimeSpan.FromHours(24);

    /// <summary>The identity provider's issuer identifier, byte for byte; empty = no provider.</summary>
    public string Issuer { get; init; } = "";

    public string ClientId { get; init; } = "";

    /// <summary>
    /// The client id of <c>culvert</c>, a public client; empty = people cannot sign in on the command line.
    /// </summary>
    public string CommandLineClientId { get; init; } = "";

    /// <summary>Null = a public client, protected only by PKCE.</summary>
    public SecretReference? ClientSecret { get; init; }

    /// <summary>PEM file with the trusted roots for the provider; empty = the system's.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>The provider's allowed addresses, unless public and on port 443.</summary>
    public AddressRanges Networks { get; init; } = AddressRanges.Empty;

    /// <summary>The allowed signature algorithms of id_tokens.</summary>
    public JwsAlgorithms Algorithms { get; init; } = JwsAlgorithms.RS256 | JwsAlgorithms.PS256 | JwsAlgorithms.ES256;

    /// <summary>The scopes requested in addition to <c>openid</c>.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>The id_token's claim for <see cref="Roles"/>: a text or a list of texts.</summary>
    public string RolesClaim { get; init; } = "groups";

    /// <summary>Role → claim values that grant it. A person without a role gets no session.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> Roles { get; init; } = [];

    /// <summary>The organization of these people; empty = the one that init created.</summary>
    public string Organization { get; init; } = "";

    public bool AdminKeys { get; init; } = true;

    /// <summary>The maximum lifetime of a session.</summary>
    public TimeSpan Session { get; init; } = TimeSpan.FromHours(8);

    /// <summary>The idle timeout of a session.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(30);

    public bool HasProvider => Issuer.Length > 0;
}

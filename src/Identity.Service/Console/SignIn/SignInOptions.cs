using Culvert.Jose.Algorithms;
using Culvert.Platform.Addresses;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>How people come into the console (S32).</summary>
internal sealed record SignInOptions
{
    public static readonly TimeSpan LongestSession = TimeSpan.FromHours(24);

    /// <summary>The identity provider's issuer identifier, byte for byte; empty = sign-in with a provider is off.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>The console's own registration there.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>The registration of <c>culvert</c> there, a public client; empty = people do not sign in with it.</summary>
    public string CommandLineClientId { get; init; } = "";

    /// <summary>Null = a public client, which PKCE alone protects.</summary>
    public SecretReference? ClientSecret { get; init; }

    /// <summary>PEM file with the roots that may vouch for the provider; empty = those of the system.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>Where the provider may be, unless public and on port 443.</summary>
    public AddressRanges Networks { get; init; } = AddressRanges.Empty;

    /// <summary>What its id_tokens may be signed with.</summary>
    public JwsAlgorithms Algorithms { get; init; } = JwsAlgorithms.RS256 | JwsAlgorithms.PS256 | JwsAlgorithms.ES256;

    /// <summary>The scopes requested in addition to <c>openid</c>.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>The claim of the id_token that <see cref="Roles"/> is about: a text or a list of texts.</summary>
    public string RolesClaim { get; init; } = "groups";

    /// <summary>Role → values of the claim that give it. Who has none of them gets no session.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> Roles { get; init; } = [];

    /// <summary>The organization that these people belong to; empty = the one that init made.</summary>
    public string Organization { get; init; } = "";

    /// <summary>Whether an admin key opens a session, too.</summary>
    public bool AdminKeys { get; init; } = true;

    /// <summary>A session's end, whatever happens in it.</summary>
    public TimeSpan Session { get; init; } = TimeSpan.FromHours(8);

    /// <summary>A session's end when nothing happens in it.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Whether there is an identity provider.</summary>
    public bool HasProvider => Issuer.Length > 0;
}

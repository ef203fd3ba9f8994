using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Platform.Fetching;

/// <summary>What to fetch, on whose behalf, and what is open to that record.</summary>
public sealed record FetchRequest
{
    public required string Url { get; init; }

    /// <summary>The name of the setting that holds the URL, for the refusal: <c>issuer_url</c>, <c>jwks_url</c>.</summary>
    public required string Field { get; init; }

    /// <summary>The record's own private targets. Each counts only inside the installation's bound.</summary>
    public IReadOnlyList<FetchTarget> AllowedTargets { get; init; } = [];

    /// <summary>The only roots that may vouch for the server; the system's when null.</summary>
    public X509Certificate2Collection? PinnedRoots { get; init; }

    public string Accept { get; init; } = "application/json";

    /// <summary>The only type of document that is taken, without parameters; JSON in all its disguises when null.</summary>
    public string? MediaType { get; init; }

    /// <summary>The client certificate, for servers that require one; null = none.</summary>
    public SslStreamCertificateContext? ClientCertificate { get; init; }

    /// <summary>
    /// The entity tag of the existing copy; an unchanged answer then is <see cref="FetchResult.IsNotModified"/>.
    /// </summary>
    public string? IfNoneMatch { get; init; }

    /// <summary>
    /// Sends this instead of asking for a document: any 2xx is success, and what is answered is not read, unless it wants
    /// a document. Null = GET.
    /// </summary>
    public FetchPost? Post { get; init; }

    /// <summary>
    /// Every status but a redirect is an answer: the caller gets it with its header fields and its content, of any type.
    /// For protocols that explain a refusal in its body.
    /// </summary>
    public bool WantsAnyStatus { get; init; }

    /// <summary>Filled on the way, for callers that report what happened; null = not needed.</summary>
    public FetchObservation? Observation { get; init; }
}

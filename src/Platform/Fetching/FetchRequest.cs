using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Platform.Fetching;

/// <summary>The document to fetch, and the record on whose behalf, with its allowed targets.</summary>
public sealed record FetchRequest
{
    public required string Url { get; init; }

    /// <summary>The setting that holds the URL, for the error message: <c>issuer_url</c>, <c>jwks_url</c>.</summary>
    public required string Field { get; init; }

    /// <summary>The record's own private targets. Each counts only inside the installation's bound.</summary>
    public IReadOnlyList<FetchTarget> AllowedTargets { get; init; } = [];

    /// <summary>The only roots that may authenticate the server; null: the system's.</summary>
    public X509Certificate2Collection? PinnedRoots { get; init; }

    public string Accept { get; init; } = "application/json";

    /// <summary>The only accepted media type, without parameters; null: any type used for JSON.</summary>
    public string? MediaType { get; init; }

    /// <summary>The client certificate, for servers that require one; null: none.</summary>
    public SslStreamCertificateContext? ClientCertificate { get; init; }

    /// <summary>The copy's entity tag; an unchanged answer is <see cref="FetchResult.IsNotModified"/>.</summary>
    public string? IfNoneMatch { get; init; }

    /// <summary>
    /// Content to send; null: GET. Any 2xx is success, and the answer's body is not read, unless
    /// <see cref="FetchPost.WantsDocument"/> is set.
    /// </summary>
    public FetchPost? Post { get; init; }

    /// <summary>Every status except a redirect is an answer, for protocols that explain a refusal in its body.</summary>
    public bool WantsAnyStatus { get; init; }

    /// <summary>Filled during the fetch, for callers that report details; null: not needed.</summary>
    public FetchObservation? Observation { get; init; }
}

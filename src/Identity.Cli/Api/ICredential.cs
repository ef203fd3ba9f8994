namespace Culvert.Identity.Cli.Api;

/// <summary>What a request shows so that the service knows whom it acts for.</summary>
internal interface ICredential
{
    /// <summary>For people: <c>admin key …</c>, <c>sign-in by rule …</c>.</summary>
    string Kind { get; }

    /// <summary>Puts it into a request, in the place of what an earlier call put there.</summary>
    Task ProveAsync(HttpRequestMessage request, CancellationToken cancel);

    /// <summary>
    /// Stores what an answer requires of the next proof; returns whether this answer requires a new proof.
    /// </summary>
    bool Learn(HttpResponseMessage answer);
}

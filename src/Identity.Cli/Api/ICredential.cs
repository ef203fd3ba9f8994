namespace Culvert.Identity.Cli.Api;

internal interface ICredential
{
    /// <summary>For messages: <c>admin key …</c>, <c>sign-in by rule …</c>.</summary>
    string Kind { get; }

    /// <summary>Adds the credential to a request and replaces an earlier one.</summary>
    Task ProveAsync(HttpRequestMessage request, CancellationToken cancel);

    /// <summary>Stores what an answer requires of the next proof; returns whether this answer requires one.</summary>
    bool Learn(HttpResponseMessage answer);
}

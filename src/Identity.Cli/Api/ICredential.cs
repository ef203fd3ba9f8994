namespace Culvert.Identity.Cli.Api;

/// <summary>What a request shows so that the service knows whom it acts for.</summary>
internal interface ICredential
{
    /// <summary>For people: <c>admin key …</c>, <c>sign-in by rule …</c>.</summary>
    string Kind { get; }

    Task ProveAsync(HttpRequestMessage request, CancellationToken cancel);
}

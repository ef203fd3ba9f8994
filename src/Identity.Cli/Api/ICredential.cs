namespace Culvert.Identity.Cli.Api;

/// <summary>What a request shows so that the service knows whom it acts for.</summary>
internal interface ICredential
{
    /// <summary>For people: <c>admin key …</c>, <c>sign-in by rule …</c>.</summary>
    string Kind { get; }

    /// <summary>Puts it into a request, in the place of what an earlier call put there.</summary>
    Task ProveAsync(HttpRequestMessage request, CancellationToken cancel);

    /// <summary>Takes up what an answer says for the next proof; whether it was asked for by that very answer.</summary>
    bool Learn(HttpResponseMessage answer);
}

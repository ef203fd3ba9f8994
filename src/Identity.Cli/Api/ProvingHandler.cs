namespace Culvert.Identity.Cli.Api;

/// <summary>
/// Adds the credential to every request. A service that requires its nonce in the proof answers with an error (RFC 9449 §9);
/// the same request is then sent once more, because it had no effect.
/// </summary>
internal sealed class ProvingHandler(ICredential credential, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        await credential.ProveAsync(request, cancellationToken);
        var answer = await base.SendAsync(request, cancellationToken);
        if (!credential.Learn(answer))
        {
            return answer;
        }

        answer.Dispose();
        await credential.ProveAsync(request, cancellationToken);
        return await base.SendAsync(request, cancellationToken);
    }
}

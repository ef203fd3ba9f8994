namespace Culvert.Identity.Cli.Api;

/// <summary>
/// Shows the credential with every request. A service that wants its nonce in the proof says so instead of answering
/// (RFC 9449 §9): the same request is then sent once more, since nothing has been done yet.
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

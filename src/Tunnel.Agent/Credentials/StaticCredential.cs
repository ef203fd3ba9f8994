using Culvert.Platform.Secrets;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>A fixed value from a file or variable, read again at each use so that it can be replaced.</summary>
internal sealed class StaticCredential(string header, SecretReference value) : UpstreamCredential
{
    private readonly CredentialUse use = new(value.ToString());

    public override string Kind => "static";

    public override ValueTask<CredentialHeader> GetAsync(Exchange exchange, CancellationToken cancellationToken) =>
        new(Get(isUse: true));

    public override ValueTask<CredentialHeader> GetOwnAsync(CancellationToken cancellationToken) =>
        new(Get(isUse: false));

    private CredentialHeader Get(bool isUse)
    {
        try
        {
            var secret = isUse ? value.Read() : value.Peek();
            return secret.AsSpan().ContainsAnyExceptInRange(' ', '~')
                ? CredentialHeader.Failed($"{value} contains characters that are not allowed in a header.")
                : new CredentialHeader(header, secret, "") { Use = use };
        }
        catch (SecretUnavailableException e)
        {
            return CredentialHeader.Failed(e.Message);
        }
    }
}

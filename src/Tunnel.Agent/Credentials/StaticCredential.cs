using Culvert.Platform.Secrets;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>A fixed value from a file or variable, read again at each use so that it can be replaced.</summary>
internal sealed class StaticCredential(string header, SecretReference value) : UpstreamCredential
{
    private readonly CredentialUse use = new(value.ToString());

    public override string Kind => "static";

    public override ValueTask<CredentialHeader> GetAsync(Exchange exchange, CancellationToken cancellationToken) =>
        GetOwnAsync(cancellationToken);

    public override ValueTask<CredentialHeader> GetOwnAsync(CancellationToken cancellationToken)
    {
        try
        {
            var secret = value.Read();
            return new(
                secret.AsSpan().ContainsAnyExceptInRange(' ', '~')
                    ? CredentialHeader.Failed($"{value} contains characters that are not allowed in a header.")
                    : new CredentialHeader(header, secret, "") { Use = use }
            );
        }
        catch (SecretUnavailableException e)
        {
            return new(CredentialHeader.Failed(e.Message));
        }
    }
}

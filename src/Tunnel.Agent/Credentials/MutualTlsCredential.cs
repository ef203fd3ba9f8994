using Culvert.Platform.Certificates;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>The client certificate of the connection; no header.</summary>
/// <param name="certificate">The one of the upstream's connections, which read its files; null: the upstream has none.</param>
internal sealed class MutualTlsCredential(ClientCertificate? certificate) : UpstreamCredential
{
    private Description? last;

    public override string Kind => "mtls";

    public override ValueTask<CredentialHeader> GetAsync(Exchange exchange, CancellationToken cancellationToken) =>
        GetOwnAsync(cancellationToken);

    public override ValueTask<CredentialHeader> GetOwnAsync(CancellationToken cancellationToken) =>
        new(CredentialHeader.None with { Use = Describe() });

    // Null without a usable pair: connections then fail, and say why.
    private CredentialUse? Describe()
    {
        try
        {
            if ((certificate?.Last ?? certificate?.ReadCurrent()) is not { } pair)
            {
                return null;
            }

            var known = Volatile.Read(ref last);
            if (known?.Pair != pair)
            {
                known = new Description(pair, new CredentialUse(pair.Certificate.Subject, pair.NotAfter));
                Volatile.Write(ref last, known);
            }

            return known.Use;
        }
        catch (CertificateUnusableException)
        {
            return null;
        }
    }

    private sealed record Description(KeyAndCertificate Pair, CredentialUse Use);
}

using Culvert.Platform.Certificates;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>Issues one certificate, from order to chain (RFC 8555 §7.4), with a new key each time.</summary>
internal sealed class AcmeIssuer(AcmeClient client, IChallengeGate gate, KeyType keyType, TimeProvider time)
{
    /// <param name="cancellationToken">Cancels the order; what the CA stores of it expires there.</param>
    /// <exception cref="AcmeException">The certificate could not be issued.</exception>
    public async Task<KeyAndCertificate> IssueAsync(
        string name,
        string? replaces,
        AcmeJournal.Entry journal,
        CancellationToken cancellationToken
    )
    {
        var order = await OrderAsync(name, replaces, cancellationToken);
        foreach (var authorization in order.Authorizations)
        {
            if (await client.ChallengeAsync(authorization, name, cancellationToken) is { } challenge)
            {
                var digest = client.ComputeDigest(challenge);
                journal.Challenge(digest);
                await using var open = await gate.OpenAsync(name, digest, cancellationToken);
                await client.AnswerAsync(challenge, authorization, cancellationToken);
            }
        }

        var key = CertificateRequests.NewKey(keyType);
        var pem = await client.FinalizeAsync(order, CertificateRequests.CreateFor(key, name), cancellationToken);
        return AcmeRequest.Accept(pem, key, name, time.GetUtcNow());
    }

    // A CA refuses to count a certificate as replaced twice (RFC 9773 §5), but may accept the order without it.
    private async Task<AcmeOrder> OrderAsync(string name, string? replaces, CancellationToken cancellationToken)
    {
        try
        {
            return await client.OrderAsync(name, replaces, cancellationToken);
        }
        catch (AcmeException e) when (replaces is not null && e.Reason == AcmeReason.Refused)
        {
            return await client.OrderAsync(name, null, cancellationToken);
        }
    }
}

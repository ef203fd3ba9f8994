namespace Culvert.Tunnel.Agent.Acme;

/// <summary>Makes a challenge answerable wherever the CA may arrive.</summary>
internal interface IChallengeGate
{
    /// <summary>Returns once it is; the challenge ends with the result.</summary>
    /// <exception cref="AcmeException">It is not, or not in time.</exception>
    Task<IAsyncDisposable> OpenAsync(string name, byte[] digest, CancellationToken cancellationToken);
}

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>Makes a challenge answerable at every agent and edge that the CA may reach.</summary>
internal interface IChallengeGate
{
    /// <summary>Returns when the challenge is answerable; disposing of the result withdraws it.</summary>
    /// <exception cref="AcmeException">The challenge was refused, or was not answerable in time.</exception>
    Task<IAsyncDisposable> OpenAsync(string name, byte[] digest, CancellationToken cancellationToken);
}

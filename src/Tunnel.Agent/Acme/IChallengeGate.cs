namespace Culvert.Tunnel.Agent.Acme;

internal interface IChallengeGate
{
    /// <summary>Returns when the challenge is answerable; disposing of the result withdraws it.</summary>
    /// <exception cref="AcmeException">The challenge was refused, or was not answerable in time.</exception>
    Task<IAsyncDisposable> OpenAsync(string name, byte[] digest, CancellationToken cancellationToken);
}

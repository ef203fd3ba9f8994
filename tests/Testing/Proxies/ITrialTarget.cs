namespace Culvert.Testing.Proxies;

/// <summary>The server that a client of a <see cref="ProxyTrial"/> wants to reach, on loopback.</summary>
public interface ITrialTarget : IAsyncDisposable
{
    int Port { get; }

    /// <summary>What clients have sent to it, below TLS.</summary>
    IEnumerable<string> Seen { get; }
}

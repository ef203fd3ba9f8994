namespace Culvert.Tunnel.Agent.Requests;

/// <summary>Something that a caller's token keeps alive.</summary>
internal interface IRevocable
{
    /// <summary>Ends it: the token is refused from now on. Thread-safe, and harmless once it has ended.</summary>
    void Revoke();
}

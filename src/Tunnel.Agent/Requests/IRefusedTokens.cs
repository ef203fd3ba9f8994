namespace Culvert.Tunnel.Agent.Requests;

/// <summary>Which tokens are refused though their signatures and times are valid, as of one feed. Immutable.</summary>
internal interface IRefusedTokens
{
    /// <summary>Whether a token that was accepted earlier is refused now.</summary>
    bool Contain(string token);
}

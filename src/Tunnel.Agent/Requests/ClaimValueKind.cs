namespace Culvert.Tunnel.Agent.Requests;

/// <summary>The types of claims that rules compare. A claim of another type counts as missing.</summary>
internal enum ClaimValueKind
{
    Text,
    Integer,
    List,
}

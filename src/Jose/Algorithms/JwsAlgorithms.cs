namespace Culvert.Jose.Algorithms;

/// <summary>
/// A set of <see cref="JwsAlgorithm"/>: the caller's allow-list, or what a key can do. A token is verified only with
/// an algorithm in both; its header merely says which one of those it claims.
/// </summary>
[Flags]
public enum JwsAlgorithms
{
    /// <summary>Nothing verifies.</summary>
    Empty = 0,
    RS256 = 1 << JwsAlgorithm.RS256,
    RS384 = 1 << JwsAlgorithm.RS384,
    RS512 = 1 << JwsAlgorithm.RS512,
    PS256 = 1 << JwsAlgorithm.PS256,
    PS384 = 1 << JwsAlgorithm.PS384,
    PS512 = 1 << JwsAlgorithm.PS512,
    ES256 = 1 << JwsAlgorithm.ES256,
    ES384 = 1 << JwsAlgorithm.ES384,
    ES512 = 1 << JwsAlgorithm.ES512,

    /// <summary>What an RSA key can do unless it names one algorithm.</summary>
    Rsa = RS256 | RS384 | RS512 | PS256 | PS384 | PS512,

    /// <summary>All that exist here.</summary>
    All = Rsa | ES256 | ES384 | ES512,
}

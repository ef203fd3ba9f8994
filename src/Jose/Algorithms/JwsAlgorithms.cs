namespace Culvert.Jose.Algorithms;

/// <summary>
/// A set of <see cref="JwsAlgorithm"/>: the caller's allow-list, or what a key supports. A token is verified only with an
/// algorithm in both; its header only claims which of them was used.
/// </summary>
[Flags]
public enum JwsAlgorithms
{
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

    /// <summary>What an RSA key supports unless its <c>alg</c> names a single algorithm.</summary>
    Rsa = RS256 | RS384 | RS512 | PS256 | PS384 | PS512,

    All = Rsa | ES256 | ES384 | ES512,
}

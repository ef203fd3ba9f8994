namespace Culvert.Ca.Keys;

internal enum PublicKeyError
{
    None,

    Unsupported,

    /// <summary>An RSA key below 1024 or above 8192 bits, with an even modulus or an unusual exponent.</summary>
    Weak,
}

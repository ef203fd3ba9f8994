namespace Culvert.Ca.Keys;

internal enum PublicKeyError
{
    None,

    /// <summary>Unsupported algorithm, curve, parameters or point.</summary>
    Unsupported,

    /// <summary>An RSA key below 1024 or above 8192 bits, with an even modulus or an unusual exponent.</summary>
    Weak,
}

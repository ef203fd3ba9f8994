using System.Security.Cryptography;
using Culvert.Jose.Signatures;

namespace Culvert.Jose.Keys;

/// <summary>A curve of RFC 7518 §6.2.1.1, with the one algorithm that belongs to it (§3.4).</summary>
internal sealed record EcCurve(string Name, ECCurve Curve, int CoordinateBytes, JwsAlgorithm Algorithm)
{
    public static readonly EcCurve P256 = new("P-256", ECCurve.NamedCurves.nistP256, 32, JwsAlgorithm.ES256);

    private static readonly EcCurve[] All =
    [
        P256,
        new("P-384", ECCurve.NamedCurves.nistP384, 48, JwsAlgorithm.ES384),
        new("P-521", ECCurve.NamedCurves.nistP521, 66, JwsAlgorithm.ES512),
    ];

    public static EcCurve? Find(string name) => Array.Find(All, c => c.Name == name);
}

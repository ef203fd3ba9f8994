using Culvert.Jose.Algorithms;
using Microsoft.IdentityModel.Tokens;

namespace Culvert.Jose.Keys;

/// <summary>A curve of RFC 7518 §6.2.1.1, with the one algorithm that belongs to it (§3.4).</summary>
internal sealed record EcCurve(string Name, int CoordinateBytes, JwsAlgorithm Algorithm)
{
    public static readonly EcCurve P256 = new(JsonWebKeyECTypes.P256, 32, JwsAlgorithm.ES256);

    private static readonly EcCurve[] All =
    [
        P256,
        new(JsonWebKeyECTypes.P384, 48, JwsAlgorithm.ES384),
        new(JsonWebKeyECTypes.P521, 66, JwsAlgorithm.ES512),
    ];

    /// <summary>R and S concatenated, each as long as the curve's order (RFC 7518 §3.4), which DER never is.</summary>
    public int SignatureBytes => CoordinateBytes * 2;

    public static EcCurve? Find(string name) => Array.Find(All, c => c.Name == name);
}

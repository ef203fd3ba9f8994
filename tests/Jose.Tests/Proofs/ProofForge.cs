using System.Security.Cryptography;

namespace Culvert.Jose.Tests.Proofs;

/// <summary>Makes proofs with the platform's own cryptography: good ones with one thing changed.</summary>
internal sealed class ProofForge : IDisposable
{
    public const string Claims =
        """{"jti":"-BwC3ESc6acc2lTc","htm":"POST","htu":"https://server.example.com/token","iat":1562262616}""";

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string Jwk => JwkOf(key);

    public static string JwkOf(ECDsa key)
    {
        var q = key.ExportParameters(false).Q;
        return $$"""{"kty":"EC","crv":"P-{{key.KeySize}}","x":"{{TokenForge.Encode(q.X)}}","y":"{{TokenForge.Encode(q.Y)}}"}""";
    }

    public byte[] Make(string? header = null, string claims = Claims) =>
        TokenForge.Assemble(
            header ?? $$"""{"typ":"dpop+jwt","alg":"ES256","jwk":{{Jwk}}}""",
            claims,
            data => key.SignData(data, HashAlgorithmName.SHA256)
        );

    public void Dispose() => key.Dispose();
}

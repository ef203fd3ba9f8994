using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage.Sealing;

namespace Culvert.Identity.Service.Tunnels;

/// <summary>A tunnel token as stored: its id, its hash and its sealed value (S5).</summary>
internal sealed record TunnelSecret(TunnelTokenId Id, byte[] Hash, byte[] Sealed)
{
    /// <summary>Lets secret scanners recognize a leaked token.</summary>
    public const string Prefix = "clv_tun_";

    private const string Table = "tunnels";
    private const string Column = "token_sealed";

    /// <summary>Creates a token of 256 random bits.</summary>
    public static (TunnelSecret Secret, string Token) New(TunnelId tunnel, Sealer sealer)
    {
        Span<byte> random = stackalloc byte[32];
        RandomNumberGenerator.Fill(random);
        var token = Prefix + Base64Url.EncodeToString(random);
        var sealedToken = sealer.Seal(Table, tunnel.Value, Column, Encoding.ASCII.GetBytes(token));
        return (new TunnelSecret(TunnelTokenId.New(), Credentials.Hash(token), sealedToken), token);
    }

    public static string Open(TunnelId tunnel, byte[] sealedToken, Sealer sealer) =>
        Encoding.ASCII.GetString(sealer.Unseal(Table, tunnel.Value, Column, sealedToken));

    public override string ToString() => Id.ToString();
}

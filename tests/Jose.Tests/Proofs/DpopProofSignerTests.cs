using Culvert.Jose.Keys;
using Culvert.Jose.Proofs;
using Culvert.Jose.Refusals;

namespace Culvert.Jose.Tests.Proofs;

public sealed class DpopProofSignerTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_767_225_600);
    private static readonly Uri Target = new("https://Identity.Example:8443/v1/oauth/token?a=b#c");

    [Fact]
    public void Sign_Request_IsAProofForItByThisKey()
    {
        using var key = SigningKey.Create();
        var signer = new DpopProofSigner(key);

        var proof = Parse(signer.Sign("POST", Target, Now));

        proof.IsFor("POST", Target).ShouldBeTrue();
        proof.Uri.ShouldBe("https://identity.example:8443/v1/oauth/token");
        proof.IssuedAt.ShouldBe(Now.ToUnixTimeSeconds());
        proof.Thumbprint.ShouldBe(signer.Thumbprint);
        proof.Thumbprint.ShouldBe(key.KeyId);
        proof.Nonce.ShouldBeNull();
        proof.AccessTokenHash.ShouldBeNull();
    }

    [Fact]
    public void Sign_NonceAndAccessToken_AreProved()
    {
        using var key = SigningKey.Create();

        var proof = Parse(new DpopProofSigner(key).Sign("GET", Target, Now, nonce: "n\"1", accessToken: "abc"));

        proof.Nonce.ShouldBe("n\"1");
        proof.AccessTokenHash.ShouldBe("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
    }

    [Fact]
    public void Sign_Twice_HasTwoTokenIds()
    {
        using var key = SigningKey.Create();
        var signer = new DpopProofSigner(key);

        Parse(signer.Sign("GET", Target, Now)).TokenId.ShouldNotBe(Parse(signer.Sign("GET", Target, Now)).TokenId);
    }

    private static DpopProof Parse(string compact)
    {
        DpopProof.TryParse(Encoding.ASCII.GetBytes(compact), out var proof).ShouldBe(JoseRefusal.None);
        return proof!;
    }
}

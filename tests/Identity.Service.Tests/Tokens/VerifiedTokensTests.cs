using System.Globalization;
using System.Text;
using Culvert.Identity.Service.Tokens;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tokens;

public sealed class VerifiedTokensTests
{
    private static readonly VerifiedToken Some = new(default, "kid", null!);
    private readonly VerifiedTokens tokens = new();

    [Fact]
    public void Find_KnownToken_IsFoundByAllItsOctets()
    {
        tokens.Add(DigestOf("a.b.c"), Some);

        tokens.Find(DigestOf("a.b.c")).ShouldBeSameAs(Some);
        tokens.Find(DigestOf("a.b.d")).ShouldBeNull();
    }

    [Fact]
    public void Find_TokenInUse_OutlivesThoseThatAreNot()
    {
        tokens.Add(DigestOf("used"), Some);
        tokens.Add(DigestOf("unused"), Some);

        for (var i = 0; i < 10 * VerifiedTokens.MaxPerGeneration; i++)
        {
            tokens.Add(DigestOf(i.ToString(CultureInfo.InvariantCulture)), Some);
            tokens.Find(DigestOf("used")).ShouldBeSameAs(Some);
        }

        tokens.Find(DigestOf("unused")).ShouldBeNull();
    }

    private static (UInt128, UInt128) DigestOf(string token) => VerifiedTokens.Digest(Encoding.ASCII.GetBytes(token));
}

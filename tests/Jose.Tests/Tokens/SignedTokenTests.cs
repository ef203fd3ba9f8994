using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;
using Culvert.PropertyTesting;
using FsCheck;
using FsCheck.Fluent;

namespace Culvert.Jose.Tests.Tokens;

public sealed class SignedTokenTests
{
    public static IEnumerable<TheoryDataRow<string>> Refused => Vectors.In("refused");

    [Theory]
    [MemberData(nameof(Refused))]
    public void TryParse_BrokenToken_IsRefused(string name)
    {
        SignedToken.TryParse(Vectors.Read("refused", name), out var token).ShouldBe(Vectors.ExpectedRefusal(name));
        token.ShouldBeNull();
    }

    [Fact]
    public void TryParse_TokenAtByteLimit_IsParsed()
    {
        // 3 bytes of claims make 4 characters, so the exact limit is reached by choosing the header's length.
        var signature = new byte[64];
        for (var header = 1; header < 8; header++)
        {
            for (var claims = 12_000; claims < 12_300; claims++)
            {
                var token = TokenForge.Assemble(
                    $$"""{"alg":"ES256","x":"{{new string('x', header)}}"}""",
                    $$"""{"a":"{{new string('a', claims)}}"}""",
                    _ => signature
                );
                if (token.Length == JoseLimits.MaxTokenBytes)
                {
                    SignedToken.TryParse(token, out _).ShouldBe(JoseRefusal.None);
                    return;
                }
            }
        }

        Assert.Fail("No token of exactly the limit could be made.");
    }

    [Fact]
    public void TryParse_WithAnyRoom_ReadsTheSameClaims()
    {
        var compact = TokenForge.Assemble(
            """{"alg":"ES256"}""",
            """{"sub":"job 7","\u0061ud":["a","b"],"nested":{"sub":"no"}}""",
            _ => new byte[64]
        );
        for (var length = 0; length < 200; length++)
        {
            var array = new byte[length + 8];
            array.AsSpan().Fill(0xEE);

            SignedToken.TryParse(compact, out var token, array.AsMemory(4, length)).ShouldBe(JoseRefusal.None);

            token!.Claims.Names.ShouldBe(["sub", "aud", "nested"]);
            token.Claims.FindString("sub"u8).ShouldBe("job 7");
            token.Claims.FindObject("nested"u8)!.FindString("sub"u8).ShouldBe("no");
            array.AsSpan(0, 4).ContainsAnyExcept((byte)0xEE).ShouldBeFalse();
            array.AsSpan(length + 4).ContainsAnyExcept((byte)0xEE).ShouldBeFalse();
        }
    }

    [Fact]
    public void TryParse_TwiceInOneRoom_LeavesTheFirstAsItWas()
    {
        var compact = TokenForge.Assemble("""{"alg":"ES256"}""", """{"sub":"x","aud":"y"}""", _ => new byte[64]);
        var room = new byte[500];
        SignedToken.TryParse(compact, out var first, room).ShouldBe(JoseRefusal.None);
        SignedToken.TryParse(compact, out var second, room).ShouldBe(JoseRefusal.None);

        first!.Claims.FindString("aud"u8).ShouldBe("y");
        second!.Claims.FindString("aud"u8).ShouldBe("y");
    }

    [Theory]
    [InlineData("at+jwt", "at+jwt", true)]
    [InlineData("application/at+jwt", "at+jwt", true)]
    [InlineData("AT+JWT", "at+jwt", true)]
    [InlineData("JWT", "at+jwt", false)]
    [InlineData("xat+jwt", "at+jwt", false)]
    [InlineData("", "at+jwt", false)]
    public void HasType_MediaType_IgnoresCaseAndPrefix(string typ, string asked, bool expected) =>
        Parse($$"""{"alg":"ES256","typ":"{{typ}}"}""", "{}").HasType(asked).ShouldBe(expected);

    [Fact]
    public void TryParse_AnyBytes_GivesTokenOrRefusal() =>
        Prop.ForAll<byte[]>(bytes =>
                SignedToken.TryParse(bytes, out var token) == JoseRefusal.None == (token is not null)
            )
            .CheckSeeded();

    [Fact]
    public void TryParse_AnyHeaderAndClaims_GivesTokenOrRefusal()
    {
        var pieces = Gen.Elements(
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "\"",
            "\\",
            "\\u0061",
            "\\ud800",
            "\\udc00",
            "\"alg\"",
            "\"ES256\"",
            "\"a\"",
            "\"\\u0061\"",
            "1",
            "-",
            "1e400",
            "null",
            "true",
            " ",
            "\u00e9",
            "\0"
        );
        var texts = pieces.ArrayOf().Select(string.Concat);
        var pairs = texts.SelectMany(header => texts.Select(claims => (header, claims)));

        Prop.ForAll(
                pairs.ToArbitrary(),
                pair =>
                {
                    var token = TokenForge.Assemble(pair.header, pair.claims, _ => new byte[64]);
                    var own = TokenForge.Assemble("""{"alg":"ES256"}""", pair.claims, _ => new byte[64]);
                    return Consistent(token) && Consistent(own);
                }
            )
            .CheckSeeded(cases: 2000);
    }

    private static bool Consistent(byte[] compact) =>
        SignedToken.TryParse(compact, out var token) == JoseRefusal.None == (token is not null);

    internal static SignedToken Parse(string header, string claims)
    {
        SignedToken
            .TryParse(TokenForge.Assemble(header, claims, _ => new byte[64]), out var token)
            .ShouldBe(JoseRefusal.None);
        return token!;
    }
}
